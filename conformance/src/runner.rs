//! Runs suites: one case at a time, each in a bounded thread of its own, in a fixed order.

mod filter;
mod shard;

use std::any::Any;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

pub use filter::{Filter, glob};
pub use shard::{NotAShard, Shard};

use crate::case::{Case, Header, Suite};
use crate::context::{Cancel, Context};
use crate::known::KnownFailures;
use crate::report::{Baseline, CaseReport, SuiteReport};
use crate::seed::Seed;
use crate::verdict::{Outcome, Stop};

/// Opens the world of one case: a fresh session with the target.
pub trait Open<W>: Send + Sync {
    /// Brings the target to the state that this case wants. It takes the time that it takes, before the case's own
    /// begins, and ends when the run is cancelled.
    fn prepare(&self, header: &Header, cancel: &Cancel) -> Result<(), Stop> {
        let (_, _) = (header, cancel);
        Ok(())
    }

    /// How a case has ended that was prepared.
    fn ended(&self, outcome: &Outcome) {
        let _ = outcome;
    }

    /// A fresh world, or why there is none.
    fn open(&self, context: &mut Context) -> Result<W, Stop>;
}

impl<W, F: Fn(&mut Context) -> Result<W, Stop> + Send + Sync> Open<W> for F {
    fn open(&self, context: &mut Context) -> Result<W, Stop> {
        self(context)
    }
}

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything random comes from.
    pub seed: Seed,
    /// The profile that the target is held to.
    pub profile: String,
    /// Which cases run.
    pub filter: Filter,
    /// The time a case may take.
    pub timeout: Duration,
    /// Stops the run between and within cases.
    pub cancel: Cancel,
    /// The time at which the run begins.
    pub now: SystemTime,
    /// Features that the target has.
    pub features: BTreeSet<String>,
    /// Cases that are known to fail, each with the reason; a pass of one is an error too.
    pub known_failures: KnownFailures,
    /// The earlier run that this one is held against.
    pub baseline: Option<Arc<Baseline>>,
    /// The part of the cases that runs.
    pub shard: Option<Shard>,
    /// Which cases come first, by the least number; the suite's own order stands in the report all the same.
    pub order: Option<fn(&Header) -> u8>,
}

impl Options {
    /// Every case, half a minute each, against a target without optional features.
    pub fn new(profile: impl Into<String>, seed: Seed, now: SystemTime) -> Self {
        Self {
            seed,
            profile: profile.into(),
            filter: Filter::default(),
            timeout: Duration::from_secs(30),
            cancel: Cancel::new(),
            now,
            features: BTreeSet::new(),
            known_failures: KnownFailures::default(),
            baseline: None,
            shard: None,
            order: None,
        }
    }
}

