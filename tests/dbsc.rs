//! Device-bound sessions, whole: our server before our suite, with every rule in force and with
//! each left out in turn; and the tale of the stolen cookie.

use std::collections::BTreeSet;
use std::sync::Arc;

use assay::clock::MovableClock;
use assay::judge::{self, Judged, Plan};
use assay::lab::{Lab, ServerPlan};
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::Silent;
use assay_conformance::target::assay::for_url;
use assay_conformance::target::http::Http;
use assay_conformance::verdict::Outcome;
use assay_dbsc::{Check, Duty};
use serde_json::Value;
use time::OffsetDateTime;

/// The suite against a server of ours without these rules.
fn judged(without: &[&str], filter: &[String]) -> SuiteReport {
    let lab = Lab::new([7; 32], OffsetDateTime::now_utc());
    let clock = MovableClock::default();
    let plan = ServerPlan {
        without: without.iter().map(|id| (*id).to_owned()).collect(),
        clock: Some(Arc::new(clock.clone())),
        ..ServerPlan::default()
    };
    let server = lab.serve(&plan).unwrap();
    let mut file = for_url("ours", server.url()).unwrap();
    let capabilities = Http::new(&file).unwrap().get("/v1/capabilities").unwrap().text;
    let capabilities: Value = serde_json::from_str(&capabilities).unwrap();
    file.origin = capabilities.pointer("/origins/0").and_then(Value::as_str).map(str::to_owned);
    let server_judged = Judged { file, tenant_id: None, clock: Some(clock) };
    let seed = "07".repeat(32);
    let plan = Plan::new("w3c-l3", Some(&seed), filter).unwrap();
    let report = judge::dbsc(&plan, &server_judged, &lab, &mut Silent).unwrap();
    server.stop();
    report
}

#[test]
fn our_server_conforms_and_leaves_no_case_out() {
    let report = judged(&[], &[]);
    let wrong: Vec<String> = report
        .cases
        .iter()
        .filter(|case| case.outcome.name() != "pass")
        .map(|case| format!("{}: {:?}", case.header.id, case.outcome))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(report.cases.len() > 70, "{} cases", report.cases.len());
}

/// Every case that claims a rule fails where that rule is left out, and its twin still passes.
#[test]
fn every_case_bites() {
    let headers = judge::headers(assay::cli::TestKind::Dbsc, "w3c-l3");
    let rules = Check::ALL.iter().map(|check| check.id()).chain(Duty::ALL.iter().map(|duty| duty.id()));
    for id in rules {
        let claiming: Vec<_> = headers.iter().filter(|header| header.claims.iter().any(|claim| claim == id)).collect();
        let filter: BTreeSet<String> =
            claiming.iter().flat_map(|header| header.twin.iter().cloned().chain([header.id.clone()])).collect();
        let report = judged(&[id], &filter.into_iter().collect::<Vec<_>>());
        for case in &report.cases {
            let failed = matches!(case.outcome, Outcome::Fail(_));
            let claims = case.header.claims.iter().any(|claim| claim == id);
            assert_eq!(failed, claims, "without {id}: {} {:?}", case.header.id, case.outcome);
        }
        let failed = report.cases.iter().filter(|case| matches!(case.outcome, Outcome::Fail(_))).count();
        assert!(failed > 0 && failed == claiming.len(), "without {id}: {failed} of {}", claiming.len());
    }
}
