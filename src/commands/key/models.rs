//! `assay key models`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use assay_attestation::metadata::Entry;
use assay_authenticator_sim::persona::{LeftOut, NotAKey, Taken};
use clap::Args;
use serde_json::{Value, json};

use super::new::{metadata, to_json};
use crate::commands::Place;
use crate::commands::mds::model::visible;
use crate::keys;
use crate::output::{Exit, Style, print};

/// Options of `assay key models`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key models --mds blob.jwt
  assay key models yubikey fido_2_1 --mds blob.jwt
  assay key new mine --mds blob.jwt --model 'YubiKey 5 Series with NFC'

Exit codes: 0 some are listed; 1 none is; 2 could not run.")]
pub struct KeyModelsArgs {
    /// Only models with each of these words in name, AAGUID, key identifiers, protocol or versions
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// A BLOB or a payload, whose signature is not judged [default: the lab's own]
    #[arg(long, value_name = "FILE")]
    pub mds: Option<PathBuf>,
}

/// A model, and the key that it can be.
struct Model<'m> {
    entry: &'m Entry,
    key: Result<Taken, NotAKey>,
}

pub(super) fn run(here: &Place, args: &KeyModelsArgs) -> Result<Exit> {
    let metadata = metadata(&here.lab()?, args.mds.as_deref())?;
    let words: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let own = args.mds.is_none();
    let models: Vec<Model<'_>> = metadata
        .entries()
        .iter()
        .filter(|entry| keys::has(entry, &words))
        .map(|entry| {
            let key = keys::taken(entry);
            let plain = || keys::plain(entry).filter(|_| own).map(|persona| Taken { persona, left_out: Vec::new() });
            Model { entry, key: key.or_else(|why| plain().ok_or(why)) }
        })
        .collect();
    if here.json {
        let list: Vec<Value> = models.iter().map(Model::to_json).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
    } else {
        print(&table(&models)?)?;
    }
    Ok(if models.is_empty() { Exit::Findings } else { Exit::Good })
}

impl Model<'_> {
    fn to_json(&self) -> Value {
        let mut told = json!({
            "id": self.entry.id.to_string(),
            "description": self.entry.description,
            "protocol": self.entry.protocol,
            "key_identifiers": self.entry.key_identifiers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        let more = match &self.key {
            Ok(Taken { persona, left_out }) => json!({
                "versions": persona.versions,
                "left_out": left_out.iter().map(to_json).collect::<Vec<_>>(),
            }),
            Err(why) => json!({ "not_a_key": { "code": why.code(), "detail": why.to_string() } }),
        };
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        told
    }

    /// What stands in the table of it as a key.
    fn key(&self) -> String {
        let said = |taken: &Taken| match taken.left_out.as_slice() {
            [] => taken.persona.versions.join(" "),
            lacks => format!(
                "{}; {}",
                taken.persona.versions.join(" "),
                lacks.iter().map(word).collect::<Vec<_>>().join(", ")
            ),
        };
        self.key.as_ref().map_or_else(|why| format!("no key: {why}"), said)
    }
}

/// A difference in a word.
fn word(what: &LeftOut) -> String {
    match what {
        LeftOut::Algorithm(name) => format!("no algorithm {name}"),
        LeftOut::Extension(id) => format!("no {id}"),
        LeftOut::Attestation(kind) => format!("no {kind}"),
        LeftOut::Option { id, .. } => format!("other {id}"),
        LeftOut::Member { name, .. } => format!("other {name}"),
    }
}

fn table(models: &[Model<'_>]) -> Result<String> {
    let style = Style::for_stdout();
    let mut out = String::new();
    writeln!(out, "{}", style.strong(format_args!("{:40} {:6} {:58} AS A KEY", "MODEL", "KIND", "NAME")))?;
    for model in models {
        let Entry { id, protocol, description, .. } = model.entry;
        let line = format!("{:40} {protocol:6} {description:58} {}", id.to_string(), model.key());
        writeln!(out, "{}", visible(line.trim_end()))?;
    }
    let able = models.iter().filter(|model| model.key.is_ok()).count();
    writeln!(out, "{} models, {able} of which can be a key", models.len())?;
    Ok(out)
}
