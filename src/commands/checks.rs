//! `assay checks`.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::json;

use super::Place;
use crate::lab::every_check;
use crate::output::{Exit, print};

/// Lists every check: id, clause, kind, profiles.
pub(super) fn run(here: &Place) -> Result<Exit> {
    let checks = every_check();
    if here.json {
        let list: Vec<_> = checks
            .iter()
            .map(|(check, profiles)| {
                json!({
                    "id": check.id, "clause": check.clause, "kind": check.kind.to_string(),
                    "summary": check.summary, "profiles": profiles, "suite": suite(profiles),
                })
            })
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
        return Ok(Exit::Good);
    }
    let width = checks.iter().map(|(check, _)| check.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (check, profiles) in &checks {
        let enforced = if profiles.is_empty() { "always".to_owned() } else { profiles.join(",") };
        writeln!(out, "{:width$}  {}  {enforced:34}  {}", check.id, check.kind, check.clause)?;
    }
    print(&out)?;
    Ok(Exit::Good)
}

/// The suite that notices when the check is left out. Device-bound sessions have no profiles.
fn suite(profiles: &[&str]) -> &'static str {
    if profiles.is_empty() { "dbsc" } else { "relying-party" }
}
