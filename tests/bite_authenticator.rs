//! Proofs of bite of the authenticator suite: each deliberate defect of our key, before the cases
//! that claim to notice it.
//!
//! A proof is a persona that passes a case and its positive twin, and with the defect fails the case
//! and passes the twin. The proofs are committed in `conformance/data/proofs/authenticator.json`;
//! `ASSAY_BLESS=1` writes them, any other run compares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Instant, SystemTime};
use std::{env, fs, thread};

use assay::cli::Persona;
use assay::judge;
use assay::keys::persona_config;
use assay::lab::Lab;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::defect::{Defect, Defects};
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::serve::Simulator;
use assay_conformance::case::{Header, Need, Suite};
use assay_conformance::coverage::{Proof, committed, to_file};
use assay_conformance::report::CaseReport;
use assay_conformance::runner::{self, Open, Options, Silent};
use assay_conformance::seed::Seed;
use assay_conformance::suites::authenticator::{Connect, FRESH, Key, Sessions, suite};
use assay_conformance::verdict::Outcome;
use assay_transport::{Error, Report, Reports};
use clap::ValueEnum as _;
use time::OffsetDateTime;

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
fn no_persona_fails_a_case_and_each_case_is_asked_of_one() {
    let clean = clean();
    assert!(clean.faults.is_empty(), "{:#?}", clean.faults);
    let never: Vec<_> = clean.passed.iter().filter(|(_, personas)| personas.is_empty()).collect();
    assert!(never.is_empty(), "no persona has what these ask about: {never:#?}");
}

#[test]
fn every_case_notices_what_it_claims() {
    let (mut proofs, mut faults) = (Vec::new(), Vec::new());
    for (claim, noticed) in in_parallel(claims(), |claim| notice(&claim)) {
        match noticed {
            Ok(()) => proofs.push(Proof {
                suite: SUITE.to_owned(),
                case: claim.case,
                defect: claim.defect.to_string(),
                shadowed_by: None,
            }),
            Err(why) => faults.push(format!("{}: {}: {why}", claim.defect, claim.case)),
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

/// A case, its twin, and a defect that it claims to notice.
#[derive(Debug, Clone)]
struct Claim {
    defect: Defect,
    case: String,
    twin: Option<String>,
}

fn claims() -> Vec<Claim> {
    let suite = suite();
    let of = |header: &Header| {
        let (case, twin) = (header.id.clone(), header.twin.clone());
        let claims = header.claims.clone().into_iter();
        claims.map(move |id| Claim { defect: id.parse().unwrap(), case: case.clone(), twin: twin.clone() })
    };
    suite.headers().flat_map(of).collect()
}

/// A persona that passes case and twin must, with the defect, fail the case and still pass the twin.
fn notice(claim: &Claim) -> Result<(), String> {
    let clean = clean();
    let passed = |id: &str| clean.passed.get(id).into_iter().flatten().copied().collect::<BTreeSet<_>>();
    let mut able = passed(&claim.case);
    if let Some(twin) = &claim.twin {
        able = able.intersection(&passed(twin)).copied().collect();
    }
    let mut why = "no persona passes it and its twin".to_owned();
    for persona in able {
        match run(persona, Some(claim.defect), &claim.case) {
            Outcome::Fail(_) => {}
            other => {
                why = format!("it does not notice: {other:?}");
                continue;
            }
        }
        match claim.twin.as_ref().map(|twin| run(persona, Some(claim.defect), twin)) {
            None | Some(Outcome::Pass(_)) => return Ok(()),
            Some(other) => why = format!("its twin does not pass: {other:?}"),
        }
    }
    Err(why)
}

/// What becomes of each case on each persona that has no defect.
struct Clean {
    /// Which personas pass a case, as places in the list of them.
    passed: BTreeMap<String, BTreeSet<usize>>,
    /// What is neither passed nor skipped.
    faults: Vec<String>,
}

fn clean() -> &'static Clean {
    static CLEAN: OnceLock<Clean> = OnceLock::new();
    CLEAN.get_or_init(|| {
        let ids: Vec<String> = suite().headers().map(|header| header.id.clone()).collect();
        let mut clean =
            Clean { passed: ids.iter().map(|id| (id.clone(), BTreeSet::new())).collect(), faults: Vec::new() };
        let jobs = (0..personas().len()).flat_map(|persona| ids.iter().map(move |id| (persona, id.clone()))).collect();
        for ((persona, id), outcome) in in_parallel(jobs, |(persona, id)| run(persona, None, &id)) {
            match outcome {
                Outcome::Pass(_) => _ = clean.passed.get_mut(&id).unwrap().insert(persona),
                Outcome::Skip { .. } => {}
                other => clean.faults.push(format!("{}: {id}: {other:?}", personas()[persona].name)),
            }
        }
        clean.faults.sort();
        clean
    })
}

/// The makes that a defect is looked for on, the plainest first.
pub(crate) fn personas() -> &'static [KeyConfig] {
    static PERSONAS: OnceLock<Vec<KeyConfig>> = OnceLock::new();
    PERSONAS.get_or_init(|| {
        let lab = Lab::new([0x1a; 32], OffsetDateTime::now_utc());
        Persona::value_variants().iter().map(|persona| persona_config(&lab, *persona).unwrap()).collect()
    })
}

pub(crate) fn in_parallel<Job: Clone + Send, Done: Send>(
    jobs: Vec<Job>,
    work: impl Fn(Job) -> Done + Sync,
) -> Vec<(Job, Done)> {
    let (queue, done) = (Mutex::new(jobs.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let Some(job) = queue.lock().unwrap().next() else { break };
                    let end = work(job.clone());
                    done.lock().unwrap().push((job, end));
                }
            });
        }
    });
    done.into_inner().unwrap()
}

