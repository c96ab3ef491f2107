use super::*;
use crate::case::Case;

fn header(id: &str, level: Level) -> Header {
    Case::new(id, "title", "clause", level, |(): &mut (), _| Ok(crate::verdict::Pass::plain(""))).header
}

fn proof(case: &str, defect: &str, shadow: Option<&str>) -> Proof {
    Proof {
        suite: String::from("s"),
        case: case.to_owned(),
        defect: defect.to_owned(),
        shadowed_by: shadow.map(str::to_owned),
    }
}

const CLAUSES: &str = "# id\tlevel\treference\twords\tsuite\tcases\n\
    A\tMUST\t1\tfirst\ts\ta/*\n\
    B\tMUST\t2\tsecond\ts\tb/x a/one\n\
    C\tSHOULD\t3\tthird\ts\tc/**\n\
    D\tMUST NOT\t4\tfourth\t-\tneeds two clients\n";

#[test]
fn clause_by_case_by_proof() {
    let suites = [Listed {
        suite: String::from("s"),
        headers: vec![
            header("a/one", Level::Must),
            header("a/two", Level::Must),
            header("d/three", Level::Should),
            // Listed under a second profile.
            header("a/one", Level::Must),
        ],
    }];
    let proofs = [proof("a/one", "without x", Some("y")), proof("gone", "without z", None)];
    let clauses = clauses::parse(CLAUSES).unwrap();
    let coverage = rows(&suites, &proofs, &clauses);

    let told: Vec<_> = coverage.rows.iter().map(|row| (row.clause.as_str(), row.case.as_str(), row.status)).collect();
    assert_eq!(
        told,
        [
            ("A", "a/one", Status::Proven),
            ("A", "a/two", Status::Unproven),
            ("B", "a/one", Status::Proven),
            ("", "d/three", Status::Unproven),
        ]
    );
    assert_eq!(coverage.rows[0].shadowed_by, ["y"]);
    assert_eq!(
        coverage.totals,
        Totals { cases: 3, proven: 1, must_cases: 2, unproven_must_cases: vec![String::from("a/two")], shadowed: 1 }
    );
    assert_eq!(coverage.clauses_without_case.iter().map(|clause| &*clause.id).collect::<Vec<_>>(), ["C"]);
    assert_eq!(coverage.out_of_slice.iter().map(|clause| &*clause.id).collect::<Vec<_>>(), ["D"]);
    assert_eq!(coverage.stale_proofs, [proof("gone", "without z", None)]);
    assert!(!coverage.is_complete());
    let text = render(&coverage, &clauses);
    assert!(text.contains("proven    MUST      a/one  by without x  shadowed by y"), "{text}");
    assert!(text.contains("UNPROVEN   a/two"), "{text}");
}

#[test]
fn what_only_advises_may_lack_a_case_and_a_proof() {
    let suites =
        [Listed { suite: String::from("s"), headers: vec![header("a/one", Level::Must), header("b/x", Level::May)] }];
    let coverage = rows(&suites, &[proof("a/one", "d", None)], &clauses::parse(CLAUSES).unwrap());
    assert!(coverage.is_complete(), "{coverage:#?}");
}

#[test]
fn lines_of_clauses_are_read_strictly() {
    for bad in
        ["A\tMUST\t1\tw\ts", "A\tmust\t1\tw\ts\tg", "A\tMUST\t1\t\ts\tg", "A\tMUST\t1\tw\ts\tg\nA\tMUST\t1\tw\ts\tg"]
    {
        assert!(clauses::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn files_of_proofs_are_sorted_and_say_each_once() {
    let text = to_file(vec![proof("b", "d", None), proof("a", "d", Some("x")), proof("b", "d", None)]);
    assert_eq!(
        text,
        "[\n{\"suite\":\"s\",\"case\":\"a\",\"defect\":\"d\",\"shadowed_by\":\"x\"},\n{\"suite\":\"s\",\"case\":\"b\",\"defect\":\"d\"}\n]\n"
    );
    assert_eq!(to_file(Vec::new()), "[]\n");
    let read: Vec<Proof> = serde_json::from_str(&text).unwrap();
    assert_eq!(to_file(read), text);
}

#[test]
fn what_is_committed_can_be_read() {
    let suites = ["relying-party", "policy", "dbsc", "authenticator"];
    for suite in suites {
        committed(suite).unwrap();
    }
    for clause in clauses().unwrap() {
        if let Place::Suite { suite, .. } = &clause.place {
            assert!(suites.contains(&suite.as_str()), "{}: {suite}", clause.id);
        }
    }
}

#[test]
fn every_glob_names_a_case_and_ids_mean_one_thing() {
    use crate::suites::{authenticator, dbsc, policy, relying_party};
    let server = relying_party::PROFILES.map(relying_party::suite);
    let mut headers: BTreeMap<&str, Vec<Header>> = BTreeMap::new();
    headers.insert("relying-party", server.iter().flat_map(|suite| suite.headers().cloned()).collect());
    headers.insert("policy", policy::suite().headers().cloned().collect());
    headers.insert("dbsc", dbsc::suite().headers().cloned().collect());
    headers.insert("authenticator", authenticator::suite().headers().cloned().collect());

    let mut dangling = Vec::new();
    for clause in clauses().unwrap() {
        let Place::Suite { suite, cases } = clause.place else { continue };
        for glob in cases {
            if !headers[suite.as_str()].iter().any(|header| crate::runner::glob(&glob, &header.id)) {
                dangling.push(format!("{} {glob}", clause.id));
            }
        }
    }
    assert!(dangling.is_empty(), "{dangling:#?}");

    let mut meanings: BTreeMap<(&str, &str), &Header> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    for (suite, headers) in &headers {
        for header in headers {
            if meanings.insert((suite, &header.id), header).is_some_and(|other| other != header) {
                ambiguous.insert(&header.id);
            }
        }
    }
    assert!(ambiguous.is_empty(), "under one profile and another: {ambiguous:#?}");
}
