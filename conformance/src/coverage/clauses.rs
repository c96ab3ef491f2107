//! The clauses that the suites answer for, and those of the same texts that they do not.

use serde::Serialize;

use super::CoverageError;
use crate::case::Level;

/// What a text demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// A slug for ever, such as `RP-004`.
    pub id: String,
    /// How strongly it is demanded.
    pub level: Level,
    /// Where it stands.
    pub reference: String,
    /// What it demands, in our own words.
    pub words: String,
    /// Who answers for it.
    #[serde(flatten)]
    pub place: Place,
}

/// Who answers for a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "place")]
pub enum Place {
    /// Cases of a suite.
    Suite {
        /// The suite's slug.
        suite: String,
        /// Globs over the ids of its cases.
        cases: Vec<String>,
    },
    /// Nobody yet.
    OutOfSlice {
        /// Why.
        reason: String,
    },
}

/// The committed clauses, in the file's order.
pub fn clauses() -> Result<Vec<Clause>, CoverageError> {
    parse(include_str!("../../data/clauses.tsv"))
}

/// Reads lines of six columns: id, level, reference, words, suite, and globs with blanks between
/// them. Where the suite is `-`, the last column says why.
pub(super) fn parse(text: &str) -> Result<Vec<Clause>, CoverageError> {
    let mut clauses: Vec<Clause> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |what: String| CoverageError {
            file: String::from("data/clauses.tsv"),
            what: format!("line {}: {what}", number + 1),
        };
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, level, reference, words, suite, rest] = columns.as_slice() else {
            return Err(fault(format!("{} columns", columns.len())));
        };
        let all = [Level::Must, Level::MustNot, Level::Should, Level::May];
        let Some(level) = all.into_iter().find(|known| known.as_str() == *level) else {
            return Err(fault(format!("no level {level:?}")));
        };
        if clauses.iter().any(|other| other.id == *id) {
            return Err(fault(format!("{id} repeats")));
        }
        if columns.iter().any(|column| column.is_empty()) {
            return Err(fault(String::from("an empty column")));
        }
        clauses.push(Clause {
            id: (*id).to_owned(),
            level,
            reference: (*reference).to_owned(),
            words: (*words).to_owned(),
            place: if *suite == "-" {
                Place::OutOfSlice { reason: (*rest).to_owned() }
            } else {
                Place::Suite { suite: (*suite).to_owned(), cases: rest.split_whitespace().map(str::to_owned).collect() }
            },
        });
    }
    Ok(clauses)
}
