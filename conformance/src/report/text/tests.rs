use super::*;
use crate::case::{Header, Level};
use crate::report::{Facts, SuiteReport};
use crate::verdict::Failure;

#[test]
fn a_failure_is_told_in_full_and_colour_only_when_asked() {
    let mut case = CaseReport::new(Header {
        id: String::from("a/b"),
        title: String::from("A title"),
        clause: String::from("7.1"),
        level: Level::Must,
        needs: Vec::new(),
        claims: Vec::new(),
        given: String::new(),
        sends: String::new(),
        expects: String::new(),
        twin: None,
    });
    case.outcome = Outcome::Fail(Failure {
        expected: String::from("refused"),
        got: String::from("HTTP 200"),
        because: String::new(),
    });
    let report = Report::new(
        Facts {
            target: String::from("rp"),
            replay: String::from("assay test server rp --filter {case}"),
            ..Facts::default()
        },
        vec![SuiteReport { id: String::from("s"), title: String::from("S"), cases: vec![case], not_run: 2 }],
    );
    let plain = render(&report, Style::Plain);
    for part in [
        "FAIL a/b  MUST 7.1",
        "expected  refused",
        "got       HTTP 200",
        "--filter a/b",
        "2 not run",
        "does not conform:",
    ] {
        assert!(plain.contains(part), "{part} in {plain}");
    }
    assert!(!plain.contains('\u{1b}'));
    assert!(render(&report, Style::Colour).contains("\u{1b}[31m"));
}
