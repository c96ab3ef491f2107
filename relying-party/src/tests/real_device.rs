//! Ceremonies captured from real devices.

use assay_attestation::{Anchors, Certificate};
use assay_protocol::base64url::decode;
use assay_protocol::webauthn::{AuthenticationResponse, RegistrationResponse};
use serde_json::Value;
use time::OffsetDateTime;

use super::{Register, shared};
use crate::authentication::{self, Held};
use crate::ceremony::BackupPolicy;
use crate::profile::Profile;
use crate::registration::{self, Registration};
use crate::rejection::Rejection;
use crate::relying_party::RelyingParty;
use crate::trust::{Chain, Trust};

fn bytes(value: &Value) -> Vec<u8> {
    decode(value.as_str().unwrap()).unwrap()
}

fn rp(sample: &Value) -> RelyingParty {
    let text = |name: &str| sample[name].as_str().unwrap().to_owned();
    RelyingParty::new(text("rpId"), "Example", vec![text("origin")])
}

fn register(
    sample: &Value,
    trust: &Trust<'_>,
    now: OffsetDateTime,
    profile: &Profile,
) -> Result<Registration, Rejection> {
    let mut pending = Register::new().pending;
    pending.challenge = bytes(&sample["challenge"]);
    let mut response = RegistrationResponse::new(
        bytes(&sample["credentialId"]),
        bytes(&sample["clientDataJSON"]),
        bytes(&sample["attestationObject"]),
    );
    if let Value::Object(results) = &sample["clientExtensionResults"] {
        response.client_extension_results = results.clone();
    }
    registration::finish(&rp(sample), &pending, &response, trust, &|_| false, profile, now)
}

#[test]
fn real_devices_are_accepted_under_every_profile() {
    let Some(file) = shared("data/real-device.json") else { return };
    let (mut registered, mut authenticated) = (0, 0);
    for sample in file["samples"].as_array().unwrap() {
        let name = sample["name"].as_str().unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_600_000_000).unwrap();
        for profile in crate::profiles() {
            let verdict = register(sample, &Trust::unjudged(), now, &profile);
            let refused = match sample["format"].as_str().unwrap() {
                // All of them sign with RS1.
                "tpm" if profile.name == "hardened" => Some("attestation_sha1"),
                "tpm" => None,
                "none" | "packed" | "fido-u2f" | "apple" => None,
                "android-safetynet" => Some("android_safetynet_deprecated"),
                _ => Some("attestation_format_unsupported"),
            };
            if let Some(code) = refused {
                assert_eq!(super::code(&verdict), code, "{name}");
                continue;
            }
            let registration = verdict.unwrap_or_else(|rejection| panic!("{name} under {}: {rejection}", profile.name));
            registered += 1;
            as_its_own_anchor(sample, &registration, &profile);
            if sample["assertion"].is_object() {
                authenticate(sample, &registration, &profile);
                authenticated += 1;
            }
        }
    }
    assert_eq!((registered, authenticated), (3 * 25 + 2 * 3, 3 * 19));
}

/// A batch certificate may itself be the anchor, at a time when it is valid.
fn as_its_own_anchor(sample: &Value, registration: &Registration, profile: &Profile) {
    let name = sample["name"].as_str().unwrap();
    let Some(leaf) = registration.evidence.x5c.first() else {
        assert!(matches!(registration.evidence.chain, Chain::Absent), "{name}");
        return;
    };
    let anchors = Anchors::parse([leaf]).unwrap();
    let leaf = Certificate::parse(leaf).unwrap();
    let trust = Trust::anchors(&anchors);
    let judge = |now| register(sample, &trust, now, profile);
    let again = judge(leaf.not_before).unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
    assert_eq!(again.evidence.chain, Chain::Anchor, "{name}");
    let late = judge(leaf.not_after + time::Duration::SECOND);
    assert_eq!(super::code(&late), "path_expired", "{name}");
}

fn authenticate(sample: &Value, registration: &Registration, profile: &Profile) {
    let given = &sample["assertion"];
    let client_data = bytes(&given["clientDataJSON"]);
    let parsed = assay_protocol::client_data::ClientData::parse(&client_data).unwrap();
    let id = registration.record.id.clone();
    let response = AuthenticationResponse::new(
        id.clone(),
        client_data,
        bytes(&given["authenticatorData"]),
        bytes(&given["signature"]),
    );
    let pending = authentication::Pending {
        challenge: decode(&parsed.challenge).unwrap(),
        user_handle: Some(vec![1]),
        allow_credentials: vec![id],
        user_verification_required: false,
        app_id: None,
        backup: BackupPolicy::Any,
        asked: Default::default(),
        payment: None,
    };
    let held = Held { user_handle: &[1], record: &registration.record };
    let verdict = authentication::finish(&rp(sample), &pending, &response, Some(held), profile);
    if let Err(rejection) = verdict {
        panic!("{} under {}: {rejection}", sample["name"], profile.name);
    }
}
