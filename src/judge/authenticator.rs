//! The authenticator suite against any key.

use std::sync::Arc;

use assay_conformance::case::{Header, Need};
use assay_conformance::report::SuiteReport;
use assay_conformance::runner::{self, Open, Options, Progress};
use assay_conformance::suites::authenticator::{Connect, FRESH, Key, Sessions, effort, order, suite};
use assay_transport::Reports;

use super::attended::Attended;
use super::desk::{Desk, Watched};
use super::refresh::{PowerCycle, Refreshed};
use super::{PERSONS, Plan, left};
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

/// Who is there for a key of somebody, and what may be done to it.
pub struct Care {
    /// How the key loses its power before a reset, where it may be reset.
    pub erase: Option<PowerCycle>,
    /// Where people read what is asked of them.
    pub desk: Arc<dyn Desk>,
}

/// Judges a key. The cases that want one as it comes from the factory are asked where every session has such a
/// key, or where `care` says how it is brought there: what somebody keeps on a key is never put at risk otherwise.
pub fn authenticator(plan: &Plan, named: Named, care: Care, progress: &mut dyn Progress) -> SuiteReport {
    let fresh = named.target.is_fresh();
    if fresh && care.erase.is_none() {
        if !matches!(named.target, KeyTarget::Sim(_)) {
            return keys(plan, Arc::new(named), true, progress);
        }
        let features: Vec<Need> = [FRESH].into_iter().chain(PERSONS).collect();
        let options = plan.options(features.iter().map(Need::feature));
        return run(Arc::new(Attended::new(named)), &options, progress);
    }
    let features: &[Need] = if care.erase.is_some() { &[FRESH] } else { &[] };
    let options = Options { order: Some(order), ..plan.options(features.iter().map(Need::feature)) };
    care.desk.say(&announced(&options, care.erase.as_ref()));
    match care.erase {
        Some(how) if !fresh => run(Arc::new(Refreshed::new(named, how, care.desk)), &options, progress),
        _ => run(Arc::new(Seen { named, desk: care.desk }), &options, progress),
    }
}

/// A key that somebody may have to touch.
pub struct Seen {
    /// Which.
    pub named: Named,
    /// Where they read that.
    pub desk: Arc<dyn Desk>,
}

impl Connect for Seen {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        Ok(Box::new(Watched::new(self.named.connect()?, Arc::clone(&self.desk))))
    }
}

/// What the run will ask of whoever has the key: at most so much, for cases about what it lacks cost nothing.
fn announced(options: &Options, erase: Option<&PowerCycle>) -> String {
    let suite = suite();
    let asked = |header: &&Header| header.needs.iter().all(|need| options.features.contains(need.feature()));
    let headers: Vec<&Header> = runner::chosen(&suite, options).into_iter().map(|case| &case.header).collect();
    let headers: Vec<&Header> = headers.into_iter().filter(asked).collect();
    let touches: usize = headers.iter().map(|header| effort(&header.id).touches).sum();
    let fresh = headers.iter().filter(|header| header.needs.contains(&FRESH));
    let resets = left::resets(fresh.map(|header| effort(&header.id)));
    let resets = match erase {
        Some(PowerCycle::Person) => format!(", and unplugged and plugged in again up to {resets} times"),
        Some(PowerCycle::Command(_)) => format!(", and reset up to {resets} times"),
        None => String::new(),
    };
    format!("{} cases: the key is to be touched up to {touches} times{resets}", headers.len())
}

/// Judges the keys that `connect` reaches; `fresh` where each session finds one as it comes from the factory.
pub fn keys(plan: &Plan, connect: Arc<dyn Connect>, fresh: bool, progress: &mut dyn Progress) -> SuiteReport {
    let features: &[Need] = if fresh { &[FRESH] } else { &[] };
    run(connect, &plan.options(features.iter().map(Need::feature)), progress)
}

fn run(connect: Arc<dyn Connect>, options: &Options, progress: &mut dyn Progress) -> SuiteReport {
    let open: Arc<dyn Open<Key>> = Arc::new(Sessions(connect));
    runner::run(&suite(), &open, options, progress)
}
