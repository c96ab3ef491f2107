use serde_json::{Value, json};

use super::{TODAY, block, evidence, metadata};
use crate::policy::{Chain, Evidence, Policy, Rule, evaluate};

fn compromise(version: Option<u64>) -> Value {
    json!({ "status": "USER_KEY_REMOTE_COMPROMISE", "effectiveDate": "2025-01-01", "authenticatorVersion": version })
}

fn update(date: &str, version: Option<u64>) -> Value {
    json!({ "status": "UPDATE_AVAILABLE", "effectiveDate": date, "authenticatorVersion": version })
}

#[track_caller]
fn check(reports: Value, firmware: Option<u64>, denied: Option<&str>) {
    let evidence = Evidence { firmware, ..evidence() };
    let decision = evaluate(&block(), &evidence, Some(&metadata(reports)), TODAY);
    assert_eq!(decision.reason.map(|reason| reason.to_string()).as_deref(), denied);
    assert_eq!(decision.failed_rule, denied.map(|_| Rule::MdsStatus));
}

const DENIED: Option<&str> = Some("USER_KEY_REMOTE_COMPROMISE");

#[test]
fn a_compromise_reaches_its_version_and_all_before() {
    let reports = || json!([compromise(Some(3))]);
    check(reports(), None, DENIED);
    check(reports(), Some(2), DENIED);
    check(reports(), Some(3), DENIED);
    check(reports(), Some(4), None);
    check(json!([compromise(None)]), Some(4_000), DENIED);
}

#[test]
fn a_fix_clears_its_version_and_all_above() {
    let reports = || json!([compromise(Some(2)), update("2025-06-01", Some(5))]);
    check(reports(), None, DENIED);
    check(reports(), Some(4), DENIED);
    check(reports(), Some(5), None);
    // The order in the file is no order of time.
    check(json!([update("2025-06-01", Some(5)), compromise(None)]), Some(5), None);
    check(json!([compromise(None), update("2025-01-01", Some(5))]), Some(5), None);
}

#[test]
fn what_is_no_later_fix_clears_nothing() {
    check(json!([compromise(None), update("2024-12-31", Some(5))]), Some(5), DENIED);
    check(json!([compromise(None), update("2027-01-01", Some(5))]), Some(5), DENIED);
    check(json!([compromise(None), update("2025-06-01", None)]), Some(5), DENIED);
    let undated = json!({ "status": "UPDATE_AVAILABLE", "authenticatorVersion": 5 });
    check(json!([compromise(None), undated]), Some(5), DENIED);
    let undated = json!({ "status": "USER_KEY_REMOTE_COMPROMISE" });
    check(json!([undated, update("2025-06-01", Some(5))]), Some(5), DENIED);
}

#[test]
fn a_later_certification_clears_too() {
    let certified =
        |date: &str| json!({ "status": "FIDO_CERTIFIED_L1", "effectiveDate": date, "authenticatorVersion": 5 });
    check(json!([compromise(None), certified("2025-06-01")]), Some(5), None);
    check(json!([compromise(None), certified("2025-06-01")]), Some(4), DENIED);
    check(json!([compromise(None), certified("2025-01-01")]), Some(5), DENIED);
}

#[test]
fn nothing_clears_a_revocation() {
    for status in ["REVOKED", "RETIRED"] {
        let reports = json!([
            { "status": status, "effectiveDate": "2025-01-01", "authenticatorVersion": 1 },
            update("2025-06-01", Some(5)),
        ]);
        check(reports, Some(5), Some(status));
    }
}

#[test]
fn an_unproven_firmware_clears_nothing() {
    let evidence = Evidence { firmware: Some(5), chain: Chain::Unverified, ..evidence() };
    let metadata = metadata(json!([compromise(Some(2)), update("2025-06-01", Some(5))]));
    let decision = evaluate(&block(), &evidence, Some(&metadata), TODAY);
    assert_eq!(decision.failed_rule, Some(Rule::MdsStatus));
    assert!(decision.firmware_unknown);
}

#[test]
fn other_statuses_deny_nothing() {
    for status in ["NOT_FIDO_CERTIFIED", "SELF_ASSERTION_SUBMITTED", "UPDATE_AVAILABLE", "FUTURE_STATUS_X"] {
        check(json!([{ "status": status }]), None, None);
    }
}

#[test]
fn the_tenant_may_accept_a_status() {
    let mut denied = assay_attestation::metadata::Statuses::default();
    denied.insert(assay_attestation::metadata::Status::Revoked);
    let policy = Policy { denied_statuses: denied, ..block() };
    let metadata = metadata(json!([compromise(None)]));
    let decision = evaluate(&policy, &evidence(), Some(&metadata), TODAY);
    assert_eq!(decision.failed_rule, None);
    assert_eq!(decision.statuses.iter().count(), 1, "recorded all the same");
}
