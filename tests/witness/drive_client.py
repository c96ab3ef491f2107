"""Whole ceremonies between python-fido2's server and its client, with a key behind UDP in between.

usage: drive_client.py HOST PORT
The client asks for PINs and extensions as a browser would: hmac-secret as prf, credProtect.
"""

import json
import sys

from fido2.attestation import Attestation
from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap2.extensions import (
    CredProtectExtension,
    CredPropsExtension,
    HmacSecretExtension,
)
from fido2.ctap2.pin import ClientPin
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData, PublicKeyCredentialRpEntity

from udp_key import open_key

PIN = "2580"


class Typist(UserInteraction):
    def request_pin(self, permissions, rp_id):
        return PIN


def verify_attestation(attestation_object, client_data_hash):
    Attestation.for_type(attestation_object.fmt)().verify(
        attestation_object.att_stmt, attestation_object.auth_data, client_data_hash
    )


client = Fido2Client(
    open_key(*sys.argv[1:]),
    DefaultClientDataCollector("https://example.org"),
    Typist(),
    [HmacSecretExtension(), CredProtectExtension(), CredPropsExtension()],
)
server = Fido2Server(
    PublicKeyCredentialRpEntity(name="Example", id="example.org"),
    attestation="direct",
    verify_attestation=verify_attestation,
)
ctap = client._backend.ctap2
seen = {}


def register(name, known=(), **wishes):
    user = {"id": name.encode(), "name": name, "displayName": f"{name} of the lab"}
    options, state = server.register_begin(user, list(known), **wishes)
    response = client.make_credential(options.public_key)
    auth_data = server.register_complete(state, response)
    return auth_data, response


def sign_in(credentials, **wishes):
    options, state = server.authenticate_begin(credentials, **wishes)
    response = client.get_assertion(options.public_key).get_response(0)
    server.authenticate_complete(state, credentials or [first.credential_data], response)
    return response


first, response = register(
    "ada",
    resident_key_requirement="required",
    user_verification="discouraged",
    extensions={"credProps": True},
)
seen["unverified"] = not first.flags & AuthenticatorData.FLAG.UV
seen["resident"] = response.client_extension_results.get("credProps", {}).get("rk")
seen["user_handle"] = sign_in(None, user_verification="discouraged").response.user_handle == b"ada"
try:
    register("ada", [first.credential_data], user_verification="discouraged")
    seen["excluded"] = "OK"
except ClientError as error:
    seen["excluded"] = error.code.name

ClientPin(ctap).set_pin(PIN)
second, _ = register(
    "grace",
    user_verification="required",
    extensions={
        "prf": {},
        "credentialProtectionPolicy": "userVerificationRequired",
        "enforceCredentialProtectionPolicy": True,
    },
)
seen["verified"] = bool(second.flags & AuthenticatorData.FLAG.UV)
seen["cred_protect"] = second.extensions.get("credProtect")
seen["hmac_secret"] = second.extensions.get("hmac-secret")


def secrets(first_salt, second_salt=None):
    salts = {"first": websafe_encode(first_salt)}
    if second_salt:
        salts["second"] = websafe_encode(second_salt)
    response = sign_in(
        [second.credential_data],
        user_verification="required",
        extensions={"prf": {"eval": salts}},
    )
    results = response.client_extension_results["prf"]["results"]
    return [results[name] for name in ("first", "second") if name in results]


one = secrets(b"one")
both = secrets(b"one", b"two")
seen["prf_repeats"] = one[0] == both[0] and one == secrets(b"one")
seen["prf_differs"] = both[0] != both[1] and secrets(b"two")[0] == both[1]
try:
    sign_in([second.credential_data], user_verification="discouraged")
    seen["protected_unverified"] = "OK"
except ClientError as error:
    seen["protected_unverified"] = error.code.name
print(json.dumps(seen))
