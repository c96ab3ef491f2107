# What the tests in the guest are made of; read by bash before each of them.
#
# `step NAME COMMAND...` runs a command and frames its output, for the test to judge by name.
# `serve OPTION...` plugs virtual keys in; then $node is the first one's, such as /dev/hidraw0.
# $assay is the command, and the folder is empty and this guest's own.
set -u
here=$(dirname "${BASH_SOURCE[0]}")
cd /tmp || exit 125

step() {
    local name=$1
    shift
    echo "== $name"
    "$@" 2>&1
    echo "-- $?"
}

serve() {
    : >ready
    "$assay" --state /tmp/state key serve "$@" <&0 >ready 2>said &
    server=$!
    until [ -s ready ]; do
        kill -0 "$server" 2>/dev/null || { echo "key serve $*: $(cat said)"; exit 125; }
        sleep 0.05
    done
    node=$(sed -n 's/.*"target":"hid:\([^"]*\)".*/\1/p' ready)
}

unplug() {
    kill "$server"
    wait "$server" 2>/dev/null
}

# Until COMMAND succeeds, at most 30 s.
soon() {
    local tries
    for tries in {1..300}; do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "never: $*"
    return 1
}

# A robot's request to the keys that were served with --control 127.0.0.1:8000.
robot() { busybox wget -q -O - "http://127.0.0.1:8000$1"; }

digest() { printf %s "$1" | sha256sum | busybox xxd -r -p | base64; }

# What fido2-cred is told: client data hash, RP ID, user name, user handle.
registration() {
    digest "a challenge"
    echo example.org
    echo ada
    digest "ada's handle"
}

# What fido2-assert is told about the credential in the file cred: client data hash, RP ID, credential id, and a salt.
signing_in() {
    digest "another challenge"
    echo example.org
    head -n 1 cred
    [ $# -eq 0 ] || digest "$1"
}

# The public key in the file cred.
public_key() { tail -n +2 cred; }

# A Chromium at the page $1, driven by the Python $2, on a display of its own.
browser() {
    Xvfb :7 -screen 0 600x600x16 -nolisten tcp >/dev/null 2>&1 &
    soon test -S /tmp/.X11-unix/X7
    mkfifo asked told
    DISPLAY=:7 "$2" "$here/../witness/drive_browser.py" "$1" <asked >told 2>browser-said &
    exec 8>asked 9<told
    told browser
}

# A ceremony in it, and what came of it; `begun` and `told` are its two halves.
ask() {
    begun "$2"
    told "$1"
}

begun() { echo "$1" >&8; }

told() {
    local line
    IFS= read -r -u 9 line || { echo "the browser: $(tail -n 20 browser-said)"; exit 125; }
    step "$1" echo "$line"
}
