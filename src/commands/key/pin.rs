//! `assay key pin`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use assay_client::pin;
use clap::{Args, Subcommand};
use serde_json::json;

use super::session::{OfKey, Session};
use crate::commands::Place;
use crate::output::{Exit, print};
use crate::secret::Secret;

/// `assay key pin ...`
#[derive(Debug, Subcommand)]
pub enum PinCommand {
    /// Set the first PIN
    Set(NewPin),
    /// Replace the PIN
    Change(NewPin),
    /// How many wrong PINs, and failures of its own verification, it takes until it blocks
    Retries(OfKey),
}

/// Which key, and its new PIN.
#[derive(Debug, Args)]
pub struct NewPin {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The file whose first line is the new PIN, - for standard input [default: the environment's ASSAY_NEW_PIN,
    /// else it is asked for at the terminal, twice]
    #[arg(long, value_name = "FILE")]
    pub new_pin_file: Option<PathBuf>,
}

pub(super) fn run(here: &Place, command: &PinCommand) -> Result<Exit> {
    match command {
        PinCommand::Set(args) => {
            let mut session = Session::open(here, &args.of)?;
            match session.info.option("clientPin") {
                None => bail!("{} has no PIN", session.name()),
                Some(true) => bail!("{} has a PIN: `assay key pin change`", session.name()),
                Some(false) => {}
            }
            let new = args.new_pin()?;
            session.ask(|key, info| pin::set_pin(key, info, &new))?;
            done(here, &session, "set")
        }
        PinCommand::Change(args) => {
            let mut session = Session::open(here, &args.of)?;
            if session.info.option("clientPin") != Some(true) {
                bail!("{} has no PIN yet: `assay key pin set`", session.name());
            }
            let missing = "no PIN was given: --pin-file FILE, ASSAY_PIN in the environment, or a terminal to ask at";
            let old = session.pin().context(missing)?;
            let new = args.new_pin()?;
            session.ask(|key, info| pin::change_pin(key, info, &old, &new))?;
            done(here, &session, "changed")
        }
        PinCommand::Retries(of) => {
            let mut session = Session::open(here, of)?;
            let retries = session.ask(pin::retries)?;
            if here.json {
                let told = json!({
                    "key": session.identity(), "pin": retries.pin, "power_cycle_needed": retries.power_cycle,
                    "uv": retries.uv, "pin_is_set": session.info.option("clientPin"),
                });
                print(&format!("{told}\n"))?;
                return Ok(Exit::Good);
            }
            let number = |left: Option<u64>| left.map_or("none".to_owned(), |left| left.to_string());
            let mut out = format!("PIN: {}\nbuilt-in verification: {}\n", number(retries.pin), number(retries.uv));
            if retries.power_cycle {
                out.push_str("the next PIN takes unplugging it first\n");
            }
            print(&out)?;
            Ok(Exit::Good)
        }
    }
}

impl NewPin {
    fn new_pin(&self) -> Result<String> {
        let missing = "no new PIN was given: --new-pin-file FILE, ASSAY_NEW_PIN, or a terminal to ask at";
        Secret::chosen(self.new_pin_file.as_deref(), "ASSAY_NEW_PIN", "New PIN: ")?.context(missing)
    }
}

fn done(here: &Place, session: &Session, what: &str) -> Result<Exit> {
    if here.json {
        print(&format!("{}\n", json!({"key": session.identity(), "pin": what})))?;
    } else {
        print(&format!("{}: the PIN is {what}\n", session.target))?;
    }
    Ok(Exit::Good)
}
