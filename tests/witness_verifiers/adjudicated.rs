//! The list of disagreements, and who is right about them.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;

use assay::lab::every_check;
use assay_conformance::runner::glob;
use assay_relying_party::all_reasons;
use serde::Deserialize;

/// A witness says otherwise.
pub(super) struct Disagreement {
    pub(super) case: String,
    pub(super) theirs: &'static str,
    /// `accept`, or our code.
    pub(super) ours: String,
    /// Their words.
    pub(super) detail: String,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adjudicated {
    disagreement: Vec<Entry>,
}

/// Cases in which a witness disagrees with us for one and the same reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Who.
    verifier: String,
    /// `accept` or `reject`.
    theirs: String,
    /// `accept`, or our code.
    ours: String,
    /// What the text has to say about it.
    clause: String,
    /// Why ours is right.
    reason: String,
    /// Globs over the ids of cases; `*` stops at a `/`, `**` does not.
    cases: Vec<String>,
}

/// Holds the disagreements of one witness against the list. `asked` is every case and our verdict.
pub(super) fn settle(verifier: &str, asked: &[(&str, &str)], disagreements: &[Disagreement]) {
    let listed: Adjudicated = toml::from_str(include_str!("../witness/adjudicated.toml")).unwrap();
    let entries: Vec<&Entry> = listed.disagreement.iter().filter(|entry| entry.verifier == verifier).collect();
    let unlisted: Vec<&Disagreement> =
        disagreements.iter().filter(|found| !entries.iter().any(|entry| entry.is_about(found))).collect();
    if env::var_os("UPDATE_EXPECT").is_some() {
        println!("{}", proposal(verifier, asked, &unlisted));
    }
    let words: Vec<String> = unlisted.iter().map(|found| found.to_string()).collect();
    assert!(words.is_empty(), "{} unlisted disagreements: {words:#?}", words.len());

    let complete = env::var_os("ASSAY_LONG").is_some_and(|long| long == "1");
    let differs: BTreeSet<(&str, &str)> = disagreements.iter().map(|found| (&*found.case, found.theirs)).collect();
    let mut stale = BTreeSet::new();
    for entry in entries {
        let asked: Vec<&str> = asked.iter().filter(|(_, ours)| *ours == entry.ours).map(|(case, _)| *case).collect();
        for pattern in &entry.cases {
            let matched: Vec<&str> = asked.iter().filter(|case| glob(pattern, case)).copied().collect();
            if complete && matched.is_empty() {
                stale.insert(format!("{pattern} is listed, and there is no such case"));
            }
            let agreed = matched.into_iter().filter(|case| !differs.contains(&(*case, entry.theirs.as_str())));
            stale.extend(agreed.map(|case| format!("{case} is listed by {pattern}, and no disagreement any more")));
        }
    }
    assert!(stale.is_empty(), "{verifier}: {stale:#?}");
}

/// The list is in order: every clause is that of the code, and every entry says why.
#[test]
fn entries_are_whole() {
    let listed: Adjudicated = toml::from_str(include_str!("../witness/adjudicated.toml")).unwrap();
    let clauses = clauses();
    for entry in &listed.disagreement {
        let Entry { verifier, theirs, ours, .. } = entry;
        assert!(["python-fido2", "simplewebauthn"].contains(&verifier.as_str()), "{verifier}");
        assert!(["accept", "reject"].contains(&theirs.as_str()), "{theirs}");
        assert_ne!((ours == "accept"), (theirs == "accept"), "{verifier} {ours}: that is agreement");
        assert!(entry.reason.len() > 20 && !entry.cases.is_empty(), "{verifier} {ours}");
        if ours != "accept" {
            assert_eq!(clauses.get(ours.as_str()), Some(&entry.clause.as_str()), "{verifier} {ours}");
        }
    }
}

impl Entry {
    fn is_about(&self, found: &Disagreement) -> bool {
        (self.theirs.as_str(), &self.ours) == (found.theirs, &found.ours)
            && self.cases.iter().any(|pattern| glob(pattern, &found.case))
    }
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: they {} ({}), we say {}", self.case, self.theirs, self.detail, self.ours)
    }
}

/// Entries to begin with; the reasons are for people to write.
fn proposal(verifier: &str, asked: &[(&str, &str)], unlisted: &[&Disagreement]) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for found in unlisted {
        groups.entry((&found.ours, found.theirs)).or_default().push(&found.case);
    }
    let clauses = clauses();
    let mut out = String::new();
    for ((ours, theirs), mut found) in groups {
        let clause = clauses.get(ours).copied().unwrap_or_default();
        let asked: Vec<&str> = asked.iter().filter(|(_, own)| *own == ours).map(|(case, _)| *case).collect();
        writeln!(out, "[[disagreement]]\nverifier = {verifier:?}\ntheirs = {theirs:?}\nours = {ours:?}").unwrap();
        writeln!(out, "clause = {clause:?}\nreason = \"\"\ncases = [").unwrap();
        while let Some(case) = found.first().copied() {
            let all = |pattern: &String| asked.iter().all(|case| !glob(pattern, case) || found.contains(case));
            let pattern = patterns(case).into_iter().find(all).unwrap();
            found.retain(|case| !glob(&pattern, case));
            writeln!(out, "    {pattern:?},").unwrap();
        }
        writeln!(out, "]\n").unwrap();
    }
    out
}

/// Globs that match a case, the widest first.
fn patterns(case: &str) -> Vec<String> {
    match case.split('/').collect::<Vec<_>>()[..] {
        ["suite", .., section, name, number] => vec![
            format!("suite/*/*/{name}/*"),
            format!("suite/*/{section}/{name}/*"),
            format!("{}*", case.strip_suffix(number).unwrap()),
            case.to_owned(),
        ],
        [kind, algorithm, edit] => {
            vec![format!("*/*/{edit}"), format!("{kind}/*/{edit}"), format!("*/{algorithm}/{edit}"), case.to_owned()]
        }
        _ => vec![case.to_owned()],
    }
}

/// The clause of every code of ours.
fn clauses() -> BTreeMap<&'static str, &'static str> {
    let checks = every_check().into_iter().map(|(check, _)| (check.id, check.clause));
    let reasons = all_reasons().into_iter().map(|reason| (reason.code, reason.clause));
    checks.chain(reasons).collect()
}
