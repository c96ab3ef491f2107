"""Decides ceremonies with python-fido2: `assay verify` lines in, one verdict a line out.

The verdict is that library's own; what it does not look at (challenge expiry, backup flags,
counters, certificate dates, purposes and names) it cannot reject, and the caller knows so.
"""

import json
import re
import sys

from fido2 import cbor
from fido2.attestation import (
    Attestation,
    InvalidSignature,
    UnsupportedType,
    UntrustedAttestation,
)
from fido2.attestation.base import verify_x509_chain
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import Aaguid, AttestedCredentialData, PublicKeyCredentialRpEntity


def leads_to(path, anchor):
    if anchor in path:
        path = path[: path.index(anchor)]
    try:
        verify_x509_chain([*path, anchor])
    except InvalidSignature:
        return False
    return True


def decide(line):
    anchors = line.get("trust_anchors")
    anchors = anchors and [websafe_decode(anchor) for anchor in anchors]

    def verify_attestation(attestation_object, client_data_hash):
        statement = Attestation.for_type(attestation_object.fmt)()
        path = statement.verify(
            attestation_object.att_stmt, attestation_object.auth_data, client_data_hash
        ).trust_path
        if anchors and path and not any(leads_to(path, anchor) for anchor in anchors):
            raise UntrustedAttestation("no anchor")

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
        key = CoseKey.parse(cbor.decode(websafe_decode(stored["public_key"])))
        credential = AttestedCredentialData.create(
            Aaguid.NONE, websafe_decode(stored["credential_id"]), key
        )
        server.authenticate_complete(state, [credential], line["credential"])


def verdict_on(text):
    try:
        decide(json.loads(text))
    except UnsupportedType as error:
        return {"outcome": "unsupported", "detail": repr(error)}
    except (KeyboardInterrupt, SystemExit):
        raise
    # Whatever it throws is its way of saying no; a panic of its cryptography is no Exception.
    except BaseException as error:
        return {"outcome": "reject", "detail": repr(error)}
    return {"outcome": "accept", "detail": None}


if __name__ == "__main__":
    for text in sys.stdin:
        # Found without reading the rest, which can be nested deeper than Python goes.
        identity = re.search(r'"id":"([^"]*)","ceremony"', text).group(1)
        print(json.dumps({"id": identity, **verdict_on(text)}), flush=True)
