//! `assay key config`.

use anyhow::{Result, bail};
use assay_client::config;
use assay_protocol::ctap2::config::SetMinPinLength;
use assay_protocol::ctap2::get_info;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::session::{OfKey, Session};
use crate::commands::Place;
use crate::output::{Exit, print};

/// `assay key config ...`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show what can be configured, and how it stands
    Show(OfKey),
    /// Demand user verification always, or no longer
    AlwaysUv(AlwaysUvArgs),
    /// Raise the least length of a PIN; only a reset takes it back
    MinPin(MinPinArgs),
    /// Demand that the PIN be changed before its next use
    ForcePinChange(Irrevocable),
    /// Enable enterprise attestation; only a reset takes it back
    Enterprise(Irrevocable),
    /// Make a reset take a long touch; only a reset takes it back
    LongTouch(Irrevocable),
}

/// Options of `assay key config always-uv`.
#[derive(Debug, Args)]
pub struct AlwaysUvArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// Always, or as relying parties ask
    #[arg(value_enum)]
    pub wanted: OnOff,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// always
    On,
    /// as relying parties ask
    Off,
}

/// Options of `assay key config min-pin`.
#[derive(Debug, Args)]
pub struct MinPinArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// In code points; never less than now
    pub length: u64,
    /// An RP that may learn the length (extension minPinLength); may repeat
    #[arg(long, value_name = "RP_ID")]
    pub rp: Vec<String>,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

/// Something that is not undone so easily.
#[derive(Debug, Args)]
pub struct Irrevocable {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

pub(super) fn run(here: &Place, command: &ConfigCommand) -> Result<Exit> {
    match command {
        ConfigCommand::Show(of) => show(here, &Session::open(here, of)?),
        ConfigCommand::AlwaysUv(args) => {
            let mut session = Session::open(here, &args.of)?;
            let wanted = args.wanted == OnOff::On;
            match session.info.option("alwaysUv") {
                Some(now) if now == wanted => {}
                _ => session.ask(config::toggle_always_uv)?,
            }
            session.refresh()?;
            if session.info.option("alwaysUv") != Some(wanted) {
                bail!("{} says OK, and alwaysUv is not {wanted}", session.target);
            }
            show(here, &session)
        }
        ConfigCommand::MinPin(args) => {
            let rules = SetMinPinLength {
                new_min_pin_length: Some(args.length),
                min_pin_length_rp_ids: Some(args.rp.clone()).filter(|list| !list.is_empty()),
                ..SetMinPinLength::default()
            };
            let what = format!("a PIN has at least {} characters, until a reset", args.length);
            change(here, &args.of, args.yes, &what, |session| {
                session.ask(|key, info| config::set_min_pin_length(key, info, rules))
            })
        }
        ConfigCommand::ForcePinChange(args) => {
            let rules = SetMinPinLength { force_change_pin: Some(true), ..SetMinPinLength::default() };
            change(here, &args.of, args.yes, "the PIN has to be changed before its next use", |session| {
                session.ask(|key, info| config::set_min_pin_length(key, info, rules))
            })
        }
        ConfigCommand::Enterprise(args) => {
            change(here, &args.of, args.yes, "enterprise attestation is enabled, until a reset", |session| {
                session.ask(config::enable_enterprise_attestation)
            })
        }
        ConfigCommand::LongTouch(args) => {
            change(here, &args.of, args.yes, "a reset takes a long touch, until a reset", |session| {
                session.ask(config::enable_long_touch_for_reset)
            })
        }
    }
}

fn change(
    here: &Place,
    of: &OfKey,
    yes: bool,
    what: &str,
    work: impl FnOnce(&mut Session) -> Result<()>,
) -> Result<Exit> {
    let mut session = Session::open(here, of)?;
    session.confirm(yes, what)?;
    work(&mut session)?;
    session.refresh()?;
    show(here, &session)
}

fn show(here: &Place, session: &Session) -> Result<Exit> {
    let settings = settings(&session.info);
    if here.json {
        let told = json!({ "key": session.identity(), "config": settings });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        return Ok(Exit::Good);
    }
    let mut out = format!("{}\n", session.name());
    for (name, value) in settings.as_object().into_iter().flatten() {
        let value = if value.is_null() { "not there".to_owned() } else { value.to_string() };
        out = format!("{out}  {name:34} {value}\n");
    }
    print(&out)?;
    Ok(Exit::Good)
}

/// What can be configured, by the names of getInfo; null where a key does not have it.
fn settings(info: &get_info::Response) -> Value {
    json!({
        "authnrCfg": info.option("authnrCfg"),
        "alwaysUv": info.option("alwaysUv"),
        "setMinPINLength": info.option("setMinPINLength"),
        "minPINLength": info.min_pin_length,
        "maxRPIDsForSetMinPINLength": info.max_rp_ids_for_set_min_pin_length,
        "forcePINChange": info.force_pin_change,
        "pinComplexityPolicy": info.pin_complexity_policy,
        "ep": info.option("ep"),
        "longTouchForReset": info.long_touch_for_reset,
        "authenticatorConfigCommands": info.authenticator_config_commands,
    })
}
