//! What has been reported about a model.

use std::fmt;

use time::Date;

use super::Level;

/// A reported status. A word that is not of this list is [`Status::Unknown`], and kept as text in
/// its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not certified.
    NotFidoCertified,
    /// The vendor has asserted conformance itself.
    SelfAssertionSubmitted,
    /// Functionally certified, with no level.
    FidoCertified,
    /// Certified at level 1.
    FidoCertifiedL1,
    /// Certified at level 1 plus.
    FidoCertifiedL1plus,
    /// Certified at level 2.
    FidoCertifiedL2,
    /// Certified at level 2 plus.
    FidoCertifiedL2plus,
    /// Certified at level 3.
    FidoCertifiedL3,
    /// Certified at level 3 plus.
    FidoCertifiedL3plus,
    /// The user can be left out.
    UserVerificationBypass,
    /// An attestation key is known to others.
    AttestationKeyCompromise,
    /// Keys can be used or taken from afar.
    UserKeyRemoteCompromise,
    /// Keys can be taken by whoever holds the authenticator.
    UserKeyPhysicalCompromise,
    /// Better firmware is to be had.
    UpdateAvailable,
    /// The vendor has withdrawn the model (MDS 3.1).
    Retired,
    /// The model is not to be trusted for any purpose.
    Revoked,
    /// A word newer than this list.
    Unknown,
}

impl Status {
    const KNOWN: [Self; 16] = [
        Self::NotFidoCertified,
        Self::SelfAssertionSubmitted,
        Self::FidoCertified,
        Self::FidoCertifiedL1,
        Self::FidoCertifiedL1plus,
        Self::FidoCertifiedL2,
        Self::FidoCertifiedL2plus,
        Self::FidoCertifiedL3,
        Self::FidoCertifiedL3plus,
        Self::UserVerificationBypass,
        Self::AttestationKeyCompromise,
        Self::UserKeyRemoteCompromise,
        Self::UserKeyPhysicalCompromise,
        Self::UpdateAvailable,
        Self::Retired,
        Self::Revoked,
    ];

    /// Total: a word that we do not know is [`Status::Unknown`].
    pub fn from_word(word: &str) -> Self {
        Self::KNOWN.into_iter().find(|status| status.as_str() == word).unwrap_or(Self::Unknown)
    }

    /// The word used in metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFidoCertified => "NOT_FIDO_CERTIFIED",
            Self::SelfAssertionSubmitted => "SELF_ASSERTION_SUBMITTED",
            Self::FidoCertified => "FIDO_CERTIFIED",
            Self::FidoCertifiedL1 => "FIDO_CERTIFIED_L1",
            Self::FidoCertifiedL1plus => "FIDO_CERTIFIED_L1plus",
            Self::FidoCertifiedL2 => "FIDO_CERTIFIED_L2",
            Self::FidoCertifiedL2plus => "FIDO_CERTIFIED_L2plus",
            Self::FidoCertifiedL3 => "FIDO_CERTIFIED_L3",
            Self::FidoCertifiedL3plus => "FIDO_CERTIFIED_L3plus",
            Self::UserVerificationBypass => "USER_VERIFICATION_BYPASS",
            Self::AttestationKeyCompromise => "ATTESTATION_KEY_COMPROMISE",
            Self::UserKeyRemoteCompromise => "USER_KEY_REMOTE_COMPROMISE",
            Self::UserKeyPhysicalCompromise => "USER_KEY_PHYSICAL_COMPROMISE",
            Self::UpdateAvailable => "UPDATE_AVAILABLE",
            Self::Retired => "RETIRED",
            Self::Revoked => "REVOKED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The level that a certification grants; `None` for every other status.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::FidoCertified => Some(Level::Functional),
            Self::FidoCertifiedL1 => Some(Level::L1),
            Self::FidoCertifiedL1plus => Some(Level::L1plus),
            Self::FidoCertifiedL2 => Some(Level::L2),
            Self::FidoCertifiedL2plus => Some(Level::L2plus),
            Self::FidoCertifiedL3 => Some(Level::L3),
            Self::FidoCertifiedL3plus => Some(Level::L3plus),
            _ => None,
        }
    }

    const fn bit(self) -> u32 {
        match self {
            Self::NotFidoCertified => 1,
            Self::SelfAssertionSubmitted => 1 << 1,
            Self::FidoCertified => 1 << 2,
            Self::FidoCertifiedL1 => 1 << 3,
            Self::FidoCertifiedL1plus => 1 << 4,
            Self::FidoCertifiedL2 => 1 << 5,
            Self::FidoCertifiedL2plus => 1 << 6,
            Self::FidoCertifiedL3 => 1 << 7,
            Self::FidoCertifiedL3plus => 1 << 8,
            Self::UserVerificationBypass => 1 << 9,
            Self::AttestationKeyCompromise => 1 << 10,
            Self::UserKeyRemoteCompromise => 1 << 11,
            Self::UserKeyPhysicalCompromise => 1 << 12,
            Self::UpdateAvailable => 1 << 13,
            Self::Retired => 1 << 14,
            Self::Revoked => 1 << 15,
            Self::Unknown => 1 << 16,
        }
    }
}

/// A set of statuses.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Statuses(u32);

impl Statuses {
    /// The set of these.
    pub const fn of(statuses: &[Status]) -> Self {
        let mut bits = 0;
        let mut rest = statuses;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// Is it a member?
    pub const fn has(self, status: Status) -> bool {
        self.0 & status.bit() != 0
    }

    /// Adds one.
    pub fn insert(&mut self, status: Status) {
        self.0 |= status.bit();
    }

    /// The members, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Status> {
        Status::KNOWN.into_iter().chain([Status::Unknown]).filter(move |status| self.has(*status))
    }
}

impl fmt::Debug for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// One report (MDS 3.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// The status.
    pub status: Status,
    /// The word that stood there.
    pub word: String,
    /// The day from which it holds; `None`: since ever.
    pub effective_date: Option<Date>,
    /// The firmware that it is about; `None`: all.
    pub authenticator_version: Option<u64>,
    /// SHA-256 of the DER of the certificate that it is about; `None`: all.
    pub certificate_sha256: Option<[u8; 32]>,
    /// The certificate's number at the Alliance, to be shown.
    pub certificate_number: Option<String>,
    /// To be shown, never compared: real values have no common form.
    pub certification_policy_version: Option<String>,
    /// To be shown, never compared.
    pub certification_requirements_version: Option<String>,
    /// Where more can be read.
    pub url: Option<String>,
}

impl StatusReport {
    /// Does it hold on this day? A report without a date does.
    pub fn in_force(&self, today: Date) -> bool {
        self.effective_date.is_none_or(|date| date <= today)
    }

    /// May it speak of this firmware, as a certification does: of its own version and all later
    /// ones? Where either is unknown it does.
    pub fn inherited_by(&self, firmware: Option<u64>) -> bool {
        match (self.authenticator_version, firmware) {
            (Some(version), Some(firmware)) => firmware >= version,
            _ => true,
        }
    }
}
