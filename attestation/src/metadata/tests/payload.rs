use serde_json::{Value, json};
use time::macros::date;

use super::{good_payload, load};
use crate::metadata::{EntryReason, KeyIdentifier, KeyProtection, Metadata, ModelId, Status};

#[test]
fn a_good_payload_is_read_whole() {
    let metadata = load(&good_payload());
    assert_eq!((metadata.no, metadata.next_update), (5, date!(2026 - 12 - 01)));
    assert_eq!(metadata.legal_header, "terms");
    assert_eq!(metadata.skipped, []);
    let aaguid = "ee882879-721c-4913-9775-3dfcce97072a".parse().unwrap();
    let entry = metadata.by_aaguid(&aaguid).unwrap();
    assert_eq!(entry.id, ModelId::Aaguid(aaguid));
    assert_eq!((entry.description.as_str(), entry.protocol.as_str()), ("Key", "fido2"));
    assert!(entry.key_protection.has(KeyProtection::SecureElement));
    assert!(!entry.key_protection.has(KeyProtection::Software));
    assert_eq!(entry.attestation_types, ["basic_full"]);
    assert_eq!(entry.time_of_last_status_change, Some(date!(2024 - 01 - 01)));
    assert_eq!(entry.status_reports[0].authenticator_version, Some(3));
    assert_eq!(entry.status_reports[3].certificate_number.as_deref(), Some("FIDO1"));
    assert!(metadata.by_aaguid(&"11111111-2222-4333-8444-555555555555".parse().unwrap()).is_none());
}

#[test]
fn an_issue_must_be_above_the_one_before() {
    let payload = good_payload().to_string();
    let load = |previous| Metadata::load_unsigned_json(payload.as_bytes(), previous);
    assert!(load(None).is_ok());
    assert!(load(Some(4)).is_ok());
    for previous in [5, 6] {
        assert_eq!(load(Some(previous)).unwrap_err().code(), "metadata_no_not_increased");
    }
}

