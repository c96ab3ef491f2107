"""A Chromium at a page of a relying party, with a person who reads its sheets and types.

usage: drive_browser.py URL <ASKED
Opens URL and says so. Then each line of standard input is a ceremony with the server of that page, and is answered by
a line:
    {"create" or "get": members of the request for options, "pins": ["1234"]}
    {"sheets": ["UsbInsertAndActivate", ...], "torn": 0, and "status", "answer" and "extensions", or "error"}
Sheets are Chromium's own questions, as its log names them. They are no part of the page, so keys are pressed by X's
XTEST: it needs DISPLAY and xdotool. PINs are typed in their order, the last one again and again.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
import time

# Runs in the page. The browser reads the options and writes the credential, both by itself.
CEREMONY = """
async ({ path, body, create }) => {
    const post = async (step, body) => {
        const headers = { "content-type": "application/json" };
        const response = await fetch(`/v1/${path}/${step}`, { method: "POST", headers, body: JSON.stringify(body) });
        return { status: response.status, answer: await response.json() };
    };
    const options = await post("options", body);
    if (options.status !== 200) return options;
    const signal = AbortSignal.timeout(120_000);
    let credential;
    try {
        credential = create
            ? await navigator.credentials.create(
                { publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.answer), signal })
            : await navigator.credentials.get(
                { publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.answer), signal });
    } catch (error) {
        return { error: error.name };
    }
    const json = credential.toJSON();
    return { ...await post("verify", json), extensions: json.clientExtensionResults };
}
"""

# What a person does at a sheet; PIN stands for the PIN. Where a sheet is not listed, the key alone has to do something.
HANDS = {
    "ClientPinSetup": ["PIN", "Tab", "PIN", "Return"],
    "ClientPinEntry": ["PIN", "Return"],
    "SelectAccount": ["Return"],
    "KeyAlreadyRegistered": ["Escape"],
    "AttestationPermissionRequest": ["Return"],
}

# A sheet takes keys when the page does not.
FOCUS = "new Promise(done => document.hasFocus() === %s ? done() : addEventListener('%s', done, { once: true }))"

# For half a second after it is shown, a sheet takes no answer, lest a click that was meant for the page be one. So the
# last key of a row waits for so many seconds, as a person would.
PAUSE = 1

# And where that was too soon on a busy machine, it comes again; not sooner, for the next sheet may take it as a Cancel.
AGAIN = 15

# A key gives up a message whose reports pause for half a second (ERR_MSG_TIMEOUT), and Chromium on a busy machine may
# draw for longer than that between two of them. The page then hears NotAllowedError, and begins again.
TORN = "(error reading)"
ATTEMPTS = 3

# How long Chromium may be about a command, in seconds.
PATIENCE = 60

FLAGS = [
    "--remote-debugging-pipe",
    # There is no other user on this machine, and one processor that does all: little is drawn, and nothing moves.
    *["--no-sandbox", "--no-zygote", "--disable-gpu", "--force-prefers-reduced-motion"],
    *["--window-position=0,0", "--window-size=600,600"],
    # Nobody waits for a network, a keyring or a first-run page.
    *["--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update"],
    *["--disable-sync", "--disable-extensions", "--password-store=basic"],
    # The names of the sheets.
    *["--enable-logging=stderr", "--vmodule=device_event_log*=1"],
]


def read(descriptor):
    part = os.read(descriptor, 65536)
    if not part:
        sys.exit(f"Chromium is gone; it said: {''.join(said[-20:])}")
    return part


def start():
    """Chromium reads commands from descriptor 3, and writes answers and events to descriptor 4."""
    from_us, commands = os.pipe()
    events, to_us = os.pipe()

    def connect():
        # Beyond the numbers that may be in use, then down to the two.
        os.dup2(from_us, 63)
        os.dup2(to_us, 64)
        os.dup2(63, 3)
        os.dup2(64, 4)

    profile = f"--user-data-dir={tempfile.mkdtemp()}"
    browser = subprocess.Popen(
        ["chromium", *FLAGS, profile, "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        close_fds=False,
        preexec_fn=connect,
    )
    os.close(from_us)
    os.close(to_us)
    return commands, events, browser.stderr.fileno()


commands, events, log = start()
messages, lines, said = b"", b"", []
count, session = 0, None


def send(method, **parameters):
    global count
    count += 1
    message = {"id": count, "method": method, "params": parameters}
    if session:
        message["sessionId"] = session
    os.write(commands, json.dumps(message).encode() + b"\0")
    return count


def watch(seconds):
    """The messages and the sheets that came; neither after so many seconds."""
    global messages, lines
    ready, _, _ = select.select([events, log], [], [], seconds)
    came, sheets = [], []
    if events in ready:
        *whole, messages = (messages + read(events)).split(b"\0")
        came = [json.loads(message) for message in whole]
    if log in ready:
        *whole, lines = (lines + read(log)).split(b"\n")
        for line in (line.decode(errors="replace") for line in whole):
            said.append(line + "\n")
            if "UI step: k" in line:
                sheets.append(line.split("UI step: k")[1].strip())
    return came, sheets


def until(is_it):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        came, _ = watch(PATIENCE)
        for message in came:
            if is_it(message):
                return message
    sys.exit(f"Chromium does not answer; it said: {''.join(said[-20:])}")


def call(method, **parameters):
    number = send(method, **parameters)
    message = until(lambda message: message.get("id") == number)
    if "error" in message:
        sys.exit(f"{method}: {message['error']}")
    return message["result"]


def script(expression):
    return {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}


def press(key, pin):
    subprocess.run(["xdotool", *(["type", pin] if key == "PIN" else ["key", key])], check=True)


def ceremony(asked):
    create = "create" in asked
    argument = {
        "create": create,
        "path": "registration" if create else "authentication",
        "body": asked["create" if create else "get"],
    }
    shown, pins = [], list(asked.get("pins", []))
    for torn in range(ATTEMPTS):
        said.clear()
        result = attempt(argument, pins, shown)
        if not any(TORN in line for line in said):
            break
    return {"sheets": shown, "torn": torn, **result}


def attempt(argument, pins, shown):
    # The sheet of the ceremony before is gone.
    call("Runtime.evaluate", **script(FOCUS % ("true", "focus")))
    number = send("Runtime.evaluate", **script(f"({CEREMONY})({json.dumps(argument)})"))
    pin = focus = due = None
    while True:
        came, sheets = watch(max(0, due - time.monotonic()) if due else PATIENCE)
        for sheet in sheets:
            shown.append(sheet)
            focus = due = None
            if sheet in HANDS:
                focus = send("Runtime.evaluate", **script(FOCUS % ("false", "blur")))
            if "PIN" in HANDS.get(sheet, []):
                pin = pins.pop(0) if len(pins) > 1 else pins[0]
        for message in came:
            if message.get("id") == number:
                result = message.get("result", message)
                return result.get("result", {}).get("value", {"error": result})
            if focus and message.get("id") == focus:
                for key in HANDS[shown[-1]][:-1]:
                    press(key, pin)
                due = time.monotonic() + PAUSE
        if due and time.monotonic() >= due:
            press(HANDS[shown[-1]][-1], pin)
            due = time.monotonic() + AGAIN


pages = call("Target.getTargets")["targetInfos"]
page = next(target["targetId"] for target in pages if target["type"] == "page")
session = call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
call("Page.enable")
# Else the address bar has the keyboard.
call("Page.bringToFront")
send("Page.navigate", url=sys.argv[1])
until(lambda message: message.get("method") == "Page.loadEventFired")
version = call("Browser.getVersion")["product"]
print(json.dumps({"open": sys.argv[1], "browser": version}), flush=True)
for line in sys.stdin:
    print(json.dumps(ceremony(json.loads(line))), flush=True)
