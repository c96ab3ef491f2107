//! `assay key new`, and where the persona of a key comes from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_attestation::metadata::Metadata;
use assay_authenticator_sim::persona::{AttestationKind, LeftOut, Persona, Taken};
use assay_protocol::aaguid::Aaguid;
use clap::{Args, ValueEnum as _};
use serde_json::{Value, json};

use crate::cli::{self, Attestation};
use crate::commands::Place;
use crate::commands::mds::{model::visible, unjudged};
use crate::keys::{self, PASSPHRASE, Passphrase};
use crate::lab::Lab;
use crate::output::{Exit, print};
use crate::secret::Secret;

/// Options of `assay key new`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key new desk                                   a CTAP 2.1 key of the lab's own model
  assay key new mine --persona biometric
  assay key new mine --persona persona.json            `assay key persona` prints one to start from
  assay key new safe --passphrase
  assay key new five --mds blob.jwt --model 'YubiKey 5 Series with NFC'

A model gets the lab's certificates in place of its vendor's: `assay mds make --from blob.jwt` signs the
metadata with which a server trusts them.")]
pub struct KeyNewArgs {
    /// Its name: letters, digits, - and _
    pub name: String,
    /// What it answers to a request for attestation [default: packed-x5c, or what the persona does]
    #[arg(long, value_enum)]
    pub attestation: Option<Attestation>,
    /// Seal what it remembers by a passphrase, from the environment's ASSAY_PASSPHRASE, else asked for at the terminal;
    /// whoever uses it needs it [default: by the secret in the lab's state directory]
    #[arg(long)]
    pub passphrase: bool,
    /// What it is
    #[command(flatten)]
    pub make: MakeArgs,
}

/// What a virtual key is to be.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub struct MakeArgs {
    /// The model whose AAGUID and certificate it carries; with --mds all that the metadata say of it
    #[arg(long, value_name = "AAGUID", conflicts_with = "model")]
    pub aaguid: Option<String>,
    /// A model by name, or by words of its name that no other has; of several alike the newest firmware
    #[arg(long, value_name = "NAME", conflicts_with = "persona")]
    pub model: Option<String>,
    /// Metadata that tell of the model, BLOB or payload; its signature is not judged [default: the lab's own]
    #[arg(long, value_name = "FILE", conflicts_with = "persona")]
    pub mds: Option<PathBuf>,
    /// A built-in persona (security-key, ctap-2.0, ctap-2.3, biometric, platform, synced, u2f) or a file of one
    #[arg(long, value_name = "NAME|FILE")]
    pub persona: Option<String>,
}

/// A persona that was asked for.
pub(super) struct Wanted {
    pub(super) persona: Persona,
    /// In what it differs from the model.
    pub(super) left_out: Vec<LeftOut>,
    /// Models of the same name that it is not.
    pub(super) others: Vec<String>,
}

impl From<Persona> for Wanted {
    fn from(persona: Persona) -> Self {
        Self { persona, left_out: Vec::new(), others: Vec::new() }
    }
}

pub(super) fn run(here: &Place, args: &KeyNewArgs) -> Result<Exit> {
    let lab = here.lab()?;
    let Wanted { mut persona, left_out, others } = wanted(&lab, &args.make)?;
    if let Some(attestation) = args.attestation {
        persona.attestation = vec![match attestation {
            Attestation::PackedX5c => AttestationKind::PackedX5c,
            Attestation::PackedSelf => AttestationKind::PackedSelf,
            Attestation::None => AttestationKind::None,
        }];
    }
    // Whatever is wrong with it is better known now than when it is used.
    persona.config(&lab.mint)?;
    keys::save(&here.state()?, &args.name, &persona, passphrase(args)?)?;
    let attestation = persona.attestation.first().map_or("none", |kind| kind.as_str());
    if here.json {
        let told = json!({
            "name": args.name,
            "aaguid": persona.aaguid,
            "model": persona.name,
            "attestation": attestation,
            "passphrase": args.passphrase,
            "left_out": left_out.iter().map(to_json).collect::<Vec<_>>(),
            "other_models": others,
        });
        print(&format!("{told}\n"))?;
        return Ok(Exit::Good);
    }
    let mut out = format!("sim:{} is a key of model {}, {attestation}", args.name, persona.aaguid);
    if args.make != MakeArgs::default() {
        out = format!("{out}: {}", persona.name);
    }
    for what in &left_out {
        out = format!("{out}\n  not as the model: {what}");
    }
    if !others.is_empty() {
        out = format!("{out}\n  others have that name; --model takes an identifier as well: {}", others.join(", "));
    }
    print(&format!("{}\n", out.split('\n').map(visible).collect::<Vec<_>>().join("\n")))?;
    Ok(Exit::Good)
}