#[test]
fn what_is_no_payload_is_refused() {
    for (text, code) in [
        ("", "metadata_payload_malformed"),
        ("7", "metadata_payload_malformed"),
        ("{}", "metadata_legal_header_missing"),
        (r#"{"legalHeader":7}"#, "metadata_legal_header_missing"),
        (r#"{"legalHeader":"x","no":1.5}"#, "metadata_no_missing"),
        (r#"{"legalHeader":"x","no":1}"#, "metadata_next_update_malformed"),
        (r#"{"legalHeader":"x","no":1,"nextUpdate":"2026-1-1"}"#, "metadata_next_update_malformed"),
        (r#"{"legalHeader":"x","no":1,"nextUpdate":"2026-01-01T00:00:00Z"}"#, "metadata_next_update_malformed"),
        (r#"{"legalHeader":"x","no":1,"nextUpdate":"2026-01-01","entries":{}}"#, "metadata_entries_missing"),
    ] {
        let rejection = Metadata::load_unsigned_json(text.as_bytes(), None).unwrap_err();
        assert_eq!(rejection.code(), code, "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(Metadata::load_unsigned_json(deep.as_bytes(), None).is_err());
}

#[test]
fn u2f_models_are_found_by_any_of_their_key_identifiers() {
    let (one, two) = ("0".repeat(40), "f".repeat(40));
    let mut payload = good_payload();
    payload["entries"].as_array_mut().unwrap().extend([
        json!({ "attestationCertificateKeyIdentifiers": [one, two], "statusReports": [] }),
        json!({ "aaid": "4e4e#4005", "statusReports": [] }),
    ]);
    let metadata = load(&payload);
    assert_eq!(metadata.skipped, []);
    for text in [&one, &two] {
        let entry = metadata.by_key_identifier(&KeyIdentifier::from_hex(text).unwrap()).unwrap();
        assert_eq!(entry.id.to_string(), one);
    }
    assert_eq!(metadata.entries()[2].id, ModelId::Aaid("4e4e#4005".to_owned()));
}

#[test]
fn a_bad_part_costs_no_more_than_itself() {
    let mut payload = good_payload();
    payload["entries"][0]["statusReports"] = json!([
        { "status": "REVOKED", "effectiveDate": "soon" },
        { "status": "ATTESTATION_KEY_COMPROMISE", "certificate": 7 },
        { "status": "UPDATE_AVAILABLE", "effectiveDate": null, "authenticatorVersion": "5" },
        { "status": "MOONSTRUCK" },
    ]);
    payload["entries"][0]["metadataStatement"]["attestationRootCertificates"] = json!(["MAA=", 1]);
    let metadata = load(&payload);
    let entry = &metadata.entries()[0];
    let reports = &entry.status_reports;
    assert_eq!((reports[0].status, reports[0].effective_date), (Status::Revoked, None));
    assert_eq!(reports[1].certificate_sha256, None, "then it is about the whole model");
    assert_eq!(reports[2].authenticator_version, None);
    assert_eq!((reports[3].status, reports[3].word.as_str()), (Status::Unknown, "MOONSTRUCK"));
    assert!(entry.attestation_root_certificates.is_empty());
    assert_eq!(metadata.entries_rejected(), 0);
    let skipped: Vec<_> = metadata.skipped.iter().map(|one| (one.at.as_str(), one.reason)).collect();
    assert_eq!(
        skipped,
        [
            ("entries[0].statusReports[0].effectiveDate", EntryReason::StatusDate),
            ("entries[0].statusReports[1].certificate", EntryReason::StatusCertificate),
            ("entries[0].metadataStatement.attestationRootCertificates[0]", EntryReason::RootCertificate),
            ("entries[0].metadataStatement.attestationRootCertificates[1]", EntryReason::RootCertificate),
        ]
    );
}

#[test]
fn a_bad_entry_costs_no_other() {
    let reports = json!([]);
    for (bad, reason) in [
        (json!(null), EntryReason::NotAnObject),
        (json!({ "statusReports": reports }), EntryReason::Identifier),
        (json!({ "aaguid": 7, "statusReports": reports }), EntryReason::Aaguid),
        (json!({ "aaguid": "ee882879721c491397753dfcce97072a", "statusReports": reports }), EntryReason::Aaguid),
        (
            json!({ "aaguid": "00000000-0000-0000-0000-000000000000", "statusReports": reports }),
            EntryReason::AaguidZero,
        ),
        (
            json!({ "attestationCertificateKeyIdentifiers": ["0b"], "statusReports": reports }),
            EntryReason::KeyIdentifier,
        ),
        (json!({ "attestationCertificateKeyIdentifiers": "0b", "statusReports": reports }), EntryReason::KeyIdentifier),
        (json!({ "aaid": "1#1", "metadataStatement": [], "statusReports": reports }), EntryReason::Statement),
        (json!({ "aaid": "1#1" }), EntryReason::StatusReports),
        (json!({ "aaid": "1#1", "statusReports": [{ "status": 1 }] }), EntryReason::StatusReports),
        (json!({ "aaid": "1#1", "statusReports": ["REVOKED"] }), EntryReason::StatusReports),
        (good_payload()["entries"][0].clone(), EntryReason::Duplicate),
    ] {
        let mut payload = good_payload();
        let entries = payload["entries"].as_array_mut().unwrap();
        entries.push(bad);
        entries.push(json!({ "aaguid": "11111111-2222-4333-8444-555555555555", "statusReports": [] }));
        let metadata = load(&payload);
        assert_eq!(metadata.entries().len(), 2, "{reason:?}");
        assert_eq!(metadata.entries_rejected(), 1, "{reason:?}");
        assert_eq!(metadata.skipped[0].reason, reason);
        assert_eq!(metadata.skipped[0].at, "entries[1]");
        let last = "11111111-2222-4333-8444-555555555555".parse().unwrap();
        assert!(metadata.by_aaguid(&last).is_some(), "{reason:?}");
    }
}

#[test]
fn unknown_members_are_kept_as_they_are() {
    let mut payload = good_payload();
    payload["future"] = json!({});
    payload["entries"][0]["future"] = json!([1, 2]);
    let metadata = load(&payload);
    assert_eq!(metadata.entries()[0].raw["future"], json!([1, 2]));
    assert_eq!(Value::Object(metadata.entries()[0].raw.clone()), payload["entries"][0]);
}
