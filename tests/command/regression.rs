//! Regression runs: known failures, baselines, what failed, shards; and what reports say of one another.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::command::{Lasting, Said, assay, run};
use crate::support::place::Place;

const GOOD: &str = "registration/accepted/none";
const ORIGIN: &str = "registration/client-data/origin-other";
const FILTERS: [&str; 4] =
    ["--filter", "registration/accepted/non?", "--filter", "registration/client-data/origin-othe?"];

/// A server that overlooks a wrong origin, and one that does not.
struct Lab {
    place: Place,
    sound: Lasting,
    unsound: Lasting,
}

impl Lab {
    fn new() -> Self {
        let place = Place::new();
        let serve = |more: &[&str]| {
            Lasting::start(&mut assay(
                &place,
                ["serve", "--listen", "127.0.0.1:0"].into_iter().chain(more.iter().copied()),
            ))
        };
        let (sound, unsound) = (serve(&[]), serve(&["--without", "origin_mismatch"]));
        Self { place, sound, unsound }
    }

    fn judge(&self, server: &Lasting, more: &[&str]) -> Said {
        let fixed = ["test", "server", server.text("url")];
        run(&mut assay(&self.place, fixed.into_iter().chain(FILTERS).chain(more.iter().copied())))
    }

    fn known(&self, entries: &str) -> String {
        self.place.file("known.toml", entries);
        self.place.join("known.toml").to_str().unwrap().to_owned()
    }

    fn report(&self, folder: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.place.join(folder).join("report.json")).unwrap()).unwrap()
    }
}

fn entry(case: &str) -> String {
    format!(
        "[[failure]]\ncase = '{case}'\nreason = 'ticket 4711'\nclause = 'WebAuthn L3 13.5.9'\nadjudication = 'It is ours.'\n"
    )
}

fn total(report: &Value, name: &str) -> u64 {
    report["totals"][name].as_u64().unwrap()
}

#[test]
fn known_failures_are_excused_and_passes_of_them_are_not() {
    let lab = Lab::new();
    lab.judge(&lab.unsound, &[]).expect(1);
    let known = lab.known(&entry(ORIGIN));
    let said = lab.judge(&lab.unsound, &["--known", &known]).expect(0);
    assert!(
        said.out.contains("KNOWN registration/client-data/origin-other") && said.out.contains("ticket 4711"),
        "{}",
        said.out
    );
    let report = lab.report("assay-report");
    assert_eq!((total(&report, "failed"), total(&report, "known_failures")), (1, 1));
    let case = report["suites"][0]["cases"].as_array().unwrap().iter().find(|case| case["header"]["id"] == ORIGIN);
    assert_eq!(case.unwrap()["known_failure"]["adjudication"], "It is ours.");
    let junit = std::fs::read_to_string(lab.place.join("assay-report/junit.xml")).unwrap();
    assert!(junit.contains("known failure: ticket 4711") && junit.contains("failures=\"0\""), "{junit}");

    let said = lab.judge(&lab.sound, &["--known", &known]).expect(1);
    assert!(said.out.contains("UNEXPECTED PASS registration/client-data/origin-other"), "{}", said.out);
    // What is listed and did not run says nothing.
    let other = run(&mut assay(
        &lab.place,
        ["test", "server", lab.sound.text("url"), "--filter", "registration/accepted/non?", "--known", &known],
    ));
    other.expect(0);
}

#[test]
fn a_list_that_could_hide_something_ends_the_command() {
    let place = Place::new();
    for (what, entries, complaint) in [
        ("no such case", entry("registration/client-data/origin-othr"), "origin-othr"),
        ("a glob", entry("registration/**"), "registration/**"),
        ("twice", entry(ORIGIN).repeat(2), "twice"),
        ("no reason", format!("[[failure]]\ncase = '{ORIGIN}'"), "reason"),
    ] {
        place.file("known.toml", &entries);
        let known = place.join("known.toml");
        let args = ["test", "server", "sim", "--filter", GOOD, "--known", known.to_str().unwrap()];
        let said = run(&mut assay(&place, args)).expect(2);
        assert!(said.err.contains(complaint) && said.err.contains("known.toml"), "{what}: {said:?}");
    }
    assert!(!place.join("assay-report").exists(), "nothing was run");
}

