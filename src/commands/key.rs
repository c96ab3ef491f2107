//! `assay key ...`: one file a word.

mod blobs;
mod config;
pub mod control;
mod credentials;
mod diff;
mod door;
mod faults;
mod fingers;
mod list;
mod models;
mod new;
mod personas;
mod pin;
mod port;
mod reset;
mod second_opinion;
mod serve;
mod session;
mod statement;
mod touch;
mod udev;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_protocol::ctap2::get_info;
use serde_json::{Map, Value, json};

pub use self::blobs::BlobsCommand;
pub use self::config::ConfigCommand;
pub use self::credentials::CredentialsCommand;
pub use self::diff::KeyDiffArgs;
pub(super) use self::door::Door;
pub use self::door::DoorArgs;
pub use self::faults::KeyFaultsArgs;
pub use self::fingers::FingersCommand;
pub use self::list::KeyListArgs;
pub use self::models::KeyModelsArgs;
pub use self::new::KeyNewArgs;
pub use self::personas::KeyPersonaArgs;
pub use self::pin::PinCommand;
pub use self::reset::ResetArgs;
pub use self::serve::KeyServeArgs;
pub use self::touch::TouchMode;
pub use self::udev::KeyUdevArgs;
use super::Place;
use crate::cli::{KeyCommand, KeyInfoArgs};
use crate::keys::{self, KeyTarget, Locked};
use crate::output::{Exit, print};

/// Does what was asked of keys.
pub(super) fn run(here: &Place, command: &KeyCommand) -> Result<Exit> {
    match command {
        KeyCommand::New(args) => new::run(here, args),
        KeyCommand::Serve(args) => serve::run(here, args),
        KeyCommand::List(args) => list::run(here, args),
        KeyCommand::Info(args) => info(here, args),
        KeyCommand::Pin(command) => pin::run(here, command),
        KeyCommand::Credentials(command) => credentials::run(here, command),
        KeyCommand::Blobs(command) => blobs::run(here, command),
        KeyCommand::Config(command) => config::run(here, command),
        KeyCommand::Fingers(command) => fingers::run(here, command),
        KeyCommand::Reset(args) => reset::run(here, args),
        KeyCommand::Models(args) => models::run(here, args),
        KeyCommand::Persona(args) => personas::run(here, args),
        KeyCommand::Diff(args) => diff::run(here, args),
        KeyCommand::Faults(args) => faults::run(here, args),
        KeyCommand::Udev(args) => udev::run(args),
    }
}

fn info(here: &Place, args: &KeyInfoArgs) -> Result<Exit> {
    let target = KeyTarget::parse(&args.target)?;
    let reports = match target.connect(&here.lab()?, &here.state()?) {
        Err(error) if args.mds.is_none() && args.second_opinion.is_none() => match error.downcast::<Locked>() {
            Ok(locked) => return info_of_locked(here, &args.target, &locked),
            Err(error) => return Err(error),
        },
        reached => reached?,
    };
    let mut channel = keys::channel(reports).with_context(|| args.target.clone())?;
    let mut client = Client::new("https://localhost", Box::new(Nobody))?;
    let info = client.authenticator(&mut channel, Instant::now() + Duration::from_secs(5)).get_info();
    let info = info.map_err(|error| session::plain(&error))?;
    let unlike = match &args.mds {
        None => None,
        Some(file) => Some(unlike_its_statement(&info, file)?),
    };
    let mut members = Map::from_iter([("target".to_owned(), json!(args.target))]);
    members.extend(info.to_json());
    if let Some(list) = &info.algorithms {
        members.insert("algorithms".to_owned(), list.iter().map(|parameter| parameter.alg).collect());
    }
    let members = Value::Object(members);
    let differences = match &args.second_opinion {
        None => Vec::new(),
        Some(program) => second_opinion::differences(&members, &second_opinion::ask(&target, program.as_deref())?),
    };
    let alike = differences.is_empty() && unlike.as_ref().is_none_or(Vec::is_empty);
    let exit = if alike { Exit::Good } else { Exit::Findings };
    if here.json {
        let mut members = members;
        if let (Some(members), Some(unlike)) = (members.as_object_mut(), &unlike) {
            let told = unlike.iter().map(|at| json!({"member": at.member, "statement": at.statement, "key": at.key}));
            members.insert("unlike_its_statement".to_owned(), told.collect());
        }
        if let (Some(members), Some(_)) = (members.as_object_mut(), &args.second_opinion) {
            let told = differences.iter().map(|at| json!({"member": at.member, "ours": at.ours, "theirs": at.theirs}));
            members.insert("differences".to_owned(), told.collect());
        }
        print(&format!("{}\n", serde_json::to_string_pretty(&members)?))?;
        return Ok(exit);
    }
    let mut out = String::new();
    for (name, value) in members.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        writeln!(out, "{name:34} {value}")?;
    }
    for at in &differences {
        writeln!(out, "DIFFERENCE {}: {} by us, {} by ctap-hid-fido2", at.member, at.ours, at.theirs)?;
    }
    if args.second_opinion.is_some() && differences.is_empty() {
        out.push_str("ctap-hid-fido2 reads the same\n");
    }
    for at in unlike.iter().flatten() {
        writeln!(out, "UNLIKE ITS STATEMENT {}: {} there, {} here", at.member, at.statement, at.key)?;
    }
    if unlike.as_ref().is_some_and(Vec::is_empty) {
        out.push_str("it says what its metadata statement says\n");
    }
    print(&out)?;
    Ok(exit)
}

/// What is known of a key without its passphrase.
fn info_of_locked(here: &Place, target: &str, locked: &Locked) -> Result<Exit> {
    if here.json {
        let told = json!({ "target": target, "aaguid": locked.aaguid, "locked": true });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        print(&format!("{:34} {target}\n{:34} {}\n{locked}\n", "target", "aaguid", locked.aaguid))?;
    }
    Ok(Exit::Good)
}

/// What the key says otherwise than the statement of its model.
fn unlike_its_statement(info: &get_info::Response, file: &Path) -> Result<Vec<statement::Difference>> {
    let metadata = super::mds::unjudged(file)?;
    let aaguid = info.aaguid;
    let entry = metadata.by_aaguid(&aaguid).with_context(|| format!("{} has no model {aaguid}", file.display()))?;
    let said = entry.raw.get("metadataStatement").and_then(|statement| statement.get("authenticatorGetInfo"));
    let said = said.and_then(Value::as_object);
    let said = said.with_context(|| format!("the statement of {aaguid} has no authenticatorGetInfo"))?;
    Ok(statement::differences(said, &info.to_json()))
}
