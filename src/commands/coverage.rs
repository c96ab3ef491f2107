//! `assay coverage`.

use anyhow::Result;
use assay_conformance::coverage::{self, Listed};
use assay_conformance::suites::relying_party::PROFILES;

use super::Place;
use crate::cli::TestKind;
use crate::judge;
use crate::output::{Exit, print};

/// Prints every clause with its cases and their proofs of bite, and what is missing.
pub(super) fn run(here: &Place) -> Result<Exit> {
    let clauses = coverage::clauses()?;
    let coverage = coverage::rows(&suites(), &coverage::proofs()?, &clauses);
    if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&coverage)?))?;
    } else {
        print(&coverage::render(&coverage, &clauses))?;
    }
    Ok(if coverage.is_complete() { Exit::Good } else { Exit::Findings })
}

/// Every suite, with the cases of all profiles.
fn suites() -> Vec<Listed> {
    let server = PROFILES.iter().flat_map(|profile| judge::headers(TestKind::Server, profile)).collect();
    let listed = |suite: &str, headers| Listed { suite: suite.to_owned(), headers };
    vec![
        listed("relying-party", server),
        listed("policy", judge::headers(TestKind::Policy, "")),
        listed("dbsc", judge::headers(TestKind::Dbsc, "")),
        listed("authenticator", judge::headers(TestKind::Authenticator, "")),
    ]
}
