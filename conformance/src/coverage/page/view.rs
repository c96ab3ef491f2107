//! The page's data: each clause with its state, and with what each peer did about it.

use std::collections::BTreeMap;

use super::sections::{Section, section};
use super::{Clause, Coverage, Listed, Peer};
use crate::case::Header;
use crate::coverage::{Place, Row, Status};
use crate::report::CaseReport;
use crate::verdict::Outcome;

/// Everything on the page.
pub(super) struct Map<'a> {
    pub(super) coverage: &'a Coverage,
    pub(super) clauses: Vec<Entry<'a>>,
    /// Cases that ask none of the clauses.
    pub(super) beyond: Vec<&'a Row>,
    pub(super) peers: &'a [Peer],
    headers: BTreeMap<(&'a str, &'a str), &'a Header>,
    found: Vec<BTreeMap<(&'a str, &'a str), &'a CaseReport>>,
}

/// One clause.
pub(super) struct Entry<'a> {
    pub(super) clause: &'a Clause,
    pub(super) section: Section,
    pub(super) state: State,
    pub(super) rows: Vec<&'a Row>,
    /// What each peer did, in the order of the peers.
    pub(super) kept: Vec<Kept>,
    /// In how many of a hundred cases that could be asked each peer failed.
    pub(super) shares: Vec<usize>,
}

/// How well a clause is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Every case that asks it has a proof.
    Proven,
    /// One has none.
    Partly,
    /// No case asks it, and nobody says why.
    Missing,
    /// No case asks it, for a reason.
    Listed,
}

/// A text, and its sections with their clauses.
type Text<'v, 'a> = (&'static str, Vec<(&'v Section, Vec<&'v Entry<'a>>)>);

impl State {
    pub(super) const ALL: [Self; 4] = [Self::Proven, Self::Partly, Self::Missing, Self::Listed];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Partly => "unproven",
            Self::Missing => "no case",
            Self::Listed => "not asked",
        }
    }

    /// The class that colours it.
    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Proven => "pass",
            Self::Partly => "broken",
            Self::Missing => "fail",
            Self::Listed => "skip",
        }
    }
}

/// What a peer did about a clause, over all of its cases; the worst that any of them came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Pass,
    Unattributed,
    Fail,
    Broken,
    Skip,
    /// None of the clause's cases is in the report.
    Absent,
}

impl Kept {
    pub(super) const ALL: [Self; 6] =
        [Self::Pass, Self::Unattributed, Self::Fail, Self::Broken, Self::Skip, Self::Absent];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pass => "kept",
            Self::Unattributed => "kept, reason unknown",
            Self::Fail => "not kept",
            Self::Broken => "could not be asked",
            Self::Skip => "lacks the feature",
            Self::Absent => "not in the report",
        }
    }

    /// The class that colours it.
    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unattributed => "unattributed",
            Self::Fail => "fail",
            Self::Broken => "broken",
            Self::Skip => "skip",
            Self::Absent => "absent",
        }
    }

    fn of<'r>(cases: impl Iterator<Item = &'r CaseReport>) -> Self {
        let names: Vec<&str> = cases.map(|case| case.outcome.name()).collect();
        let ranked = [
            ("fail", Self::Fail),
            ("broken", Self::Broken),
            ("unattributed", Self::Unattributed),
            ("pass", Self::Pass),
            ("skip", Self::Skip),
        ];
        ranked.into_iter().find(|(name, _)| names.contains(name)).map_or(Self::Absent, |(_, kept)| kept)
    }
}

