//! Profiles: which checks are in force, as data.

use assay_attestation::Sufficient;
use assay_protocol::check::{CheckInfo, Enforced, Kind, ReasonInfo};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::rejection::{Check, Reason};

/// A named set of checks, and how the contested ones are decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// The checks in force.
    pub enforced: Enforced,
    /// The decisions that it embodies.
    pub switches: Switches,
}

/// Questions that specifications leave open or answer against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// A self-issued root inside `x5c`: FIDO's tool refuses it, WebAuthn does not.
    pub root_in_x5c: Action,
    /// An ill-formed `tokenBinding`: FIDO's tool refuses it, in WebAuthn the member is reserved.
    pub token_binding: Action,
    /// An AAGUID beside a U2F statement: FIDO's tool refuses it, WebAuthn has one in its vectors.
    pub fido_u2f_aaguid: Action,
    /// A TPM whose manufacturer the TCG's registry does not have: the manufacturer of WebAuthn's own vector is zero.
    pub tpm_vendor: Action,
    /// A signature counter that did not increase: WebAuthn leaves it to the relying party.
    pub sign_count: Action,
    /// A statement signed with SHA-1: the TPMs behind Windows Hello do, and nobody else should.
    pub attestation_sha1: Action,
    /// How strictly a credential's eligibility for backup is held to be immutable.
    pub backup_eligibility: BackupEligibility,
    /// An extension output that nobody asked for: WebAuthn leaves it to the relying party.
    pub unsolicited_outputs: Action,
    /// An Android key whose origin and purpose Android alone enforces: WebAuthn leaves it to the relying party.
    pub android_key_tee_only: Action,
    /// An answer of a service of Google's that is no more: WebAuthn still knows its format.
    pub android_safetynet: Action,
    /// How many parts of a compound statement have to hold and to be trusted: WebAuthn leaves it open.
    pub compound: Sufficient,
}

/// What is done about a contested thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It passes; where it is a warning, the outcome says so.
    Accept,
    /// The ceremony fails.
    Refuse,
}

/// How strictly a credential's eligibility for backup is held to be immutable. A record from
/// before the flag was kept takes over the first value seen, under either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupEligibility {
    /// As the specification says.
    Immutable,
    /// It may be gained, never lost: some platforms made old credentials eligible.
    Gainable,
}

/// A check, and the profiles that enforce it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The check.
    pub check: CheckInfo,
    /// The names of the profiles.
    pub profiles: Vec<&'static str>,
}

struct Definition {
    name: &'static str,
    kinds: &'static [Kind],
    /// Are tool checks in force that are pure syntax?
    syntax: bool,
    switches: Switches,
}

const DEFINITIONS: [Definition; 3] = [
    Definition {
        name: "w3c-l3",
        kinds: &[Kind::Normative, Kind::Policy],
        syntax: false,
        switches: Switches {
            root_in_x5c: Action::Accept,
            token_binding: Action::Accept,
            fido_u2f_aaguid: Action::Accept,
            tpm_vendor: Action::Accept,
            sign_count: Action::Accept,
            attestation_sha1: Action::Accept,
            backup_eligibility: BackupEligibility::Immutable,
            unsolicited_outputs: Action::Accept,
            android_key_tee_only: Action::Accept,
            android_safetynet: Action::Refuse,
            compound: Sufficient::All,
        },
    },
    Definition {
        name: "tool-compatible",
        kinds: &[Kind::Normative, Kind::Policy, Kind::Tool],
        syntax: true,
        switches: Switches {
            root_in_x5c: Action::Refuse,
            token_binding: Action::Refuse,
            fido_u2f_aaguid: Action::Refuse,
            tpm_vendor: Action::Refuse,
            sign_count: Action::Refuse,
            attestation_sha1: Action::Accept,
            backup_eligibility: BackupEligibility::Immutable,
            unsolicited_outputs: Action::Accept,
            android_key_tee_only: Action::Accept,
            android_safetynet: Action::Refuse,
            compound: Sufficient::All,
        },
    },
    Definition {
        name: "hardened",
        kinds: &[Kind::Normative, Kind::Policy, Kind::Hardening],
        syntax: true,
        switches: Switches {
            root_in_x5c: Action::Accept,
            token_binding: Action::Accept,
            fido_u2f_aaguid: Action::Accept,
            tpm_vendor: Action::Refuse,
            sign_count: Action::Refuse,
            attestation_sha1: Action::Refuse,
            backup_eligibility: BackupEligibility::Immutable,
            unsolicited_outputs: Action::Accept,
            android_key_tee_only: Action::Refuse,
            android_safetynet: Action::Refuse,
            compound: Sufficient::All,
        },
    },
];

