//! What `assay coverage` says: clause by case by proof, and nothing that binds without one.

use serde_json::{Value, json};

use crate::support::command::{assay, run};
use crate::support::place::Place;

#[test]
fn nothing_that_binds_is_unproven() {
    let place = Place::new();
    let coverage = run(&mut assay(&place, ["coverage", "--json"])).expect(0).json();
    assert_eq!(coverage["totals"]["unproven_must_cases"], json!([]));
    assert_eq!(coverage["stale_proofs"], json!([]));
    let binds = |clause: &&Value| clause["level"] == "must" || clause["level"] == "must-not";
    let without: Vec<&Value> = coverage["clauses_without_case"].as_array().unwrap().iter().filter(binds).collect();
    assert!(without.is_empty(), "{without:#?}");

    let told = run(&mut assay(&place, ["coverage"])).expect(0).out;
    let line = told.lines().find(|line| line.contains("registration/client-data/type-other-ceremony")).unwrap();
    assert!(line.trim_start().starts_with("proven"), "{line}");
    assert!(line.contains("by client_data_type"), "{line}");
    let line = told.lines().find(|line| line.contains("session/challenge/registration-replayed")).unwrap();
    assert!(line.contains("shadowed by credential_already_registered"), "{line}");
}
