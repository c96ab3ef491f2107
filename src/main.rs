//! The `assay` command.

use std::process::ExitCode;

use assay::cli::Cli;
use assay::commands;
use assay::output::Exit;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("ASSAY_LOG").unwrap_or_else(|_error| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match commands::run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("assay: {error:#}");
            Exit::CouldNotRun.into()
        }
    }
}
