//! Real models as virtual keys: each entry of FIDO's own payload becomes a key that says of itself what its
//! statement says, and registers before a relying party that trusts the re-rooted metadata.

use std::collections::BTreeMap;

use assay_attestation::Anchors;
use assay_attestation::metadata::{Entry, KeyIdentifier, Metadata, Trust as Signers};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::persona::{AttestationKind, LeftOut, NotAKey, Persona, Taken};
use assay_mint::lab::{Lab, METADATA_HOST};
use assay_protocol::webauthn::{AttestationConveyance, Descriptor};
use assay_relying_party::Trust;
use assay_relying_party::authentication;
use assay_relying_party::registration::Wishes;
use assay_relying_party::trust::Chain;
use serde_json::{Map, Value, json};

use super::NOW;
use super::desk::{Desk, Failure, Person, lab, user};
use crate::metadata_payload::payload;

/// PINs that every model takes.
const PIN: &str = "28641975";

/// What becomes of the 520 entries.
const KEYS: &[(&str, usize)] = &[
    ("a key of CTAP1", 136),
    ("as its statement", 273),
    ("with something left out", 74),
    ("model_no_get_info", 1),
    ("model_protocol", 36),
];

/// In what keys differ from their statements, in how many of them. Most have a reason in the text: U2F is not told
/// while user verification is always required (7.2), and what goes with an option is not told without it.
const LEFT_OUT: &[(&str, usize)] = &[
    ("algorithm -37", 1),
    ("algorithm -54", 1),
    ("algorithm -65535", 2),
    ("extension devicePubKey", 1),
    ("extension enterpriseAttestation", 1),
    ("extension exts", 1),
    ("extension loc", 1),
    ("extension previewSign", 19),
    ("extension txAuthSimple", 5),
    ("member aaguid", 1),
    ("member forcePINChange", 2),
    ("member maxCredBlobLength", 1),
    ("member maxCredentialIdLength", 9),
    ("member maxMsgSize", 3),
    ("member maxRPIDsForSetMinPINLength", 3),
    ("member minPINLength", 4),
    ("member pinUvAuthProtocols", 2),
    ("member uvModality", 5),
    ("member versions", 16),
    ("option makeCredUvNotRqd Some(true) None", 2),
    ("option makeCredUvNotRqd Some(true) Some(false)", 2),
    ("option up Some(false) Some(true)", 8),
    ("option uv None Some(false)", 2),
    ("option uvAcfg Some(true) None", 2),
];

/// What becomes of the registrations of keys of CTAP2.
const REGISTRATIONS: &[(&str, usize)] =
    &[("registered: attca", 1), ("registered: basic", 334), ("registered: self", 12)];

#[test]
fn every_model_with_a_get_info_becomes_a_key_that_registers() {
    let Some(payload) = payload() else { return };
    let before = Metadata::load_unsigned_json(payload, None).unwrap();
    let after = rerooted(payload);
    let (mut keys, mut left, mut made) = (Counts::new(), Counts::new(), Counts::new());
    for entry in before.entries() {
        let taken = Persona::of_entry(&entry.raw);
        *keys.entry(kind(&taken)).or_default() += 1;
        let Ok(Taken { persona, left_out }) = taken else { continue };
        for what in &left_out {
            *left.entry(word(what)).or_default() += 1;
        }
        let config = persona.config(&lab().0.mint).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
        if let (false, Some(model)) = (persona.ctap2, &persona.u2f) {
            // The certificate that it attests by is one that the re-rooted entry names.
            let own = KeyIdentifier(lab().0.mint.u2f_key_identifier(model));
            assert_eq!(after.by_key_identifier(&own).map(|entry| &entry.id), Some(&entry.id));
            continue;
        }
        let mut key = Authenticator::new(config, Env::seeded([2; 32])).unwrap();
        // What is not told to be otherwise is as the statement has it.
        let wanted = &entry.raw["metadataStatement"]["authenticatorGetInfo"];
        let told = Value::Object(key.get_info().to_json());
        for member in ["versions", "extensions", "maxMsgSize", "algorithms", "certifications", "minPINLength"] {
            let differs = left_out.iter().any(|what| is_about(what, member));
            let said = ![&json!([]), &json!({}), &Value::Null].contains(&&wanted[member]);
            assert!(differs || !said || told[member] == wanted[member], "{}: {member}: {told} {wanted}", entry.id);
        }
        *made.entry(registered(entry, &persona, key, &after)).or_default() += 1;
    }
    let expected =
        |counts: &[(&str, usize)]| -> Counts { counts.iter().map(|(what, n)| ((*what).to_owned(), *n)).collect() };
    assert_eq!((keys, left, made), (expected(KEYS), expected(LEFT_OUT), expected(REGISTRATIONS)));
}

