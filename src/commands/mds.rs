//! `assay mds show|verify|make|diff`, and what `assay serve` is told about metadata.

mod diff;
mod make;
pub(super) mod model;
mod show;
mod sources;
mod verify;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use assay_attestation::metadata::{Metadata, day};
use assay_protocol::jws;
use clap::Subcommand;
use serde_json::{Map, Value};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

use super::Place;
use crate::output::Exit;

pub use sources::MetadataArgs;
pub(super) use sources::certificates;

/// `assay mds ...`
#[derive(Debug, Subcommand)]
pub enum MdsCommand {
    /// List the models of a BLOB or payload, without judging its signature
    #[command(after_help = "Examples:
  assay mds show                      the lab's own models
  assay mds show blob.jwt --filter REVOKED
  assay mds show payload.json --json")]
    Show(show::ShowArgs),
    /// Judge a BLOB by every rule, by name
    #[command(after_help = "Examples:
  assay mds verify lab.jwt
  assay mds verify blob.jwt --mds-revocation hard --mds-crl ca.crl --mds-crl root.crl --previous 290

Exit codes: 0 it may be used; 1 it is refused; 2 could not run.")]
    Verify(verify::VerifyArgs),
    /// Sign a BLOB of the lab's: of models with every status, level and key protection, or of real
    /// models re-rooted so that the simulator can take any of them
    #[command(after_help = "Examples:
  assay mds make --out lab.jwt --root-out lab-root.pem
  assay mds make --from metadata.json --out mine.jwt
  assay mds make --no 8 --bad metadata-signature-bit --out wrong.jwt
  assay mds make --list-bad")]
    Make(make::MakeArgs),
    /// What changed from one issue to the next, and whom a policy would refuse now
    #[command(after_help = "Example:
  assay mds diff october.jwt november.jwt --policy policy.json

Exit codes: 0 nobody is newly refused; 1 somebody is; 2 could not run.")]
    Diff(diff::DiffArgs),
}

/// Does what was asked of metadata.
pub(super) fn run(here: &Place, command: &MdsCommand) -> Result<Exit> {
    match command {
        MdsCommand::Show(args) => show::run(here, args),
        MdsCommand::Verify(args) => verify::run(here, args),
        MdsCommand::Make(args) => make::run(here, args),
        MdsCommand::Diff(args) => diff::run(here, args),
    }
}

/// The payload of a BLOB, or the payload itself; whoever signed it is not asked about.
fn payload(path: &Path) -> Result<Vec<u8>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if text.trim_start().starts_with('{') {
        return Ok(text.into_bytes());
    }
    match jws::parse(text.trim()) {
        Ok(jws) => Ok(jws.payload),
        Err(error) => bail!("{} is neither a BLOB nor a payload: {error}", path.display()),
    }
}

fn payload_object(path: &Path) -> Result<Map<String, Value>> {
    serde_json::from_slice(&payload(path)?).with_context(|| format!("{} is no payload", path.display()))
}

pub(super) fn unjudged(path: &Path) -> Result<Metadata> {
    Metadata::load_unsigned_json(&payload(path)?, None).with_context(|| format!("{} is no payload", path.display()))
}

/// A day as metadata write it.
fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text, DAY).map_err(|_error| format!("{text:?} is no day such as 2026-11-22"))
}

/// The beginning of the day that was given, or now.
fn moment(at: Option<Date>) -> OffsetDateTime {
    at.map_or_else(OffsetDateTime::now_utc, |day| day.with_time(Time::MIDNIGHT).assume_utc())
}

fn today(at: Option<Date>) -> Date {
    day(moment(at))
}

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
