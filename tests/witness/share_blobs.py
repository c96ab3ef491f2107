"""Reads a large blob that somebody else has kept, and keeps another one, with python-fido2.

usage: share_blobs.py HOST PORT PIN CREDENTIAL_TO_READ CREDENTIAL_TO_WRITE, ids in base64url
"""

import json
import sys

from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2, LargeBlobs
from fido2.utils import websafe_decode, websafe_encode

from udp_key import open_key

host, port, code, first, second = sys.argv[1:]
ctap = Ctap2(open_key(host, port))
pin = ClientPin(ctap)
allowed = ClientPin.PERMISSION.CREDENTIAL_MGMT | ClientPin.PERMISSION.LARGE_BLOB_WRITE
token = pin.get_pin_token(code, allowed)
RESULT = CredentialManagement.RESULT

management = CredentialManagement(ctap, pin.protocol, token)
keys, users = {}, []
for rp in management.enumerate_rps():
    for kept in management.enumerate_creds(rp[RESULT.RP_ID_HASH]):
        keys[bytes(kept[RESULT.CREDENTIAL_ID]["id"])] = kept[RESULT.LARGE_BLOB_KEY]
        users.append(kept[RESULT.USER]["name"])

blobs = LargeBlobs(ctap, pin.protocol, token)
theirs = blobs.get_blob(keys[websafe_decode(first)])
blobs.put_blob(keys[websafe_decode(second)], b"by python-fido2" * 20)
print(json.dumps({"theirs": websafe_encode(theirs), "users": sorted(users)}))
