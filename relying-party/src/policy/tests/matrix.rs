use assay_attestation::metadata::ModelId;
use serde_json::json;

use super::{MODEL, OTHER, TODAY, aaguid, block, certified, issue, metadata};
use crate::policy::{AaguidList, Outcome, Policy, Reason, Rule, matrix};

fn list(texts: &[&str]) -> AaguidList {
    texts.iter().map(|text| aaguid(text)).collect()
}

#[test]
fn every_model_stands_in_the_matrix_with_every_reason() {
    let metadata = metadata(json!([
        { "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-05-12" },
        { "status": "REVOKED", "effectiveDate": "2026-01-01" },
    ]));
    let policy = Policy {
        min_certification_level: Some("L2".parse().unwrap()),
        blocked_aaguids: list(&[MODEL, OTHER]),
        allowed_aaguids: list(&[OTHER]),
        ..block()
    };
    let rows = matrix(&policy, Some(&metadata), TODAY);
    let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(ids, [MODEL, &"00".repeat(20), OTHER]);
    let words = |at: usize| -> Vec<String> {
        rows[at].failures.iter().map(|(rule, reason)| format!("{rule} {reason}")).collect()
    };
    assert_eq!(
        words(0),
        [
            "blocked_aaguids aaguid_blocked",
            "mds_status REVOKED",
            "allowed_aaguids not_listed",
            "min_certification_level L1<L2",
        ]
    );
    assert_eq!(words(1), ["allowed_aaguids not_listed", "min_certification_level L1<L2"]);
    assert_eq!(
        words(2),
        ["blocked_aaguids aaguid_blocked", "allowed_aaguids aaguid_unverified", "min_certification_level NONE<L2",]
    );
    for row in &rows {
        let rules: Vec<Rule> = row.failures.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(row.decision.failed_rules, rules);
        assert_eq!(row.decision.outcome, Outcome::Fail);
    }
    assert!(rows[2].entry.is_none());
}

#[test]
fn a_good_model_has_no_failures() {
    let metadata = metadata(certified());
    let rows = matrix(&block(), Some(&metadata), TODAY);
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.failures.is_empty() && row.decision.outcome == Outcome::Pass));
}

#[test]
fn too_old_metadata_are_no_verdict_and_the_reasons_stand() {
    let metadata = issue("2026-01-01", certified());
    let policy = Policy { min_certification_level: Some("L3".parse().unwrap()), ..block() };
    let rows = matrix(&policy, Some(&metadata), TODAY);
    assert_eq!((rows[0].decision.outcome, rows[0].decision.reason), (Outcome::Error, Some(Reason::MdsExpired)));
    assert_eq!(rows[0].failures.len(), 1);
    assert_eq!(matrix(&block(), None, TODAY).len(), 0);
}

#[test]
fn a_model_is_judged_by_the_best_attestation_that_it_makes() {
    let entry = |id: u8, kinds: serde_json::Value| {
        json!({
            "aaguid": format!("00000000-0000-4000-8000-0000000000{id:02x}"),
            "metadataStatement": { "keyProtection": ["hardware"], "attestationTypes": kinds },
            "statusReports": [{ "status": "FIDO_CERTIFIED_L1" }],
        })
    };
    let payload = json!({
        "legalHeader": "terms", "no": 9, "nextUpdate": "2026-12-01",
        "entries": [
            entry(1, json!(["basic_surrogate", "basic_full"])),
            entry(2, json!(["attca"])),
            entry(3, json!(["basic_surrogate"])),
            entry(4, json!(["none"])),
            { "aaid": "0001#0001", "metadataStatement": {}, "statusReports": [{ "status": "NOT_FIDO_CERTIFIED" }] },
        ],
    });
    let metadata =
        assay_attestation::metadata::Metadata::load_unsigned_json(payload.to_string().as_bytes(), None).unwrap();
    let policy = Policy { require_known_aaguids: true, ..block() };
    let rows = matrix(&policy, Some(&metadata), TODAY);
    let verdicts: Vec<_> = rows.iter().map(|row| row.decision.outcome == Outcome::Pass).collect();
    assert_eq!(verdicts, [true, true, false, false]);
    assert!(rows.iter().all(|row| matches!(row.id, ModelId::Aaguid(_))));
}
