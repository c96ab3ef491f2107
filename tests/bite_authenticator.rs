//! Proofs of bite of the authenticator suite: each deliberate defect of our key, before the cases
//! that claim to notice it.
//!
//! A proof is a case that fails under a defect while its positive twin passes. The proofs are
//! committed in `conformance/data/proofs/authenticator.json`; `ASSAY_BLESS=1` writes them, any
//! other run compares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};
use std::{env, fs, thread};

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::defect::{Defect, Defects};
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::serve::Simulator;
use assay_conformance::case::Suite;
use assay_conformance::context::Context;
use assay_conformance::coverage::{Proof, committed, to_file};
use assay_conformance::report::CaseReport;
use assay_conformance::runner::{self, Open, Options, Silent};
use assay_conformance::seed::Seed;
use assay_conformance::suites::authenticator::{Connect, FRESH, Key, suite};
use assay_conformance::verdict::Outcome;
use assay_transport::{Error, Report, Reports};

const SUITE: &str = "authenticator";

/// More than there are processors: what takes long is waiting for silence.
const THREADS: usize = 8;

#[test]
fn claims_and_defects_are_the_same() {
    let known: BTreeSet<&str> = Defect::ALL.iter().map(|defect| defect.id()).collect();
    let suite = suite();
    let claimed: BTreeSet<&str> = suite.headers().flat_map(|header| &header.claims).map(String::as_str).collect();
    assert_eq!(claimed.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "claims without a defect");
    assert_eq!(known.difference(&claimed).collect::<Vec<_>>(), Vec::<&&str>::new(), "defects that nobody notices");
    let idle: Vec<&str> =
        suite.headers().filter(|header| header.claims.is_empty()).map(|header| header.id.as_str()).collect();
    assert!(idle.is_empty(), "cases that claim nothing: {idle:#?}");
}

#[test]
fn a_key_without_defects_fails_no_case() {
    let cases = suite().headers().map(|header| (None, BTreeSet::from([header.id.clone()]))).collect();
    for report in in_parallel(cases).into_iter().flat_map(|(_, reports)| reports) {
        assert!(report.outcome.is_pass(), "{}: {:?}", report.header.id, report.outcome);
    }
}

#[test]
fn every_case_notices_what_it_claims() {
    let mut wanted: BTreeMap<Defect, BTreeSet<String>> = BTreeMap::new();
    for header in suite().headers() {
        for claim in &header.claims {
            let cases = wanted.entry(claim.parse().unwrap()).or_default();
            cases.insert(header.id.clone());
            cases.extend(header.twin.clone());
        }
    }
    let jobs = wanted.into_iter().map(|(defect, cases)| (Some(defect), cases)).collect();
    let mut proofs = Vec::new();
    let mut faults = Vec::new();
    for (defect, reports) in in_parallel(jobs) {
        let defect = defect.unwrap();
        let passes = |id: &str| reports.iter().any(|other| other.header.id == id && other.outcome.is_pass());
        for report in reports.iter().filter(|report| report.header.claims.iter().any(|claim| claim == defect.id())) {
            let case = &report.header.id;
            let twin = report.header.twin.as_deref();
            match &report.outcome {
                Outcome::Fail(_) if twin.is_none_or(passes) => proofs.push(Proof {
                    suite: SUITE.to_owned(),
                    case: case.clone(),
                    defect: defect.to_string(),
                    shadowed_by: None,
                }),
                Outcome::Fail(_) => faults.push(format!("{defect}: {case} fails, and so does its twin")),
                other => faults.push(format!("{defect}: {case} does not notice: {other:?}")),
            }
        }
    }
    faults.sort();
    assert!(faults.is_empty(), "{faults:#?}");
    let found = to_file(proofs);
    if env::var_os("ASSAY_BLESS").is_some_and(|bless| bless == "1") {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("conformance/data/proofs/{SUITE}.json"));
        fs::write(file, found).unwrap();
    } else {
        let known = to_file(committed(SUITE).unwrap());
        let lost: Vec<&str> = known.lines().filter(|line| !found.contains(line.trim_end_matches(','))).collect();
        let new: Vec<&str> = found.lines().filter(|line| !known.contains(line.trim_end_matches(','))).collect();
        assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnew, to be blessed: {new:#?}");
    }
}

/// A defect, or none, and the cases to run.
type Job = (Option<Defect>, BTreeSet<String>);

fn in_parallel(jobs: Vec<Job>) -> Vec<(Option<Defect>, Vec<CaseReport>)> {
    let (queue, done) = (Mutex::new(jobs.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let Some((defect, cases)) = queue.lock().unwrap().next() else { break };
                    let reports = run(defect, &cases);
                    done.lock().unwrap().push((defect, reports));
                }
            });
        }
    });
    done.into_inner().unwrap()
}

fn run(defect: Option<Defect>, cases: &BTreeSet<String>) -> Vec<CaseReport> {
    let whole = suite();
    let chosen = whole.cases.into_iter().filter(|case| cases.contains(&case.header.id));
    let suite = Suite::new(whole.id, whole.title).with(chosen);
    let config = KeyConfig { defects: defect.into_iter().collect::<Defects>(), ..KeyConfig::security_key() };
    let target = Faulty { config };
    let open: Arc<dyn Open<Key>> = Arc::new(move |context: &mut Context| Key::open(&target, context));
    let seed: Seed = "11".repeat(32).parse().unwrap();
    let mut options = Options::new("ctap-2.3", seed, SystemTime::now());
    options.features.insert(FRESH.feature().to_owned());
    let report = runner::run(&suite, &open, &options, &mut Silent);
    assert_eq!((report.cases.len(), report.not_run), (cases.len(), 0));
    report.cases
}

/// A new key of this make for each case.
struct Faulty {
    config: KeyConfig,
}

impl Connect for Faulty {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let key =
            Authenticator::new(self.config.clone(), Env::seeded([0x5e; 32])).map_err(|error| error.to_string())?;
        let (reports, simulator) = Simulator::spawn(key).map_err(|error| error.to_string())?;
        Ok(Box::new(Held { reports: Box::new(reports), _simulator: simulator }))
    }
}

/// The host's end of a key's line, and the key itself.
struct Held {
    reports: Box<dyn Reports>,
    _simulator: Simulator,
}

impl Reports for Held {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.reports.send(report, deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        self.reports.receive(deadline)
    }
}
