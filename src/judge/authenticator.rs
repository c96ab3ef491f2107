//! The authenticator suite against any key.

use std::sync::Arc;

use assay_conformance::context::Context;
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{self, Open, Progress};
use assay_conformance::suites::authenticator::{Connect, FRESH, Key, suite};
use assay_transport::Reports;

use super::Plan;
use crate::keys::KeyTarget;
use crate::lab::Lab;
use crate::state::State;

/// A key by its name on the command line.
struct Named {
    target: KeyTarget,
    lab: Lab,
    state: State,
}

impl Connect for Named {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        self.target.connect(&self.lab, &self.state).map_err(|error| format!("{error:#}"))
    }
}

/// Judges a key. Only where every session has a fresh one, nothing that somebody keeps is at risk, and the cases
/// that want such a key are asked.
pub fn authenticator(
    plan: &Plan,
    target: &KeyTarget,
    lab: &Lab,
    state: &State,
    progress: &mut dyn Progress,
) -> SuiteReport {
    let fresh = target.is_fresh();
    let connect = Named { target: target.clone(), lab: *lab, state: state.clone() };
    run(plan, Arc::new(connect), fresh, progress)
}

/// Judges keys that `connect` makes, each of them new.
pub fn fresh_simulator(plan: &Plan, connect: Arc<dyn Connect>, progress: &mut dyn Progress) -> SuiteReport {
    run(plan, connect, true, progress)
}

fn run(plan: &Plan, connect: Arc<dyn Connect>, fresh: bool, progress: &mut dyn Progress) -> SuiteReport {
    let need = FRESH;
    let features: Vec<&str> = if fresh { vec![need.feature()] } else { Vec::new() };
    let open: Arc<dyn Open<Key>> = Arc::new(move |context: &mut Context| Key::open(connect.as_ref(), context));
    runner::run(&suite(), &open, &plan.options(&features), progress)
}
