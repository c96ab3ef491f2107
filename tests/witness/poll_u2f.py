"""Registers and signs in with a key that speaks CTAP1 alone, by python-fido2's own client: it asks again and again
until somebody has touched the key.

usage: poll_u2f.py HOST PORT
"""

import json
import sys

from fido2.attestation import Attestation
from fido2.client import DefaultClientDataCollector, Fido2Client
from fido2.ctap1 import APDU, ApduError, Ctap1
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity

from udp_key import open_key


class Counting:
    """How often the key has said that nobody has touched it."""

    def __init__(self):
        self.untouched = 0
        self.send = Ctap1.send_apdu
        Ctap1.send_apdu = lambda *args, **more: self.sent(*args, **more)

    def sent(self, *args, **more):
        try:
            return self.send(*args, **more)
        except ApduError as error:
            self.untouched += error.code == APDU.USE_NOT_SATISFIED
            raise

    def since(self):
        untouched, self.untouched = self.untouched, 0
        return untouched


def verify_attestation(attestation_object, client_data_hash):
    Attestation.for_type(attestation_object.fmt)().verify(
        attestation_object.att_stmt, attestation_object.auth_data, client_data_hash
    )


counting = Counting()
client = Fido2Client(open_key(*sys.argv[1:]), DefaultClientDataCollector("https://example.org"))
server = Fido2Server(
    PublicKeyCredentialRpEntity(name="Example", id="example.org"),
    attestation="direct",
    verify_attestation=verify_attestation,
)
seen = {"backend": type(client._backend).__name__}

options, state = server.register_begin({"id": b"ada", "name": "ada", "displayName": "Ada"})
response = client.make_credential(options.public_key)
credential = server.register_complete(state, response).credential_data
seen["fmt"] = response.response.attestation_object.fmt
seen["registered_asking_again"] = counting.since() > 1

options, state = server.authenticate_begin([credential])
response = client.get_assertion(options.public_key).get_response(0)
server.authenticate_complete(state, [credential], response)
seen["signed_in_asking_again"] = counting.since() > 1
print(json.dumps(seen))