type Counts = BTreeMap<String, usize>;

fn rerooted(payload: &[u8]) -> Metadata {
    let object: Map<String, Value> = serde_json::from_slice(payload).unwrap();
    let mint = lab().0.mint;
    let blob = Lab::sign_metadata(mint.metadata(), mint.reroot(&object).unwrap().payload, None).unwrap();
    let signers = Signers::new(Anchors::parse([mint.metadata_root().unwrap()]).unwrap()).named(METADATA_HOST);
    Metadata::load(&blob, &signers, None, NOW).unwrap()
}

fn kind(taken: &Result<Taken, NotAKey>) -> String {
    match taken {
        Ok(Taken { persona, .. }) if !persona.ctap2 => "a key of CTAP1".to_owned(),
        Ok(Taken { left_out, .. }) if left_out.is_empty() => "as its statement".to_owned(),
        Ok(_) => "with something left out".to_owned(),
        Err(why) => why.code().to_owned(),
    }
}

fn word(what: &LeftOut) -> String {
    match what {
        LeftOut::Algorithm(name) => format!("algorithm {name}"),
        LeftOut::Extension(id) => format!("extension {id}"),
        LeftOut::Attestation(word) => format!("attestation {word}"),
        LeftOut::Option { id, statement, key } => format!("option {id} {statement:?} {key:?}"),
        LeftOut::Member { name, .. } => format!("member {name}"),
    }
}

fn is_about(what: &LeftOut, member: &str) -> bool {
    match what {
        LeftOut::Algorithm(_) => member == "algorithms",
        LeftOut::Extension(_) => member == "extensions",
        LeftOut::Member { name, .. } => name == member,
        LeftOut::Attestation(_) | LeftOut::Option { .. } => false,
    }
}

/// Registers with everything that its owner would do first, and says what came of it.
fn registered(entry: &Entry, persona: &Persona, key: Authenticator, metadata: &Metadata) -> String {
    let mut desk = Desk::at(key);
    if persona.pin.supported {
        desk.set_pin(PIN).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
        desk.seat(&Person::typing([PIN; 2]));
    }
    let wishes = Wishes {
        attestation: AttestationConveyance::Direct,
        algorithms: persona.algorithms.clone(),
        ..Wishes::default()
    };
    match desk.register_trusting("ada", wishes, &Trust::metadata(metadata)) {
        Ok(made) => {
            let certified =
                matches!(persona.attestation.first(), Some(AttestationKind::PackedX5c | AttestationKind::Tpm));
            assert_eq!(made.evidence.aaguid, persona.aaguid, "{}", entry.id);
            assert_eq!(certified, made.evidence.chain == Chain::Metadata, "{}: {:?}", entry.id, made.evidence.chain);
            let allow_credentials = vec![Descriptor::new(made.record.id.clone(), Vec::new())];
            let wishes = authentication::Wishes {
                allow_credentials,
                user_handle: Some(user("ada").id),
                ..authentication::Wishes::default()
            };
            desk.sign_in(wishes).unwrap_or_else(|why| panic!("{}: {why:?}", entry.id));
            format!("registered: {}", made.evidence.attestation_type.name())
        }
        Err(Failure::Client(why)) => format!("{}: {why}", why.code()),
        Err(Failure::RelyingParty(why)) => why.code().to_owned(),
    }
}
