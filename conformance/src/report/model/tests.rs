use super::*;
use crate::case::Level;
use crate::known::KnownFailure;
use crate::verdict::{Failure, Pass};

pub(crate) fn case(id: &str, level: Level, outcome: Outcome) -> CaseReport {
    let header = Header {
        id: id.to_owned(),
        title: String::from("A title"),
        clause: String::from("WebAuthn L3 7.1 step 7"),
        level,
        needs: Vec::new(),
        claims: vec![String::from("client_data_type")],
        given: String::new(),
        sends: String::new(),
        expects: String::new(),
        twin: None,
    };
    CaseReport { outcome, ..CaseReport::new(header) }
}

fn fail() -> Outcome {
    Outcome::Fail(Failure { expected: String::from("refused"), got: String::from("accepted"), because: String::new() })
}

fn before(outcome: Outcome, before: Before) -> CaseReport {
    CaseReport { before: Some(before), ..case("a/b", Level::Must, outcome) }
}

fn report(cases: Vec<CaseReport>) -> Report {
    Report::new(
        Facts::default(),
        vec![SuiteReport { id: String::from("s"), title: String::from("S"), cases, not_run: 0 }],
    )
}

#[test]
fn the_verdict_follows_the_levels() {
    let pass = || case("a/p", Level::Must, Outcome::Pass(Pass::plain("yes")));
    let skip = case("a/s", Level::Must, Outcome::Skip { feature: String::from("uv") });
    let broken = case("a/b", Level::Must, Outcome::Broken { why: String::new() });
    let mut known = case("a/k", Level::Must, fail());
    known.known_failure = Some(KnownFailure::new("issue 7"));
    let mut surprise = pass();
    surprise.known_failure = Some(KnownFailure::new("issue 8"));
    for (cases, verdict, exit) in [
        (vec![pass(), skip.clone()], Verdict::Conforms, 0),
        (vec![pass(), case("a/f", Level::Should, fail())], Verdict::Warnings, 1),
        (vec![pass(), case("a/f", Level::MustNot, fail())], Verdict::DoesNotConform, 1),
        (vec![pass(), broken], Verdict::Undecided, 2),
        (vec![pass(), known], Verdict::Warnings, 0),
        (vec![surprise], Verdict::Warnings, 1),
        (vec![skip], Verdict::Undecided, 0),
        (vec![], Verdict::Undecided, 2),
        // Held against a baseline, only what passed in it counts.
        (vec![before(fail(), Before::Passed)], Verdict::DoesNotConform, 1),
        (vec![before(fail(), Before::Failed)], Verdict::DoesNotConform, 0),
        (vec![before(fail(), Before::Absent)], Verdict::DoesNotConform, 0),
        (vec![before(fail(), Before::Skipped)], Verdict::DoesNotConform, 0),
        (vec![before(Outcome::Pass(Pass::plain("yes")), Before::Failed)], Verdict::Conforms, 0),
    ] {
        let report = report(cases);
        assert_eq!((report.verdict(), report.totals().exit_code()), (verdict, exit), "{report:?}");
    }
}

#[test]
fn a_report_survives_its_json() {
    let report = report(vec![
        case("a/p", Level::Must, Outcome::Pass(Pass::attributed("yes"))),
        case("a/f", Level::MustNot, fail()),
        case("a/s", Level::May, Outcome::Skip { feature: String::from("uv") }),
        case("a/b", Level::Should, Outcome::Broken { why: String::from("?") }),
    ]);
    let text = crate::report::json::to_string(&report);
    assert_eq!(crate::report::json::from_str(&text).unwrap(), report);
}
