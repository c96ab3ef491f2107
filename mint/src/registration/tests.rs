use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::{ClientData, Collected, serialize};
use assay_protocol::digest::sha256;
use assay_protocol::signature::verify;
use assay_protocol::webauthn::{Dialect, RegistrationResponse};

use super::{Registration, RegistrationForge};
use crate::edits::SignatureEdit;
use crate::keys::SigningKey;
use crate::lab::{Lab, MODEL};
use crate::seed::Seed;

const RP_ID: &str = "example.org";

fn lab() -> Lab {
    Lab::new([8; 32], 1_795_000_000)
}

/// Reads it with the strict views; returns authenticator data, signature and client data hash.
#[track_caller]
fn read(registration: &Registration) -> (AuthenticatorData, Option<Vec<u8>>, [u8; 32]) {
    let response = RegistrationResponse::from_json(registration.text.as_bytes(), Dialect::WebAuthn).unwrap();
    ClientData::parse(&response.client_data_json).unwrap();
    let object = AttestationObject::parse(&response.attestation_object).unwrap();
    assert!(object.anomalies.is_empty());
    let data = AuthenticatorData::parse(&object.auth_data).unwrap();
    assert_eq!(data.attested.as_ref().unwrap().credential_id, response.raw_id);
    assert_eq!(object.auth_data, registration.auth_data);
    let signature = object.att_stmt.get_text("sig").and_then(|node| node.as_bytes()).map(<[u8]>::to_vec);
    (data, signature, sha256(&response.client_data_json))
}

#[test]
fn none_is_as_small_as_it_gets() {
    let registration = RegistrationForge::none(&lab(), RP_ID, b"challenge of sixteen").forge().unwrap();
    let (data, signature, _) = read(&registration);
    assert_eq!(signature, None);
    assert_eq!(data.flags.0, 0x45);
    assert_eq!(data.rp_id_hash, sha256(RP_ID.as_bytes()));
    assert_eq!(data.attested.unwrap().credential_public_key, registration.credential.key.cose_key());
}

#[test]
fn client_data_is_serialized_to_the_byte() {
    let forge = RegistrationForge {
        cross_origin: true,
        top_origin: Some("https://top.example".to_owned()),
        ..RegistrationForge::none(&lab(), RP_ID, b"challenge")
    };
    let expected = serialize(&Collected {
        kind: "webauthn.create",
        challenge: b"challenge",
        origin: "https://example.org",
        cross_origin: true,
        top_origin: Some("https://top.example"),
    });
    assert_eq!(forge.forge().unwrap().client_data_json, expected);
}

#[test]
fn packed_statements_verify() {
    let packed = RegistrationForge::packed(&lab(), RP_ID, b"c");
    let model = lab().model(MODEL);
    for (forge, key) in [
        (RegistrationForge::packed_self(&lab(), RP_ID, b"c"), None),
        (with_key(SigningKey::ed25519(&Seed::new([1; 32])).unwrap()), None),
        (with_key(SigningKey::rs256().unwrap()), None),
        (packed, Some(model.leaf.key)),
    ] {
        let key = key.unwrap_or_else(|| forge.credential_key.clone());
        let registration = forge.forge().unwrap();
        let (_, signature, hash) = read(&registration);
        let message = [registration.auth_data.as_slice(), &hash].concat();
        verify(key.alg(), &key.public_key(), &message, &signature.unwrap()).unwrap();
    }
}

fn with_key(key: SigningKey) -> RegistrationForge {
    RegistrationForge { credential_key: key, ..RegistrationForge::packed_self(&lab(), RP_ID, b"c") }
}

#[test]
fn fido_u2f_statements_verify() {
    let registration = RegistrationForge::fido_u2f(&lab(), "label", RP_ID, b"c").forge().unwrap();
    let (data, signature, hash) = read(&registration);
    let attested = data.attested.unwrap();
    assert!(attested.aaguid.is_zero());
    let point = attested.credential_public_key.sec1().unwrap();
    let message = [&[0], data.rp_id_hash.as_slice(), &hash, &attested.credential_id, &point].concat();
    let key = lab().u2f("label").leaf.key;
    verify(key.alg(), &key.public_key(), &message, &signature.unwrap()).unwrap();
    assert_eq!(registration.x5c.len(), 1);
}

#[test]
fn edits_of_signatures_leave_the_rest_alone() {
    let good = RegistrationForge::packed(&lab(), RP_ID, b"c");
    let wrong = good.clone().edited(SignatureEdit::BitFlipped).forge().unwrap();
    let good = good.forge().unwrap();
    assert_eq!((&good.auth_data, &good.client_data_json), (&wrong.auth_data, &wrong.client_data_json));
    assert_ne!(good.attestation_object, wrong.attestation_object);
}

#[test]
fn registrations_repeat_and_differ_by_challenge() {
    let text = |challenge: &[u8]| RegistrationForge::packed(&lab(), RP_ID, challenge).forge().unwrap().text;
    assert_eq!(text(b"a"), text(b"a"));
    assert_ne!(text(b"a"), text(b"b"));
}
