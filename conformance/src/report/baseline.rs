//! An earlier report that a run is held against: only what it breaks anew counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CaseReport, Report, Standing};
use crate::verdict::Outcome;

/// What an earlier run says of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// The case was not in it.
    Absent,
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// The target lacked a feature.
    Skipped,
    /// The lab could not ask.
    Broken,
}

/// An earlier run, case by case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<(String, String), Before>);

impl Baseline {
    /// What `report` says of its cases.
    pub fn of(report: &Report) -> Self {
        let cases = report.suites.iter().flat_map(|suite| {
            suite.cases.iter().map(|case| ((suite.id.clone(), case.header.id.clone()), Before::from(&case.outcome)))
        });
        Self(cases.collect())
    }

    /// What it says of this case.
    pub fn before(&self, suite: &str, case: &str) -> Before {
        self.0.get(&(suite.to_owned(), case.to_owned())).copied().unwrap_or(Before::Absent)
    }
}

impl From<&Outcome> for Before {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Pass(_) => Self::Passed,
            Outcome::Fail(_) => Self::Failed,
            Outcome::Skip { .. } => Self::Skipped,
            Outcome::Broken { .. } => Self::Broken,
        }
    }
}

/// The cases of a report that need to be asked again: what failed, unless that is known, what
/// could not be asked, and what passed although it is listed.
pub fn unsettled(report: &Report) -> Vec<&CaseReport> {
    let settled =
        |case: &&CaseReport| matches!(case.standing(), Standing::Fine | Standing::Fixed | Standing::KnownFailure);
    report.cases().filter(|case| !settled(case)).collect()
}
