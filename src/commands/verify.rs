//! `assay verify`.

use std::io;

use anyhow::{Context as _, Result};
use time::OffsetDateTime;

use crate::cli::VerifyArgs;
use crate::output::Exit;
use crate::verify;

/// Decides the ceremonies on standard input.
pub(super) fn run(args: &VerifyArgs) -> Result<Exit> {
    let tally = verify::run(io::stdin().lock(), io::stdout().lock(), OffsetDateTime::now_utc)
        .context("standard input or output failed")?;
    Ok(if tally.errors > 0 {
        Exit::CouldNotRun
    } else if tally.rejected > 0 && !args.exit_zero {
        Exit::Findings
    } else {
        Exit::Good
    })
}