impl Definition {
    fn enforces(&self, check: &CheckInfo, switches: &Switches) -> bool {
        match switches.action(check.id) {
            Some(action) => action == Action::Refuse,
            None => self.kinds.contains(&check.kind) || (self.syntax && check.syntax),
        }
    }

    fn profile(&self, switches: Switches) -> Profile {
        let off = checks().filter(|check| !self.enforces(check, &switches));
        Profile {
            name: self.name,
            enforced: off.fold(Enforced::all(), |enforced, check| enforced.without(check.id)),
            switches,
        }
    }
}

impl Switches {
    /// The switch that decides this check; every other check follows its kind.
    fn action(&self, id: &str) -> Option<Action> {
        match id {
            "root_in_x5c" => Some(self.root_in_x5c),
            "token_binding" => Some(self.token_binding),
            "fido_u2f_aaguid" => Some(self.fido_u2f_aaguid),
            "tpm_certificate_vendor" => Some(self.tpm_vendor),
            "android_key_tee_only" => Some(self.android_key_tee_only),
            "android_safetynet_deprecated" => Some(self.android_safetynet),
            "attestation_sha1" => Some(self.attestation_sha1),
            "sign_count_not_increased" => Some(self.sign_count),
            _ => None,
        }
    }
}

impl Profile {
    /// The profile with this name.
    pub fn named(name: &str) -> Option<Self> {
        let definition = DEFINITIONS.iter().find(|definition| definition.name == name)?;
        Some(definition.profile(definition.switches))
    }

    /// The profile with this name, its contested questions decided otherwise.
    pub fn with_switches(name: &str, switches: Switches) -> Option<Self> {
        let definition = DEFINITIONS.iter().find(|definition| definition.name == name)?;
        Some(definition.profile(switches))
    }

    /// The same without one check, or nothing where no check has that id.
    #[must_use]
    pub fn without(mut self, id: &str) -> Option<Self> {
        let check = checks().find(|check| check.id == id)?;
        self.enforced = self.enforced.without(check.id);
        Some(self)
    }

    /// The ids of the checks in force, in the order of the lists.
    pub fn ids(&self) -> Vec<&'static str> {
        checks().map(|check| check.id).filter(|id| self.enforced.has(id)).collect()
    }
}

impl Default for Profile {
    /// `w3c-l3`.
    fn default() -> Self {
        let [first, ..] = &DEFINITIONS;
        first.profile(first.switches)
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Profile", 3)?;
        out.serialize_field("name", self.name)?;
        out.serialize_field("checks", &self.ids())?;
        out.serialize_field("switches", &self.switches)?;
        out.end()
    }
}

/// Every profile.
pub fn profiles() -> Vec<Profile> {
    DEFINITIONS.iter().map(|definition| definition.profile(definition.switches)).collect()
}

/// Every check of the ceremonies and of attestation, and the profiles that enforce it.
pub fn all_checks() -> Vec<Listed> {
    let profiles = profiles();
    checks()
        .map(|check| Listed {
            check,
            profiles: profiles
                .iter()
                .filter(|profile| profile.enforced.has(check.id))
                .map(|profile| profile.name)
                .collect(),
        })
        .collect()
}

/// Every reason for which a ceremony can be malformed, whichever crate noticed it.
pub fn all_reasons() -> Vec<ReasonInfo> {
    let protocol = assay_protocol::error::Reason::ALL.iter().map(|reason| reason.info());
    let attestation = assay_attestation::Reason::ALL.iter().map(|reason| reason.info());
    let own = Reason::ALL.iter().map(|reason| reason.info());
    protocol.chain(attestation).chain(own).collect()
}

fn checks() -> impl Iterator<Item = CheckInfo> {
    let own = Check::ALL.iter().map(|check| check.info());
    own.chain(assay_attestation::Check::ALL.iter().map(|check| check.info()))
}

#[cfg(test)]
mod tests;
