//! What the engine says.

use std::fmt;

use assay_attestation::metadata::{KeyProtections, Level, Status, Statuses};
use serde_json::{Value, json};
use time::Date;

use super::Rule;

/// The code of the answer where the metadata are too old to judge by, or absent.
pub(super) const METADATA_UNAVAILABLE: &str = "attestation_metadata_unavailable";

/// The verdict on one authenticator, with all that the audit record wants to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub outcome: Outcome,
    /// The first rule that failed.
    pub failed_rule: Option<Rule>,
    /// Every rule that failed, in order.
    pub failed_rules: Vec<Rule>,
    /// Why the first rule failed, or what else there is to say.
    pub reason: Option<Reason>,
    /// Is it proven which model this is?
    pub chain_verified: bool,
    /// The level in force: none where the model is not proven.
    pub level: Level,
    /// The statuses in force of the claimed model, for whatever firmware.
    pub statuses: Statuses,
    /// How the claimed model keeps its keys.
    pub key_protection: KeyProtections,
    /// Some report is about a certain firmware, and we do not know which one this is.
    pub firmware_unknown: bool,
    /// The issue of the metadata.
    pub mds_no: Option<u64>,
    /// The day on which the next issue is or was due.
    pub mds_next_update: Option<Date>,
    /// Is the next issue overdue?
    pub mds_stale: bool,
    /// The code of the answer, where the registration is refused.
    pub code: Option<&'static str>,
    /// The status of the answer: 201, 403 or 503.
    pub http: u16,
}

impl Decision {
    /// May the registration go on?
    pub fn is_admitted(&self) -> bool {
        self.code.is_none()
    }

    /// The members that the audit record takes over.
    pub fn to_json(&self) -> Value {
        let names = |statuses: Statuses| statuses.iter().map(Status::as_str).collect::<Vec<_>>();
        json!({
            "outcome": self.outcome.as_str(),
            "failed_rule": self.failed_rule.map(Rule::as_str),
            "failed_rules": self.failed_rules.iter().map(|rule| rule.as_str()).collect::<Vec<_>>(),
            "reason": self.reason.map(|reason| reason.to_string()),
            "chain_verified": self.chain_verified,
            "level": self.level.as_str(),
            "statuses": names(self.statuses),
            "key_protection": self.key_protection.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "firmware_unknown": self.firmware_unknown,
            "mds_no": self.mds_no,
            "mds_next_update": self.mds_next_update.map(|day| day.to_string()),
            "mds_stale": self.mds_stale,
            "code": self.code,
            "http": self.http,
        })
    }
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No rule failed.
    Pass,
    /// A rule failed; whether that refuses the registration is for the mode to say.
    Fail,
    /// It cannot be judged now.
    Error,
    /// There is no policy, or it is off.
    Skipped,
}

impl Outcome {
    /// `pass`, `fail`, `error` or `skipped`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The claimed model is listed as blocked.
    AaguidBlocked,
    /// The model has this status.
    Status(Status),
    /// The claimed model is not listed as allowed.
    NotListed,
    /// Nothing proves that it is the model that it claims to be.
    AaguidUnverified,
    /// Nothing proves what keeps the key.
    NoVerifiedAttestation,
    /// The model keeps keys in software, at least sometimes.
    KeyProtectionSoftware,
    /// It is not said that the model keeps keys in hardware.
    KeyProtectionUnknown,
    /// The key may be copied to other devices.
    BackupEligible,
    /// The metadata have no such model.
    NotInMds,
    /// The level is below the minimum.
    BelowMinimum {
        /// The level in force.
        level: Level,
        /// The level asked for.
        minimum: Level,
    },
    /// The metadata are overdue, within the days of grace.
    MdsStale,
    /// The metadata are overdue beyond the days of grace.
    MdsExpired,
    /// There are no metadata.
    MdsMissing,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::AaguidBlocked => "aaguid_blocked",
            Self::Status(status) => status.as_str(),
            Self::NotListed => "not_listed",
            Self::AaguidUnverified => "aaguid_unverified",
            Self::NoVerifiedAttestation => "no_verified_attestation",
            Self::KeyProtectionSoftware => "key_protection_software",
            Self::KeyProtectionUnknown => "key_protection_unknown",
            Self::BackupEligible => "backup_eligible",
            Self::NotInMds => "not_in_mds",
            Self::BelowMinimum { level, minimum } => return write!(f, "{level}<{minimum}"),
            Self::MdsStale => "mds_stale",
            Self::MdsExpired => "mds_expired",
            Self::MdsMissing => "mds_missing",
        };
        f.write_str(word)
    }
}
