//! The acceptance table of the attestation policy engine, a test a row, by the lab's own metadata:
//! made and signed by `mint`, loaded by `attestation`, judged by `relying-party`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assay_attestation::metadata::{Metadata, Trust, day};
use assay_attestation::{Anchors, AttestationType, Format};
use assay_mint::lab::Lab;
use assay_mint::metadata::{Issue, Overdue, facts};
use assay_protocol::digest::sha256;
use assay_relying_party::policy::{Chain, Decision, Evidence, Policy, evaluate};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::shared::shared;

const TABLE: &str = "spec/policy-cases.csv";

/// Not the day of the facts: the lab has to move every date. 2027-03-05T12:00:00Z.
const NOW: i64 = 1_804_248_000;

macro_rules! rows {
    ($($name:ident)*) => {
        const ROWS: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { check(stringify!($name)); })*
    };
}

rows! {
    e01 e02 e03 e04 e05 e06 e07 e08 e09 e10 e11 e12 e13 e14 e15 e16 e17 e18 e19 e20 e21 e22
    e23 e24 e25 e26 e27 e28 e29 e30 e31 e32 e33 e34 e35 e36 e37 e38 e39 e40 e41 e42 e43 e44
    e45 e46 e47 e48 e49 e50 e51 e52 e53 e54 e55 e56 e57 e58 e59 e60 e61 e62 e63 e64 e65 e66
    e67 e68 e69 e70 e71 e72 e73 e74 e75 e76 e77 e78 e79 e80 e81 e82 e83 e84 e85 e86 e87 e88
}

#[test]
fn no_row_is_missing() {
    let Some(file) = shared(TABLE) else { return };
    let table = csv(&fs::read_to_string(file).unwrap());
    let ids: BTreeSet<String> =
        table.iter().map(|row| row[0].to_lowercase()).filter(|id| id.starts_with('e')).collect();
    assert_eq!(ids, ROWS.iter().map(|name| (*name).to_owned()).collect());
}

/// The rows about the protocol are tests of the server, by the same names.
#[test]
fn every_row_of_the_protocol_is_a_test_by_name() {
    let Some(file) = shared(TABLE) else { return };
    let table = csv(&fs::read_to_string(file).unwrap());
    let tests: String = ["server/src/http/tests", "server/src/metadata", "attestation/src/metadata/tests"]
        .iter()
        .flat_map(|folder| sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let missing: Vec<String> = table
        .iter()
        .map(|row| row[0].to_lowercase())
        .filter(|id| id.starts_with('p') && !tests.contains(&format!("fn {id}_")))
        // The loader's rows have tests of their own names.
        .filter(|id| !["p28", "p29", "p30"].contains(&id.as_str()))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { sources(&path) } else { vec![path] }
        })
        .collect()
}

#[test]
fn the_labs_models_are_the_tables_models() {
    let Some(file) = shared("spec/policy-models.json") else { return };
    let without_note = |text: &str| {
        let mut facts: Map<String, Value> = serde_json::from_str(text).unwrap();
        facts.remove("note").unwrap();
        facts
    };
    assert_eq!(
        without_note(include_str!("../mint/data/models.json")),
        without_note(&fs::read_to_string(file).unwrap())
    );
}

fn check(name: &str) {
    let Some(file) = shared(TABLE) else { return };
    let table = csv(&fs::read_to_string(file).unwrap());
    let row = table.iter().find(|row| row[0].eq_ignore_ascii_case(name)).unwrap();
    let [_, _, input, policy, evidence, state, outcome, rule, reason, http, code] = &row[..] else {
        panic!("{name} has {} columns", row.len());
    };
    let today = day(OffsetDateTime::from_unix_timestamp(NOW).unwrap());
    let decision: Decision = evaluate(&policy_of(policy), &evidence_of(evidence), metadata(state), today);
    let got = [
        decision.outcome.to_string(),
        decision.failed_rule.map_or_else(String::new, |rule| rule.to_string()),
        decision.reason.map_or_else(String::new, |reason| reason.to_string()),
        decision.http.to_string(),
        decision.code.unwrap_or_default().to_owned(),
    ];
    assert_eq!(
        got.each_ref().map(String::as_str),
        [outcome, rule, reason, http, code].map(String::as_str),
        "{name}: {input}"
    );
    assert_eq!(decision.failed_rules.first(), decision.failed_rule.as_ref());
    assert_eq!(decision.is_admitted(), decision.http == 201);
}

