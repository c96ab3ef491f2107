//! What a run found, as plain data.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Before;
use crate::case::Header;
use crate::evidence::Exchange;
use crate::known::KnownFailure;
use crate::verdict::Outcome;

/// Everything that a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of this form; `docs/report.schema.json` describes it.
    pub schema: String,
    /// What was judged, how and when.
    pub facts: Facts,
    /// What each suite found, in the order in which they ran.
    pub suites: Vec<SuiteReport>,
}

/// What was judged, how and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The lab's name and version.
    pub lab: String,
    /// The target's name.
    pub target: String,
    /// What it is: `relying-party`, `authenticator`, `dbsc`, `policy`, or several.
    pub kind: String,
    /// Where it is: a URL, a device path; empty inside the process.
    pub address: String,
    /// The profile that it was held to.
    pub profile: String,
    /// The seed, in hexadecimal.
    pub seed: String,
    /// When the run began, RFC 3339.
    pub started: String,
    /// How long it took.
    pub duration_ms: u64,
    /// A command line that runs one case again; `{case}` stands for its id, `{suite}` for its suite.
    pub replay: String,
    /// Further facts by name, such as the features that were told or the filter.
    pub further: BTreeMap<String, String>,
}

/// What one suite found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteReport {
    /// The suite's slug.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The cases that ran, in order.
    pub cases: Vec<CaseReport>,
    /// How many more would have run, had nobody cancelled.
    pub not_run: usize,
}

/// What one case found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseReport {
    /// What the case is.
    pub header: Header,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it is known to fail on this target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_failure: Option<KnownFailure>,
    /// What the baseline says of it, where the run is held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// How long it took.
    pub duration_ms: u64,
    /// What was sent and what came.
    pub evidence: Vec<Exchange>,
}

impl CaseReport {
    /// A case that has not been asked.
    pub fn new(header: Header) -> Self {
        Self {
            header,
            outcome: Outcome::Broken { why: String::from("not asked") },
            known_failure: None,
            before: None,
            duration_ms: 0,
            evidence: Vec::new(),
        }
    }

    /// Does it count against the target? A known failure does not; a pass of a known failure does,
    /// because then the list of known failures is wrong. Held against a baseline, only what passed
    /// in it counts.
    pub fn standing(&self) -> Standing {
        match (&self.outcome, &self.known_failure, self.before) {
            (Outcome::Fail(_), Some(_), _) => Standing::KnownFailure,
            (Outcome::Fail(_), None, None) => Standing::Failure,
            (Outcome::Fail(_), None, Some(Before::Passed)) => Standing::Regression,
            (Outcome::Fail(_), None, Some(Before::Failed)) => Standing::OldFailure,
            (Outcome::Fail(_), None, Some(_)) => Standing::NewFailure,
            (Outcome::Pass(_), Some(_), _) => Standing::UnexpectedPass,
            (Outcome::Pass(_), None, Some(Before::Failed)) => Standing::Fixed,
            (Outcome::Broken { .. }, ..) => Standing::Broken,
            (Outcome::Pass(_) | Outcome::Skip { .. }, ..) => Standing::Fine,
        }
    }
}

/// How a case stands once known failures are taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing to say.
    Fine,
    /// A failure.
    Failure,
    /// A failure of what passed in the baseline.
    Regression,
    /// A failure of what the baseline did not ask, or could not.
    NewFailure,
    /// A failure in the baseline as well.
    OldFailure,
    /// A failure that is listed as known.
    KnownFailure,
    /// A pass although a failure is listed.
    UnexpectedPass,
    /// A pass of what failed in the baseline.
    Fixed,
    /// The lab could not ask.
    Broken,
}

/// How many cases came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Cases that ran.
    pub cases: usize,
    /// Passes, with the expected reason where one was asked for.
    pub passed: usize,
    /// Refusals whose reason is not known.
    pub unattributed: usize,
    /// Failures, known ones included.
    pub failed: usize,
    /// Failures of MUST and MUST NOT that are not known.
    pub failed_must: usize,
    /// Failures that are listed as known.
    pub known_failures: usize,
    /// Passes although a failure is listed.
    pub unexpected_passes: usize,
    /// Failures of what passed in the baseline.
    #[serde(default)]
    pub regressions: usize,
    /// Failures of what the baseline did not ask, or could not.
    #[serde(default)]
    pub new_failures: usize,
    /// Failures in the baseline as well.
    #[serde(default)]
    pub old_failures: usize,
    /// Passes of what failed in the baseline.
    #[serde(default)]
    pub fixed: usize,
    /// Cases whose feature the target lacks.
    pub skipped: usize,
    /// Cases that the lab could not ask.
    pub broken: usize,
    /// Cases that a cancelled run did not reach.
    pub not_run: usize,
}

