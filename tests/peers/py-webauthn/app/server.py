"""A relying party by py_webauthn, as thin as the library's own examples, behind the REST contract of
FIDO's conformance tools. Users are in memory; ASSAY_ANCHORS (PEM) are the authorities for attestation."""

import json
import os
import re
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

RP_ID = "localhost"


def anchors():
    if not os.environ.get("ASSAY_ANCHORS"):
        return None
    with open(os.environ["ASSAY_ANCHORS"], "rb") as file:
        roots = re.findall(rb"-----BEGIN.*?END CERTIFICATE-----\n", file.read(), re.DOTALL)
    return {format: roots for format in AttestationFormat if format != AttestationFormat.NONE}


ANCHORS = anchors()
USERS = {}  # name -> {"id": bytes, "credentials": {id: {...}}}
SESSIONS = {}  # cookie -> what was asked


def descriptors(user):
    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(id),
            transports=[AuthenticatorTransport(text) for text in stored["transports"] if text in known],
        )
        for id, stored in user["credentials"].items()
    ]


def attestation_options(session, asked):
    user = USERS.setdefault(asked["username"], {"id": secrets.token_bytes(64), "credentials": {}})
    selection = asked.get("authenticatorSelection", {})
    verification = UserVerificationRequirement(selection.get("userVerification", "preferred"))
    options = generate_registration_options(
        rp_id=RP_ID,
        rp_name="py_webauthn",
        user_id=user["id"],
        user_name=asked["username"],
        user_display_name=asked.get("displayName"),
        attestation=AttestationConveyancePreference(asked.get("attestation", "none")),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement(selection.get("residentKey", "preferred")),
            user_verification=verification,
        ),
        exclude_credentials=descriptors(user),
    )
    session["registration"] = (user, options.challenge, verification)
    return json.loads(options_to_json(options))


def attestation_result(session, body):
    user, challenge, verification = session.pop("registration")
    verified = verify_registration_response(
        credential=body,
        expected_challenge=challenge,
        expected_origin=ORIGIN,
        expected_rp_id=RP_ID,
        require_user_verification=verification == UserVerificationRequirement.REQUIRED,
        pem_root_certs_bytes_by_fmt=ANCHORS,
    )
    id = bytes_to_base64url(verified.credential_id)
    user["credentials"][id] = {
        "public_key": verified.credential_public_key,
        "sign_count": verified.sign_count,
        "transports": json.loads(body)["response"].get("transports", []),
    }
    return {}


def assertion_options(session, asked):
    user = USERS[asked["username"]]
    verification = UserVerificationRequirement(asked.get("userVerification", "preferred"))
    options = generate_authentication_options(
        rp_id=RP_ID, allow_credentials=descriptors(user), user_verification=verification
    )
    session["authentication"] = (user, options.challenge, verification)
    return json.loads(options_to_json(options))


def assertion_result(session, body):
    user, challenge, verification = session.pop("authentication")
    stored = user["credentials"][json.loads(body)["id"]]
    verified = verify_authentication_response(
        credential=body,
        expected_challenge=challenge,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        credential_public_key=stored["public_key"],
        credential_current_sign_count=stored["sign_count"],
        require_user_verification=verification == UserVerificationRequirement.REQUIRED,
    )
    stored["sign_count"] = verified.new_sign_count
    return {}


ROUTES = {
    "/attestation/options": lambda session, body: attestation_options(session, json.loads(body)),
    "/attestation/result": attestation_result,
    "/assertion/options": lambda session, body: assertion_options(session, json.loads(body)),
    "/assertion/result": assertion_result,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        name = cookie.value if cookie and cookie.value in SESSIONS else secrets.token_urlsafe(16)
        session = SESSIONS.setdefault(name, {})
        try:
            answer = {"status": "ok", "errorMessage": "", **ROUTES[self.path](session, body.decode())}
            status = 200
        except Exception as error:  # whatever it is, the answer is that there was an error
            answer = {"status": "failed", "errorMessage": f"{type(error).__name__}: {error}"}
            status = 400
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Set-Cookie", f"session={name}; HttpOnly; Path=/")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


SERVER = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
ORIGIN = f"http://localhost:{SERVER.server_port}"
print(json.dumps({"ready": True, "url": ORIGIN}), flush=True)
SERVER.serve_forever()