fn policy_of(text: &str) -> Policy {
    let row: Value = serde_json::from_str(text).unwrap();
    if row.is_null() {
        return Policy::off();
    }
    for key in row.as_object().unwrap().keys() {
        assert!(["mode", "allow", "block", "bsa", "rka", "min"].contains(&key.as_str()), "{key}");
    }
    let list = |key: &str| row.get(key).cloned().unwrap_or_else(|| json!([]));
    let canonical = json!({
        "allowed_aaguids": list("allow"),
        "blocked_aaguids": list("block"),
        "min_certification_level": row.get("min"),
        "block_software_auth": row.get("bsa").unwrap_or(&json!(false)),
        "require_known_aaguids": row.get("rka").unwrap_or(&json!(false)),
        "enforcement_mode": row["mode"],
    });
    let policy = Policy::from_stored_json(&canonical).unwrap();
    assert_eq!(Value::Object(policy.to_json()), canonical);
    policy
}

fn evidence_of(text: &str) -> Evidence {
    let row: Map<String, Value> = serde_json::from_str(text).unwrap();
    let attestation = match row["att"].as_str().unwrap() {
        "none" => AttestationType::None,
        "self" => AttestationType::SelfAttestation,
        "basic" => AttestationType::Basic,
        "attca" => AttestationType::AttCa,
        other => panic!("{other}"),
    };
    let aaguid = row["aaguid"].as_str().unwrap().parse().unwrap();
    let mut evidence = Evidence {
        fmt: match attestation {
            AttestationType::None => Format::None,
            _ => Format::Packed,
        },
        attestation,
        ..Evidence::none(aaguid)
    };
    for (key, value) in &row {
        match key.as_str() {
            "aaguid" | "att" => {}
            "chain_ok" if value == true => evidence.chain = Chain::Metadata,
            "chain_ok" => evidence.chain = Chain::Unverified,
            "be" => evidence.backup_eligible = value.as_bool().unwrap(),
            "fw" => evidence.firmware = Some(value.as_u64().unwrap()),
            "ski" => {
                evidence.fmt = Format::FidoU2f;
                evidence.key_identifier = Some(value.as_str().unwrap().to_owned().try_into().unwrap());
            }
            "chain" => {
                for batch in value.as_array().unwrap() {
                    let chain = lab().batch(aaguid, batch.as_str().unwrap());
                    evidence.certificates_sha256.push(sha256(&chain.issue().unwrap().leaf));
                }
            }
            other => panic!("{other}"),
        }
    }
    evidence
}

fn metadata(state: &str) -> Option<&'static Metadata> {
    static LOADED: [OnceLock<Metadata>; 3] = [const { OnceLock::new() }; 3];
    let (cell, overdue) = match state {
        "fresh" => (&LOADED[0], Overdue::No),
        "stale" => (&LOADED[1], Overdue::Weeks),
        "expired" => (&LOADED[2], Overdue::Months),
        "missing" => return None,
        other => panic!("{other}"),
    };
    Some(cell.get_or_init(|| load(Issue { overdue, ..Issue::new(7) })))
}

fn load(issue: Issue) -> Metadata {
    let roots = Anchors::parse([lab().metadata_root().unwrap()]).unwrap();
    let trust = Trust::new(roots).named("mds.assay.test");
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let blob = lab().metadata_blob(&issue).unwrap();
    let metadata = Metadata::load(&blob, &trust, Some(6), now).unwrap();
    assert_eq!(metadata.skipped, []);
    assert_eq!(metadata.entries().len(), facts().models.iter().filter(|model| model.in_metadata).count());
    metadata
}

fn lab() -> &'static Lab {
    static LAB: OnceLock<Lab> = OnceLock::new();
    LAB.get_or_init(|| Lab::new([7; 32], NOW))
}

/// The rows below the header (RFC 4180).
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let row = rows.last_mut().unwrap();
        let cell = row.last_mut().unwrap();
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => cell.push(other),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows.split_off(1)
}
