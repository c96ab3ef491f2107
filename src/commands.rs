//! One file a word of the command line.

mod checks;
mod coverage;
mod input;
mod inspect;
pub mod key;
pub mod mds;
pub mod policy;
mod profile;
mod proxy;
mod record;
mod regression;
mod report;
mod run;
mod serve;
mod test;
mod vectors;
mod verify;
pub mod why;

pub use self::coverage::CoverageArgs;
pub use self::proxy::ProxyArgs;
pub use self::record::{RecordArgs, ReplayArgs};
pub use self::regression::{Evidence, RegressionArgs};
pub use self::report::ReportCommand;
pub use self::vectors::VectorsCommand;
use anyhow::Result;
use time::OffsetDateTime;

use crate::cli::{Cli, Command, ProfileCommand, RunArgs};
use crate::lab::Lab;
use crate::output::Exit;
use crate::state::State;

/// Does what was typed.
pub fn run(cli: &Cli) -> Result<Exit> {
    let here = Place { state: cli.state.clone(), json: cli.json };
    match &cli.command {
        None => run::run(&here, &RunArgs::default()),
        Some(Command::Run(args)) => run::run(&here, args),
        Some(Command::Serve(args)) => serve::run(&here, args),
        Some(Command::Key(command)) => key::run(&here, command),
        Some(Command::Test(args)) => test::run(&here, args),
        Some(Command::Proxy(args)) => proxy::run(&here, args),
        Some(Command::Record(args)) => record::record(&here, args),
        Some(Command::Replay(args)) => record::replay(&here, args),
        Some(Command::Report(command)) => report::run(&here, command),
        Some(Command::Policy(command)) => policy::run(&here, command),
        Some(Command::Vectors(command)) => vectors::run(&here, command),
        Some(Command::Checks) => checks::run(&here),
        Some(Command::Coverage(args)) => coverage::run(&here, args),
        Some(Command::Mds(command)) => mds::run(&here, command),
        Some(Command::Profile(ProfileCommand::Show { name })) => profile::run(&here, name),
        Some(Command::Verify(args)) => verify::run(args),
        Some(Command::Inspect(args)) => inspect::run(&here, args),
        Some(Command::Why(args)) => why::run(&here, args),
    }
}

/// Where the command runs: what the global options said.
pub struct Place {
    state: Option<std::path::PathBuf>,
    /// Machine-readable output?
    pub json: bool,
}

impl Place {
    /// The state directory, made where it is missing.
    pub fn state(&self) -> Result<State> {
        State::open(self.state.as_deref())
    }

    /// This directory's lab, now.
    pub fn lab(&self) -> Result<Lab> {
        Ok(Lab::new(self.state()?.seed()?, OffsetDateTime::now_utc()))
    }
}