impl<'a> Map<'a> {
    pub(super) fn new(coverage: &'a Coverage, clauses: &'a [Clause], suites: &'a [Listed], peers: &'a [Peer]) -> Self {
        let headers = suites.iter().flat_map(|listed| {
            listed.headers.iter().map(|header| ((listed.suite.as_str(), header.id.as_str()), header))
        });
        let found = peers.iter().map(|peer| {
            let suites = &peer.report.suites;
            let cases = suites.iter().flat_map(|suite| suite.cases.iter().map(|case| (suite.id.as_str(), case)));
            cases.map(|(suite, case)| ((suite, case.header.id.as_str()), case)).collect()
        });
        let mut map = Self {
            coverage,
            clauses: Vec::new(),
            beyond: coverage.rows.iter().filter(|row| row.clause.is_empty()).collect(),
            peers,
            headers: headers.collect(),
            found: found.collect(),
        };
        map.clauses = clauses.iter().map(|clause| map.entry(clause)).collect();
        // The sections of one text stand together, in the order in which they are first named.
        let order: Vec<Section> = map.clauses.iter().map(|entry| entry.section.clone()).collect();
        let place = |of: &Section, same: fn(&Section, &Section) -> bool| order.iter().position(|one| same(one, of));
        map.clauses.sort_by_cached_key(|entry| {
            let text = place(&entry.section, |one, other| one.text == other.text);
            (text, entry.section.rank.clone(), place(&entry.section, |one, other| one == other))
        });
        map
    }

    fn entry(&self, clause: &'a Clause) -> Entry<'a> {
        let rows: Vec<&Row> = self.coverage.rows.iter().filter(|row| row.clause == clause.id).collect();
        let state = match &clause.place {
            Place::OutOfSlice { .. } => State::Listed,
            Place::Suite { .. } if rows.is_empty() => State::Missing,
            Place::Suite { .. } if rows.iter().all(|row| row.status == Status::Proven) => State::Proven,
            Place::Suite { .. } => State::Partly,
        };
        let cases: Vec<Vec<&CaseReport>> = self
            .found
            .iter()
            .map(|found| {
                rows.iter().filter_map(|row| found.get(&(row.suite.as_str(), row.case.as_str())).copied()).collect()
            })
            .collect();
        let kept = cases.iter().map(|cases| Kept::of(cases.iter().copied())).collect();
        let shares = cases.iter().map(|cases| {
            let asked = cases.iter().filter(|case| !matches!(case.outcome, Outcome::Skip { .. })).count();
            let failed = cases.iter().filter(|case| matches!(case.outcome, Outcome::Fail(_))).count();
            (failed * 100).checked_div(asked).unwrap_or(0)
        });
        let shares = shares.collect();
        Entry { clause, section: section(&clause.reference), state, rows, kept, shares }
    }

    /// How many clauses are in this state?
    pub(super) fn count(&self, state: State) -> usize {
        self.clauses.iter().filter(|entry| entry.state == state).count()
    }

    /// How many proofs there are, each counted once.
    pub(super) fn defects(&self) -> usize {
        let mut seen = std::collections::BTreeSet::new();
        let rows = self.coverage.rows.iter();
        rows.flat_map(|row| row.proofs.iter().map(move |defect| (&row.suite, &row.case, defect)))
            .filter(|proof| seen.insert(*proof))
            .count()
    }

    /// The clauses by text, then by section.
    pub(super) fn texts(&self) -> Vec<Text<'_, 'a>> {
        let mut texts: Vec<Text<'_, 'a>> = Vec::new();
        for entry in &self.clauses {
            if texts.last().is_none_or(|(text, _)| *text != entry.section.text) {
                texts.push((entry.section.text, Vec::new()));
            }
            let Some((_, sections)) = texts.last_mut() else { continue };
            match sections.last_mut() {
                Some((section, entries)) if **section == entry.section => entries.push(entry),
                _ => sections.push((&entry.section, vec![entry])),
            }
        }
        texts
    }

    /// The header of a case.
    pub(super) fn header(&self, row: &Row) -> Option<&'a Header> {
        self.headers.get(&(row.suite.as_str(), row.case.as_str())).copied()
    }

    /// What each peer's report says of a case.
    pub(super) fn outcomes(&self, row: &Row) -> Vec<Option<&'a CaseReport>> {
        self.found.iter().map(|found| found.get(&(row.suite.as_str(), row.case.as_str())).copied()).collect()
    }
}

/// A case's outcome in a sentence.
pub(super) fn words(case: &CaseReport) -> String {
    match &case.outcome {
        Outcome::Pass(pass) => pass.because.clone(),
        Outcome::Fail(failure) => format!("expected {}, got {}", failure.expected, failure.got),
        Outcome::Skip { feature } => format!("lacks {feature}"),
        Outcome::Broken { why } => why.clone(),
    }
}
