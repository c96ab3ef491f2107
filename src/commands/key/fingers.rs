//! `assay key fingers`.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use assay_client::bio_enrollment::{self as bio, Sample, Sensor};
use assay_client::{ClientError, pin};
use assay_protocol::base64url;
use assay_protocol::ctap2::bio_enrollment::{SampleStatus, TemplateInfo};
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::session::{OfKey, Session};
use crate::commands::Place;
use crate::commands::mds::model::visible;
use crate::output::{Exit, print};

/// `assay key fingers ...`
#[derive(Debug, Subcommand)]
pub enum FingersCommand {
    /// List the fingers that are enrolled
    List(OfKey),
    /// Enroll a finger
    Add(AddArgs),
    /// Name a finger
    Rename(RenameArgs),
    /// Forget a finger
    Remove(RemoveArgs),
}

/// Options of `assay key fingers add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// What to call the finger
    #[arg(long)]
    pub name: Option<String>,
}

/// Options of `assay key fingers rename`.
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The finger's id in base64url
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// What to call it
    pub name: String,
}

/// Options of `assay key fingers remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The finger's id in base64url
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

pub(super) fn run(here: &Place, command: &FingersCommand) -> Result<Exit> {
    match command {
        FingersCommand::List(of) => {
            let mut session = Session::open(here, of)?;
            let (fingers, _) = fingers(&mut session)?;
            let sensor = session.ask(bio::sensor)?;
            tell(here, &session, &fingers, sensor)
        }
        FingersCommand::Add(args) => {
            let mut session = Session::open(here, &args.of)?;
            let (_, token) = fingers(&mut session)?;
            let template_id = session.ask(|key, info| bio::enroll(key, info, &token, &mut |sample| follow(sample)))?;
            if let Some(name) = &args.name {
                session.ask(|key, info| bio::rename(key, info, &token, &template_id, name))?;
            }
            let finger = TemplateInfo { template_id, template_friendly_name: args.name.clone() };
            changed(here, &session, &finger, "enrolled")
        }
        FingersCommand::Rename(args) => {
            let mut session = Session::open(here, &args.of)?;
            let (finger, token) = one(&mut session, &args.id)?;
            session.ask(|key, info| bio::rename(key, info, &token, &finger.template_id, &args.name))?;
            changed(
                here,
                &session,
                &TemplateInfo { template_friendly_name: Some(args.name.clone()), ..finger },
                "renamed",
            )
        }
        FingersCommand::Remove(args) => {
            let mut session = Session::open(here, &args.of)?;
            let (finger, token) = one(&mut session, &args.id)?;
            session.confirm(args.yes, &format!("the finger {} is forgotten", words(&finger)))?;
            session.ask(|key, info| bio::remove(key, info, &token, &finger.template_id))?;
            changed(here, &session, &finger, "removed")
        }
    }
}

fn fingers(session: &mut Session) -> Result<(Vec<TemplateInfo>, Token)> {
    session.ask(|key, info| {
        bio::supported(info)?;
        let token = pin::management_token(key, info, permission::BE)?;
        Ok::<_, ClientError>((bio::list(key, info, &token)?, token))
    })
}

fn one(session: &mut Session, id: &str) -> Result<(TemplateInfo, Token)> {
    let (fingers, token) = fingers(session)?;
    match fingers.into_iter().find(|finger| base64url::encode(&finger.template_id) == id) {
        Some(finger) => Ok((finger, token)),
        None => bail!("{} has no finger {id:?}", session.target),
    }
}

/// Says at the terminal how an enrollment goes.
fn follow(sample: Sample) {
    let said = match sample.status {
        SampleStatus::GOOD => "good",
        SampleStatus::TOO_HIGH => "too high",
        SampleStatus::TOO_LOW => "too low",
        SampleStatus::TOO_LEFT => "too far left",
        SampleStatus::TOO_RIGHT => "too far right",
        SampleStatus::TOO_FAST => "too fast",
        SampleStatus::TOO_SLOW => "too slow",
        SampleStatus::POOR_QUALITY => "poor",
        SampleStatus::TOO_SKEWED => "too skewed",
        SampleStatus::TOO_SHORT => "too short",
        SampleStatus::MERGE_FAILURE => "not like the others",
        SampleStatus::EXISTS => "enrolled already",
        SampleStatus::NO_USER_ACTIVITY => "nobody there",
        SampleStatus::NO_USER_PRESENCE_TRANSITION => "never taken away",
        _ => "not taken",
    };
    eprintln!("{said}; {} more", sample.remaining);
}

fn tell(here: &Place, session: &Session, fingers: &[TemplateInfo], sensor: Sensor) -> Result<Exit> {
    if here.json {
        let told = json!({
            "key": session.identity(),
            "fingers": fingers.iter().map(to_json).collect::<Vec<_>>(),
            "sensor": { "kind": if sensor.swiped { "swipe" } else { "touch" }, "samples": sensor.samples },
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        return Ok(Exit::Good);
    }
    let mut out = String::new();
    for finger in fingers {
        writeln!(out, "{}", words(finger))?;
    }
    writeln!(out, "{} fingers; another takes {} samples", fingers.len(), sensor.samples)?;
    print(&out)?;
    Ok(Exit::Good)
}

fn changed(here: &Place, session: &Session, finger: &TemplateInfo, what: &str) -> Result<Exit> {
    if here.json {
        print(&format!("{}\n", json!({ "key": session.identity(), what: to_json(finger) })))?;
    } else {
        print(&format!("{what}: {}\n", words(finger)))?;
    }
    Ok(Exit::Good)
}

fn words(finger: &TemplateInfo) -> String {
    let name = finger.template_friendly_name.as_deref().unwrap_or_default();
    visible(format!("{}  {name}", base64url::encode(&finger.template_id)).trim_end())
}

fn to_json(finger: &TemplateInfo) -> Value {
    json!({ "id": base64url::encode(&finger.template_id), "name": finger.template_friendly_name })
}
