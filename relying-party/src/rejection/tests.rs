use std::collections::BTreeSet;

use assay_protocol::error::Malformed;

use super::Rejection;
use crate::{all_checks, all_reasons};

#[test]
fn ids_and_codes_are_unique() {
    let checks: Vec<_> = all_checks().iter().map(|listed| listed.check.id).collect();
    let reasons: Vec<_> = all_reasons().iter().map(|reason| reason.code).collect();
    let unique: BTreeSet<_> = checks.iter().chain(&reasons).collect();
    assert_eq!(unique.len(), checks.len() + reasons.len());
    for code in unique {
        assert!(code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{code}");
    }
}

#[test]
fn every_check_names_its_clause() {
    for listed in all_checks() {
        assert!(!listed.check.clause.is_empty() && !listed.check.summary.is_empty(), "{}", listed.check.id);
    }
}

#[test]
fn a_rejection_tells_code_clause_sort_and_detail() {
    let malformed = Malformed::new(assay_protocol::error::Reason::SignatureZero, "r");
    let rejection = Rejection::from(malformed);
    assert_eq!(
        rejection.to_json().to_string(),
        r#"{"code":"signature_zero","clause":"FIPS 186-5 6.4.2","sort":"malformed","detail":"r"}"#
    );
    assert_eq!(rejection.to_string(), "signature_zero: r (FIPS 186-5 6.4.2)");
    assert_eq!(serde_json::to_value(&rejection).unwrap(), rejection.to_json());
}
