//! `assay key reset`.

use anyhow::{Result, bail};
use assay_protocol::ctap2::Status;
use clap::Args;
use serde_json::json;

use super::session::{OfKey, Session, plain};
use crate::commands::Place;
use crate::output::{Exit, print};

/// Options of `assay key reset`.
#[derive(Debug, Args)]
pub struct ResetArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

pub(super) fn run(here: &Place, args: &ResetArgs) -> Result<Exit> {
    let mut session = Session::open(here, &args.of)?;
    session.confirm(
        args.yes,
        "EVERYTHING on it is erased: every credential, those that it does not keep too, and its PIN",
    )?;
    if session.info.long_touch_for_reset == Some(true) {
        eprintln!("it takes a long touch");
    }
    if let Err(error) = session.ask(|key, _| Ok(key.reset()))? {
        match error.status() {
            // CTAP 2.3 6.6 step 3.
            Some(Status::NOT_ALLOWED) => bail!("it refuses: plug it in anew, and say so again within ten seconds"),
            Some(Status::USER_ACTION_TIMEOUT) => bail!("nobody has touched it; nothing was erased"),
            Some(Status::OPERATION_DENIED) => bail!("it was declined; nothing was erased"),
            _ => return Err(plain(&error)),
        }
    }
    if here.json {
        print(&format!("{}\n", json!({ "key": session.identity(), "reset": true })))?;
    } else {
        print(&format!("{}: erased\n", session.target))?;
    }
    Ok(Exit::Good)
}
