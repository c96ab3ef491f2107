//! `assay key ...`: one file a word.

mod control;
mod door;
mod faults;
mod port;
mod second_opinion;
mod serve;
mod touch;
mod udev;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_transport::hid;
use serde_json::json;

pub use self::faults::KeyFaultsArgs;
pub use self::serve::KeyServeArgs;
pub use self::touch::TouchMode;
pub use self::udev::KeyUdevArgs;
use super::Place;
use crate::cli::{KeyCommand, KeyInfoArgs, KeyNewArgs};
use crate::keys::{self, KeyTarget};
use crate::output::{Exit, print};

/// Does what was asked of keys.
pub(super) fn run(here: &Place, command: &KeyCommand) -> Result<Exit> {
    match command {
        KeyCommand::New(args) => new(here, args),
        KeyCommand::Serve(args) => serve::run(here, args),
        KeyCommand::List => list(here),
        KeyCommand::Info(args) => info(here, args),
        KeyCommand::Faults(args) => faults::run(here, args),
        KeyCommand::Udev(args) => udev::run(args),
    }
}

fn new(here: &Place, args: &KeyNewArgs) -> Result<Exit> {
    let saved = keys::save(&here.state()?, &args.name, args.aaguid.as_deref(), args.attestation)?;
    if here.json {
        print(&format!("{}\n", json!({"name": args.name, "aaguid": saved.aaguid, "attestation": saved.attestation})))?;
    } else {
        print(&format!("sim:{} is a key of model {}, {}\n", args.name, saved.aaguid, saved.attestation))?;
    }
    Ok(Exit::Good)
}

fn list(here: &Place) -> Result<Exit> {
    let saved = here.state()?.keys();
    let usb = hid::list().unwrap_or_default();
    if here.json {
        let usb: Vec<_> = usb
            .iter()
            .map(|key| {
                json!({
                    "target": format!("hid:{}", key.path), "vendor_id": key.vendor_id, "product_id": key.product_id,
                    "manufacturer": key.manufacturer, "product": key.product, "serial_number": key.serial_number,
                })
            })
            .collect();
        let saved: Vec<_> = saved.iter().map(|name| json!({"target": format!("sim:{name}")})).collect();
        print(&format!("{}\n", json!({"virtual": saved, "usb": usb})))?;
        return Ok(Exit::Good);
    }
    let mut out = String::new();
    for name in &saved {
        writeln!(out, "sim:{name}")?;
    }
    for key in &usb {
        let words = [&key.manufacturer, &key.product, &key.serial_number];
        let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        writeln!(out, "hid:{}  {:04x}:{:04x}  {}", key.path, key.vendor_id, key.product_id, words.join(" "))?;
    }
    if out.is_empty() {
        out.push_str("No keys. `assay key new NAME` makes a virtual one; USB keys appear when plugged in.\n");
    }
    print(&out)?;
    Ok(Exit::Good)
}

fn info(here: &Place, args: &KeyInfoArgs) -> Result<Exit> {
    let target = KeyTarget::parse(&args.target)?;
    let reports = target.connect(&here.lab()?, &here.state()?)?;
    let mut channel = keys::channel(reports).with_context(|| args.target.clone())?;
    let mut client = Client::new("https://localhost", Box::new(Nobody))?;
    let info = client.authenticator(&mut channel, Instant::now() + Duration::from_secs(5)).get_info()?;
    let members = json!({
        "target": args.target,
        "aaguid": info.aaguid,
        "versions": info.versions,
        "extensions": info.extensions,
        "options": info.options,
        "maxMsgSize": info.max_msg_size,
        "pinUvAuthProtocols": info.pin_uv_auth_protocols,
        "maxCredentialCountInList": info.max_credential_count_in_list,
        "maxCredentialIdLength": info.max_credential_id_length,
        "transports": info.transports,
        "algorithms": info.algorithms.as_ref().map(|list| list.iter().map(|parameter| parameter.alg).collect::<Vec<_>>()),
        "minPINLength": info.min_pin_length,
        "firmwareVersion": info.firmware_version,
        "remainingDiscoverableCredentials": info.remaining_discoverable_credentials,
    });
    let differences = match &args.second_opinion {
        None => Vec::new(),
        Some(program) => second_opinion::differences(&members, &second_opinion::ask(&target, program.as_deref())?),
    };
    let exit = if differences.is_empty() { Exit::Good } else { Exit::Findings };
    if here.json {
        let mut members = members;
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
    print(&out)?;
    Ok(exit)
}
