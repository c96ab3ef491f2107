//! The rows E82 to E86 over HTTP: metadata that are overdue, too old, or not there.

use assay_mint::metadata::Overdue;
use serde_json::{Value, json};

use super::{KNOWN, UNKNOWN};
use crate::http::tests::rig::{Answer, Rig, metadata};

/// A registration of the known model under a policy, by metadata of this age.
fn enrolled(overdue: Option<Overdue>, policy: &Value) -> (Rig, Answer) {
    let rig = Rig::with(|config| config.metadata = overdue.map(metadata).into_iter().collect());
    rig.set_policy(policy);
    let answer = rig.browser().enrol("alice", KNOWN, &[]);
    (rig, answer)
}

fn unavailable(rig: &Rig, answer: Answer, reason: &str) {
    let answer = answer.expect(503, "attestation_metadata_unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    let lines = rig.audit("attestation.evaluated");
    assert_eq!((&lines[0]["outcome"], &lines[0]["reason"]), (&json!("error"), &json!(reason)));
    assert_eq!(lines[0]["http"], 503);
    assert_eq!(rig.admin().get("/v1/credentials").body["credentials"], json!([]));
    rig.evaluate("user_1", &json!(KNOWN)).expect(503, "attestation_metadata_unavailable");
}

#[test]
fn e82_three_weeks_overdue_will_do() {
    let (rig, answer) = enrolled(Some(Overdue::Weeks), &json!({ "min_certification_level": "L1" }));
    answer.expect(201, "");
    let lines = rig.audit("attestation.evaluated");
    assert_eq!((&lines[0]["reason"], &lines[0]["mds_stale"]), (&json!("mds_stale"), &json!(true)));
    let verdict = rig.evaluate("user_1", &json!(KNOWN)).expect(200, "").body["data"].clone();
    assert_eq!(
        (&verdict["passed"], &verdict["mds_stale"], &verdict["mds_no"]),
        (&json!(true), &json!(true), &json!(7))
    );
}

#[test]
fn e83_too_old_for_a_level() {
    let (rig, answer) = enrolled(Some(Overdue::Months), &json!({ "min_certification_level": "L1" }));
    unavailable(&rig, answer, "mds_expired");
}

#[test]
fn e84_lists_need_no_metadata() {
    let (rig, answer) = enrolled(Some(Overdue::Months), &json!({ "blocked_aaguids": [UNKNOWN] }));
    answer.expect(201, "");
    rig.set_policy(&json!({ "blocked_aaguids": [KNOWN], "min_certification_level": "L1" }));
    rig.browser().enrol("bob", KNOWN, &[]).expect(403, "attestation_blocked_aaguid");
}

#[test]
fn e85_none_were_ever_loaded() {
    let (rig, answer) = enrolled(None, &json!({ "require_known_aaguids": true }));
    unavailable(&rig, answer, "mds_missing");
}

#[test]
fn e86_audit_admits_and_records_a_failure() {
    let policy = json!({ "require_known_aaguids": true, "enforcement_mode": "audit" });
    let (rig, answer) = enrolled(None, &policy);
    let answer = answer.expect(201, "");
    assert_eq!(answer.body["attestation"], json!({ "outcome": "fail", "failed_rule": "require_known_aaguids" }));
    let lines = rig.audit("attestation.evaluated");
    assert_eq!((&lines[0]["reason"], &lines[0]["http"]), (&json!("not_in_mds"), &json!(201)));
}
