//! `assay key faults`.

use std::fmt::Write as _;

use anyhow::Result;
use assay_authenticator_sim::defect::{Defect, DefectInfo};
use clap::Args;
use serde_json::json;

use crate::commands::Place;
use crate::output::{Exit, Style, print};

/// Options of `assay key faults`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key faults pin token             those about both
  assay test authenticator sim+fault:ctap_mc_flags
  assay key serve sim:desk+fault:ctap_ga_counter+fault:ctap_ga_up

Exit codes: 0 some are listed; 1 none is.")]
pub struct KeyFaultsArgs {
    /// Only those with each of these words in id, clause or summary
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
}

pub(super) fn run(here: &Place, args: &KeyFaultsArgs) -> Result<Exit> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let about = |fault: &DefectInfo| {
        let text = format!("{} {} {}", fault.id, fault.clause, fault.summary).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let faults: Vec<DefectInfo> = Defect::ALL.iter().map(|defect| defect.info()).filter(about).collect();
    if here.json {
        let list = faults.iter().map(|fault| json!({"id": fault.id, "clause": fault.clause, "summary": fault.summary}));
        print(&format!("{}\n", serde_json::to_string_pretty(&list.collect::<Vec<_>>())?))?;
    } else {
        print(&table(&faults, Style::for_stdout())?)?;
    }
    Ok(if faults.is_empty() { Exit::Findings } else { Exit::Good })
}

fn table(faults: &[DefectInfo], style: Style) -> Result<String> {
    let mut out = String::new();
    for fault in faults {
        // Padded before it is painted.
        let clause = style.quiet(format_args!("{:26}", fault.clause));
        writeln!(out, "{:32} {clause} {}", fault.id, fault.summary)?;
    }
    if faults.is_empty() {
        out.push_str("No fault has all of these words; `assay key faults` lists every one.\n");
    }
    Ok(out)
}
