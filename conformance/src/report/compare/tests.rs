use super::*;
use crate::known::KnownFailure;
use crate::report::model::tests::case;
use crate::report::{Facts, SuiteReport};
use crate::verdict::{Failure, Pass};

fn report(cases: impl IntoIterator<Item = CaseReport>) -> Report {
    let cases = cases.into_iter().collect();
    Report::new(
        Facts::default(),
        vec![SuiteReport { id: String::from("s"), title: String::from("S"), cases, not_run: 0 }],
    )
}

fn outcome(word: &str) -> Outcome {
    match word {
        "pass" => Outcome::Pass(Pass::attributed("yes")),
        "unattributed" => Outcome::Pass(Pass::unattributed("who knows")),
        "skip" => Outcome::Skip { feature: String::from("uv") },
        "broken" => Outcome::Broken { why: String::from("no network") },
        got => Outcome::Fail(Failure {
            expected: String::from("refused"),
            got: got.to_owned(),
            because: String::from("not compared"),
        }),
    }
}

fn one(word: &str) -> Report {
    report([case("a/b", Level::Must, outcome(word))])
}

#[test]
fn every_change_has_its_kind() {
    for (before, after, expected) in [
        ("pass", "pass", None),
        ("accepted", "accepted", None),
        ("skip", "skip", None),
        ("pass", "accepted", Some(Kind::Regressed)),
        ("unattributed", "accepted", Some(Kind::Regressed)),
        ("pass", "broken", Some(Kind::Regressed)),
        ("accepted", "pass", Some(Kind::Fixed)),
        ("accepted", "unattributed", Some(Kind::Fixed)),
        ("broken", "pass", Some(Kind::Fixed)),
        ("pass", "unattributed", Some(Kind::Changed)),
        ("pass", "skip", Some(Kind::Changed)),
        ("skip", "accepted", Some(Kind::Changed)),
        ("accepted", "HTTP 500", Some(Kind::Changed)),
        ("accepted", "broken", Some(Kind::Changed)),
    ] {
        let comparison = Comparison::of(&one(before), &one(after));
        let kinds: Vec<Kind> = comparison.changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, Vec::from_iter(expected), "{before} -> {after}");
        assert_eq!(comparison.same, usize::from(expected.is_none()), "{before} -> {after}");
    }
}

#[test]
fn a_failure_that_is_listed_by_now_is_no_regression() {
    let mut now = one("accepted");
    now.suites[0].cases[0].known_failure = Some(KnownFailure::new("ticket 1"));
    let comparison = Comparison::of(&one("pass"), &now);
    assert_eq!(comparison.changes[0].kind, Kind::Changed);
    assert!(comparison.render().contains("after   fail: expected refused, got accepted (known: ticket 1)"));
}

#[test]
fn what_got_worse_comes_first_and_cases_come_and_go() {
    let cases = |rows: &[(&str, &str)]| report(rows.iter().map(|(id, word)| case(id, Level::Must, outcome(word))));
    let old = cases(&[("a/gone", "pass"), ("a/fixed", "accepted"), ("a/worse", "pass"), ("a/same", "pass")]);
    let new = cases(&[("a/new", "accepted"), ("a/fixed", "pass"), ("a/worse", "accepted"), ("a/same", "pass")]);
    let comparison = Comparison::of(&old, &new);
    let told: Vec<_> = comparison.changes.iter().map(|change| (change.kind, change.case.as_str())).collect();
    assert_eq!(
        told,
        [(Kind::Regressed, "a/worse"), (Kind::Fixed, "a/fixed"), (Kind::New, "a/new"), (Kind::Gone, "a/gone")]
    );
    assert!(comparison.changes[2].before.is_none() && comparison.changes[3].after.is_none());
    let text = comparison.render();
    assert!(text.starts_with("regressed  a/worse  MUST WebAuthn L3 7.1 step 7\n           before  pass\n"), "{text}");
    assert!(text.ends_with("1 regressed, 1 fixed, 1 new, 1 gone, 0 changed, 1 the same\n"), "{text}");
}
