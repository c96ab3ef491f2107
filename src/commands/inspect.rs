//! `assay inspect`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::Place;
use crate::cli::InspectArgs;
use crate::inspect::{dissect, text};
use crate::output::{Exit, Style, print};

/// More than any message of this field; what is larger is a mistake.
const LARGEST: u64 = 16 << 20;

/// Takes apart a file or standard input; 1 where something is wrong with it.
pub(super) fn run(here: &Place, args: &InspectArgs) -> Result<Exit> {
    let input = read(&args.input)?;
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

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader: &mut dyn Read = if path == Path::new("-") {
        &mut io::stdin().lock()
    } else {
        &mut File::open(path).with_context(|| format!("{} cannot be read", path.display()))?
    };
    reader.take(LARGEST + 1).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        bail!("{} has more than {} MiB", path.display(), LARGEST >> 20);
    }
    Ok(bytes)
}
