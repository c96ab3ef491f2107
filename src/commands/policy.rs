//! `assay policy`: an attestation policy before anybody is subject to it.

mod check;
mod file;
mod matrix;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use assay_attestation::metadata::{Metadata, day};
use clap::{Args, Subcommand, ValueEnum};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::Place;
use crate::output::Exit;

/// `assay policy ...`
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// What a policy does to every model of the metadata: a table, a spreadsheet, a page
    #[command(after_help = "Examples:
  assay policy matrix --policy policy.json
  assay policy matrix --policy policy.json --refused --search yubikey
  assay policy matrix --policy policy.json --mds blob.jwt --mds-root root.pem --html matrix.html

Without --mds the models are the lab's own. Exit code: 0, whatever the policy refuses; 2 could not run.")]
    Matrix(MatrixArgs),
    /// Is a policy file well formed, and does it contradict itself?
    #[command(after_help = "Example:
  assay policy check policy.json --mds blob.jwt --mds-root root.pem

The file holds what is posted to /v1/attestation/policy, in either of its two shapes, or what a GET gives back.
Exit codes: 0 well formed (there may be advice); 1 it is not; 2 could not run.")]
    Check(CheckArgs),
}

/// Options of `assay policy matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// The policy, JSON
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// Where the models come from
    #[command(flatten)]
    pub models: ModelArgs,
    /// Only models that would fail
    #[arg(long)]
    pub refused: bool,
    /// Only models whose name, id, level, status or rule has this text
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// By what the models are sorted
    #[arg(long, value_enum, default_value_t = Sort::Verdict)]
    pub sort: Sort,
    /// Write all models as CSV to this file, or - for standard output
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write all models as one self-contained page to this file, or - for standard output
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Options of `assay policy check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The policy, JSON
    pub file: PathBuf,
    /// Where the models come from
    #[command(flatten)]
    pub models: ModelArgs,
}

/// Where the models come from.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// FIDO metadata: a signed BLOB, or a payload in JSON that nobody signed [default: the lab's models]
    #[arg(long, value_name = "FILE")]
    pub mds: Option<PathBuf>,
    /// DER or PEM root that signs the --mds file; may repeat
    #[arg(long, value_name = "FILE", requires = "mds")]
    pub mds_root: Vec<PathBuf>,
    /// Judge as of this day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    pub on: Option<Date>,
}

/// By what the models are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// The worst first, then by name
    Verdict,
    /// By name
    Name,
    /// By level, the lowest first
    Level,
    /// In the order of the metadata
    File,
}

/// Runs one of them.
pub(super) fn run(here: &Place, command: &PolicyCommand) -> Result<Exit> {
    match command {
        PolicyCommand::Matrix(args) => matrix::run(here, args),
        PolicyCommand::Check(args) => check::run(here, args),
    }
}

impl ModelArgs {
    fn day(&self) -> Date {
        self.on.unwrap_or_else(|| day(OffsetDateTime::now_utc()))
    }

    fn load(&self, here: &Place) -> Result<Metadata> {
        let lab = here.lab()?;
        let Some(path) = &self.mds else { return lab.metadata() };
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let named = |what: &str| format!("{} {what}", path.display());
        if bytes.trim_ascii_start().starts_with(b"{") {
            eprintln!("WARNING: {}: nobody signed this", path.display());
            return Metadata::load_unsigned_json(&bytes, None).with_context(|| named("is no metadata payload"));
        }
        let mut roots = Vec::new();
        for root in &self.mds_root {
            roots.extend(super::mds::certificates(root)?);
        }
        let blob = String::from_utf8(bytes).with_context(|| named("is no BLOB"))?;
        lab.load_metadata(&blob, &roots).with_context(|| named("is not trusted; name its root with --mds-root"))
    }
}

fn parse_day(text: &str) -> Result<Date, String> {
    const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    Date::parse(text, DAY).map_err(|_error| "not a day as in 2026-11-22".to_owned())
}