/// Who watches a run.
pub trait Progress {
    /// A suite begins; so many of its cases will run.
    fn suite_started(&mut self, id: &str, title: &str, cases: usize) {
        let _ = (id, title, cases);
    }
    /// A case begins.
    fn case_started(&mut self, header: &Header) {
        let _ = header;
    }
    /// A case has ended.
    fn case_finished(&mut self, report: &CaseReport) {
        let _ = report;
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Runs the cases of `suite` that the filter lets through, in order.
pub fn run<W: 'static>(
    suite: &Suite<W>,
    open: &Arc<dyn Open<W>>,
    options: &Options,
    progress: &mut dyn Progress,
) -> SuiteReport {
    let chosen = chosen(suite, options);
    let mut report = SuiteReport {
        id: suite.id.clone(),
        title: suite.title.clone(),
        cases: Vec::with_capacity(chosen.len()),
        not_run: 0,
    };
    progress.suite_started(&suite.id, &suite.title, chosen.len());
    let mut hung = 0;
    for case in chosen {
        if options.cancel.is_cancelled() {
            report.not_run += 1;
            continue;
        }
        progress.case_started(&case.header);
        let mut done = CaseReport::new(case.header.clone());
        if let Some(feature) = missing(&case.header, options) {
            done.outcome = Outcome::Skip { feature };
        } else if hung >= HUNG_LIMIT {
            done.outcome = Outcome::Broken { why: format!("not asked: {hung} earlier cases hang") };
        } else {
            let began = Instant::now();
            if let Err(stop) = open.prepare(&case.header, &options.cancel) {
                done.outcome = Outcome::from(Err(stop));
            } else {
                let ended = run_bounded(case, open, options, Instant::now());
                done.outcome = ended.outcome;
                done.evidence = ended.context.evidence().exchanges();
                hung += usize::from(ended.hangs);
            }
            open.ended(&done.outcome);
            done.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
        // A case cut off by a cancelled run says nothing of the target.
        if options.cancel.is_cancelled() && matches!(done.outcome, Outcome::Broken { .. }) {
            report.not_run += 1;
            continue;
        }
        done.known_failure = options.known_failures.of(&case.header.id).cloned();
        done.before = options.baseline.as_ref().map(|baseline| baseline.before(&suite.id, &case.header.id));
        progress.case_finished(&done);
        report.cases.push(done);
    }
    if options.order.is_some() {
        let places: HashMap<&str, usize> =
            suite.headers().enumerate().map(|(place, header)| (header.id.as_str(), place)).collect();
        report.cases.sort_by_key(|case| places.get(case.header.id.as_str()).copied());
    }
    report
}

/// The cases that run, in the order in which they do.
pub fn chosen<'a, W>(suite: &'a Suite<W>, options: &Options) -> Vec<&'a Case<W>> {
    let let_through = suite.cases.iter().filter(|case| options.filter.lets_through(&case.header.id));
    let mut chosen: Vec<&Case<W>> = let_through
        .enumerate()
        .filter(|(place, _)| options.shard.is_none_or(|shard| shard.takes(*place)))
        .map(|(_, case)| case)
        .collect();
    if let Some(order) = options.order {
        chosen.sort_by_key(|case| order(&case.header));
    }
    chosen
}

/// So many threads may hang before the rest of a suite is given up.
const HUNG_LIMIT: usize = 4;

/// How long a case that was told to stop may take to obey.
const GRACE: Duration = Duration::from_secs(2);

/// How often a waiting runner looks at the cancel flag.
const TICK: Duration = Duration::from_millis(25);

fn missing(header: &Header, options: &Options) -> Option<String> {
    header
        .needs
        .iter()
        .map(|need| need.feature())
        .find(|feature| !options.features.contains(*feature))
        .map(str::to_owned)
}

struct Ended {
    outcome: Outcome,
    context: Context,
    hangs: bool,
}

fn run_bounded<W: 'static>(case: &Case<W>, open: &Arc<dyn Open<W>>, options: &Options, began: Instant) -> Ended {
    let deadline = began + options.timeout;
    let context = Context::new(options.profile.clone(), options.seed.derive(&case.header.id), options.now, deadline);
    let (sender, receiver) = mpsc::channel();
    let (job, open) = (case.clone(), Arc::clone(open));
    let mut inside = context.clone();
    let spawned = thread::Builder::new().name(format!("case {}", case.header.id)).spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut world = open.open(&mut inside)?;
            job.run(&mut world, &mut inside)
        }));
        let outcome = match result {
            Ok(result) => Outcome::from(result),
            Err(panic) => Outcome::Broken { why: format!("the case panicked: {}", words(panic.as_ref())) },
        };
        // Nobody listens when the case was given up.
        let _ = sender.send(outcome);
    });
    if let Err(error) = spawned {
        return Ended {
            outcome: Outcome::Broken { why: format!("no thread for the case: {error}") },
            context,
            hangs: false,
        };
    }
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(TICK)) {
            Ok(outcome) => {
                return Ended { outcome, context, hangs: false };
            }
            Err(RecvTimeoutError::Timeout) if !left.is_zero() && !options.cancel.is_cancelled() => {}
            Err(_) => break,
        }
    }
    context.cancel.cancel();
    let late = receiver.recv_timeout(GRACE);
    let why = if options.cancel.is_cancelled() {
        String::from("cancelled")
    } else {
        format!("no end within {} s", options.timeout.as_secs())
    };
    Ended {
        hangs: late.is_err(),
        // A case that found a failure before it was stopped has found it.
        outcome: match late {
            Ok(found @ Outcome::Fail(_)) => found,
            _ => Outcome::Broken { why },
        },
        context,
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| String::from("without words"))
}

#[cfg(test)]
mod tests;