/// The table in a target file is the same list in fewer words.
#[test]
fn target_files_list_known_failures_too() {
    let lab = Lab::new();
    let file = |table: &str| {
        let url = lab.unsound.text("url");
        let origin = format!("http://localhost:{}", url.rsplit(':').next().unwrap().trim_end_matches('/'));
        let head = format!(
            "name = 'unsound'\nkind = 'relying-party'\ndialect = 'assay'\naddress = '{url}'\norigin = '{origin}'\nrp_id = 'localhost'\nfeatures = ['lab-anchors', 'fido-rest']\n"
        );
        lab.place.file("target.toml", format!("{head}[known_failures]\n{table}\n"));
        let args = ["test", "server", "target.toml"].into_iter().chain(FILTERS);
        run(assay(&lab.place, args).current_dir(lab.place.path()))
    };
    file("").expect(1);
    let said = file(&format!("'{ORIGIN}' = 'ticket 4712'")).expect(0);
    assert!(said.out.contains("ticket 4712"), "{}", said.out);
    assert!(file("'registration/no-such' = 'r'").expect(2).err.contains("registration/no-such"));
}

#[test]
fn against_a_baseline_only_regressions_count() {
    let lab = Lab::new();
    lab.judge(&lab.sound, &["--out", "good"]).expect(0);
    lab.judge(&lab.unsound, &["--out", "bad"]).expect(1);
    for (server, baseline, code, word) in [
        (&lab.unsound, "good/report.json", 1, "REGRESSION registration/client-data/origin-other"),
        (&lab.unsound, "bad/report.json", 0, "FAILS AS BEFORE registration/client-data/origin-other"),
        (&lab.sound, "bad/report.json", 0, "FIXED registration/client-data/origin-other"),
        (&lab.sound, "good/report.json", 0, "conforms"),
    ] {
        let said = lab.judge(server, &["--baseline", baseline, "--out", "now"]).expect(code);
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }

    // A case that the baseline has not.
    let mut small = lab.report("good");
    small["suites"][0]["cases"].as_array_mut().unwrap().retain(|case| case["header"]["id"] != ORIGIN);
    lab.place.file("small.json", small.to_string());
    let said = lab.judge(&lab.unsound, &["--baseline", "small.json"]).expect(0);
    assert!(said.out.contains("NEW FAILURE registration/client-data/origin-other"), "{}", said.out);
    let report = lab.report("assay-report");
    assert_eq!((total(&report, "failed"), total(&report, "new_failures"), total(&report, "regressions")), (1, 1, 0));

    // A baseline that is none is no excuse.
    lab.place.file("none.json", "{}");
    for none in ["none.json", "not-there.json"] {
        assert!(lab.judge(&lab.sound, &["--baseline", none]).expect(2).err.contains(none));
    }
}

#[test]
fn only_what_failed_is_asked_again() {
    let lab = Lab::new();
    let ids = |report: &Value| -> Vec<String> {
        let cases = report["suites"][0]["cases"].as_array().unwrap();
        cases.iter().map(|case| case["header"]["id"].as_str().unwrap().to_owned()).collect()
    };
    lab.judge(&lab.unsound, &["--seed", "5eed", "--profile", "hardened"]).expect(1);
    let first = lab.report("assay-report");
    assert_eq!(ids(&first), [GOOD, ORIGIN]);

    let again =
        |server: &Lasting, failed: &str| run(&mut assay(&lab.place, ["test", "server", server.text("url"), failed]));
    again(&lab.unsound, "--failed").expect(1);
    let second = lab.report("assay-report");
    assert_eq!(ids(&second), [ORIGIN]);
    assert_eq!(
        (&second["facts"]["seed"], &second["facts"]["profile"]),
        (&first["facts"]["seed"], &Value::from("hardened"))
    );
    again(&lab.sound, "--failed").expect(0);
    let said = again(&lab.sound, "--failed").expect(0);
    assert!(said.out.contains("nothing failed in assay-report/report.json"), "{said:?}");
    assert_eq!(ids(&lab.report("assay-report")), [ORIGIN], "nothing was run");
    lab.place.file("second.json", second.to_string());
    again(&lab.sound, "--failed=second.json").expect(0);
    again(&lab.sound, "--failed=not-there.json").expect(2);
}

