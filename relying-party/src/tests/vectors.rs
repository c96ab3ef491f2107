//! The test vectors of WebAuthn L3 16.

use assay_attestation::Anchors;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::{AuthenticationResponse, RegistrationResponse};
use serde_json::Value;
use time::macros::datetime;

use super::{Register, every_type, shared};
use crate::authentication::{self, Held};
use crate::ceremony::BackupPolicy;
use crate::profile::Profile;
use crate::registration::{self, Registration};
use crate::rejection::Rejection;
use crate::relying_party::RelyingParty;
use crate::trust::{Chain, Trust};

/// What is not accepted, and why.
const REFUSED: [(&str, &str); 3] = [
    ("tpm-es256", "tpm_certificate_vendor"),
    // The editor's draft has empty lists; the Candidate Recommendation's copy is good.
    ("android-key-es256", "android_key_origin"),
    ("fido-u2f-es256", "fido_u2f_aaguid"),
];

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn rp() -> RelyingParty {
    RelyingParty { cross_origin: true, top_origins: vec!["https://example.com".into()], ..super::rp() }
}

fn register(vector: &Value, anchors: &Anchors, profile: &Profile) -> Result<Registration, Rejection> {
    let given = &vector["registration"];
    let mut pending = Register::new().pending;
    pending.challenge = hex(&given["challenge"]);
    pending.algorithms = vec![alg::ES256, alg::ES384, alg::ES512, alg::RS256, alg::EDDSA, alg::ED448];
    pending.expectations.attestation_types = Some(every_type());
    let response = RegistrationResponse::new(
        hex(&given["credential_id"]),
        hex(&given["clientDataJSON"]),
        hex(&given["attestationObject"]),
    );
    let now = datetime!(2026-11-22 0:00 UTC);
    registration::finish(&rp(), &pending, &response, &Trust::anchors(anchors), &|_| false, profile, now)
}

#[test]
fn every_vector_is_accepted_or_refused_by_name() {
    let Some(file) = shared("data/w3c-webauthn-l3.json") else { return };
    let root = hex(&file["attestationRoot"]["attestation_ca_cert"]);
    let anchors = Anchors::parse([root]).unwrap();
    let mut authenticated = 0;
    for profile in crate::profiles() {
        for vector in file["vectors"].as_array().unwrap() {
            let id = vector["id"].as_str().unwrap();
            let verdict = register(vector, &anchors, &profile);
            let refused = REFUSED.iter().find(|(name, _)| *name == id).map(|(_, code)| *code);
            let expected = match refused {
                // A question that one profile answers otherwise.
                Some("fido_u2f_aaguid") if profile.name != "tool-compatible" => "accept",
                Some("tpm_certificate_vendor") if profile.name == "w3c-l3" => "accept",
                Some(code) => code,
                None => "accept",
            };
            assert_eq!(super::code(&verdict), expected, "{id} under {}: {verdict:?}", profile.name);
            let Ok(registration) = verdict else { continue };
            let has_certificates = vector["facts"]["x5cCount"] != 0;
            let chain = if has_certificates { Chain::Anchor } else { Chain::Absent };
            assert_eq!(registration.evidence.chain, chain, "{id}");
            authenticate(vector, &registration, &profile);
            authenticated += 1;
        }
    }
    assert_eq!(authenticated, 15 + 13 + 14);
}

fn authenticate(vector: &Value, registration: &Registration, profile: &Profile) {
    let id = vector["id"].as_str().unwrap();
    let given = &vector["authentication"];
    let response = AuthenticationResponse::new(
        registration.record.id.clone(),
        hex(&given["clientDataJSON"]),
        hex(&given["authenticatorData"]),
        hex(&given["signature"]),
    );
    let pending = authentication::Pending {
        challenge: hex(&given["challenge"]),
        user_handle: Some(vec![1]),
        allow_credentials: vec![registration.record.id.clone()],
        user_verification_required: false,
        app_id: None,
        backup: BackupPolicy::Any,
        asked: Default::default(),
        payment: None,
    };
    let held = Held { user_handle: &[1], record: &registration.record };
    let outcome = authentication::finish(&rp(), &pending, &response, Some(held), profile)
        .unwrap_or_else(|rejection| panic!("{id} under {}: {rejection}", profile.name));
    let data = AuthenticatorData::parse(&response.authenticator_data).unwrap();
    assert_eq!(outcome.record.backup_state, data.flags.bs(), "{id}");
}
