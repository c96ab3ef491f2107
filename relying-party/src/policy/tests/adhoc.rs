use assay_attestation::AttestationType;
use assay_attestation::metadata::Level;
use serde_json::json;

use super::{MODEL, OTHER, TODAY, aaguid, block, certified, evidence, metadata};
use crate::policy::{Evidence, Policy, Subject, evaluate_ad_hoc};

fn minimum() -> Policy {
    Policy { min_certification_level: Some(Level::L1), ..block() }
}

#[test]
fn p19_a_credential_is_judged_by_what_its_registration_showed() {
    let stored = Evidence { attestation: AttestationType::SelfAttestation, ..evidence() };
    let answer = evaluate_ad_hoc(&minimum(), &Subject::Credential(&stored), Some(&metadata(certified())), TODAY);
    assert_eq!(answer.to_json()["basis"], "credential");
    assert!(!answer.passed());
}

#[test]
fn p20_a_model_is_judged_as_a_good_specimen() {
    let metadata = metadata(certified());
    let ask = |aaguid| evaluate_ad_hoc(&minimum(), &Subject::Model(aaguid), Some(&metadata), TODAY);
    assert_eq!(
        ask(aaguid(MODEL)).to_json(),
        json!({ "passed": true, "failed_rule": null, "failed_rules": [], "level": "L1", "basis": "model", "mds_no": 9, "mds_stale": false })
    );
    assert!(!ask(aaguid(OTHER)).passed());
    assert!(!ask(Default::default()).passed());
}

#[test]
fn p21_and_p22_no_attestation_fails_with_200() {
    let answer = evaluate_ad_hoc(&minimum(), &Subject::NoAttestation, Some(&metadata(certified())), TODAY);
    assert_eq!((answer.passed(), answer.http()), (false, 200));
    assert_eq!(answer.to_json()["failed_rule"], "min_certification_level");
    assert_eq!(answer.to_json()["level"], "NONE");
}

#[test]
fn p24_without_a_policy_everything_passes_and_the_level_is_told() {
    let answer = evaluate_ad_hoc(&Policy::off(), &Subject::Model(aaguid(MODEL)), Some(&metadata(certified())), TODAY);
    assert!(answer.passed());
    assert_eq!(answer.to_json()["level"], "L1");
}

#[test]
fn without_metadata_there_is_no_verdict() {
    let answer = evaluate_ad_hoc(&minimum(), &Subject::Model(aaguid(MODEL)), None, TODAY);
    assert_eq!((answer.passed(), answer.http()), (false, 503));
}
