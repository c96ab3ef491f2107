//! Clause by case by proof of bite.
//!
//! A [`Clause`] is what a text demands and a suite answers for; the cases that ask it are named by
//! globs, so that nothing is guessed from the words of a header. A [`Proof`] is a deliberate
//! defect that a case fails while its positive twin passes: whole tests make them, and commit them
//! to `data/proofs/`. [`rows`] puts the two together.

mod clauses;
mod page;
mod proofs;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use self::clauses::{Clause, Place, clauses};
pub use self::page::{Peer, page};
pub use self::proofs::{Proof, committed, proofs, to_file};
pub use self::text::render;
use crate::case::{Header, Level};

/// A suite by the headers of its cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The suite's slug.
    pub suite: String,
    /// The headers of its cases, under whatever profile.
    pub headers: Vec<Header>,
}

/// What the suites cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How much is proven.
    pub totals: Totals,
    /// Each case under each clause that it asks; a case that asks none of the listed ones comes
    /// last, with no clause.
    pub rows: Vec<Row>,
    /// Clauses that a suite answers for and no case asks.
    pub clauses_without_case: Vec<Clause>,
    /// Clauses that no suite answers for, with the reason.
    pub out_of_slice: Vec<Clause>,
    /// Proofs of cases that no suite has.
    pub stale_proofs: Vec<Proof>,
}

/// One case under one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The clause's id; empty where the case asks none of the listed ones.
    pub clause: String,
    /// The clause as the case's header names it.
    pub reference: String,
    /// The suite.
    pub suite: String,
    /// The case.
    pub case: String,
    /// How strongly the text demands it.
    pub level: Level,
    /// Defects that the case fails while its positive twin passes.
    pub proofs: Vec<String>,
    /// Other checks that catch the same input.
    pub shadowed_by: Vec<String>,
    /// Is there a proof?
    pub status: Status,
}

/// Has a case shown that it can fail?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has.
    Proven,
    /// It has not.
    Unproven,
}

/// Numbers of cases, each counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All cases.
    pub cases: usize,
    /// Those with a proof.
    pub proven: usize,
    /// Those that bind.
    pub must_cases: usize,
    /// Those that bind and have no proof, by id.
    pub unproven_must_cases: Vec<String>,
    /// Those whose input another check catches as well.
    pub shadowed: usize,
}

impl Coverage {
    /// Does every case that binds have a proof, and every clause that binds a case?
    pub fn is_complete(&self) -> bool {
        self.totals.unproven_must_cases.is_empty()
            && self.stale_proofs.is_empty()
            && !self.clauses_without_case.iter().any(|clause| clause.level.binds())
    }
}

/// Puts suites, proofs and clauses together.
pub fn rows(suites: &[Listed], proofs: &[Proof], clauses: &[Clause]) -> Coverage {
    let mut by_case: BTreeMap<(&str, &str), Vec<&Proof>> = BTreeMap::new();
    for proof in proofs {
        by_case.entry((&proof.suite, &proof.case)).or_default().push(proof);
    }
    let mut coverage = Coverage {
        totals: Totals::default(),
        rows: Vec::new(),
        clauses_without_case: Vec::new(),
        out_of_slice: Vec::new(),
        stale_proofs: Vec::new(),
    };
    // Once each, though most cases are listed under several profiles.
    let mut known = BTreeSet::new();
    let cases: Vec<(&str, &Header)> = suites
        .iter()
        .flat_map(|listed| listed.headers.iter().map(|header| (listed.suite.as_str(), header)))
        .filter(|(suite, header)| known.insert((*suite, header.id.as_str())))
        .collect();
    let mut asked = BTreeSet::new();
    for clause in clauses {
        let Place::Suite { suite: answering, cases: globs } = &clause.place else {
            coverage.out_of_slice.push(clause.clone());
            continue;
        };
        let before = coverage.rows.len();
        for (suite, header) in cases.iter().filter(|(suite, _)| suite == answering) {
            if globs.iter().any(|glob| crate::runner::glob(glob, &header.id)) {
                asked.insert((*suite, header.id.as_str()));
                coverage.rows.push(row(&clause.id, suite, header, &by_case));
            }
        }
        if coverage.rows.len() == before {
            coverage.clauses_without_case.push(clause.clone());
        }
    }
    for (suite, header) in &cases {
        let row = row("", suite, header, &by_case);
        coverage.totals.count(&row);
        if !asked.contains(&(*suite, header.id.as_str())) {
            coverage.rows.push(row);
        }
    }
    let is_known = |proof: &&Proof| known.contains(&(proof.suite.as_str(), proof.case.as_str()));
    coverage.stale_proofs = proofs.iter().filter(|proof| !is_known(proof)).cloned().collect();
    coverage
}

fn row(clause: &str, suite: &str, header: &Header, proofs: &BTreeMap<(&str, &str), Vec<&Proof>>) -> Row {
    let proofs = proofs.get(&(suite, header.id.as_str())).map_or(&[][..], Vec::as_slice);
    let shadows: BTreeSet<&String> = proofs.iter().filter_map(|proof| proof.shadowed_by.as_ref()).collect();
    Row {
        clause: clause.to_owned(),
        reference: header.clause.clone(),
        suite: suite.to_owned(),
        case: header.id.clone(),
        level: header.level,
        proofs: proofs.iter().map(|proof| proof.defect.clone()).collect(),
        shadowed_by: shadows.into_iter().cloned().collect(),
        status: if proofs.is_empty() { Status::Unproven } else { Status::Proven },
    }
}

impl Totals {
    fn count(&mut self, row: &Row) {
        self.cases += 1;
        self.proven += usize::from(row.status == Status::Proven);
        self.shadowed += usize::from(!row.shadowed_by.is_empty());
        if row.level.binds() {
            self.must_cases += 1;
            if row.status == Status::Unproven {
                self.unproven_must_cases.push(row.case.clone());
            }
        }
    }
}

/// What is wrong with a committed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

impl CoverageError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        "coverage_data"
    }
}

impl std::fmt::Display for CoverageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

impl std::error::Error for CoverageError {}

#[cfg(test)]
mod tests;
