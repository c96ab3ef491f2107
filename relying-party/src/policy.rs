//! The attestation policy engine: which authenticators a tenant admits.
//!
//! `attestation` says what is true, this module what we admit. An AAGUID is only a claim until the
//! attestation's certificate path ends in an anchor of that very model: so rules that admit need
//! proof, and rules that refuse act on the claim. The engine is pure: policy, evidence, metadata
//! and the day go in, a [`Decision`] comes out. It stores nothing and tells nobody.

mod aaguid_list;
mod adhoc;
mod decision;
mod denial;
mod evaluate;
mod evidence;
mod json;
mod legacy;
mod matrix;
mod rule;

#[cfg(test)]
mod tests;

use assay_attestation::metadata::{Level, Status, Statuses};

pub use aaguid_list::AaguidList;
pub use adhoc::{AdHoc, Basis, Subject, evaluate_ad_hoc};
pub use decision::{Decision, Outcome, Reason};
pub use evaluate::evaluate;
pub use evidence::{Chain, Evidence};
pub use json::PolicyError;
pub use matrix::{Row, matrix};
pub use rule::Rule;

/// A tenant's policy. Enrolment only: nobody who has enrolled is locked out by a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What happens to those who fail.
    pub mode: Mode,
    /// Where not empty: only these models, proven.
    pub allowed_aaguids: AaguidList,
    /// Never these, proven or claimed. The zero AAGUID stands for all that do not tell.
    pub blocked_aaguids: AaguidList,
    /// The least certification.
    pub min_certification_level: Option<Level>,
    /// Only keys that are proven to be kept in hardware.
    pub block_software_auth: bool,
    /// Only models that the metadata know, proven.
    pub require_known_aaguids: bool,
    /// The reported statuses that refuse a model.
    pub denied_statuses: Statuses,
    /// How many days overdue metadata may be.
    pub grace_days: u32,
    /// Is a functional certification as good as L1?
    pub functional_counts_as_l1: bool,
}

/// What happens to those who fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing is evaluated.
    #[default]
    Off,
    /// They are admitted, and it is recorded.
    Audit,
    /// They are refused.
    Block,
}

impl Mode {
    /// `off`, `audit` or `block`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Audit => "audit",
            Self::Block => "block",
        }
    }
}

impl Policy {
    /// The statuses denied where the tenant does not say: also all that may be denied.
    pub const DENIED_STATUSES: Statuses = Statuses::of(&[
        Status::Revoked,
        Status::Retired,
        Status::AttestationKeyCompromise,
        Status::UserVerificationBypass,
        Status::UserKeyRemoteCompromise,
        Status::UserKeyPhysicalCompromise,
    ]);

    /// The days of grace where the tenant does not say.
    pub const GRACE_DAYS: u32 = 30;

    /// A policy with no rule but the denied statuses.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            allowed_aaguids: AaguidList::default(),
            blocked_aaguids: AaguidList::default(),
            min_certification_level: None,
            block_software_auth: false,
            require_known_aaguids: false,
            denied_statuses: Self::DENIED_STATUSES,
            grace_days: Self::GRACE_DAYS,
            functional_counts_as_l1: false,
        }
    }

    /// What holds for a tenant that has set none.
    pub fn off() -> Self {
        Self::new(Mode::Off)
    }

    /// Do rules 4 to 6 ask anything? They judge by metadata alone.
    fn needs_metadata(&self) -> bool {
        self.block_software_auth || self.require_known_aaguids || self.min_certification_level.is_some()
    }
}

/// What the registration options ask for: `direct` where a rule needs proof. A block list needs
/// none, since it acts on the claim; nor does the list of denied statuses, which every policy has.
pub fn conveyance(policy: &Policy) -> &'static str {
    let needs_proof = policy.needs_metadata() || !policy.allowed_aaguids.is_empty();
    match policy.mode {
        Mode::Audit | Mode::Block if needs_proof => "direct",
        _ => "none",
    }
}
