//! `assay key persona`.

use anyhow::Result;
use clap::Args;

use super::new::{MakeArgs, wanted};
use crate::commands::Place;
use crate::keys;
use crate::output::{Exit, print};

/// Options of `assay key persona`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key persona biometric > mine.json      edit it, then: assay key new mine --persona mine.json
  assay key persona sim:desk
  assay key persona --mds blob.jwt --model 'YubiKey 5 Series with NFC'

docs/personas.md says what each member means.")]
pub struct KeyPersonaArgs {
    /// security-key, ctap-2.0, ctap-2.3, biometric, platform, synced, u2f, a file, or sim:NAME
    #[arg(value_name = "NAME", conflicts_with_all = ["aaguid", "model", "mds"])]
    pub name: Option<String>,
    /// A model
    #[command(flatten)]
    pub make: MakeArgs,
}

pub(super) fn run(here: &Place, args: &KeyPersonaArgs) -> Result<Exit> {
    let persona = match args.name.as_deref().map(|name| (name, name.strip_prefix("sim:"))) {
        Some((_, Some(saved))) => keys::load(&here.state()?, saved)?.persona,
        Some((name, None)) => {
            let make = MakeArgs { persona: Some(name.to_owned()), ..MakeArgs::default() };
            wanted(&here.lab()?, &make)?.persona
        }
        None => wanted(&here.lab()?, &args.make)?.persona,
    };
    print(&format!("{}\n", serde_json::to_string_pretty(&persona)?))?;
    Ok(Exit::Good)
}