fn passphrase(args: &KeyNewArgs) -> Result<Option<Passphrase>> {
    if !args.passphrase {
        return Ok(None);
    }
    let chosen = Secret::chosen(None, PASSPHRASE, "New passphrase: ")?;
    let missing = || format!("no passphrase was given: {PASSPHRASE} in the environment, or a terminal to ask at");
    Passphrase::new(&chosen.with_context(missing)?).map(Some)
}

/// A difference, for programs.
pub(super) fn to_json(what: &LeftOut) -> Value {
    json!({ "code": what.code(), "detail": what.to_string() })
}

/// The persona that was asked for; without a word, a CTAP 2.1 key with the lab's certificate.
pub(super) fn wanted(lab: &Lab, args: &MakeArgs) -> Result<Wanted> {
    let mut made = match (&args.persona, &args.model, &args.mds) {
        (Some(persona), _, _) => named(lab, persona)?.into(),
        (None, Some(model), mds) => {
            let metadata = metadata(lab, mds.as_deref())?;
            let chosen = keys::choose(&metadata, model)?;
            let others = chosen.others.iter().map(|entry| entry.id.to_string()).collect();
            Wanted { others, ..of_model(chosen.entry, mds.is_none())? }
        }
        (None, None, Some(path)) => {
            let Some(text) = &args.aaguid else { bail!("which model of {}? --model or --aaguid", path.display()) };
            let metadata = metadata(lab, Some(path))?;
            let Some(entry) = metadata.by_aaguid(&aaguid(text)?) else {
                bail!("{} has no model {text}", path.display());
            };
            of_model(entry, false)?
        }
        (None, None, None) => Persona { attestation: vec![AttestationKind::PackedX5c], ..Persona::default() }.into(),
    };
    if let Some(text) = &args.aaguid {
        made.persona.aaguid = aaguid(text)?;
    }
    Ok(made)
}

/// The metadata of a file, or the lab's.
pub(super) fn metadata(lab: &Lab, file: Option<&Path>) -> Result<Metadata> {
    match file {
        Some(path) => unjudged(path),
        None => lab.metadata(),
    }
}

fn of_model(entry: &assay_attestation::metadata::Entry, own: bool) -> Result<Wanted> {
    match keys::taken(entry) {
        Ok(Taken { persona, left_out }) => Ok(Wanted { persona, left_out, others: Vec::new() }),
        Err(why) => match keys::plain(entry).filter(|_| own) {
            Some(persona) => Ok(persona.into()),
            None => Err(anyhow!("{:?} cannot be a key: {why}", visible(&entry.description))),
        },
    }
}

fn named(lab: &Lab, text: &str) -> Result<Persona> {
    if let Ok(built_in) = cli::Persona::from_str(text, false) {
        return Ok(Persona::of(&keys::persona_config(lab, built_in)?));
    }
    let content = fs::read(text).with_context(|| format!("{text:?} is neither a built-in persona nor a file"))?;
    serde_json::from_slice(&content).with_context(|| format!("{text} is no persona"))
}

fn aaguid(text: &str) -> Result<Aaguid> {
    text.parse().map_err(|error| anyhow!("{text:?} is no AAGUID: {error}"))
}