#[test]
fn shards_are_the_whole() {
    let place = Place::new();
    let asked = |more: &[&str]| -> Vec<String> {
        let fixed = ["test", "policy", "sim", "--filter", "policy/auth/*", "--json"];
        let said = run(&mut assay(&place, fixed.into_iter().chain(more.iter().copied()))).expect(0).json();
        let cases = said["suites"][0]["cases"].as_array().unwrap();
        cases.iter().map(|case| case["header"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let whole = asked(&[]);
    let shards = ["1/3", "2/3", "3/3"].map(|shard| asked(&["--shard", shard]));
    let together: Vec<&String> = shards.iter().flatten().collect();
    assert!(whole.len() > 3 && together.len() == whole.len(), "{shards:?} of {whole:?}");
    assert_eq!(together.into_iter().collect::<BTreeSet<_>>(), whole.iter().collect());
    assert_eq!(asked(&["--shard", "2/3"]), shards[1]);
    for bad in ["0/3", "4/3", "3", "a/b"] {
        let said = run(&mut assay(&place, ["test", "policy", "sim", "--shard", bad])).expect(2);
        assert!(said.err.contains("2/3"), "{said:?}");
    }
}

#[test]
fn reports_are_shown_compared_and_drawn_again() {
    let lab = Lab::new();
    let said = lab.judge(&lab.sound, &["--out", "good", "--evidence", "all"]).expect(0);
    lab.judge(&lab.unsound, &["--out", "bad"]).expect(1);
    let report = |args: &[&str]| run(&mut assay(&lab.place, ["report"].iter().chain(args).copied()));

    let shown = report(&["show", "good/report.json"]).expect(0);
    assert_eq!(shown.out, said.out.rsplit_once("\nreport: ").unwrap().0);
    assert!(report(&["show", "bad/report.json"]).expect(1).out.contains("FAIL registration/client-data/origin-other"));
    assert_eq!(report(&["--json", "show", "bad/report.json"]).expect(1).json(), lab.report("bad"));

    let worse = report(&["diff", "good/report.json", "bad/report.json"]).expect(1);
    assert!(worse.out.starts_with(&format!("regressed  {ORIGIN}  MUST")), "{}", worse.out);
    assert!(worse.out.ends_with("1 regressed, 0 fixed, 0 new, 0 gone, 0 changed, 1 the same\n"), "{}", worse.out);
    let better = report(&["diff", "bad/report.json", "good/report.json", "--json"]).expect(0).json();
    assert_eq!((&better["changes"][0]["kind"], &better["same"]), (&Value::from("fixed"), &Value::from(1)));
    assert_eq!(better["changes"][0]["after"]["outcome"], "pass");
    report(&["diff", "good/report.json", "good/report.json"]).expect(0);

    report(&["html", "bad/report.json", "--out", "page.html"]).expect(0);
    let read = |name: &str| std::fs::read_to_string(lab.place.join(name)).unwrap();
    assert_eq!(read("page.html"), read("bad/report.html"));
    assert_eq!(report(&["html", "bad/report.json"]).expect(0).out, read("page.html"));
    lab.place.file("none.json", "[]");
    for args in [&["show", "none.json"][..], &["diff", "good/report.json", "none.json"], &["html", "none.json"]] {
        assert!(report(args).expect(2).err.contains("none.json is no report of this lab"));
    }

    // Messages are kept where something failed, or everywhere.
    let kept = |report: &Value, id: &str| {
        let cases = report["suites"][0]["cases"].as_array().unwrap();
        let case = cases.iter().find(|case| case["header"]["id"] == id).unwrap();
        case["evidence"].as_array().unwrap().iter().any(|exchange| exchange["sent"].get("json").is_some())
    };
    let (all, findings) = (lab.report("good"), lab.report("bad"));
    assert!(kept(&all, GOOD) && kept(&all, ORIGIN));
    assert!(!kept(&findings, GOOD) && kept(&findings, ORIGIN));
}
