use std::collections::BTreeSet;

use super::*;
use crate::error::Reason;

#[test]
fn every_rule_answers_a_clause() {
    let answered: BTreeSet<&str> = SERVER_CLAUSES.iter().flat_map(|clause| clause.ids).copied().collect();
    let rules: BTreeSet<&str> =
        Check::ALL.iter().map(|check| check.id()).chain(Duty::ALL.iter().map(|duty| duty.id())).collect();
    assert_eq!(answered, rules);
}

#[test]
fn codes_are_unique_and_ours() {
    let codes: Vec<&str> = Check::ALL
        .iter()
        .map(|check| check.id())
        .chain(Duty::ALL.iter().map(|duty| duty.id()))
        .chain(Reason::ALL.iter().map(|reason| reason.info().code))
        .collect();
    let unique: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(codes.len(), unique.len());
    assert!(codes.iter().all(|code| code.starts_with("dbsc_")));
}
