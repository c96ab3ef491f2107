//! The rules, in their order.

use std::fmt;

/// A rule of the policy. The order of the variants is the order of evaluation: blocks before
/// allowances, so that a compromised model is refused even where it is listed as allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The claimed model is listed as blocked.
    BlockedAaguids,
    /// The model has a denied status in force.
    MdsStatus,
    /// The model is not listed as allowed, or not proven.
    AllowedAaguids,
    /// The key is not proven to be kept in hardware.
    BlockSoftwareAuth,
    /// The metadata do not know the model, or it is not proven.
    RequireKnownAaguids,
    /// The model is certified too low.
    MinCertificationLevel,
}

impl Rule {
    /// Every rule, in order.
    pub const ALL: [Self; 6] = [
        Self::BlockedAaguids,
        Self::MdsStatus,
        Self::AllowedAaguids,
        Self::BlockSoftwareAuth,
        Self::RequireKnownAaguids,
        Self::MinCertificationLevel,
    ];

    /// Its name in policies and verdicts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlockedAaguids => "blocked_aaguids",
            Self::MdsStatus => "mds_status",
            Self::AllowedAaguids => "allowed_aaguids",
            Self::BlockSoftwareAuth => "block_software_auth",
            Self::RequireKnownAaguids => "require_known_aaguids",
            Self::MinCertificationLevel => "min_certification_level",
        }
    }

    /// The code of the answer that refuses a registration by this rule.
    pub fn code(self) -> &'static str {
        match self {
            Self::BlockedAaguids => "attestation_blocked_aaguid",
            Self::MdsStatus => "attestation_authenticator_compromised",
            Self::AllowedAaguids => "attestation_aaguid_not_allowed",
            Self::BlockSoftwareAuth => "attestation_software_auth_blocked",
            Self::RequireKnownAaguids => "attestation_unknown_aaguid",
            Self::MinCertificationLevel => "attestation_certification_level_below_minimum",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
