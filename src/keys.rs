//! Keys by name: fresh and saved virtual ones, sockets, USB.

mod model;
mod passphrase;
mod saved;
mod sim;

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_authenticator_sim::attestation::{Attestation, U2fAttestation};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::{Enterprise, KeyConfig};
use assay_authenticator_sim::defect::Defects;
use assay_authenticator_sim::env::{Always, Env, Person, Touch};
use assay_authenticator_sim::serve::Simulator;
use assay_mint::lab::MODEL;
use assay_transport::process::ProcessReports;
use assay_transport::udp::UdpReports;
use assay_transport::{Channel, Error, Report, Reports, hid};

use crate::cli;
use crate::lab::Lab;
use crate::state::State;

pub use self::model::{Chosen, choose, has, plain, taken};
pub use self::passphrase::{Passphrase, VARIABLE as PASSPHRASE};
pub use self::saved::{Locked, SavedKey, load, save};
pub use self::sim::{Sim, SimKind};

/// A key as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyTarget {
    /// `sim`, `sim+persona:NAME`, `sim:NAME`, and any of them with `+fault:ID`: a virtual key of this process.
    Sim(Sim),
    /// `udp:HOST:PORT`: one datagram a report.
    Udp(SocketAddr),
    /// `unix:PATH`: one record a report; Linux only.
    Unix(PathBuf),
    /// `hid:PATH`: a USB key.
    Hid(String),
    /// `exec:PROGRAM ARGUMENTS`: a program that is a key, started anew for each session.
    Exec(Vec<String>),
}

impl KeyTarget {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(sim) = Sim::parse(text) {
            return Ok(Self::Sim(sim?));
        }
        match text.split_once(':') {
            Some(("udp", place)) => {
                let mut addresses = place.to_socket_addrs().with_context(|| format!("{place:?} is no HOST:PORT"))?;
                Ok(Self::Udp(addresses.next().ok_or_else(|| anyhow!("{place:?} has no address"))?))
            }
            Some(("unix", path)) => Ok(Self::Unix(PathBuf::from(path))),
            Some(("hid", path)) => Ok(Self::Hid(path.to_owned())),
            Some(("exec", command)) => match shlex::split(command) {
                Some(words) if !words.is_empty() => Ok(Self::Exec(words)),
                _ => bail!("{command:?} is no command line"),
            },
            _ => {
                bail!("{text:?} is no key: sim, sim:NAME, udp:HOST:PORT, unix:PATH, hid:PATH or exec:PROGRAM")
            }
        }
    }

    /// Is the key of every session as it comes from the factory?
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::Sim(Sim { kind: SimKind::Fresh(_), .. }) | Self::Exec(_))
    }

    /// Opens a way to it. A virtual key lives as long as the way, and is touched at once.
    pub fn connect(&self, lab: &Lab, state: &State) -> Result<Box<dyn Reports>> {
        self.connect_with(lab, state, touched())
    }

    /// The same with this person in front of it, if it is a virtual key; before all others nobody can be put.
    pub fn connect_with(&self, lab: &Lab, state: &State, person: Box<dyn Person>) -> Result<Box<dyn Reports>> {
        match self {
            Self::Sim(sim) => Ok(Box::new(Held::new(sim.authenticator(lab, state, person)?)?)),
            Self::Udp(address) => Ok(Box::new(UdpReports::connect(*address)?)),
            #[cfg(target_os = "linux")]
            Self::Unix(path) => Ok(Box::new(assay_transport::unix::UnixReports::connect(path)?)),
            #[cfg(not(target_os = "linux"))]
            Self::Unix(_) => bail!("only Linux has sockets that keep records"),
            Self::Hid(path) => Ok(Box::new(hid::open(path)?)),
            Self::Exec(words) => {
                let (program, arguments) = words.split_first().ok_or_else(|| anyhow!("no program is named"))?;
                let mut command = Command::new(program);
                command.args(arguments);
                Ok(Box::new(ProcessReports::start(command)?))
            }
        }
    }
}

/// The host's end of a virtual key's line, and the key itself.
struct Held {
    reports: Box<dyn Reports>,
    _simulator: Simulator,
}

impl Held {
    fn new(authenticator: Authenticator) -> Result<Self> {
        let (reports, simulator) = Simulator::spawn(authenticator)?;
        Ok(Self { reports: Box::new(reports), _simulator: simulator })
    }
}

impl Reports for Held {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.reports.send(report, deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        self.reports.receive(deadline)
    }
}

/// How long a key may take to give out a channel.
const GREETING: Duration = Duration::from_secs(3);

/// A CTAPHID channel over a way to a key.
pub fn channel(reports: Box<dyn Reports>) -> Result<Channel> {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce).context("no randomness from the system")?;
    Channel::open(reports, nonce, Instant::now() + GREETING).context("the key does not answer")
}

/// Somebody who always touches it, at once, and for as long as it takes.
pub fn touched() -> Box<dyn Person> {
    Box::new(Always(Touch::Held))
}

/// A virtual key that is new, attests as the lab's own model, and keeps nothing.
pub fn fresh(lab: &Lab, person: Box<dyn Person>) -> Result<Authenticator> {
    let env = Env { person, ..Env::system() };
    Ok(Authenticator::new(persona_config(lab, cli::Persona::SecurityKey)?, env)?)
}

/// The make of a persona whose certificates, where it has any, are of this lab.
pub fn persona_config(lab: &Lab, persona: cli::Persona) -> Result<KeyConfig> {
    let chain = lab.mint.model(MODEL);
    let certified = |config: KeyConfig| -> Result<KeyConfig> {
        Ok(KeyConfig { attestation: Attestation::packed(&chain)?.into_fast()?, ..config })
    };
    let u2f = || -> Result<U2fAttestation> { Ok(U2fAttestation::new(&lab.mint.u2f("persona"))?) };
    match persona {
        cli::Persona::SecurityKey => certified(KeyConfig::security_key()),
        cli::Persona::Ctap20 => certified(KeyConfig::ctap_2_0()),
        cli::Persona::Ctap23 => {
            let device = Attestation::packed(&lab.mint.batch(MODEL, "device 1"))?;
            let enterprise = Enterprise { attestation: device, rp_ids: Vec::new(), platform_managed: true };
            certified(KeyConfig { u2f: Some(u2f()?), enterprise: Some(enterprise), ..KeyConfig::ctap_2_3() })
        }
        cli::Persona::Biometric => certified(KeyConfig::biometric_key()),
        cli::Persona::Platform => Ok(KeyConfig::platform_authenticator()),
        cli::Persona::Synced => Ok(KeyConfig::synced_passkey_provider()),
        cli::Persona::U2f => Ok(KeyConfig::u2f_only(u2f()?)),
    }
}

/// A virtual key in which every byte repeats.
pub fn seeded(lab: &Lab, seed: [u8; 32], defects: Defects, person: Box<dyn Person>) -> Result<Authenticator> {
    let env = Env { person, ..Env::seeded(seed) };
    let attestation = Attestation::packed(&lab.mint.model(MODEL))?;
    Ok(Authenticator::new(KeyConfig { attestation, defects, ..KeyConfig::security_key() }, env)?)
}
