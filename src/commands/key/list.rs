//! `assay key list`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use assay_attestation::metadata::Metadata;
use assay_authenticator_sim::env::StoreError;
use assay_client::Client;
use assay_client::user::Nobody;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::get_info::Response;
use assay_transport::error::UDEV_HINT;
use assay_transport::hid::{self, HidKey};
use clap::Args;
use serde_json::{Value, json};

use super::new::metadata;
use super::session::plain;
use crate::commands::Place;
use crate::commands::mds::model::visible;
use crate::keys::{self, KeyTarget};
use crate::lab::Lab;
use crate::output::{Exit, print};
use crate::state::State;

/// Options of `assay key list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key list --mds blob.jwt        with the name of each model
  assay key list --watch --json        one line as a USB key comes or goes; Ctrl-C ends it")]
pub struct KeyListArgs {
    /// Metadata that know the models' names, BLOB or payload [default: the lab's own]
    #[arg(long, value_name = "FILE")]
    pub mds: Option<PathBuf>,
    /// Go on, and tell of USB keys that come and go
    #[arg(long)]
    pub watch: bool,
}

/// A key, and what it says of itself.
struct Listed {
    target: String,
    usb: Option<HidKey>,
    info: Result<Response, Silent>,
}

/// Why a key says nothing.
enum Silent {
    /// This user may not open it.
    Permission,
    /// Its passphrase is not known; its model is.
    Locked(Aaguid),
    /// What it remembers cannot be read: a code, and words.
    Store(&'static str, String),
    /// Something else.
    Other(String),
}

/// How often USB is looked at.
const ROUND: Duration = Duration::from_millis(500);

/// How long a key may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(here: &Place, args: &KeyListArgs) -> Result<Exit> {
    let (lab, state) = (here.lab()?, here.state()?);
    let metadata = metadata(&lab, args.mds.as_deref())?;
    let saved: Vec<Listed> = state.keys().into_iter().map(|name| saved(&lab, &state, name)).collect();
    let mut plugged = hid::list().unwrap_or_default();
    let usb: Vec<Listed> = plugged.iter().cloned().map(|key| on_usb(&lab, &state, key)).collect();
    if here.json {
        let all = |keys: &[Listed]| keys.iter().map(|key| key.to_json(&metadata)).collect::<Vec<_>>();
        let told = json!({ "virtual": all(&saved), "usb": all(&usb) });
        print(&if args.watch { format!("{told}\n") } else { format!("{}\n", serde_json::to_string_pretty(&told)?) })?;
    } else {
        print(&table(saved.iter().chain(&usb), &metadata)?)?;
    }
    if !args.watch {
        return Ok(Exit::Good);
    }
    loop {
        thread::sleep(ROUND);
        let now = hid::list().unwrap_or_default();
        for gone in plugged.iter().filter(|key| !now.contains(key)) {
            let target = format!("hid:{}", gone.path);
            print(&if here.json {
                format!("{}\n", json!({"unplugged": target}))
            } else {
                format!("gone: {target}\n")
            })?;
        }
        for new in now.iter().filter(|key| !plugged.contains(key)) {
            let key = on_usb(&lab, &state, new.clone());
            let line =
                if here.json { json!({"plugged": key.to_json(&metadata)}).to_string() } else { key.line(&metadata) };
            print(&format!("{line}\n"))?;
        }
        plugged = now;
    }
}

/// A saved key says what it is without being reached by anything.
fn saved(lab: &Lab, state: &State, name: String) -> Listed {
    let asked = keys::load(state, &name).and_then(|key| Ok((key.persona.aaguid, key.get_info(lab, state)?)));
    let info = match asked {
        Ok((aaguid, info)) => info.ok_or(Silent::Locked(aaguid)),
        Err(error) => Err(match error.downcast_ref::<StoreError>() {
            Some(why) => Silent::Store(why.code(), why.to_string()),
            None => Silent::Other(format!("{error:#}")),
        }),
    };
    Listed { target: format!("sim:{name}"), usb: None, info }
}

