use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::alg;
use assay_protocol::digest::sha256;
use assay_protocol::signature::verify;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect};

use super::AssertionForge;
use crate::credential::Credential;
use crate::edits::SigningEdit;
use crate::keys::SigningKey;
use crate::lab::Lab;
use crate::registration::RegistrationForge;
use crate::seed::Seed;

fn credential(key: SigningKey) -> Credential {
    let lab = Lab::new([8; 32], 1_795_000_000);
    let forge = RegistrationForge { credential_key: key, ..RegistrationForge::none(&lab, "example.org", b"c") };
    Credential { user_handle: Some(b"user".to_vec()), ..forge.forge().unwrap().credential }
}

fn keys() -> [SigningKey; 4] {
    [alg::ES256, alg::EDDSA, alg::RS256, alg::PS384].map(|number| SigningKey::of(number, &Seed::new([1; 32])).unwrap())
}

#[test]
fn good_assertions_verify() {
    for key in keys() {
        let assertion = AssertionForge::new(&credential(key.clone()), b"challenge").forge().unwrap();
        let response = AuthenticationResponse::from_json(assertion.text.as_bytes(), Dialect::WebAuthn).unwrap();
        assert_eq!(ClientData::parse(&response.client_data_json).unwrap().kind, ClientData::GET);
        let data = AuthenticatorData::parse(&response.authenticator_data).unwrap();
        assert_eq!((data.flags.0, data.sign_count), (0x05, 1));
        assert_eq!(response.user_handle.as_deref(), Some(b"user".as_slice()));
        let message = [response.authenticator_data.as_slice(), &sha256(&response.client_data_json)].concat();
        verify(key.alg(), &key.public_key(), &message, &response.signature).unwrap();
    }
}

#[test]
fn assertions_signed_wrongly_do_not_verify() {
    for key in keys() {
        for edit in SigningEdit::ALL {
            if matches!(edit, SigningEdit::CredentialKey | SigningEdit::PackedMessage) {
                continue; // right, in an assertion
            }
            let good = AssertionForge::new(&credential(key.clone()), b"c");
            let assertion = good.clone().edited(*edit).forge().unwrap();
            let of_some_keys = [
                SigningEdit::OtherCurve,
                SigningEdit::OtherDigest,
                SigningEdit::OtherPadding,
                SigningEdit::ShortSalt,
                SigningEdit::NoSalt,
            ];
            if of_some_keys.contains(edit) && assertion.signature == good.forge().unwrap().signature {
                continue;
            }
            let message = [assertion.auth_data.as_slice(), &sha256(&assertion.client_data_json)].concat();
            assert!(verify(key.alg(), &key.public_key(), &message, &assertion.signature).is_err(), "{edit:?}");
        }
    }
}

#[test]
fn the_counter_goes_on() {
    let [key, ..] = keys();
    let first = AssertionForge::new(&credential(key), b"a").forge().unwrap();
    let second = AssertionForge::new(&first.credential, b"b").forge().unwrap();
    assert_eq!(second.credential.sign_count, 2);
}
