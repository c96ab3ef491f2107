use std::collections::BTreeSet;

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::alg;
use assay_protocol::error::Malformed;
use assay_protocol::webauthn::extensions::Outputs;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};

use super::{Edit, Effect};
use crate::assertion::AssertionForge;
use crate::credential::Credential;
use crate::keys::SigningKey;
use crate::lab::Lab;
use crate::registration::RegistrationForge;
use crate::seed::Seed;

fn lab() -> Lab {
    Lab::new([9; 32], 1_795_000_000)
}

fn registrations() -> [RegistrationForge; 10] {
    let (lab, rp_id) = (lab(), "example.org");
    [
        RegistrationForge::packed(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::none(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::packed_self(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::fido_u2f(&lab, "label", rp_id, b"challenge 16 byt"),
        RegistrationForge::tpm(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::tpm_rsa(&lab, rp_id, b"challenge 16 byt").unwrap(),
        RegistrationForge::android_key(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::android_safetynet(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::apple(&lab, rp_id, b"challenge 16 byt"),
        RegistrationForge::compound(&lab, rp_id, b"challenge 16 byt"),
    ]
}

fn assertion() -> AssertionForge {
    let credential = Credential {
        user_handle: Some(b"user".to_vec()),
        sign_count: 5,
        ..RegistrationForge::none(&lab(), "example.org", b"c").forge().unwrap().credential
    };
    AssertionForge::new(&credential, b"challenge 16 byt")
}

/// The first thing that a strict reader of the registration stumbles over.
fn read_registration(text: &str) -> Result<(), Malformed> {
    let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
    ClientData::parse(&response.client_data_json)?;
    let object = AttestationObject::parse(&response.attestation_object)?;
    Outputs::from_results(&response.client_extension_results)?;
    AuthenticatorData::parse(&object.auth_data).map(drop)
}

fn read_assertion(text: &str) -> Result<(), Malformed> {
    let response = AuthenticationResponse::from_json(text.as_bytes(), Dialect::WebAuthn)?;
    ClientData::parse(&response.client_data_json)?;
    AuthenticatorData::parse(&response.authenticator_data).map(drop)
}

#[test]
fn slugs_are_unique_and_lead_back() {
    let slugs: BTreeSet<_> = Edit::all().map(Edit::slug).collect();
    assert_eq!(slugs.len(), Edit::all().count());
    for edit in Edit::all() {
        assert_eq!(Edit::from_slug(edit.slug()), Some(edit));
        assert!(edit.slug().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        assert!(!edit.info().plants.ends_with('.'));
    }
}

#[test]
fn every_edit_changes_some_ceremony() {
    let good: Vec<String> = registrations().iter().map(|forge| forge.forge().unwrap().text).collect();
    let good_assertion = assertion().forge().unwrap().text;
    let salted = RegistrationForge {
        credential_key: SigningKey::rsa(alg::PS256).unwrap(),
        ..RegistrationForge::packed_self(&lab(), "example.org", b"c")
    };
    let good_salted = salted.forge().unwrap().text;
    for edit in Edit::all() {
        let registration = registrations()
            .into_iter()
            .zip(&good)
            .any(|(forge, good)| forge.edited(edit).forge().unwrap().text != *good);
        let assertion = assertion().edited(edit).forge().unwrap().text != good_assertion;
        let of_rsa = || salted.clone().edited(edit).forge().unwrap().text != good_salted;
        assert!(registration || assertion || of_rsa(), "{} does nothing", edit.slug());
    }
}

#[test]
fn harmless_edits_are_readable() {
    for edit in Edit::all().filter(|edit| edit.info().effect == Effect::Harmless) {
        for forge in registrations() {
            let text = forge.edited(edit).forge().unwrap().text;
            assert_eq!(read_registration(&text), Ok(()), "{}", edit.slug());
        }
        let text = assertion().edited(edit).forge().unwrap().text;
        assert_eq!(read_assertion(&text), Ok(()), "{}", edit.slug());
    }
}

/// Every malformation that a registration or an assertion can have is planted by some edit.
#[test]
fn every_reason_of_the_views_is_planted() {
    let mut planted = BTreeSet::new();
    for edit in Edit::all() {
        for forge in registrations() {
            planted.extend(read_registration(&forge.edited(edit).forge().unwrap().text).err().map(|e| e.code()));
        }
        planted.extend(read_assertion(&assertion().edited(edit).forge().unwrap().text).err().map(|e| e.code()));
    }
    let views = ["client_data_", "attestation_object_", "authenticator_data_", "cose_", "credential_"];
    let missing: Vec<_> = assay_protocol::error::Reason::ALL
        .iter()
        .map(|reason| reason.code())
        .filter(|code| views.iter().any(|view| code.starts_with(view)) && !planted.contains(code))
        .filter(|code| *code != "cose_trailing_bytes") // inside authenticator data, other rules see them
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn other_kinds_of_credential_take_edits_too() {
    for key in [SigningKey::ed25519(&Seed::new([1; 32])).unwrap(), SigningKey::rs256().unwrap()] {
        let forge =
            RegistrationForge { credential_key: key, ..RegistrationForge::packed_self(&lab(), "example.org", b"c") };
        for edit in Edit::all() {
            forge.clone().edited(edit).forge().unwrap();
        }
    }
}
