"""What your own tests may look like: a registration and a sign-in, and a key that does something wrong."""

import pytest
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity

ORIGIN = "https://example.org"


def registered(device):
    client = Fido2Client(device, DefaultClientDataCollector(ORIGIN), UserInteraction())
    server = Fido2Server(PublicKeyCredentialRpEntity(name="Example", id="example.org"), attestation="direct")
    user = PublicKeyCredentialUserEntity(name="ada", id=b"ada")
    options, state = server.register_begin(user, user_verification="discouraged")
    made = client.make_credential(options.public_key)
    return client, server, server.register_complete(state, made).credential_data


def signed_in(device):
    client, server, credential = registered(device)
    options, state = server.authenticate_begin([credential], user_verification="discouraged")
    assertion = client.get_assertion(options.public_key).get_response(0)
    return server.authenticate_complete(state, [credential], assertion)


def test_sign_in(security_key):
    assert signed_in(security_key).credential_id


@pytest.mark.key("sim+fault:ctap_ga_signature")
def test_a_wrong_signature_is_refused(security_key):
    with pytest.raises(ValueError, match="signature"):
        signed_in(security_key)
