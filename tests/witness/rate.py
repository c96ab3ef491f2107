"""How often python-fido2 decides each ceremony a second of CPU time: `assay verify` lines in."""

import json
import statistics
import sys
import time
from importlib.metadata import version

from decide import decide

ROUNDS, SHARE = 5, 0.3


def rate(line):
    def one():
        begun, count = time.process_time(), 0
        while (spent := time.process_time() - begun) < SHARE:
            decide(line)
            count += 1
        return count / spent

    decide(line)
    return statistics.median(one() for _ in range(ROUNDS))


lines = [json.loads(text) for text in sys.stdin]
rates = {line["id"]: rate(line) for line in lines}
print(json.dumps({"name": f"python-fido2 {version('fido2')}", "rates": rates}))
