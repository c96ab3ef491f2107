//! `assay mds make`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use assay_mint::lab::Lab;
use assay_mint::metadata::{MetadataEdit, facts, models, spectrum};
use clap::Args;
use serde_json::{Map, Value, json};
use time::Date;

use super::{moment, parse_day, payload_object};
use crate::commands::Place;
use crate::output::{Exit, print};
use crate::pem;

/// Options of `assay mds make`.
#[derive(Debug, Args)]
pub struct MakeArgs {
    /// Metadata of real models, BLOB or payload: each gets the lab's root in place of its own
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The serial number [default: 1, or that of --from]
    #[arg(long, value_name = "N")]
    pub no: Option<u64>,
    /// The day by which the next issue is promised [default: in nine days, or that of --from]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub next_update: Option<Date>,
    /// As of this day: the same seed and day make the same BLOB, byte by byte [default: now]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub at: Option<Date>,
    /// What is to be wrong with it
    #[arg(long, value_name = "EDIT")]
    pub bad: Option<String>,
    /// List what can be wrong, and stop
    #[arg(long)]
    pub list_bad: bool,
    /// Where the BLOB goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where the root that it leads to goes, PEM
    #[arg(long, value_name = "FILE")]
    pub root_out: Option<PathBuf>,
}

pub(super) fn run(here: &Place, args: &MakeArgs) -> Result<Exit> {
    if args.list_bad {
        return list_bad(here);
    }
    let edit = match &args.bad {
        Some(slug) => match MetadataEdit::from_slug(slug) {
            Some(edit) => Some(edit),
            None => bail!("nothing that can be wrong is called {slug:?}; --list-bad lists them"),
        },
        None => None,
    };
    let lab = Lab::new(here.state()?.seed()?, moment(args.at).unix_timestamp());
    let mut told = Map::new();
    let mut payload = match &args.from {
        Some(path) => {
            let rerooted = lab.reroot(&payload_object(path)?)?;
            told.insert("rerooted".to_owned(), json!(rerooted.entries));
            told.insert("rootless".to_owned(), json!(rerooted.rootless));
            rerooted.payload
        }
        None => lab.metadata_payload_of(models().iter().chain(spectrum()), 1, facts().next_update.fresh)?,
    };
    if let Some(no) = args.no {
        payload.insert("no".to_owned(), json!(no));
    }
    if let Some(day) = args.next_update {
        payload.insert("nextUpdate".to_owned(), json!(day.to_string()));
    }
    let summary = json!({
        "no": payload.get("no"),
        "next_update": payload.get("nextUpdate"),
        "entries": payload.get("entries").and_then(Value::as_array).map_or(0, Vec::len),
        "bad": edit.map(MetadataEdit::slug),
    });
    told.extend(summary.as_object().cloned().unwrap_or_default());
    let blob = Lab::sign_metadata(lab.metadata(), payload, edit)?;
    if let Some(path) = &args.root_out {
        let text = pem::certificate(&lab.metadata_root()?);
        fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    match &args.out {
        Some(path) => {
            fs::write(path, blob).with_context(|| format!("{} cannot be written", path.display()))?;
            let told = Value::Object(told);
            print(&if here.json { format!("{told}\n") } else { said(&told, path)? })?;
        }
        None => print(&format!("{blob}\n"))?,
    }
    Ok(Exit::Good)
}

fn said(told: &Value, path: &std::path::Path) -> Result<String> {
    let mut out = String::new();
    let member = |name: &str| told.get(name).unwrap_or(&Value::Null);
    writeln!(out, "{}: issue {}, {} entries", path.display(), member("no"), member("entries"))?;
    if !member("rerooted").is_null() {
        writeln!(out, "{} have the lab's root now, {} never had one", member("rerooted"), member("rootless"))?;
    }
    if let Some(slug) = member("bad").as_str() {
        writeln!(out, "WRONG on purpose: {slug}")?;
    }
    Ok(out)
}

fn list_bad(here: &Place) -> Result<Exit> {
    let edits = MetadataEdit::ALL.iter().map(|edit| edit.info());
    if here.json {
        let edits: Vec<Value> = edits
            .map(|edit| json!({ "edit": edit.slug, "effect": format!("{:?}", edit.effect).to_lowercase(), "plants": edit.plants }))
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&edits)?))?;
        return Ok(Exit::Good);
    }
    let mut out = String::new();
    for edit in edits {
        let effect = format!("{:?}", edit.effect).to_lowercase();
        writeln!(out, "{:44} {effect:9} {}", edit.slug, edit.plants)?;
    }
    print(&out)?;
    Ok(Exit::Good)
}
