//! Every clause of the checklists is answered by a check, a reason or a test that exists, and
//! every check and reason answers a clause: `checks.tsv`, held against the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assay_dbsc::check::SERVER_CLAUSES;
use assay_relying_party::{all_checks, all_reasons};

const TABLE: &str = include_str!("checks.tsv");

/// Clauses beside those that are numbered through.
const FORMATS: [&str; 30] = [
    "packed-statement",
    "packed-signature",
    "packed-certificate",
    "packed-aaguid",
    "packed-self",
    "packed-empty-x5c",
    "fido-u2f-statement",
    "fido-u2f-certificate",
    "fido-u2f-key",
    "fido-u2f-signature",
    "fido-u2f-aaguid",
    "none-statement",
    "tpm-statement",
    "tpm-public-key",
    "tpm-x5c",
    "tpm-certificate",
    "tpm-aaguid",
    "tpm-signature",
    "tpm-cert-info",
    "tpm-name",
    "android-key-statement",
    "android-key-signature",
    "android-key-key",
    "android-key-challenge",
    "android-key-lists",
    "android-safetynet",
    "apple-nonce",
    "apple-key",
    "compound-syntax",
    "compound-parts",
];

#[test]
fn every_clause_has_an_answer() {
    let numbered = |letter: &'static str, last: usize| (1..=last).map(move |number| format!("{letter}{number}"));
    let wanted = numbered("2.0.", 4).chain(numbered("R", 28)).chain(numbered("A", 11)).chain(numbered("S", 11));
    let wanted: BTreeSet<String> = wanted.chain(FORMATS.map(str::to_owned)).collect();
    let answered: BTreeSet<String> = rows().map(|(clause, _)| clause.to_owned()).collect();
    assert_eq!(wanted.difference(&answered).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_answer_exists_and_none_is_left_over() {
    let mut ids = BTreeSet::new();
    for (clause, answer) in rows() {
        match answer.strip_prefix("test:") {
            Some(test) => assert!(is_test(test), "{clause}: no test {test}"),
            None => {
                ids.insert(answer);
            }
        }
    }
    let known = known();
    assert_eq!(ids.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "in the table, not in the code");
    assert_eq!(known.difference(&ids).collect::<Vec<_>>(), Vec::<&&str>::new(), "in the code, not in the table");
}

#[test]
fn no_row_stands_twice() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row), "{row:?}");
    }
}

/// The crate keeps the same list for its own clauses.
#[test]
fn dbsc_says_the_same() {
    let rules: BTreeSet<&str> = dbsc_rules().collect();
    let mut told: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (clause, answer) in rows().filter(|(_, answer)| rules.contains(answer)) {
        told.entry(clause).or_default().insert(answer);
    }
    let mut own: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for clause in SERVER_CLAUSES {
        own.entry(clause.number).or_default().extend(clause.ids);
    }
    assert_eq!(told, own);
}

/// Clause and answer, a pair a row.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split_once('\t').unwrap_or_else(|| panic!("no tab: {row:?}")))
}

/// Every id that a profile, the server or DBSC can refuse by.
fn known() -> BTreeSet<&'static str> {
    let ceremonies = all_checks().into_iter().map(|listed| listed.check.id);
    let reasons = all_reasons().into_iter().map(|reason| reason.code);
    let server = assay_server::check::infos().map(|check| check.id);
    let malformed = assay_dbsc::Reason::ALL.iter().map(|reason| reason.info().code);
    ceremonies.chain(reasons).chain(server).chain(dbsc_rules()).chain(malformed).collect()
}

fn dbsc_rules() -> impl Iterator<Item = &'static str> {
    let checks = assay_dbsc::Check::ALL.iter().map(|check| check.id());
    checks.chain(assay_dbsc::Duty::ALL.iter().map(|duty| duty.id()))
}

/// `path::name`, where the file has a test of that name.
fn is_test(place: &str) -> bool {
    let (path, name) = place.split_once("::").unwrap_or((place, ""));
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default();
    text.contains(&format!("#[test]\nfn {name}()"))
}
