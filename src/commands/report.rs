//! `assay report ...`: what runs have left behind.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use assay_conformance::report::compare::{Comparison, Kind};
use assay_conformance::report::html;
use clap::{Args, Subcommand};

use super::Place;
use super::regression::read;
use super::test::shown;
use crate::output::{Exit, print};

/// `assay report ...`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Show a report again: the numbers, and everything that needs attention
    #[command(after_help = "Example: assay report show assay-report/report.json

Exit codes: those of the run itself.")]
    Show {
        /// A report.json
        report: PathBuf,
    },
    /// What changed from one report to another: regressed, fixed, new, gone, changed
    #[command(after_help = "Example: assay report diff last-week/report.json assay-report/report.json

Exit codes: 0 nothing that passed fails; 1 something does; 2 could not compare.")]
    Diff {
        /// The old report.json
        old: PathBuf,
        /// The new one
        new: PathBuf,
    },
    /// Make the page of a report again
    Html(HtmlArgs),
}

/// Options of `assay report html`.
#[derive(Debug, Args)]
#[command(after_help = "Example: assay report html assay-report/report.json --out page.html")]
pub struct HtmlArgs {
    /// A report.json
    pub report: PathBuf,
    /// Where the page goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Shows, compares or draws.
pub(super) fn run(here: &Place, command: &ReportCommand) -> Result<Exit> {
    match command {
        ReportCommand::Show { report } => shown(here, &read(report)?),
        ReportCommand::Diff { old, new } => {
            let comparison = Comparison::of(&read(old)?, &read(new)?);
            if here.json {
                print(&format!("{}\n", serde_json::to_string_pretty(&comparison)?))?;
            } else {
                print(&comparison.render())?;
            }
            Ok(if comparison.count(Kind::Regressed) > 0 { Exit::Findings } else { Exit::Good })
        }
        ReportCommand::Html(args) => {
            let page = html::page(&read(&args.report)?);
            match &args.out {
                Some(path) => std::fs::write(path, page).with_context(|| path.display().to_string())?,
                None => print(&page)?,
            }
            Ok(Exit::Good)
        }
    }
}
