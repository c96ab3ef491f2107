//! `assay profile show NAME`.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use assay_relying_party::Profile;

use super::Place;
use crate::lab::{every_check, profile_names};
use crate::output::{Exit, print};

/// Prints the checks that a profile enforces, and how it decides what is contested.
pub(super) fn run(here: &Place, name: &str) -> Result<Exit> {
    let Some(profile) = Profile::named(name) else {
        bail!("there is no profile {name:?}: {}", profile_names());
    };
    if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&profile)?))?;
        return Ok(Exit::Good);
    }
    let mut out = format!("profile {}\n\nswitches\n", profile.name);
    if let serde_json::Value::Object(switches) = serde_json::to_value(profile.switches)? {
        for (name, value) in switches {
            writeln!(out, "  {name:22} {}", value.as_str().unwrap_or_default())?;
        }
    }
    writeln!(out, "\nchecks in force")?;
    for (check, profiles) in every_check() {
        if profiles.contains(&profile.name) {
            writeln!(out, "  {:40} {}  {}", check.id, check.kind, check.clause)?;
        }
    }
    print(&out)?;
    Ok(Exit::Good)
}
