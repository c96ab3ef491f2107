//! The legacy JSON of a policy, as older clients send it. It is stored canonically.

use assay_attestation::metadata::Level;
use serde_json::Value;

use super::json::{allowed_aaguids, level, members, mode_error};
use super::{Mode, Policy, PolicyError};

const MEMBERS: [&str; 4] = ["tenant_id", "enforcement_mode", "minimum_certification_level", "allowed_aaguids"];

impl Policy {
    /// Reads the legacy form: `warn` is audit, and where no level is named every certified model
    /// is meant, so that the minimum is L1. `tenant_id` is passed over. A member of the canonical
    /// form is an unknown member here: whoever mixes the two knows neither.
    pub fn from_legacy_json(policy: &Value) -> Result<Self, PolicyError> {
        let policy = members(policy, &MEMBERS)?;
        let mode = match policy.get("enforcement_mode").and_then(Value::as_str) {
            Some("off") => Mode::Off,
            Some("warn") => Mode::Audit,
            Some("block") => Mode::Block,
            _ => return Err(mode_error(policy, "block, warn or off")),
        };
        let minimum = level(policy, "minimum_certification_level")?;
        Ok(Self {
            allowed_aaguids: allowed_aaguids(policy)?,
            min_certification_level: match mode {
                Mode::Off => minimum,
                Mode::Audit | Mode::Block => minimum.or(Some(Level::L1)),
            },
            ..Self::new(mode)
        })
    }
}
