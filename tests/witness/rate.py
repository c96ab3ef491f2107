"""How often a Python library decides each ceremony a second of CPU time: `assay verify` lines in.

`rate.py fido2` is python-fido2, as the witness drives it; `rate.py webauthn` is py_webauthn, as its examples do."""

import json
import statistics
import sys
import time
from importlib.metadata import version

ROUNDS, SHARE = 5, 0.3


def fido2(line):
    from decide import decide

    return lambda: decide(line)


def py_webauthn(line):
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate
    from webauthn import verify_authentication_response, verify_registration_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import AttestationFormat

    expected = {
        "credential": line["credential"],
        "expected_challenge": base64url_to_bytes(line["challenge"]),
        "expected_rp_id": line["rp_id"],
        "expected_origin": line["origins"],
        "require_user_verification": line["user_verification"] == "required",
    }
    if line["ceremony"] == "authentication":
        stored = line["stored"]
        expected["credential_public_key"] = base64url_to_bytes(stored["public_key"])
        expected["credential_current_sign_count"] = stored["sign_count"]
        return lambda: verify_authentication_response(**expected)
    roots = [
        load_der_x509_certificate(base64url_to_bytes(root)).public_bytes(Encoding.PEM)
        for root in line.get("trust_anchors", [])
    ]
    if roots:
        expected["pem_root_certs_bytes_by_fmt"] = {AttestationFormat.PACKED: roots}
    return lambda: verify_registration_response(**expected)


def rate(decide):
    def one():
        begun, count = time.process_time(), 0
        while (spent := time.process_time() - begun) < SHARE:
            decide()
            count += 1
        return count / spent

    decide()
    return statistics.median(one() for _ in range(ROUNDS))


name, package, decides = {
    "fido2": ("python-fido2", "fido2", fido2),
    "webauthn": ("py_webauthn", "webauthn", py_webauthn),
}[sys.argv[1]]
lines = [json.loads(text) for text in sys.stdin]
rates = {line["id"]: rate(decides(line)) for line in lines}
print(json.dumps({"name": f"{name} {version(package)}", "rates": rates}))
