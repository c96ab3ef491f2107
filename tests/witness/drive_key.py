"""Drives a key behind UDP with python-fido2 and says what it saw, as JSON.

usage: drive_key.py HOST PORT
Everything is judged by python-fido2's own code: framing,
CBOR, PIN/UV auth protocol 2, attestation and assertion signatures.
"""

import json
import os
import sys

from fido2.attestation import Attestation
from fido2.cose import EdDSA
from fido2.ctap import CtapError
from fido2.ctap2 import Ctap2
from fido2.ctap2.pin import ClientPin, PinProtocolV1, PinProtocolV2
from fido2.webauthn import AuthenticatorData

from udp_key import open_key


def status_of(call):
    try:
        call()
    except CtapError as error:
        return error.code.name
    return "OK"


device = open_key(*sys.argv[1:])
seen = {"ping": device.ping(b"assay" * 50) == b"assay" * 50}

ctap = Ctap2(device)
info = ctap.info
seen["versions"] = info.versions
seen["pin_protocols"] = info.pin_uv_protocols
seen["client_pin_before"] = info.options.get("clientPin")

rp = {"id": "example.org", "name": "Example"}
user = {"id": b"\x01" * 16, "name": "ada", "displayName": "Ada"}
params = [{"type": "public-key", "alg": -7}]


def make(client_data_hash, **more):
    return ctap.make_credential(client_data_hash, rp, user, params, **more)


def verify_attestation(response, client_data_hash):
    Attestation.for_type(response.fmt)().verify(
        response.att_stmt, response.auth_data, client_data_hash
    )


client_data_hash = os.urandom(32)
made = make(client_data_hash)
verify_attestation(made, client_data_hash)
seen["fmt"] = made.fmt
seen["aaguid_agrees"] = made.auth_data.credential_data.aaguid == info.aaguid
descriptor = {"type": "public-key", "id": made.auth_data.credential_data.credential_id}

client_data_hash = os.urandom(32)
assertion = ctap.get_assertion("example.org", client_data_hash, [descriptor])
assertion.verify(client_data_hash, made.auth_data.credential_data.public_key)
seen["counter_rises"] = assertion.auth_data.counter > made.auth_data.counter
seen["excluded"] = status_of(lambda: make(os.urandom(32), exclude_list=[descriptor]))
seen["foreign_rp"] = status_of(
    lambda: ctap.get_assertion("example.com", os.urandom(32), [descriptor])
)
foreign = [{"type": "public-key", "id": os.urandom(64)} for _ in range(10)]
client_data_hash = os.urandom(32)
assertion = ctap.get_assertion("example.org", client_data_hash, [*foreign, descriptor])
assertion.verify(client_data_hash, made.auth_data.credential_data.public_key)
seen["found_in_long_list"] = assertion.credential["id"] == descriptor["id"]

pin = ClientPin(ctap, PinProtocolV2())
pin.set_pin("1234")
seen["client_pin_after"] = ctap.get_info().options.get("clientPin")
seen["wrong_pin"] = status_of(lambda: pin.get_pin_token("0000"))
seen["retries_after_wrong"] = pin.get_pin_retries()[0]


def token(permissions, pin_text="1234"):
    return pin.get_pin_token(pin_text, permissions, "example.org")


client_data_hash = os.urandom(32)
uv_token = token(ClientPin.PERMISSION.MAKE_CREDENTIAL)
made = make(
    client_data_hash,
    options={"rk": True},
    pin_uv_param=PinProtocolV2().authenticate(uv_token, client_data_hash),
    pin_uv_protocol=2,
)
verify_attestation(made, client_data_hash)
seen["user_verified"] = bool(made.auth_data.flags & AuthenticatorData.FLAG.UV)
seen["retries_after_right"] = pin.get_pin_retries()[0]

client_data_hash = os.urandom(32)
uv_token = token(ClientPin.PERMISSION.GET_ASSERTION)
assertion = ctap.get_assertion(
    "example.org",
    client_data_hash,
    pin_uv_param=PinProtocolV2().authenticate(uv_token, client_data_hash),
    pin_uv_protocol=2,
)
assertion.verify(client_data_hash, made.auth_data.credential_data.public_key)
seen["discoverable_user"] = assertion.user["id"] == user["id"]

# A second account, with an Ed25519 key, and both found without a list, the newer one first.
client_data_hash = os.urandom(32)
uv_token = token(ClientPin.PERMISSION.MAKE_CREDENTIAL)
second = ctap.make_credential(
    client_data_hash,
    rp,
    {"id": b"\x02" * 16, "name": "grace"},
    [{"type": "public-key", "alg": EdDSA.ALGORITHM}],
    options={"rk": True},
    pin_uv_param=PinProtocolV2().authenticate(uv_token, client_data_hash),
    pin_uv_protocol=2,
)
verify_attestation(second, client_data_hash)
client_data_hash = os.urandom(32)
uv_token = token(ClientPin.PERMISSION.GET_ASSERTION)
both = ctap.get_assertions(
    "example.org",
    client_data_hash,
    pin_uv_param=PinProtocolV2().authenticate(uv_token, client_data_hash),
    pin_uv_protocol=2,
)
for found, owner in zip(both, (second, made), strict=True):
    found.verify(client_data_hash, owner.auth_data.credential_data.public_key)
seen["accounts"] = [found.user["name"] for found in both]
seen["accounts_unverified"] = [
    found.user.get("name") for found in ctap.get_assertions("example.org", os.urandom(32))
]
seen["protocol_one"] = status_of(
    lambda: ClientPin(ctap, PinProtocolV1()).get_pin_token(
        "1234", ClientPin.PERMISSION.GET_ASSERTION, "example.org"
    )
)
seen["token_for_another"] = status_of(
    lambda: ctap.get_assertion(
        "example.org",
        client_data_hash,
        pin_uv_param=PinProtocolV2().authenticate(
            pin.get_pin_token("1234", ClientPin.PERMISSION.GET_ASSERTION, "example.com"),
            client_data_hash,
        ),
        pin_uv_protocol=2,
    )
)
seen["selection"] = status_of(ctap.selection)

pin.change_pin("1234", "56789")
seen["old_pin"] = status_of(lambda: token(ClientPin.PERMISSION.GET_ASSERTION))
seen["new_pin"] = status_of(lambda: token(ClientPin.PERMISSION.GET_ASSERTION, "56789"))
seen["unsupported_algorithm"] = status_of(
    lambda: ctap.make_credential(
        os.urandom(32), rp, user, [{"type": "public-key", "alg": -65000}]
    )
)
print(json.dumps(seen))
