use std::collections::BTreeSet;

use assay_dbsc::check::SERVER_CLAUSES;
use assay_dbsc::{Check, Duty, Reason};

use super::suite;

#[test]
fn the_suite_is_in_order() {
    assert_eq!(suite().faults(), Vec::<String>::new());
}

#[test]
fn every_clause_has_a_case_and_every_claim_a_rule() {
    let suite = suite();
    let claimed: BTreeSet<&str> = suite.headers().flat_map(|header| header.claims.iter().map(String::as_str)).collect();
    for clause in SERVER_CLAUSES {
        for id in clause.ids {
            assert!(claimed.contains(id), "{}: no case claims {id}", clause.number);
        }
    }
    let known: BTreeSet<&str> = Check::ALL
        .iter()
        .map(|check| check.id())
        .chain(Duty::ALL.iter().map(|duty| duty.id()))
        .chain(Reason::ALL.iter().map(|reason| reason.info().code))
        .collect();
    assert_eq!(claimed.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
}
