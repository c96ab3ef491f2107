//! Resets a key of somebody before each case that wants it as it comes from the factory. A reset is taken
//! only in the first seconds after power-up (CTAP 2.3 6.6), so that power is cycled first.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_conformance::suites::authenticator::{Connect, FRESH};
use assay_transport::Reports;

use super::{Current, Named};
use crate::keys;

/// How a key loses its power and gets it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PowerCycle {
    /// By this command line, which a shell runs and which returns when the power is back.
    Command(String),
    /// By whoever sits at the terminal.
    Person,
}

/// A key that is reset where the running case wants it.
pub(super) struct Refreshed {
    pub(super) named: Named,
    pub(super) current: Current,
    pub(super) how: PowerCycle,
}

/// How long a person may take to unplug a key and plug it in again.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a key may take to come up, and to be touched: the time within which it takes a reset.
const WINDOW: Duration = Duration::from_secs(10);

/// How often somebody looks whether it is there.
const GLANCE: Duration = Duration::from_millis(50);

impl Connect for Refreshed {
    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let wanted = self.current.header().is_some_and(|header| header.needs.contains(&FRESH));
        if wanted {
            self.refresh().map_err(|error| format!("the key could not be reset: {error:#}"))?;
        }
        self.named.connect()
    }
}

impl Refreshed {
    fn refresh(&self) -> Result<()> {
        match &self.how {
            PowerCycle::Command(line) => {
                let status = Command::new("sh").arg("-c").arg(line).status().context("no shell")?;
                if !status.success() {
                    bail!("--power-cycle {line:?} ended with {status}");
                }
            }
            PowerCycle::Person => {
                eprintln!("unplug the key, plug it in again, then touch it");
                self.wait(PATIENCE, |there| !there).context("it was not unplugged")?;
                self.wait(PATIENCE, |there| there).context("it was not plugged in again")?;
            }
        }
        let deadline = Instant::now() + WINDOW;
        let mut client = Client::new("https://localhost", Box::new(Nobody))?;
        loop {
            match self.reset(&mut client, deadline) {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() >= deadline => return Err(error),
                // Not up yet.
                Err(_) => thread::sleep(GLANCE),
            }
        }
    }

    fn reset(&self, client: &mut Client, deadline: Instant) -> Result<()> {
        let reports = self.named.connect().map_err(|error| anyhow!(error))?;
        let mut channel = keys::channel(reports)?;
        Ok(client.authenticator(&mut channel, deadline).reset()?)
    }

    fn wait(&self, patience: Duration, until: impl Fn(bool) -> bool) -> Result<()> {
        let deadline = Instant::now() + patience;
        while !until(self.named.connect().is_ok_and(|reports| keys::channel(reports).is_ok())) {
            if Instant::now() >= deadline {
                bail!("nothing happened for {} s", patience.as_secs());
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }
}