fn on_usb(lab: &Lab, state: &State, usb: HidKey) -> Listed {
    let info = KeyTarget::Hid(usb.path.clone()).connect(lab, state).and_then(|reports| {
        let mut channel = keys::channel(reports)?;
        let mut client = Client::new("https://localhost", Box::new(Nobody))?;
        let mut key = client.authenticator(&mut channel, Instant::now() + PATIENCE);
        key.get_info().map_err(|error| plain(&error))
    });
    let info = info.map_err(|error| match error.downcast_ref() {
        Some(assay_transport::Error::Permission { .. }) => Silent::Permission,
        _ => Silent::Other(format!("{error:#}")),
    });
    Listed { target: format!("hid:{}", usb.path), usb: Some(usb), info }
}

impl Listed {
    fn to_json(&self, metadata: &Metadata) -> Value {
        let mut told = json!({ "target": self.target });
        let mut add = |more: Value| {
            if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
                told.extend(more);
            }
        };
        if let Some(usb) = &self.usb {
            add(json!({
                "vendor_id": usb.vendor_id, "product_id": usb.product_id, "manufacturer": usb.manufacturer,
                "product": usb.product, "serial_number": usb.serial_number,
            }));
        }
        match &self.info {
            Ok(info) => add(json!({
                "aaguid": info.aaguid,
                "model": model(&info.aaguid, metadata),
                "versions": info.versions,
                "pin_is_set": info.option("clientPin"),
                "fingers_are_enrolled": enrolled(info),
                "uv": info.option("uv"),
            })),
            Err(Silent::Locked(aaguid)) => {
                add(json!({ "aaguid": aaguid, "model": model(aaguid, metadata), "locked": true }));
            }
            Err(Silent::Permission) => add(json!({ "error": "no permission", "hint": UDEV_HINT })),
            Err(Silent::Store(code, why)) => add(json!({ "error": why, "code": code })),
            Err(Silent::Other(why)) => add(json!({ "error": why })),
        }
        told
    }

    fn line(&self, metadata: &Metadata) -> String {
        let mut words = vec![format!("{:24}", self.target)];
        if let Some(usb) = &self.usb {
            words.push(format!("{:04x}:{:04x}", usb.vendor_id, usb.product_id));
            words.extend([&usb.manufacturer, &usb.product, &usb.serial_number].into_iter().flatten().cloned());
        }
        match &self.info {
            Ok(info) => {
                words.push(info.aaguid.to_string());
                words.extend(model(&info.aaguid, metadata).map(str::to_owned));
                words.push(info.versions.join(" "));
                words.extend(info.option("clientPin").map(|set| if set { "PIN set" } else { "no PIN yet" }.to_owned()));
                let fingers = enrolled(info);
                words.extend(fingers.map(|some| if some { "fingers enrolled" } else { "no finger yet" }.to_owned()));
            }
            Err(Silent::Locked(aaguid)) => {
                words.push(aaguid.to_string());
                words.extend(model(aaguid, metadata).map(str::to_owned));
                words.push("locked".to_owned());
            }
            Err(Silent::Permission) => words.push(format!("no permission: {}", UDEV_HINT.replace('\n', " "))),
            Err(Silent::Store(_, why) | Silent::Other(why)) => words.push(format!("says nothing: {why}")),
        }
        visible(&words.join("  "))
    }
}

fn model<'m>(aaguid: &Aaguid, metadata: &'m Metadata) -> Option<&'m str> {
    Some(metadata.by_aaguid(aaguid)?.description.as_str())
}

/// Is a finger enrolled? None where there is no sensor.
fn enrolled(info: &Response) -> Option<bool> {
    info.option("bioEnroll").or(info.option("userVerificationMgmtPreview"))
}

fn table<'k>(keys: impl Iterator<Item = &'k Listed>, metadata: &Metadata) -> Result<String> {
    let mut out = String::new();
    for key in keys {
        writeln!(out, "{}", key.line(metadata))?;
    }
    if out.is_empty() {
        out.push_str("No keys. `assay key new NAME` makes a virtual one; USB keys appear when plugged in.\n");
    }
    Ok(out)
}
