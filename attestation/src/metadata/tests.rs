mod blob;
mod payload;
mod rerooted;
mod revocation;

use serde_json::{Value, json};
use time::macros::date;

use super::{Age, KeyIdentifier, Level, Metadata, Status, Statuses};

/// A payload with one good entry.
fn good_payload() -> Value {
    json!({
        "legalHeader": "terms",
        "no": 5,
        "nextUpdate": "2026-12-01",
        "entries": [{
            "aaguid": "EE882879-721C-4913-9775-3DFCCE97072A",
            "metadataStatement": {
                "description": "Key",
                "protocolFamily": "fido2",
                "keyProtection": ["hardware", "secure_element"],
                "attestationTypes": ["basic_full"],
                "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
                "attestationRootCertificates": [],
            },
            "statusReports": [
                { "status": "FIDO_CERTIFIED_L2", "effectiveDate": "2024-01-01", "authenticatorVersion": 3 },
                { "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-01-01" },
                { "status": "FIDO_CERTIFIED_L3", "effectiveDate": "2027-01-01" },
                { "status": "FIDO_CERTIFIED", "effectiveDate": "2024-01-01", "certificateNumber": "FIDO1" },
            ],
            "timeOfLastStatusChange": "2024-01-01",
        }],
    })
}

fn load(payload: &Value) -> Metadata {
    Metadata::load_unsigned_json(payload.to_string().as_bytes(), None).unwrap()
}

#[test]
fn age_is_counted_from_the_promised_day() {
    let metadata = load(&good_payload());
    let age = |today| Age::of(Some(&metadata), today, 30);
    assert_eq!(age(date!(2026 - 01 - 01)), Age::Fresh);
    assert_eq!(age(date!(2026 - 12 - 01)), Age::Fresh);
    assert_eq!(age(date!(2026 - 12 - 02)), Age::Stale { days: 1 });
    assert_eq!(age(date!(2026 - 12 - 31)), Age::Stale { days: 30 });
    assert_eq!(age(date!(2027 - 01 - 01)), Age::Expired { days: 31 });
    assert_eq!(Age::of(None, date!(2026 - 01 - 01), 30), Age::Missing);
    assert!(age(date!(2026 - 12 - 31)).is_usable() && age(date!(2026 - 12 - 31)).is_overdue());
    assert!(!age(date!(2027 - 01 - 01)).is_usable() && !Age::Missing.is_overdue());
}

#[test]
fn the_level_is_the_highest_in_force_and_not_the_last() {
    let metadata = load(&good_payload());
    let entry = &metadata.entries()[0];
    let today = date!(2026 - 11 - 22);
    assert_eq!(entry.level(today, None), Level::L2);
    assert_eq!(entry.level(today, Some(3)), Level::L2);
    assert_eq!(entry.level(today, Some(2)), Level::L1, "older firmware does not inherit");
    assert_eq!(entry.level(date!(2027 - 01 - 01), None), Level::L3);
    assert_eq!(entry.level(date!(2019 - 01 - 01), None), Level::None);
}

#[test]
fn levels_are_ordered_and_six_can_be_asked_for() {
    let order = [Level::None, Level::Functional].iter().chain(Level::MINIMA);
    assert!(order.is_sorted());
    for level in Level::MINIMA {
        assert_eq!(level.as_str().parse(), Ok(*level));
    }
    for text in ["NONE", "FUNCTIONAL", "L4", "l2", "L2+", "L2Plus", " L1", ""] {
        assert!(text.parse::<Level>().is_err(), "{text}");
    }
}

#[test]
fn statuses_are_a_set_and_unknown_words_are_kept_apart() {
    let mut statuses = Statuses::of(&[Status::Revoked, Status::FidoCertified]);
    assert!(statuses.has(Status::Revoked) && !statuses.has(Status::Retired));
    statuses.insert(Status::from_word("FUTURE_STATUS_X"));
    let members: Vec<_> = statuses.iter().collect();
    assert_eq!(members, [Status::FidoCertified, Status::Revoked, Status::Unknown]);
    assert_eq!(Status::from_word("UNKNOWN"), Status::Unknown);
    assert_eq!(Status::from_word("FIDO_CERTIFIED_L2plus"), Status::FidoCertifiedL2plus);
}

#[test]
fn key_identifiers_are_forty_digits() {
    let text = "0bf590af2fe271f843122b3fa1a0c9cec368a658";
    let identifier = KeyIdentifier::from_hex(text).unwrap();
    assert_eq!(identifier.to_string(), text);
    assert_eq!(KeyIdentifier::from_hex(&text.to_uppercase()), Some(identifier));
    for wrong in ["", "0b", &text[1..], &format!("{text}0"), &text.replace('0', "+"), &"é".repeat(20)] {
        assert_eq!(KeyIdentifier::from_hex(wrong), None, "{wrong}");
    }
}
