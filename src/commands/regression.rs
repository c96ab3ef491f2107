//! Options of every run of suites: what is known, what was before, which part.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use assay_conformance::known::KnownFailures;
use assay_conformance::report::{Baseline, Depth, Report, json, unsettled};
use assay_conformance::runner::Shard;
use clap::{Args, ValueEnum};

use crate::judge::{self, Plan};

/// Regression runs: what is known, what was before, which part.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Regression runs")]
pub struct RegressionArgs {
    /// Known failures with their reasons (TOML); a pass of one is an error; may repeat
    #[arg(long, value_name = "FILE")]
    pub known: Vec<PathBuf>,
    /// An earlier report.json: only what passed in it and fails now counts
    #[arg(long, value_name = "OLD.json")]
    pub baseline: Option<PathBuf>,
    /// Only what failed in an earlier report.json [default: the one in --out], with its seed
    #[arg(long, value_name = "OLD.json", num_args = 0..=1, require_equals = true)]
    pub failed: Option<Option<PathBuf>>,
    /// Only the I-th part of N, which together are the whole
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Whose messages the reports keep whole
    #[arg(long, value_enum, default_value_t)]
    pub evidence: Evidence,
}

/// Whose messages reports keep whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Evidence {
    /// Those of cases that need attention
    #[default]
    Findings,
    /// Those of all cases
    All,
}

impl RegressionArgs {
    /// The report whose failures are asked again, where that was asked for.
    pub(super) fn earlier(&self, out: &Path) -> Result<Option<Earlier>> {
        let Some(named) = &self.failed else { return Ok(None) };
        let path = named.clone().unwrap_or_else(|| out.join("report.json"));
        Ok(Some(Earlier { report: read(&path)?, path }))
    }

    /// Tells the plan. `earlier` is the report whose failures are asked again.
    pub(super) fn tell(&self, plan: &mut Plan, earlier: Option<&Earlier>) -> Result<()> {
        for path in &self.known {
            let known = KnownFailures::load(path)?;
            let strangers = known.strangers(judge::is_case);
            if !strangers.is_empty() {
                bail!("{} lists what is no case: {}", path.display(), strangers.join(", "));
            }
            plan.known.merge(known).map_err(|what| anyhow::anyhow!("{}: {what}", path.display()))?;
            plan.note("known failures", path.display());
        }
        if let Some(path) = &self.baseline {
            plan.baseline = Some(Arc::new(Baseline::of(&read(path)?)));
            plan.note("baseline", path.display());
        }
        if let Some(earlier) = earlier {
            plan.filter = std::mem::take(&mut plan.filter).among(earlier.unsettled());
            plan.note("only", format!("what failed in {}", earlier.path.display()));
        }
        if let Some(shard) = self.shard {
            plan.shard = Some(shard);
            plan.note("shard", shard);
        }
        plan.depth = match self.evidence {
            Evidence::Findings => Depth::Findings,
            Evidence::All => Depth::All,
        };
        Ok(())
    }
}

/// An earlier report, and where it was.
pub(super) struct Earlier {
    pub(super) path: PathBuf,
    pub(super) report: Report,
}

impl Earlier {
    /// The cases to ask again.
    pub(super) fn unsettled(&self) -> Vec<String> {
        unsettled(&self.report).into_iter().map(|case| case.header.id.clone()).collect()
    }
}

/// A report's JSON.
pub(super) fn read(path: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    json::from_str(&text).with_context(|| format!("{} is no report of this lab", path.display()))
}
