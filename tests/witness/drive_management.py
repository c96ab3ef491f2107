"""Manages a key behind UDP with python-fido2 and says what it saw, as JSON.

usage: drive_management.py HOST PORT
Credential management, large blobs, authenticatorConfig, bio enrollment, persistent tokens, U2F and
the extensions, each where getInfo says that the key has it. Parameters, tokens, salts, blobs and
signatures are made and judged by python-fido2's own code.
"""

import hashlib
import json
import os
import sys

from fido2.attestation import Attestation
from fido2.cose import CoseKey
from fido2.ctap import CtapError
from fido2.ctap1 import Ctap1
from fido2.ctap2 import (
    ClientPin,
    Config,
    CredentialManagement,
    Ctap2,
    FPBioEnrollment,
    LargeBlobs,
)
from fido2.ctap2.pin import PinProtocolV2
from fido2.hid import CAPABILITY

from udp_key import open_key

RP_ID = "example.org"
PIN = "2580"
PERMISSION = ClientPin.PERMISSION


def status_of(call):
    try:
        call()
    except CtapError as error:
        return error.code.name
    return "OK"


device = open_key(*sys.argv[1:])
ctap = Ctap2(device)
protocol = PinProtocolV2()
pin = ClientPin(ctap, protocol)
seen = {"versions": ctap.info.versions, "u2f": not device.capabilities & CAPABILITY.NMSG}


def token(permissions, rp_id=None):
    return pin.get_pin_token(PIN, permissions, rp_id)


def make(number, alg=-7, extensions=None, **more):
    client_data_hash = os.urandom(32)
    puat = token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    made = ctap.make_credential(
        client_data_hash,
        {"id": RP_ID, "name": "Example"},
        {"id": bytes([number]) * 8, "name": f"user-{number}", "displayName": "Somebody"},
        [{"type": "public-key", "alg": alg}],
        extensions=extensions,
        options={"rk": True},
        pin_uv_param=protocol.authenticate(puat, client_data_hash),
        pin_uv_protocol=protocol.VERSION,
        **more,
    )
    Attestation.for_type(made.fmt)().verify(made.att_stmt, made.auth_data, client_data_hash)
    return made


def get(made, extensions=None):
    client_data_hash = os.urandom(32)
    puat = token(PERMISSION.GET_ASSERTION, RP_ID)
    data = made.auth_data.credential_data
    got = ctap.get_assertion(
        RP_ID,
        client_data_hash,
        [{"type": "public-key", "id": data.credential_id}],
        extensions=extensions,
        pin_uv_param=protocol.authenticate(puat, client_data_hash),
        pin_uv_protocol=protocol.VERSION,
    )
    got.verify(client_data_hash, data.public_key)
    return got


def salts(salt):
    key_agreement, shared = pin._get_shared_secret()
    sealed = protocol.encrypt(shared, salt)
    members = {1: key_agreement, 2: sealed, 3: protocol.authenticate(shared, sealed), 4: 2}
    return members, lambda output: protocol.decrypt(shared, output)


if seen["u2f"]:
    ctap1, challenge, application = Ctap1(device), os.urandom(32), hashlib.sha256(RP_ID.encode()).digest()
    seen["u2f_version"] = ctap1.get_version()
    registered = ctap1.register(challenge, application)
    registered.verify(application, challenge)
    signed = ctap1.authenticate(challenge, application, registered.key_handle)
    signed.verify(application, challenge, registered.public_key)

pin.set_pin(PIN)

# Extensions, and the algorithms that python-fido2 verifies.
salt = os.urandom(32)
members, opened = salts(salt)
first = make(
    1,
    extensions={
        "credProtect": 2,
        "credBlob": b"a blob",
        "largeBlobKey": True,
        "hmac-secret": True,
        "hmac-secret-mc": members,
        "thirdPartyPayment": True,
    },
)
at_registration = opened(first.auth_data.extensions["hmac-secret-mc"])
seen["cred_blob_stored"] = first.auth_data.extensions["credBlob"]
members, opened = salts(salt)
got = get(
    first,
    {"hmac-secret": members, "credBlob": True, "largeBlobKey": True, "thirdPartyPayment": True},
)
seen["hmac_secret_mc_agrees"] = opened(got.auth_data.extensions["hmac-secret"]) == at_registration
seen["cred_blob"] = got.auth_data.extensions["credBlob"].decode()
seen["payment"] = got.auth_data.extensions["thirdPartyPayment"]
seen["large_blob_key_agrees"] = got.large_blob_key == first.large_blob_key
seen["algorithms"] = []
for number, algorithm in enumerate(ctap.info.algorithms, 10):
    alg = algorithm["alg"]
    if isinstance(CoseKey.for_alg(alg), type) and CoseKey.for_alg(alg).__name__ != "UnsupportedKey":
        made = make(number, alg)
        get(made)
        seen["algorithms"].append(alg)

# Large blobs, compressed and encrypted by python-fido2.
blobs = LargeBlobs(ctap, protocol, token(PERMISSION.LARGE_BLOB_WRITE))
blobs.put_blob(first.large_blob_key, b"assay" * 200)
seen["large_blob"] = blobs.get_blob(first.large_blob_key) == b"assay" * 200
other = os.urandom(32)
blobs.put_blob(other, os.urandom(1500))
seen["large_blobs"] = len(blobs.read_blob_array())
blobs.delete_blob(other)
seen["large_blobs_after"] = len(blobs.read_blob_array())
seen["large_blob_full"] = status_of(lambda: blobs.put_blob(other, os.urandom(5000)))

