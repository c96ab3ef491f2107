//! `assay vectors ...`: the relying-party suite as data.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use time::macros::datetime;

use super::Place;
use crate::output::{Exit, print};
use crate::vectors::{SCHEMA, export};

/// `assay vectors ...`
#[derive(Debug, Subcommand)]
pub enum VectorsCommand {
    /// Write every ceremony of the relying-party suite, with what the text demands of the answer
    Export(ExportArgs),
}

/// Options of `assay vectors export`.
#[derive(Debug, Args)]
#[command(after_help = "Example: assay vectors export --out vectors --profile hardened

Writes vectors.jsonl, one vector a line; vectors.schema.json, which describes them; and left-out.json,
the cases that are about what only a server has. The same command writes the same bytes. A vector's
`inputs`, with its `response` as `response_text`, are a line of `assay verify`:
  jq -c '.inputs + {response_text: .response}' vectors/vectors.jsonl | assay verify --exit-zero")]
pub struct ExportArgs {
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The profile whose cases are written: w3c-l3, tool-compatible or hardened
    #[arg(long, value_name = "NAME", default_value = "w3c-l3")]
    pub profile: String,
}

/// Writes them.
pub(super) fn run(here: &Place, command: &VectorsCommand) -> Result<Exit> {
    let VectorsCommand::Export(args) = command;
    super::test::known_profile(&args.profile)?;
    // A day in the validity of every certificate of the lab.
    let export = export(&args.profile, datetime!(2026-11-22 00:00 UTC))?;
    let (vectors, left_out) = (export.vectors, export.left_out);
    let lines: String = vectors.iter().map(|vector| format!("{vector}\n")).collect();
    let write = |name: &str, text: &str| {
        let path = args.out.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    std::fs::create_dir_all(&args.out).with_context(|| format!("{} cannot be made", args.out.display()))?;
    write("vectors.jsonl", &lines)?;
    write("vectors.schema.json", include_str!("../../docs/vectors.schema.json"))?;
    let index = json!({ "schema": SCHEMA, "profile": args.profile, "left_out": left_out });
    write("left-out.json", &format!("{index:#}\n"))?;
    if here.json {
        let (vectors, left_out) = (vectors.len(), left_out.len());
        let summary = json!({ "schema": SCHEMA, "vectors": vectors, "left_out": left_out, "out": args.out });
        print(&format!("{}\n", summary))?;
    } else {
        let (count, place) = (vectors.len(), args.out.join("vectors.jsonl"));
        print(&format!("{count} vectors, {} cases left out: {}\n", left_out.len(), place.display()))?;
    }
    Ok(Exit::Good)
}