fn run(persona: usize, defect: Option<Defect>, id: &str) -> Outcome {
    let defects = defect.into_iter().collect::<Defects>();
    ask(id, |needs| Faulty { config: KeyConfig { defects, ..personas()[persona].clone() }, needs })
}

/// Asks one case of the key that `target` makes of its needs.
pub(crate) fn ask<C: Connect + 'static>(id: &str, target: impl FnOnce(Vec<Need>) -> C) -> Outcome {
    let whole = suite();
    let chosen = whole.cases.into_iter().filter(|case| case.header.id == id);
    let suite = Suite::new(whole.id, whole.title).with(chosen);
    let target = target(suite.headers().flat_map(|header| header.needs.clone()).collect());
    let open: Arc<dyn Open<Key>> = Arc::new(Sessions(Arc::new(target)));
    let seed: Seed = "11".repeat(32).parse().unwrap();
    let mut options = Options::new("ctap-2.3", seed, SystemTime::now());
    options.features.extend([FRESH].iter().chain(&judge::PERSONS).map(|need| need.feature().to_owned()));
    let report = runner::run(&suite, &open, &options, &mut Silent);
    let [case] = <[CaseReport; 1]>::try_from(report.cases).unwrap();
    case.outcome
}

/// A new key of this make for each case.
struct Faulty {
    config: KeyConfig,
    /// What the case wants, which says who is in front of the key.
    needs: Vec<Need>,
}

impl Connect for Faulty {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let key = Authenticator::new(
            self.config.clone(),
            Env { person: judge::person(&self.needs), ..Env::seeded([0x5e; 32]) },
        )
        .map_err(|error| error.to_string())?;
        Ok(held(key))
    }
}

/// The host's end of this key's line.
pub(crate) fn held(key: Authenticator) -> Box<dyn Reports> {
    let (reports, simulator) = Simulator::spawn(key).unwrap();
    Box::new(Held { reports: Box::new(reports), _simulator: simulator })
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
