//! A key that is being managed: reached, named, and the person who has its PIN.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_client::error::PinFailure;
use assay_client::{Authenticator, Client, ClientError, PinReason, PinRequest, User};
use assay_protocol::ctap2::get_info;
use assay_transport::{Channel, hid};
use clap::Args;
use serde_json::{Value, json};

use crate::commands::Place;
use crate::keys::{self, KeyTarget};
use crate::secret::Secret;

/// Which key, and where its PIN comes from.
#[derive(Debug, Args)]
pub struct OfKey {
    /// sim:NAME, udp:HOST:PORT, unix:PATH, exec:PROGRAM or hid:PATH
    #[arg(value_name = "KEY")]
    pub target: String,
    /// The file whose first line is the key's PIN, - for standard input [default: the environment's ASSAY_PIN,
    /// else it is asked for at the terminal]
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,
}

/// A key that is reached.
pub(super) struct Session {
    /// What it says of itself.
    pub(super) info: get_info::Response,
    /// How it was named.
    pub(super) target: String,
    client: Client,
    channel: Channel,
    asked: Arc<Mutex<Option<PinRequest>>>,
    pin: Arc<Mutex<Secret>>,
}

/// How long a command with a touch in it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long one without may.
const SHORT: Duration = Duration::from_secs(5);

impl Session {
    /// Reaches the key.
    pub(super) fn open(here: &Place, of: &OfKey) -> Result<Self> {
        let target = KeyTarget::parse(&of.target)?;
        let reports = target.connect(&here.lab()?, &here.state()?)?;
        let mut channel = keys::channel(reports).with_context(|| of.target.clone())?;
        let (asked, pin) = (Arc::default(), Arc::new(Mutex::new(Secret::named(of.pin_file.as_deref(), "ASSAY_PIN")?)));
        let user = Console { pin: Arc::clone(&pin), asked: Arc::clone(&asked), told: false };
        let mut client = Client::new("https://localhost", Box::new(user))?;
        let info =
            client.authenticator(&mut channel, Instant::now() + SHORT).get_info().map_err(|error| plain(&error))?;
        Ok(Self { info, target: of.target.clone(), client, channel, asked, pin })
    }

    /// Does something with it.
    pub(super) fn ask<T>(
        &mut self,
        work: impl FnOnce(&mut Authenticator<'_>, &get_info::Response) -> Result<T, ClientError>,
    ) -> Result<T> {
        let mut key = self.client.authenticator(&mut self.channel, Instant::now() + PATIENCE);
        let outcome = work(&mut key, &self.info);
        outcome.map_err(|error| {
            let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
            match (&error, asked) {
                (
                    ClientError::Pin(PinFailure::Declined),
                    Some(PinRequest { reason: PinReason::Wrong, retries, .. }),
                ) => {
                    let left = retries.map(|left| format!(", {left} tries are left")).unwrap_or_default();
                    anyhow!("the PIN is wrong{left}")
                }
                (ClientError::Pin(PinFailure::Declined), Some(PinRequest { reason: PinReason::Refused(why), .. })) => {
                    anyhow!("that can be nobody's PIN: {why}")
                }
                (ClientError::Pin(PinFailure::Declined), _) => {
                    anyhow!("no PIN was given: --pin-file FILE, ASSAY_PIN in the environment, or a terminal to ask at")
                }
                _ => plain(&error),
            }
        })
    }

    /// Its PIN as it is now, for a command that takes it itself.
    pub(super) fn pin(&self) -> Option<String> {
        self.pin.lock().unwrap_or_else(PoisonError::into_inner).take("PIN: ")
    }

    /// Looks at it anew.
    pub(super) fn refresh(&mut self) -> Result<()> {
        self.info = self.ask(|key, _| key.get_info())?;
        Ok(())
    }

    /// Which key it is, for people who are about to lose something.
    pub(super) fn name(&self) -> String {
        let mut words = vec![self.target.clone(), format!("AAGUID {}", self.info.aaguid)];
        if let Some(usb) = self.usb() {
            words.extend([usb.manufacturer, usb.product].into_iter().flatten());
            words.extend(usb.serial_number.map(|serial| format!("serial {serial}")));
        }
        words.join(", ")
    }

    /// The same for programs.
    pub(super) fn identity(&self) -> Value {
        let serial = self.usb().and_then(|usb| usb.serial_number);
        json!({ "target": self.target, "aaguid": self.info.aaguid, "serial_number": serial })
    }

    fn usb(&self) -> Option<hid::HidKey> {
        let path = self.target.strip_prefix("hid:")?;
        hid::list().ok()?.into_iter().find(|key| key.path == path)
    }

    /// Names the key and what becomes of it; goes on only if that was said to be wanted.
    pub(super) fn confirm(&self, yes: bool, what: &str) -> Result<()> {
        eprintln!("{}: {what}", self.name());
        if !yes {
            bail!("nothing was done; --yes does it");
        }
        Ok(())
    }
}

/// What a key said or could not do, without the name that a page in a browser would see.
pub(super) fn plain(error: &ClientError) -> anyhow::Error {
    let text = error.to_string();
    let dom = format!("{}: ", error.name());
    anyhow!("{}", text.strip_prefix(&dom).unwrap_or(&text))
}

/// Whoever sits at the terminal.
struct Console {
    pin: Arc<Mutex<Secret>>,
    asked: Arc<Mutex<Option<PinRequest>>>,
    told: bool,
}

impl User for Console {
    fn pin(&mut self, request: &PinRequest) -> Option<String> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.clone());
        let left = request.retries.map(|left| format!(" ({left} tries left)")).unwrap_or_default();
        let prompt = match request.reason {
            PinReason::First => format!("PIN{left}: "),
            PinReason::Wrong => format!("That was wrong. PIN{left}: "),
            PinReason::Refused(why) => format!("That is none: {why}. PIN{left}: "),
        };
        self.pin.lock().unwrap_or_else(PoisonError::into_inner).take(&prompt)
    }

    fn presence_needed(&mut self) {
        if !self.told {
            self.told = true;
            eprintln!("touch the key");
        }
    }
}
