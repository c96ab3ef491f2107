//! `assay test`: exit codes, reports, credentials.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use assay_protocol::jws;
use serde_json::Value;

use crate::support::command::{Lasting, Said, assay, run};
use crate::support::http::Browser;
use crate::support::place::Place;

const ONE: &str = "registration/accepted/none";
/// With a wildcard the whole id must match, so that this is one case and not every one of this beginning.
const ORIGIN: &str = "registration/client-data/origin-othe?";

fn serve(place: &Place, more: &[&str]) -> Lasting {
    let fixed = ["serve", "--listen", "127.0.0.1:0"];
    Lasting::start(&mut assay(place, fixed.into_iter().chain(more.iter().copied())))
}

fn test(place: &Place, args: &[&str]) -> Said {
    run(&mut assay(place, ["test"].iter().chain(args).copied()))
}

/// 0 where it conforms, 1 where something was found: the one check that was left out.
#[test]
fn exit_codes() {
    let place = Place::new();
    let sound = serve(&place, &[]);
    let said = test(&place, &["server", sound.text("url"), "--filter", ORIGIN, "--filter", ONE]).expect(0);
    assert!(said.out.contains("conforms: 2 cases, 2 passed"), "{}", said.out);

    let mut unsound = serve(&place, &["--without", "origin_mismatch"]);
    let said = test(&place, &["server", unsound.text("url"), "--filter", ORIGIN, "--filter", ONE, "--json"]).expect(1);
    let report = said.json();
    assert_eq!((&report["totals"]["failed"], &report["totals"]["passed"]), (&Value::from(1), &Value::from(1)));
    unsound.signal("TERM");
    let warned = unsound.stderr();
    assert!(warned.contains("WARNING: the check origin_mismatch is switched off"), "{warned}");

    // Nothing to judge is no success.
    let said = test(&place, &["server", sound.text("url"), "--filter", "no/such/case"]);
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[test]
fn reports_are_replaced_as_a_whole() {
    let place = Place::new();
    let judge = |filter: &str| test(&place, &["server", "sim", "--filter", filter, "--out", "out/report"]);
    judge(ONE).expect(0);
    let report = place.join("out/report");
    assert_eq!(names(&report), ["junit.xml", "report.html", "report.json", "report.txt"]);
    let text = fs::read_to_string(report.join("report.txt")).unwrap();
    assert!(text.contains("conforms: 1 cases") || text.contains("conforms: 1 case,"), "{text}");

    place.file("out/report/notes.txt", "of the last time");
    judge(ORIGIN).expect(0);
    assert_eq!(names(&report), ["junit.xml", "report.html", "report.json", "report.txt"], "nothing is left of the old");
    let json = fs::read_to_string(report.join("report.json")).unwrap();
    let cases = serde_json::from_str::<Value>(&json).unwrap()["suites"][0]["cases"].clone();
    let ids: Vec<&str> = cases.as_array().unwrap().iter().map(|case| case["header"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["registration/client-data/origin-other"]);

    // A run that cannot be leaves the report of the one before.
    test(&place, &["server", "http://127.0.0.1:1", "--out", "out/report"]).expect(2);
    assert_eq!(fs::read_to_string(report.join("report.json")).unwrap(), json);
    assert_eq!(names(&place.join("out")), ["report"], "nothing is left beside it");
}

/// The first interrupt ends a run between two questions; what was found by then is reported.
#[test]
fn an_interrupted_run_still_reports() {
    let place = Place::new();
    let mut command = assay(&place, ["test", "authenticator", "sim", "--out", "report"]);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    // The report's place is reserved when the run begins.
    while !names(place.path()).iter().any(|name| name.starts_with(".report.new-")) {
        assert!(Instant::now() < deadline, "it does not begin");
        thread::sleep(Duration::from_millis(1));
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    assert!(matches!(child.wait().unwrap().code(), Some(1 | 2)));
    let report: Value = serde_json::from_slice(&fs::read(place.join("report/report.json")).unwrap()).unwrap();
    assert!(report["totals"]["not_run"].as_u64().unwrap() > 0, "{}", report["totals"]);
}

/// `assay serve` tells this lab's `assay test` how to be let in; others are told how to ask.
#[test]
fn credentials() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let server = serve(&place, &[]);
    let url = server.text("url");
    let asked = ["policy", url, "--filter", "policy/auth/missing"];
    test(&place, &asked).expect(0);
    let refused = test(&elsewhere, &asked).expect(2);
    assert!(refused.err.contains("ASSAY_CLIENT_SECRET"), "{refused:?}");
    let mut command = assay(&elsewhere, ["test"].iter().chain(&asked).copied());
    for (variable, member) in
        [("ASSAY_TENANT_ID", "tenant_id"), ("ASSAY_CLIENT_ID", "client_id"), ("ASSAY_CLIENT_SECRET", "client_secret")]
    {
        command.env(variable, server.text(member));
    }
    run(&mut command).expect(0);
}

/// What a judged server must trust, as files that our own server takes.
#[test]
fn exports() {
    let (ours, theirs) = (Place::new(), Place::new());
    let (blob, anchors) = (theirs.join("lab.jwt"), theirs.join("lab.pem"));
    let (blob, anchors) = (blob.to_str().unwrap(), anchors.to_str().unwrap());
    let said = test(&ours, &["server", "--export-metadata", blob, "--export-anchors", anchors]).expect(0);
    assert_eq!(said.out, "");
    let pem = fs::read_to_string(anchors).unwrap();
    let found = pem.lines().filter(|line| *line == "-----BEGIN CERTIFICATE-----").count();
    assert!(found > 10 && pem.ends_with("-----END CERTIFICATE-----\n"), "{found}");
    assert!(jws::parse(fs::read_to_string(blob).unwrap().trim()).is_ok());

    let refused = run(&mut assay(&theirs, ["serve", "--listen", "127.0.0.1:0", "--metadata", blob])).expect(2);
    assert!(refused.err.contains("is not trusted"), "{refused:?}");
    let server = serve(&theirs, &["--metadata", blob, "--metadata-root", anchors]);
    let capabilities = Browser::new(&server).get("/v1/capabilities").expect(200);
    assert_eq!(capabilities["metadata"].as_array().unwrap().len(), 2, "{capabilities}");
    test(&ours, &["server", server.text("url"), "--filter", "registration/accepted/packed"]).expect(0);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.into_iter().collect()
}
