//! A make as data: everything that a [`KeyConfig`] says but keys and certificates, so that it can be
//! kept in a file, and taken from the metadata statement of a real model.

mod statement;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use assay_mint::error::Error;
use assay_mint::lab::Lab;
use assay_mint::statement::Format;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::get_info::Response;
use assay_protocol::ctaphid::MAX_MESSAGE;
use serde::{Deserialize, Serialize};

pub use self::statement::{LeftOut, NotAKey, Taken};
use crate::attestation::{Attestation, U2fAttestation};
use crate::config::{
    ALGORITHMS, Backup, Counter, Enterprise, KeyConfig, Limits, Management, PinConfig, ResetConfig, Sensor, UvConfig,
};
use crate::defect::Defects;

/// An authenticator's make without its keys. What a file leaves out is as [`KeyConfig::security_key`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Persona {
    /// Its name, for people.
    pub name: String,
    /// Its model.
    pub aaguid: Aaguid,
    /// Does it speak CTAP2 at all?
    pub ctap2: bool,
    /// The versions that it reports.
    pub versions: Vec<String>,
    /// COSE algorithms by number, the preferred one first; of [`ALGORITHMS`].
    pub algorithms: Vec<i64>,
    /// Is it built into the platform?
    pub platform: bool,
    /// Does it keep discoverable credentials?
    pub discoverable: bool,
    /// PIN and tokens.
    pub pin: PinConfig,
    /// Built-in user verification, where there is a sensor.
    pub uv: Option<UvConfig>,
    /// Is a token needed for every registration, and every sign-in with a touch?
    pub always_uv: bool,
    /// May a credential that is not discoverable be made without user verification though a PIN is set?
    pub make_cred_uv_not_rqd: bool,
    /// Extensions.
    pub extensions: Vec<String>,
    /// The commands that manage it.
    pub management: Management,
    /// Limits.
    pub limits: Limits,
    /// How it attests, the usual way first.
    pub attestation: Vec<AttestationKind>,
    /// Enterprise attestation, where it can be enabled.
    pub enterprise: Option<EnterpriseRules>,
    /// CTAP1, by the lab's certificate for the U2F model of this name.
    pub u2f: Option<String>,
    /// Signature counters.
    pub counter: Counter,
    /// Backup flags.
    pub backup: Backup,
    /// Transports that it reports.
    pub transports: Vec<String>,
    /// The one that it is reached by.
    pub reached_by: String,
    /// Resets.
    pub reset: ResetConfig,
    /// Firmware version.
    pub firmware_version: u64,
    /// Certifications by name, with their levels.
    pub certifications: BTreeMap<String, u64>,
    /// Members of getInfo, by name, that it could tell and does not.
    pub untold: BTreeSet<String>,
}

/// A way to attest, with the lab's certificates where it takes any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttestationKind {
    /// None at all.
    None,
    /// Packed, signed by the credential itself.
    PackedSelf,
    /// Packed, with the model's certificates.
    PackedX5c,
    /// `fido-u2f`.
    FidoU2f,
    /// `tpm`.
    Tpm,
    /// `android-key`.
    AndroidKey,
    /// `android-safetynet`.
    AndroidSafetynet,
    /// `apple`.
    Apple,
}

/// To whom enterprise attestation is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseRules {
    /// RP IDs to which the vendor gives it.
    pub rp_ids: Vec<String>,
    /// Does the platform decide for itself too?
    pub platform_managed: bool,
}

/// Why no key can be made of a persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// No algorithm at all.
    NoAlgorithm,
    /// The simulator cannot sign by this one.
    Algorithm(i64),
    /// It has neither CTAP2 nor CTAP1.
    NoProtocol,
    /// A number is out of its range.
    Range(&'static str),
    /// There is no such member of getInfo, or it cannot be left out.
    Untold(String),
    /// It has no way to attest.
    NoAttestation,
}

/// Why no key was made.
#[derive(Debug)]
pub enum ConfigError {
    /// The persona is none.
    Unfit(Unfit),
    /// A certificate could not be made.
    Mint(Error),
}

