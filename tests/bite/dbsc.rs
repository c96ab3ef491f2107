//! The DBSC suite before our server, whole, before our server without each of its rules, and with
//! somebody between them who takes what must be refused and refuses what must be taken.

#[cfg(test)]
mod defects;

use std::collections::BTreeSet;
use std::sync::Arc;

use assay::clock::MovableClock;
use assay::lab::{Lab, ServerPlan};
use assay_conformance::case::Header;
use assay_conformance::coverage::Proof;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::{Filter, Options, Silent, run};
use assay_conformance::seed::Seed;
use assay_conformance::suites::dbsc::{Between, DbscTarget, TARGET_CLOCK, opener, opener_with, suite};
use assay_conformance::target::assay::for_url;
use assay_conformance::target::http::Http;
use assay_conformance::verdict::Outcome;
use assay_dbsc::{Check, Duty};
use assay_server::Handle;
use serde_json::Value;
use time::OffsetDateTime;

use self::defects::{DEFECTS, Defect};
use super::settle::{in_parallel, settle};

#[test]
fn our_server_conforms_and_no_case_is_left_out() {
    let cases = Bench::start(&[]).judge(None, None);
    let wrong: Vec<String> = cases
        .iter()
        .filter(|case| case.outcome.name() != "pass")
        .map(|case| format!("{}: {:?}", case.header.id, case.outcome))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(cases.len(), suite().cases.len());
}

/// Every case that claims a rule fails where that rule is left out; every case that claims a
/// malformation fails where that is taken; and every other case has a defect of its own.
#[test]
fn every_case_bites() {
    let suite = suite();
    let headers: Vec<Header> = suite.headers().cloned().collect();
    let found = in_parallel(
        defects(&headers),
        || Bench::start(&[]),
        |bench, (how, name, cases)| {
            let reports = match how {
                How::Without(id) => Bench::start(&[id]).judge(Some(&asked(&cases)), None),
                How::Between(defect) => bench.judge(Some(&asked(&cases)), Some(Arc::new(defect))),
            };
            noticed(&name, &cases, &reports)
        },
    );
    settle("dbsc", &headers, found.into_iter().flatten().collect());
}

/// How our server is made a worse one.
enum How {
    Without(&'static str),
    Between(Defect),
}

/// Every defect, its name, and the cases that must notice it.
fn defects(headers: &[Header]) -> Vec<(How, String, Vec<Header>)> {
    let claiming = |id: &str| -> Vec<Header> {
        headers.iter().filter(|header| header.claims.iter().any(|claim| claim == id)).cloned().collect()
    };
    let rules: Vec<&'static str> =
        Check::ALL.iter().map(|check| check.id()).chain(Duty::ALL.iter().map(|duty| duty.id())).collect();
    let malformations: BTreeSet<&str> =
        headers.iter().flat_map(|header| &header.claims).map(String::as_str).filter(|id| !rules.contains(id)).collect();
    let mut defects = Vec::new();
    for id in &rules {
        defects.push((How::Without(id), format!("without {id}"), claiming(id)));
    }
    for code in malformations {
        // A case that claims a rule too is about that first.
        let cases = claiming(code).into_iter().filter(|header| header.claims.len() == 1).collect();
        let defect = Defect::takes(code);
        defects.push((How::Between(defect.clone()), defect.name, cases));
    }
    for row in DEFECTS {
        let (defect, ids) = row.defect();
        let cases: Vec<Header> = headers.iter().filter(|header| ids.contains(&header.id.as_str())).cloned().collect();
        assert_eq!(cases.len(), ids.len(), "{}", defect.name);
        defects.push((How::Between(defect.clone()), defect.name, cases));
    }
    defects.retain(|(_, name, cases)| {
        assert!(!cases.is_empty() || name == "takes dbsc_proof_missing", "{name}: no case");
        !cases.is_empty()
    });
    defects
}

/// The cases and their twins.
fn asked(cases: &[Header]) -> BTreeSet<String> {
    cases.iter().flat_map(|header| header.twin.iter().cloned().chain([header.id.clone()])).collect()
}

/// The cases fail under the defect, and their twins pass.
fn noticed(defect: &str, cases: &[Header], reports: &[CaseReport]) -> Vec<Proof> {
    let ids: BTreeSet<&str> = cases.iter().map(|header| header.id.as_str()).collect();
    assert_eq!(reports.len(), asked(cases).len(), "{defect}");
    for report in reports {
        let fails = matches!(report.outcome, Outcome::Fail(_));
        let outcome = &report.outcome;
        assert_eq!(fails, ids.contains(report.header.id.as_str()), "{defect}: {} {outcome:?}", report.header.id);
        assert!(fails || outcome.is_pass(), "{defect}: {} {outcome:?}", report.header.id);
    }
    let proof = |case: &str| Proof {
        suite: "dbsc".to_owned(),
        case: case.to_owned(),
        defect: defect.to_owned(),
        shadowed_by: None,
    };
    ids.into_iter().map(proof).collect()
}

/// A server of ours.
struct Bench {
    _server: Handle,
    target: DbscTarget,
    now: OffsetDateTime,
}

impl Bench {
    fn start(without: &[&str]) -> Self {
        let now = OffsetDateTime::now_utc();
        let lab = Lab::new([7; 32], now);
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
        let target = DbscTarget { file, lab: lab.mint, clock: Some(Arc::new(clock)) };
        Self { _server: server, target, now }
    }

    /// The cases of these ids, or all of them.
    fn judge(&self, ids: Option<&BTreeSet<String>>, between: Option<Arc<dyn Between>>) -> Vec<CaseReport> {
        let open = match between {
            None => opener(self.target.clone()),
            Some(between) => opener_with(self.target.clone(), between),
        };
        let patterns: Vec<String> = ids.into_iter().flatten().cloned().collect();
        let mut options = Options::new("w3c-l3", Seed::new([7; 32]), self.now.into());
        options.filter = Filter::new(&patterns);
        options.features.insert(TARGET_CLOCK.feature().to_owned());
        let mut reports = run(&suite(), &open, &options, &mut Silent).cases;
        // A filter lets through whatever begins alike, too.
        reports.retain(|report| ids.is_none_or(|ids| ids.contains(&report.header.id)));
        reports
    }
}
