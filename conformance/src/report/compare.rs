//! What changed from one report to another.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

use super::{CaseReport, Report};
use crate::case::Level;
use crate::verdict::Outcome;

/// What changed from one report to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// How many cases came to the same.
    pub same: usize,
    /// The others: what got worse first, then in the order of the new report.
    pub changes: Vec<Change>,
}

/// One case that came to something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// How.
    pub kind: Kind,
    /// The suite's slug.
    pub suite: String,
    /// The case's id.
    pub case: String,
    /// How strongly the text demands it.
    pub level: Level,
    /// The clause.
    pub clause: String,
    /// What the old report says; `None` where the case is not in it.
    pub before: Option<Word>,
    /// What the new one says.
    pub after: Option<Word>,
}

/// What a report says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Word {
    /// `pass`, `unattributed`, `fail`, `skip` or `broken`.
    pub outcome: &'static str,
    /// What the target did, or lacks, or what got in the way; empty for a pass.
    pub words: String,
    /// Why the failure is known, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
}

/// How a case changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It passed, and now fails or cannot be asked; a failure that is listed as known is none.
    Regressed,
    /// It failed or could not be asked, and passes.
    Fixed,
    /// It was not there.
    New,
    /// It is not there any more.
    Gone,
    /// Another outcome, or a failure of another kind.
    Changed,
}

impl Comparison {
    /// Compares two reports of whatever suites, case by case.
    pub fn of(old: &Report, new: &Report) -> Self {
        let mut before: BTreeMap<(&str, &str), &CaseReport> = keyed(old).collect();
        let mut comparison = Self { same: 0, changes: Vec::new() };
        for ((suite, id), case) in keyed(new) {
            let was = before.remove(&(suite, id));
            match was.map_or(Some(Kind::New), |was| change(was, case)) {
                Some(kind) => comparison.changes.push(Change::new(kind, suite, was, case)),
                None => comparison.same += 1,
            }
        }
        for (key, was) in keyed(old).filter(|(key, _)| before.contains_key(key)) {
            let gone = Change { after: None, ..Change::new(Kind::Gone, key.0, Some(was), was) };
            comparison.changes.push(gone);
        }
        comparison.changes.sort_by_key(|change| change.kind);
        comparison
    }

    /// How many changes are of this kind?
    pub fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// One paragraph a change, the numbers last.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for change in &self.changes {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{:9}  {}  {} {}", change.kind, change.case, change.level, change.clause);
            for (name, word) in [("before", &change.before), ("after", &change.after)] {
                if let Some(word) = word {
                    let _ = writeln!(out, "           {name:6}  {word}");
                }
            }
        }
        let counts = [Kind::Regressed, Kind::Fixed, Kind::New, Kind::Gone, Kind::Changed]
            .map(|kind| format!("{} {kind}", self.count(kind)));
        let _ = writeln!(out, "{}, {} the same", counts.join(", "), self.same);
        out
    }
}

fn keyed(report: &Report) -> impl Iterator<Item = ((&str, &str), &CaseReport)> {
    report
        .suites
        .iter()
        .flat_map(|suite| suite.cases.iter().map(|case| ((suite.id.as_str(), case.header.id.as_str()), case)))
}

fn change(was: &CaseReport, is: &CaseReport) -> Option<Kind> {
    match (&was.outcome, &is.outcome) {
        (Outcome::Pass(_), Outcome::Fail(_)) if is.known_failure.is_none() => Some(Kind::Regressed),
        (Outcome::Pass(_), Outcome::Broken { .. }) => Some(Kind::Regressed),
        (Outcome::Fail(_) | Outcome::Broken { .. }, Outcome::Pass(_)) => Some(Kind::Fixed),
        _ => (Word::of(was) != Word::of(is)).then_some(Kind::Changed),
    }
}

impl Change {
    fn new(kind: Kind, suite: &str, was: Option<&CaseReport>, is: &CaseReport) -> Self {
        Self {
            kind,
            suite: suite.to_owned(),
            case: is.header.id.clone(),
            level: is.header.level,
            clause: is.header.clause.clone(),
            before: was.map(Word::of),
            after: Some(Word::of(is)),
        }
    }
}

impl Word {
    fn of(case: &CaseReport) -> Self {
        let words = match &case.outcome {
            // What a good answer says beside is of no account.
            Outcome::Pass(_) => String::new(),
            Outcome::Fail(failure) => format!("expected {}, got {}", failure.expected, failure.got),
            Outcome::Skip { feature } => format!("the target lacks {feature}"),
            Outcome::Broken { why } => why.clone(),
        };
        let known = case.known_failure.as_ref().filter(|_| matches!(case.outcome, Outcome::Fail(_)));
        Self { outcome: case.outcome.name(), words, known: known.map(|known| known.reason.clone()) }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome)?;
        if !self.words.is_empty() {
            write!(f, ": {}", self.words)?;
        }
        if let Some(known) = &self.known {
            write!(f, " (known: {known})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Regressed => "regressed",
            Self::Fixed => "fixed",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
        })
    }
}

#[cfg(test)]
mod tests;