impl Persona {
    /// What a make says; ways to attest that are several in one (`compound`) are left out.
    pub fn of(config: &KeyConfig) -> Self {
        let attestations = std::iter::once(&config.attestation).chain(&config.other_attestations);
        Self {
            name: config.name.clone(),
            aaguid: config.aaguid,
            ctap2: config.ctap2,
            versions: config.versions.clone(),
            algorithms: config.algorithms.clone(),
            platform: config.platform,
            discoverable: config.discoverable,
            pin: config.pin.clone(),
            uv: config.uv.clone(),
            always_uv: config.always_uv,
            make_cred_uv_not_rqd: config.make_cred_uv_not_rqd,
            extensions: config.extensions.clone(),
            management: config.management.clone(),
            limits: config.limits,
            attestation: attestations.filter_map(AttestationKind::of).collect(),
            enterprise: config.enterprise.as_ref().map(|enterprise| EnterpriseRules {
                rp_ids: enterprise.rp_ids.clone(),
                platform_managed: enterprise.platform_managed,
            }),
            u2f: config.u2f.as_ref().map(|_| config.aaguid.to_string()),
            counter: config.counter,
            backup: config.backup,
            transports: config.transports.clone(),
            reached_by: config.reached_by.clone(),
            reset: config.reset.clone(),
            firmware_version: config.firmware_version,
            certifications: config.certifications.clone(),
            untold: config.untold.clone(),
        }
    }

    /// The make, with the certificates of this lab.
    pub fn config(&self, lab: &Lab) -> Result<KeyConfig, ConfigError> {
        self.check()?;
        let attestations: Result<Vec<_>, Error> =
            self.attestation.iter().map(|kind| kind.attestation(lab, self.aaguid)).collect();
        let mut attestations = attestations?.into_iter();
        let enterprise = match &self.enterprise {
            None => None,
            Some(rules) => Some(Enterprise {
                attestation: Attestation::packed(&lab.batch(self.aaguid, "device 1"))?,
                rp_ids: rules.rp_ids.clone(),
                platform_managed: rules.platform_managed,
            }),
        };
        Ok(KeyConfig {
            name: self.name.clone(),
            aaguid: self.aaguid,
            ctap2: self.ctap2,
            versions: self.versions.clone(),
            algorithms: self.algorithms.clone(),
            platform: self.platform,
            discoverable: self.discoverable,
            pin: self.pin.clone(),
            uv: self.uv.clone(),
            always_uv: self.always_uv,
            make_cred_uv_not_rqd: self.make_cred_uv_not_rqd,
            extensions: self.extensions.clone(),
            management: self.management.clone(),
            limits: self.limits,
            attestation: attestations.next().ok_or(Unfit::NoAttestation)?,
            other_attestations: attestations.collect(),
            enterprise,
            u2f: self.u2f.as_deref().map(|model| U2fAttestation::new(&lab.u2f(model))).transpose()?,
            counter: self.counter,
            backup: self.backup,
            transports: self.transports.clone(),
            reached_by: self.reached_by.clone(),
            reset: self.reset.clone(),
            firmware_version: self.firmware_version,
            certifications: self.certifications.clone(),
            untold: self.untold.clone(),
            defects: Defects::new(),
        })
    }

    /// Can a key be like this?
    pub fn check(&self) -> Result<(), Unfit> {
        if !self.ctap2 && self.u2f.is_none() {
            return Err(Unfit::NoProtocol);
        }
        if self.algorithms.is_empty() {
            return Err(Unfit::NoAlgorithm);
        }
        if let Some(alg) = self.algorithms.iter().find(|alg| !ALGORITHMS.contains(alg)) {
            return Err(Unfit::Algorithm(*alg));
        }
        let (pin, limits) = (&self.pin, &self.limits);
        let bio = self.uv.as_ref().and_then(|uv| match &uv.sensor {
            Sensor::Fingerprints(bio) => Some(bio),
            Sensor::Owner => None,
        });
        // CTAP 2.3 6.5.1 and 6.5.2.2; 6.4 for what is told; 6.10.3 and 6.5.3 for the rest.
        let ranges = [
            ("pin.min_length", (4..=63).contains(&pin.min_length)),
            ("pin.max_length", pin.max_length.is_none_or(|most| (pin.min_length..=63).contains(&most))),
            ("pin.max_retries", (1..=8).contains(&pin.max_retries)),
            ("pin.protocols", !pin.protocols.is_empty()),
            ("uv.max_retries", self.uv.as_ref().is_none_or(|uv| (1..=25).contains(&uv.max_retries))),
            ("uv.internal_attempts", self.uv.as_ref().is_none_or(|uv| (1..=5).contains(&uv.internal_attempts))),
            ("limits.message", (LEAST_MESSAGE..=MAX_MESSAGE).contains(&usize::from(limits.message))),
            ("limits.credential_id_length", limits.credential_id_length >= CREDENTIAL_ID_LENGTH),
            ("limits.cred_blob_length", limits.cred_blob_length >= 32),
            ("management.large_blobs", self.management.large_blobs.is_none_or(|bytes| bytes >= 1024)),
        ];
        let sensor = [
            ("uv.sensor.fingerprints.samples", bio.is_none_or(|bio| bio.samples > 0)),
            ("uv.sensor.fingerprints.templates", bio.is_none_or(|bio| bio.templates > 0)),
        ];
        match ranges.iter().chain(&sensor).find(|(_, kept)| !kept) {
            Some((member, _)) => Err(Unfit::Range(member)),
            None => self.untold.iter().try_for_each(|member| match Response::default().forget(member) {
                true => Ok(()),
                false => Err(Unfit::Untold(member.clone())),
            }),
        }
    }
}

