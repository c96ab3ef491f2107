//! `assay coverage`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use assay_conformance::coverage::{self, Listed, Peer};
use assay_conformance::suites::relying_party::PROFILES;
use clap::Args;

use super::Place;
use super::regression::read;
use crate::cli::TestKind;
use crate::judge;
use crate::output::{Exit, print};

/// Options of `assay coverage`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay coverage                                   clause by case by proof, as text
  assay coverage --html clauses.html --peer ours=assay-report/report.json

Exit codes: 0 every MUST has a case, and every case that binds a proof; 1 not so; 2 could not run.")]
pub struct CoverageArgs {
    /// Write the clause map, one page that needs nothing else, and stop
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// A judged server or key: the name for its column, and its report.json; may repeat
    #[arg(long, value_name = "NAME=REPORT", requires = "html")]
    pub peer: Vec<String>,
}

/// Prints every clause with its cases and their proofs of bite, and what is missing.
pub(super) fn run(here: &Place, args: &CoverageArgs) -> Result<Exit> {
    let (clauses, suites) = (coverage::clauses()?, suites());
    let coverage = coverage::rows(&suites, &coverage::proofs()?, &clauses);
    if let Some(path) = &args.html {
        let peers = args.peer.iter().map(|peer| judged(peer)).collect::<Result<Vec<_>>>()?;
        let page = coverage::page(&coverage, &clauses, &suites, &peers);
        std::fs::write(path, page).with_context(|| format!("{} cannot be written", path.display()))?;
    } else if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&coverage)?))?;
    } else {
        print(&coverage::render(&coverage, &clauses))?;
    }
    Ok(if coverage.is_complete() { Exit::Good } else { Exit::Findings })
}

/// `NAME=REPORT`.
fn judged(text: &str) -> Result<Peer> {
    let Some((name, path)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        bail!("--peer {text:?} is not NAME=REPORT");
    };
    Ok(Peer { name: name.to_owned(), report: read(Path::new(path))? })
}

/// Every suite, with the cases of all profiles.
fn suites() -> Vec<Listed> {
    let server = PROFILES.iter().flat_map(|profile| judge::headers(TestKind::Server, profile)).collect();
    let listed = |suite: &str, headers| Listed { suite: suite.to_owned(), headers };
    vec![
        listed("relying-party", server),
        listed("policy", judge::headers(TestKind::Policy, "")),
        listed("dbsc", judge::headers(TestKind::Dbsc, "")),
        listed("authenticator", judge::headers(TestKind::Authenticator, "")),
    ]
}
