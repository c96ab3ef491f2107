//! Brings a key of somebody to the state that a case wants: as it comes from the factory, by a reset, or with the
//! cases' own PIN and nothing else, by taking away what the cases before have left. A reset is taken only in the
//! first seconds after power-up (CTAP 2.3 6.6), so that power is cycled first; that is what costs a person most.

use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_conformance::case::Header;
use assay_conformance::context::Cancel;
use assay_conformance::suites::authenticator::{Connect, Effort, FRESH, effort};
use assay_conformance::verdict::Outcome;
use assay_protocol::ctap2::get_info::Response;
use assay_transport::Reports;

use super::desk::{Desk, Watched};
use super::left::{Found, Left};
use super::{Named, sweep};
use crate::keys;

/// How a key loses its power and gets it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PowerCycle {
    /// By this command line, which a shell runs and which returns when the power is back.
    Command(String),
    /// By whoever sits at the terminal.
    Person,
}

/// A key that is brought to the state that the running case wants.
pub(super) struct Refreshed {
    named: Named,
    how: PowerCycle,
    desk: Arc<dyn Desk>,
    state: Mutex<State>,
}

/// What is known of the key.
#[derive(Debug)]
struct State {
    left: Left,
    /// How the case that runs has found it, and what it costs.
    running: Option<(Found, Effort)>,
    /// What it said of itself after the last reset.
    new: Option<Response>,
    resets: usize,
}

/// How long a person may take to unplug a key and plug it in again.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a key may take to come up, and to be touched: the time within which it takes a reset.
const WINDOW: Duration = Duration::from_secs(10);

/// How often somebody looks whether it is there.
const GLANCE: Duration = Duration::from_millis(50);

impl Refreshed {
    pub(super) fn new(named: Named, how: PowerCycle, desk: Arc<dyn Desk>) -> Self {
        let state = State { left: Left::Unknown, running: None, new: None, resets: 0 };
        Self { named, how, desk, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connect for Refreshed {
    fn prepare(&self, header: &Header, cancel: &Cancel) -> Result<(), String> {
        let mut state = self.state();
        state.running = None;
        if header.needs.contains(&FRESH) {
            let effort = effort(&header.id);
            let found = self.ready(&mut state, effort, cancel);
            let found = found.map_err(|error| format!("the key could not be reset: {error:#}"))?;
            state.running = Some((found, effort));
        }
        Ok(())
    }

    fn ended(&self, outcome: &Outcome) {
        let mut state = self.state();
        // The others leave nothing.
        if let Some((found, effort)) = state.running.take() {
            state.left = Left::after(found, effort, outcome);
        }
    }

    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        Ok(Box::new(Watched::new(self.named.connect()?, Arc::clone(&self.desk))))
    }

    fn has_our_pin(&self) -> bool {
        matches!(self.state().running, Some((Found::OurPin, _)))
    }
}

impl Refreshed {
    /// Brings the key to a state in which a case of this cost can be asked.
    fn ready(&self, state: &mut State, effort: Effort, cancel: &Cancel) -> Result<Found> {
        // Until the case has ended, nobody knows.
        let left = std::mem::replace(&mut state.left, Left::Unknown);
        let is_so = |found: &Found| match found {
            Found::New => self.is_new(state.new.as_ref()),
            Found::OurPin => self.is_ours(left),
        };
        if let Some(found) = left.fits(effort).filter(is_so) {
            return Ok(found);
        }
        state.resets += 1;
        state.new = Some(self.refresh(state.resets, cancel)?);
        Ok(Found::New)
    }

    /// Is it as it was after its reset? What has left no trace in getInfo is known by the table.
    fn is_new(&self, new: Option<&Response>) -> bool {
        self.ask(|info| Ok(Some(&plain(info)) == new)).unwrap_or(false)
    }

    /// Has it the cases' PIN, and nothing else? What there is else is taken away.
    fn is_ours(&self, left: Left) -> bool {
        self.channel().and_then(|mut channel| sweep::to_our_pin(&mut channel, left == Left::Kept)).is_ok()
    }

    fn refresh(&self, count: usize, cancel: &Cancel) -> Result<Response> {
        match &self.how {
            PowerCycle::Command(line) => {
                let status = Command::new("sh").arg("-c").arg(line).status().context("no shell")?;
                if !status.success() {
                    bail!("--power-cycle {line:?} ended with {status}");
                }
            }
            PowerCycle::Person => {
                self.desk.say(&format!("{count}: unplug the key"));
                self.wait(cancel, |there| !there).context("it was not unplugged")?;
                self.desk.say(&format!("{count}: plug it in again, and touch it"));
                self.wait(cancel, |there| there).context("it was not plugged in again")?;
            }
        }
        let deadline = Instant::now() + WINDOW;
        loop {
            match self.reset(deadline) {
                Ok(info) => return Ok(info),
                Err(error) if Instant::now() >= deadline => return Err(error),
                // Not up yet.
                Err(_) => thread::sleep(GLANCE),
            }
        }
    }

    fn reset(&self, deadline: Instant) -> Result<Response> {
        let mut channel = self.channel()?;
        Client::new("https://localhost", Box::new(Nobody))?.authenticator(&mut channel, deadline).reset()?;
        self.ask(|info| Ok(plain(info)))
    }

    fn ask<T>(&self, look: impl FnOnce(Response) -> Result<T>) -> Result<T> {
        let mut channel = self.channel()?;
        let mut client = Client::new("https://localhost", Box::new(Nobody))?;
        look(client.authenticator(&mut channel, Instant::now() + WINDOW).get_info()?)
    }

    fn channel(&self) -> Result<assay_transport::Channel> {
        let reports = self.named.connect().map_err(|error| anyhow!(error))?;
        keys::channel(Box::new(Watched::new(reports, Arc::clone(&self.desk))))
    }

    fn wait(&self, cancel: &Cancel, until: impl Fn(bool) -> bool) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !until(self.named.connect().is_ok_and(|reports| keys::channel(reports).is_ok())) {
            if cancel.is_cancelled() {
                bail!("cancelled");
            }
            if Instant::now() >= deadline {
                bail!("nothing happened for {} s", PATIENCE.as_secs());
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }
}

/// Without what is another each time.
fn plain(info: Response) -> Response {
    Response { enc_identifier: None, enc_cred_store_state: None, ..info }
}