/// Bytes of the ids of credentials that the key does not keep.
const CREDENTIAL_ID_LENGTH: u16 = 62;

/// Bytes that the smallest registration has room in.
const LEAST_MESSAGE: usize = 256;

impl Default for Persona {
    fn default() -> Self {
        Self::of(&KeyConfig::security_key())
    }
}

impl AttestationKind {
    /// The kind of an attestation.
    fn of(attestation: &Attestation) -> Option<Self> {
        Some(match attestation {
            Attestation::None => Self::None,
            Attestation::PackedSelf => Self::PackedSelf,
            Attestation::Packed(_) => Self::PackedX5c,
            Attestation::Minted(format) => match format.as_ref() {
                Format::None => Self::None,
                Format::PackedSelf => Self::PackedSelf,
                Format::Packed(_) => Self::PackedX5c,
                Format::FidoU2f(_) => Self::FidoU2f,
                Format::Tpm(_) => Self::Tpm,
                Format::AndroidKey(_) => Self::AndroidKey,
                Format::AndroidSafetynet(_) => Self::AndroidSafetynet,
                Format::Apple(_) => Self::Apple,
                Format::Compound(_) => return None,
            },
        })
    }

    /// The same with keys, where it takes any: those of the lab for the model.
    fn attestation(self, lab: &Lab, aaguid: Aaguid) -> Result<Attestation, Error> {
        Attestation::of(match self {
            Self::None => Format::None,
            Self::PackedSelf => Format::PackedSelf,
            Self::PackedX5c => return Attestation::packed(&lab.model(aaguid))?.into_fast(),
            Self::FidoU2f => Format::FidoU2f(Box::new(lab.model(aaguid).direct())),
            Self::Tpm => Format::Tpm(Box::new(lab.tpm(aaguid))),
            Self::AndroidKey => Format::AndroidKey(Box::new(lab.android_key())),
            Self::AndroidSafetynet => Format::AndroidSafetynet(Box::new(lab.safetynet())),
            Self::Apple => Format::Apple(Box::new(lab.apple())),
        })
    }

    /// The format's identifier.
    pub(crate) const fn fmt(self) -> &'static str {
        match self {
            Self::PackedSelf | Self::PackedX5c => "packed",
            other => other.as_str(),
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf => "packed-self",
            Self::PackedX5c => "packed-x5c",
            Self::FidoU2f => "fido-u2f",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::AndroidSafetynet => "android-safetynet",
            Self::Apple => "apple",
        }
    }
}

impl From<Unfit> for ConfigError {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

impl From<Error> for ConfigError {
    fn from(error: Error) -> Self {
        Self::Mint(error)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAlgorithm => f.write_str("it has no algorithm"),
            Self::Algorithm(alg) => write!(f, "the simulator does not sign by COSE algorithm {alg}"),
            Self::NoProtocol => f.write_str("it speaks neither CTAP2 nor CTAP1 (u2f)"),
            Self::Range(member) => write!(f, "{member} is out of its range"),
            Self::Untold(member) => write!(f, "untold: {member:?} is no member of getInfo that can be left out"),
            Self::NoAttestation => f.write_str("attestation: at least none must be there"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::Mint(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unfit {}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unfit(unfit) => Some(unfit),
            Self::Mint(error) => Some(error),
        }
    }
}
