//! The authenticator suite against any key.

use std::sync::Arc;

use assay_conformance::case::Need;
use assay_conformance::context::Context;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{self, Open, Progress};
use assay_conformance::suites::authenticator::{Connect, FRESH, Key, suite};
use assay_transport::Reports;

use super::attended::Attended;
use super::refresh::{PowerCycle, Refreshed};
use super::{Current, PERSONS, Plan};
use crate::keys::KeyTarget;
use crate::lab::Lab;
use crate::state::State;

/// A key by its name on the command line.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name.
    pub target: KeyTarget,
    /// Whose certificates a virtual one has.
    pub lab: Lab,
    /// Where saved ones are.
    pub state: State,
}

impl Connect for Named {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        self.target.connect(&self.lab, &self.state).map_err(|error| format!("{error:#}"))
    }
}

/// Judges a key. The cases that want one as it comes from the factory are asked where every session has such a
/// key, or where `erase` says how it is brought there: what somebody keeps on a key is never put at risk otherwise.
pub fn authenticator(plan: &Plan, named: Named, erase: Option<PowerCycle>, progress: &mut dyn Progress) -> SuiteReport {
    let fresh = named.target.is_fresh();
    let current = Current::default();
    match erase {
        None if fresh && matches!(named.target, KeyTarget::Sim(_)) => {
            let connect = Attended { named, current: current.clone() };
            let features: Vec<Need> = [FRESH].into_iter().chain(PERSONS).collect();
            run(plan, Arc::new(connect), &features, &mut current.watching(progress))
        }
        Some(how) if !fresh => {
            let connect = Refreshed { named, current: current.clone(), how };
            keys(plan, Arc::new(connect), true, &mut current.watching(progress))
        }
        _ => keys(plan, Arc::new(named), fresh, progress),
    }
}

/// Judges the keys that `connect` reaches; `fresh` where each session finds one as it comes from the factory.
pub fn keys(plan: &Plan, connect: Arc<dyn Connect>, fresh: bool, progress: &mut dyn Progress) -> SuiteReport {
    let features = if fresh { vec![FRESH] } else { Vec::new() };
    run(plan, connect, &features, progress)
}

fn run(plan: &Plan, connect: Arc<dyn Connect>, features: &[Need], progress: &mut dyn Progress) -> SuiteReport {
    let features: Vec<&str> = features.iter().map(Need::feature).collect();
    let open: Arc<dyn Open<Key>> = Arc::new(move |context: &mut Context| Key::open(connect.as_ref(), context));
    runner::run(&suite(), &open, &plan.options(&features), progress)
}
