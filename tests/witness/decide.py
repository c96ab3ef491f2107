"""Decides ceremonies with python-fido2: `assay verify` lines in, one verdict a line out.

The verdict is that library's own; what it does not look at (challenge expiry, backup flags,
counters, certificate dates, trust) it cannot reject, and the caller knows so.
"""

import json
import sys

from fido2.attestation import Attestation
from fido2.attestation.base import UnsupportedAttestation
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import Aaguid, AttestedCredentialData, PublicKeyCredentialRpEntity


def verify_attestation(attestation_object, client_data_hash):
    statement = Attestation.for_type(attestation_object.fmt)
    statement().verify(
        attestation_object.statement, attestation_object.auth_data, client_data_hash
    )


def decide(line):
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name="witness", id=line["rp_id"]),
        attestation="direct",
        verify_origin=lambda origin: origin in line["origins"],
        verify_attestation=verify_attestation,
    )
    state = {
        "challenge": line["challenge"],
        "user_verification": line.get("user_verification", "preferred"),
    }
    if line["ceremony"] == "registration":
        server.register_complete(state, line["credential"])
    else:
        stored = line["stored"]
        from fido2 import cbor

        key = CoseKey.parse(cbor.decode(websafe_decode(stored["public_key"])))
        credential = AttestedCredentialData.create(
            Aaguid.NONE, websafe_decode(stored["credential_id"]), key
        )
        server.authenticate_complete(state, [credential], line["credential"])


for text in sys.stdin:
    line = json.loads(text)
    try:
        decide(line)
        verdict = {"outcome": "accept", "detail": None}
    except UnsupportedAttestation as error:
        verdict = {"outcome": "unsupported", "detail": repr(error)}
    except Exception as error:  # whatever it throws is its way of saying no
        verdict = {"outcome": "reject", "detail": repr(error)}
    print(json.dumps({"id": line["id"], **verdict}), flush=True)
