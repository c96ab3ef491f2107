//! `assay inspect`.

use anyhow::{Result, bail};

use super::Place;
use super::input::read;
use crate::cli::InspectArgs;
use crate::inspect::{dissect, text};
use crate::output::{Exit, Style, print};

/// More than any message of this field; what is larger is a mistake.
const LARGEST: u64 = 16 << 20;

/// Takes apart a file or standard input; 1 where something is wrong with it.
pub(super) fn run(here: &Place, args: &InspectArgs) -> Result<Exit> {
    let input = read(&args.input, LARGEST)?;
    if input.is_empty() {
        bail!("{} is empty", args.input.display());
    }
    let section = dissect(&input);
    if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&section)?))?;
    } else {
        print(&text(&section, Style::for_stdout()))?;
    }
    Ok(if section.is_faulty() { Exit::Findings } else { Exit::Good })
}