/// What a run says of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every case that could be asked passed.
    Conforms,
    /// No MUST and no MUST NOT is broken, but something else is.
    Warnings,
    /// A MUST or a MUST NOT is broken.
    DoesNotConform,
    /// Something could not be asked, so nobody can say.
    Undecided,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conforms => "conforms",
            Self::Warnings => "conforms, with warnings",
            Self::DoesNotConform => "does not conform",
            Self::Undecided => "undecided",
        })
    }
}

impl Report {
    /// The form's version.
    pub const SCHEMA: &'static str = "assay-report/1";

    /// A report of these suites.
    pub fn new(facts: Facts, suites: Vec<SuiteReport>) -> Self {
        Self { schema: String::from(Self::SCHEMA), facts, suites }
    }

    /// Every case of every suite, in order.
    pub fn cases(&self) -> impl Iterator<Item = &CaseReport> {
        self.suites.iter().flat_map(|suite| &suite.cases)
    }

    /// The numbers of the whole run.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::of(self.cases());
        totals.not_run = self.suites.iter().map(|suite| suite.not_run).sum();
        totals
    }

    /// What the run says of its target.
    pub fn verdict(&self) -> Verdict {
        let totals = self.totals();
        if totals.failed_must > 0 {
            Verdict::DoesNotConform
        } else if totals.broken + totals.not_run > 0 || totals.cases == totals.skipped {
            Verdict::Undecided
        } else if totals.failed + totals.unexpected_passes > 0 {
            Verdict::Warnings
        } else {
            Verdict::Conforms
        }
    }

    /// The command line that runs one case again.
    pub fn replay(&self, suite: &str, case: &str) -> String {
        self.facts.replay.replace("{case}", case).replace("{suite}", suite)
    }
}

impl SuiteReport {
    /// The numbers of this suite.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::of(self.cases.iter());
        totals.not_run = self.not_run;
        totals
    }

    /// The cases by group, in order.
    pub fn groups(&self) -> Vec<(&str, Vec<&CaseReport>)> {
        let mut groups: Vec<(&str, Vec<&CaseReport>)> = Vec::new();
        for case in &self.cases {
            let group = case.header.group();
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, cases)) => cases.push(case),
                None => groups.push((group, vec![case])),
            }
        }
        groups
    }
}

impl Totals {
    /// Counts `cases`.
    pub fn of<'a>(cases: impl Iterator<Item = &'a CaseReport>) -> Self {
        let mut totals = Self::default();
        for case in cases {
            totals.cases += 1;
            match (case.outcome.name(), case.standing()) {
                ("pass", _) => totals.passed += 1,
                ("unattributed", _) => totals.unattributed += 1,
                ("fail", standing) => {
                    totals.failed += 1;
                    if standing == Standing::KnownFailure {
                        totals.known_failures += 1;
                    } else if case.header.level.binds() {
                        totals.failed_must += 1;
                    }
                }
                ("skip", _) => totals.skipped += 1,
                _ => totals.broken += 1,
            }
            match case.standing() {
                Standing::UnexpectedPass => totals.unexpected_passes += 1,
                Standing::Regression => totals.regressions += 1,
                Standing::NewFailure => totals.new_failures += 1,
                Standing::OldFailure => totals.old_failures += 1,
                Standing::Fixed => totals.fixed += 1,
                Standing::Fine | Standing::Failure | Standing::KnownFailure | Standing::Broken => {}
            }
        }
        totals
    }

    /// Exit status of a command that ran this: 0 all good, 1 findings, 2 could not run. Known failures
    /// are no findings, nor is what a baseline does not call a regression.
    pub fn exit_code(&self) -> u8 {
        let excused = self.known_failures + self.new_failures + self.old_failures;
        if self.failed > excused || self.unexpected_passes > 0 {
            1
        } else if self.broken + self.not_run > 0 || self.cases == 0 {
            2
        } else {
            0
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
