use super::*;
use crate::case::{Case, Level};
use crate::coverage::{Proof, clauses::parse, rows};
use crate::report::{CaseReport, Facts, SuiteReport};
use crate::verdict::{Failure, Outcome, Pass};

const CLAUSES: &str = "A\tMUST\tWebAuthn L3 7.1 step 3\tfirst\ts\ta/*\n\
    B\tMUST\tWebAuthn L3 7.2 step 3\tsecond\ts\tb/x\n\
    C\tSHOULD\tDBSC format-jwt\tthird & <last>\ts\tc/**\n\
    D\tMUST NOT\tWebAuthn L3 16\tfourth\t-\tneeds two clients\n";

fn suites() -> Vec<Listed> {
    let header = |id: &str| {
        Case::new(id, format!("title of {id}"), "c", Level::Must, |(): &mut (), _| Ok(Pass::plain(""))).header
    };
    vec![Listed { suite: String::from("s"), headers: ["a/one", "a/two", "b/x", "d/y"].map(header).to_vec() }]
}

fn peer(name: &str, outcomes: &[(&str, Outcome)]) -> Peer {
    let headers = suites().remove(0).headers;
    let cases = outcomes.iter().map(|(id, outcome)| {
        let header = headers.iter().find(|header| header.id == *id).unwrap().clone();
        CaseReport { outcome: outcome.clone(), ..CaseReport::new(header) }
    });
    let suite = SuiteReport { id: String::from("s"), title: String::new(), cases: cases.collect(), not_run: 0 };
    Peer { name: name.to_owned(), report: Report::new(Facts::default(), vec![suite]) }
}

fn drawn(peers: &[Peer]) -> String {
    let proof = |case: &str, defect: &str| Proof {
        suite: String::from("s"),
        case: case.to_owned(),
        defect: defect.to_owned(),
        shadowed_by: None,
    };
    let proofs = [proof("a/one", "without <x>"), proof("a/two", "without y")];
    let (suites, clauses) = (suites(), parse(CLAUSES).unwrap());
    page(&rows(&suites, &proofs, &clauses), &clauses, &suites, peers)
}

/// The state of each clause, then what each peer did, as the page's script reads it.
fn tones(page: &str, clause: &str) -> String {
    let from = page.split(&format!("<details class=\"clause\" id=\"{clause}\" data-tones=\"")).nth(1).unwrap();
    from.split('"').next().unwrap().to_owned()
}

#[test]
fn every_clause_is_there_with_its_state() {
    let page = drawn(&[]);
    for (clause, state) in [("A", "pass"), ("B", "broken"), ("C", "fail"), ("D", "skip")] {
        assert_eq!(tones(&page, clause), state, "{clause}");
        assert_eq!(page.matches(&format!("href=\"#{clause}\"")).count(), 1, "{clause}: one cell");
    }
    assert!(page.contains("without &lt;x&gt;") && page.contains("third &amp; &lt;last&gt;"));
    assert!(page.contains("needs two clients") && page.contains("title of a/two") && page.contains("nothing yet"));
    assert!(page.contains("1 of 4 clauses") && page.contains("1 are not asked"), "{page}");
    assert!(page.contains("<code>d/y</code>"), "a case beyond the clauses");
    assert!(!page.contains("Who was judged") && !page.contains("class=\"views\""));
}

#[test]
fn peers_are_as_good_as_their_worst_case() {
    let pass = || Outcome::Pass(Pass::attributed("yes"));
    let fail = Outcome::Fail(Failure {
        expected: String::from("refused"),
        got: String::from("<b>accepted</b>"),
        because: String::new(),
    });
    let skip = Outcome::Skip { feature: String::from("uv") };
    let unattributed = Outcome::Pass(Pass::unattributed("who knows"));
    let page = drawn(&[
        peer("good", &[("a/one", pass()), ("a/two", skip.clone()), ("b/x", skip)]),
        peer("bad", &[("a/one", pass()), ("a/two", fail), ("b/x", unattributed)]),
    ]);
    assert_eq!(tones(&page, "A"), "pass pass fail");
    assert_eq!(tones(&page, "B"), "broken skip unattributed");
    assert_eq!(tones(&page, "C"), "fail absent absent");
    assert!(page.contains("expected refused, got &lt;b&gt;accepted&lt;/b&gt;") && !page.contains("<b>accepted"));
}

#[test]
fn the_page_stands_alone() {
    let page = drawn(&[peer("p", &[])]);
    for outside in ["src=\"", "<link", "@import", "url(", "http-equiv=\"refresh\""] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
}
