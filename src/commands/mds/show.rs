//! `assay mds show [FILE]`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use assay_attestation::metadata::{Age, Metadata};
use assay_relying_party::policy::Policy;
use clap::Args;
use serde_json::{Value, json};
use time::Date;

use super::model::{Facts, visible};
use super::{parse_day, today, unjudged};
use crate::commands::Place;
use crate::output::{Exit, Style, print};

/// Options of `assay mds show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A BLOB or a payload [default: the lab's own]
    pub file: Option<PathBuf>,
    /// Only models with this text in their id, name, level, statuses, protection or attestation; may
    /// repeat, then all must be there
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// As of this day [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub at: Option<Date>,
}

pub(super) fn run(here: &Place, args: &ShowArgs) -> Result<Exit> {
    let metadata = match &args.file {
        Some(path) => unjudged(path)?,
        None => here.lab()?.metadata()?,
    };
    let today = today(args.at);
    let facts = metadata.entries().iter().map(|entry| Facts::of(entry, today));
    let facts: Vec<Facts> = facts.filter(|model| args.filter.iter().all(|text| model.has(text))).collect();
    if here.json {
        let age = Age::of(Some(&metadata), today, Policy::GRACE_DAYS);
        let shown = json!({
            "no": metadata.no,
            "next_update": metadata.next_update.to_string(),
            "age": age.as_str(),
            "legal_header": metadata.legal_header,
            "models": metadata.entries().len(),
            "rejected": metadata.entries_rejected(),
            "skipped": metadata.skipped.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "entries": facts.iter().map(Facts::to_json).collect::<Vec<Value>>(),
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&shown)?))?;
    } else {
        print(&table(&metadata, &facts, today, args.file.is_some())?)?;
    }
    Ok(Exit::Good)
}

fn table(metadata: &Metadata, facts: &[Facts], today: Date, foreign: bool) -> Result<String> {
    let style = Style::for_stdout();
    let age = Age::of(Some(metadata), today, Policy::GRACE_DAYS).as_str();
    let mut out = format!("issue {}, next due {} ({age}); ", metadata.no, metadata.next_update);
    writeln!(out, "{} models, {} entries left out", metadata.entries().len(), metadata.entries_rejected())?;
    if foreign {
        writeln!(out, "{}", style.quiet("the signature was not judged: `assay mds verify` does"))?;
    }
    writeln!(
        out,
        "\n{}",
        style.strong(format_args!(
            "{:40} {:6} {:10} {:28} {:30} {:16} NAME",
            "MODEL", "KIND", "LEVEL", "STATUSES", "KEY PROTECTION", "ATTESTATION"
        ))
    )?;
    for model in facts {
        let line = format!(
            "{:40} {:6} {:10} {:28} {:30} {:16} {}",
            model.id,
            model.protocol,
            model.level,
            model.statuses.join(","),
            model.key_protection.join(","),
            model.attestation.join(","),
            model.name
        );
        writeln!(out, "{}", visible(line.trim_end()))?;
    }
    for skipped in &metadata.skipped {
        writeln!(out, "{} {}", style.bad("left out"), visible(&skipped.to_string()))?;
    }
    Ok(out)
}
