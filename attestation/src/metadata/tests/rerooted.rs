//! Models that leave nothing out, and personas of models that are somebody else's.

use std::collections::BTreeSet;

use assay_mint::lab::Lab;
use assay_mint::metadata::{ModelId, spectrum};
use assay_protocol::check::Enforced;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::date;

use crate::certificate::Certificate;
use crate::metadata::{Entry, KeyIdentifier, KeyProtection, Level, Metadata, Status, Trust};
use crate::path::{self, Anchors};

const NOW: i64 = 1_900_000_000;

fn lab() -> Lab {
    Lab::new([9; 32], NOW)
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

fn signed(payload: Map<String, Value>) -> Metadata {
    let trust = Trust::new(Anchors::parse([lab().metadata_root().unwrap()]).unwrap()).named("mds.assay.test");
    let blob = Lab::sign_metadata(lab().metadata(), payload, None).unwrap();
    Metadata::load(&blob, &trust, None, now()).unwrap()
}

#[test]
fn the_spectrum_has_every_status_level_and_protection() {
    let payload = lab().metadata_payload_of(spectrum(), 3, date!(2026 - 12 - 01)).unwrap();
    let metadata = signed(payload);
    assert_eq!((metadata.entries().len(), metadata.skipped.len()), (spectrum().len(), 0));
    let mut statuses = BTreeSet::new();
    let mut levels = BTreeSet::new();
    for entry in metadata.entries() {
        statuses.extend(entry.statuses(now().date()).iter().map(Status::as_str));
        levels.insert(entry.level(now().date(), None));
    }
    assert_eq!(statuses.len(), 17, "{statuses:?}");
    let minima = Level::MINIMA.iter().copied();
    assert_eq!(levels, [Level::None, Level::Functional].into_iter().chain(minima).collect());
    for protection in [
        KeyProtection::Software,
        KeyProtection::Hardware,
        KeyProtection::Tee,
        KeyProtection::SecureElement,
        KeyProtection::RemoteHandle,
    ] {
        assert!(metadata.entries().iter().any(|entry| entry.key_protection.has(protection)), "{protection:?}");
    }
}

/// Entries as a vendor's would be; their roots are of another lab.
fn foreign() -> Map<String, Value> {
    let elsewhere = Lab::new([1; 32], NOW);
    let mut payload = elsewhere.metadata_payload_of(spectrum(), 9, date!(2026 - 12 - 01)).unwrap();
    let u2f = json!({
        "attestationCertificateKeyIdentifiers": ["0BF590AF2FE271F843122B3FA1A0C9CEC368A658"],
        "metadataStatement": {
            "description": "old", "attestationRootCertificates": ["AAAA", "AAAA"],
            "attestationCertificateKeyIdentifiers": ["0BF590AF2FE271F843122B3FA1A0C9CEC368A658"],
        },
        "statusReports": [],
    });
    let uaf = json!({
        "aaid": "4e4e#4005", "metadataStatement": { "attestationRootCertificates": ["AAAA"] }, "statusReports": [],
    });
    payload.get_mut("entries").unwrap().as_array_mut().unwrap().extend([u2f, uaf]);
    payload
}

#[test]
fn personas_keep_everything_but_their_roots() {
    let before = foreign();
    let rerooted = lab().reroot(&before).unwrap();
    let rootless = spectrum().iter().filter(|model| !model.has_certificates()).count();
    assert_eq!((rerooted.entries, rerooted.rootless), (spectrum().len() + 2 - rootless, rootless));
    let header = rerooted.payload["legalHeader"].as_str().unwrap();
    assert!(header.starts_with("Not its source's") && header.ends_with(before["legalHeader"].as_str().unwrap()));
    let stripped = |payload: &Map<String, Value>| {
        let mut entries = payload["entries"].as_array().unwrap().clone();
        for entry in &mut entries {
            let entry = entry.as_object_mut().unwrap();
            entry.remove("attestationCertificateKeyIdentifiers");
            let statement = entry["metadataStatement"].as_object_mut().unwrap();
            statement.remove("attestationRootCertificates");
            statement.remove("attestationCertificateKeyIdentifiers");
        }
        entries
    };
    assert_eq!(stripped(&before), stripped(&rerooted.payload));
}

#[test]
fn the_lab_can_be_any_of_them() {
    let metadata = signed(lab().reroot(&foreign()).unwrap().payload);
    assert_eq!(metadata.skipped, []);
    let reaches = |x5c: &[Vec<u8>], entry: &Entry| {
        let path: Vec<_> = x5c.iter().map(|der| Certificate::parse(der).unwrap()).collect();
        path::verify(&path, &entry.attestation_root_certificates, now(), &Enforced::all()).is_ok()
    };
    for model in spectrum().iter().filter(|model| model.has_certificates()) {
        let ModelId::Aaguid(aaguid) = model.id else { panic!("{}", model.id) };
        let entry = metadata.by_aaguid(&aaguid).unwrap();
        assert!(reaches(&lab().model(aaguid).issue().unwrap().x5c(), entry), "{}", model.name);
        assert!(!reaches(&Lab::new([1; 32], NOW).model(aaguid).issue().unwrap().x5c(), entry), "{}", model.name);
    }
    let label = "0bf590af2fe271f843122b3fa1a0c9cec368a658";
    let own = KeyIdentifier(lab().u2f_key_identifier(label));
    let entry = metadata.by_key_identifier(&own).unwrap();
    assert_eq!(entry.key_identifiers, [KeyIdentifier::from_hex(label).unwrap(), own]);
    assert!(reaches(&lab().u2f(label).issue().unwrap().x5c(), entry));
}
