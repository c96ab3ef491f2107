//! `assay key info --second-opinion`: what another library reads out of the same key, and where it
//! differs. The library needs libudev, so it is a program of its own in `second-opinion/`.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::keys::KeyTarget;

const PROGRAM: &str = "assay-second-opinion";

const HOW_TO_BUILD: &str = "build it in the project's folder by `cargo install --path second-opinion --locked` \
    (it needs pkg-config and libudev: apt-get install pkg-config libudev-dev), or say where it is: --second-opinion=PATH";

/// A member on which the two disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Its name.
    pub(super) member: String,
    /// As we read it.
    pub(super) ours: Value,
    /// As the other library does.
    pub(super) theirs: Value,
}

/// Asks the other library about a key of this machine.
pub(super) fn ask(target: &KeyTarget, program: Option<&Path>) -> Result<Value> {
    let KeyTarget::Hid(path) = target else {
        bail!("a second opinion is of keys at hid:PATH; `assay key serve --uhid` makes a virtual one such");
    };
    let program = program.map_or_else(beside_ourselves, Path::to_owned);
    let output = match Command::new(&program).arg(path).output() {
        Ok(output) => output,
        Err(error) => bail!("{} cannot be started ({error}): {HOW_TO_BUILD}", program.display()),
    };
    if !output.status.success() {
        bail!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("{} does not print JSON", program.display()))
}

/// Every member that it tells and that we read otherwise.
pub(super) fn differences(ours: &Value, theirs: &Value) -> Vec<Difference> {
    let told = theirs.as_object().into_iter().flatten();
    let pairs = told.map(|(member, theirs)| (member, ours.get(member).unwrap_or(&Value::Null), theirs));
    pairs
        .filter(|(member, ours, theirs)| !agree(member, ours, theirs))
        .map(|(member, ours, theirs)| Difference { member: member.clone(), ours: ours.clone(), theirs: theirs.clone() })
        .collect()
}

/// It writes an AAGUID without hyphens, and zero or nothing where there is no member.
fn agree(member: &str, ours: &Value, theirs: &Value) -> bool {
    match (member, ours) {
        (_, Value::Null) => match theirs {
            Value::Array(list) => list.is_empty(),
            other => *other == 0 || *other == false || *other == "",
        },
        ("aaguid", Value::String(ours)) => *theirs == ours.replace('-', ""),
        _ => ours == theirs,
    }
}

/// Where it is installed beside us, else by the search path.
fn beside_ourselves() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(PROGRAM)));
    beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(PROGRAM))
}