# Credential management, by a token that reads and by one that writes.
reader = pin.get_pin_token(PIN, PERMISSION.PERSISTENT_CREDENTIAL_MGMT)
info = ctap.get_info()
identifier, state = info.get_identifier(reader), info.get_cred_store_state(reader)
seen["identifier"] = len(identifier)
reading = CredentialManagement(ctap, protocol, reader)
count = reading.get_metadata()[CredentialManagement.RESULT.EXISTING_CRED_COUNT]
seen["counted"] = count == 1 + len(seen["algorithms"])
rps = reading.enumerate_rps()
seen["rps"] = [rp[CredentialManagement.RESULT.RP]["id"] for rp in rps]
listed = reading.enumerate_creds(rps[0][CredentialManagement.RESULT.RP_ID_HASH])
seen["listed"] = len(listed) == count
entry = next(one for one in listed if one[CredentialManagement.RESULT.USER]["name"] == "user-1")
seen["key_agrees"] = (
    CoseKey.parse(entry[CredentialManagement.RESULT.PUBLIC_KEY]) == first.auth_data.credential_data.public_key
)
seen["listed_protection"] = entry[CredentialManagement.RESULT.CRED_PROTECT]
credential = entry[CredentialManagement.RESULT.CREDENTIAL_ID]
seen["reader_deletes"] = status_of(lambda: reading.delete_cred(credential))
writing = CredentialManagement(ctap, protocol, token(PERMISSION.CREDENTIAL_MGMT))
writing.update_user_info(credential, {"id": b"\x01" * 8, "name": "renamed", "displayName": "Somebody"})
names = [
    one[CredentialManagement.RESULT.USER]["name"]
    for one in writing.enumerate_creds(rps[0][CredentialManagement.RESULT.RP_ID_HASH])
]
seen["renamed"] = "renamed" in names and "user-1" not in names
writing.delete_cred(credential)
seen["deleted"] = status_of(lambda: get(first))
info = ctap.get_info()
seen["same_device"] = info.get_identifier(reader) == identifier
seen["other_state"] = info.get_cred_store_state(reader) != state

# Bio enrollment, where there is a sensor; then tokens by the finger.
if ctap.info.options.get("bioEnroll") is not None:
    bio = FPBioEnrollment(ctap, protocol, token(PERMISSION.BIO_ENROLL))
    enrollment, samples, template = bio.enroll(), 0, None
    while template is None:
        template = enrollment.capture()
        samples += 1
    bio.set_name(template, "thumb")
    seen["samples"] = samples
    seen["enrolled"] = list(bio.enumerate_enrollments().values())
    seen["uv"] = ctap.get_info().options["uv"]
    seen["uv_retries"] = pin.get_uv_retries()
    client_data_hash = os.urandom(32)
    puat = pin.get_uv_token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    made = ctap.make_credential(
        client_data_hash,
        {"id": RP_ID, "name": "Example"},
        {"id": b"\xaa", "name": "finger", "displayName": "Finger"},
        [{"type": "public-key", "alg": -7}],
        pin_uv_param=protocol.authenticate(puat, client_data_hash),
        pin_uv_protocol=protocol.VERSION,
    )
    seen["by_finger"] = made.auth_data.is_user_verified()
    bio.pin_uv_token = token(PERMISSION.BIO_ENROLL)
    bio.remove_enrollment(template)
    seen["uv_after"] = ctap.get_info().options["uv"]

# authenticatorConfig, last, because it makes the PIN be changed.
config = Config(ctap, protocol, token(PERMISSION.AUTHENTICATOR_CFG))
if ctap.info.options.get("ep") is not None:
    config.enable_enterprise_attestation()
    seen["ep"] = ctap.get_info().options["ep"]
    seen["ep_att"] = make(200, enterprise_attestation=2).ep_att
    config = Config(ctap, protocol, token(PERMISSION.AUTHENTICATOR_CFG))
config.toggle_always_uv()
seen["always_uv"] = ctap.get_info().options["alwaysUv"]
config.toggle_always_uv()
config.set_min_pin_length(rp_ids=[RP_ID])
seen["told_minimum"] = make(201, extensions={"minPinLength": True}).auth_data.extensions["minPinLength"]
config = Config(ctap, protocol, token(PERMISSION.AUTHENTICATOR_CFG))
config.set_min_pin_length(6)
info = ctap.get_info()
seen["minimum"], seen["force_pin_change"] = info.min_pin_length, info.force_pin_change
seen["forced"] = status_of(lambda: token(PERMISSION.CREDENTIAL_MGMT))
seen["too_short"] = status_of(lambda: pin.change_pin(PIN, "13579"))
pin.change_pin(PIN, "135792")
PIN = "135792"
seen["changed"] = status_of(lambda: token(PERMISSION.CREDENTIAL_MGMT))

ctap.reset()
info = ctap.get_info()
seen["after_reset"] = [info.options["clientPin"], info.min_pin_length]
seen["other_device"] = info.get_identifier(reader) != identifier

print(json.dumps(seen))
