"""Runs a command at a terminal of its own, types answers to its questions, and says what was shown, as JSON.

usage: type_at.py '[["QUESTION", "ANSWER"], ...]' COMMAND...
"""

import json
import os
import pty
import select
import sys
import termios
import time

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])

shown, unasked = b"", b""
while True:
    ready, _, _ = select.select([terminal], [], [], 60)
    if not ready:
        sys.exit(f"nothing more is shown after {shown!r}")
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown, unasked = shown + part, unasked + part
    if answers and answers[0][0].encode() in unasked:
        # A question may be on the screen before the terminal is told to be silent.
        for _ in range(2000):
            if not termios.tcgetattr(terminal)[3] & termios.ECHO:
                break
            time.sleep(0.005)
        os.write(terminal, answers.pop(0)[1].encode() + b"\n")
        unasked = b""
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "shown": shown.decode()}))
