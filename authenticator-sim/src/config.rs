//! What kind of authenticator it is: everything that a vendor decides.

mod personas;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::pin_uv::Protocol;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::attestation::{Attestation, U2fAttestation};
use crate::defect::{Defect, Defects};

/// The algorithms that a key can have. Their order is part of credential ids, so that it is for ever.
pub const ALGORITHMS: [i64; 9] = [
    alg::ES256,
    alg::EDDSA,
    alg::ES384,
    alg::ES512,
    alg::ES256K,
    alg::RS256,
    alg::ML_DSA_44,
    alg::ML_DSA_65,
    alg::ML_DSA_87,
];

/// An authenticator's make.
#[derive(Debug, Clone)]
pub struct KeyConfig {
    /// Its name, for people.
    pub name: String,
    /// Its model.
    pub aaguid: Aaguid,
    /// Does it speak CTAP2 at all?
    pub ctap2: bool,
    /// The versions that it reports.
    pub versions: Vec<String>,
    /// Algorithms, the preferred one first; of [`ALGORITHMS`].
    pub algorithms: Vec<i64>,
    /// Is it built into the platform?
    pub platform: bool,
    /// Does it keep discoverable credentials?
    pub discoverable: bool,
    /// PIN and tokens.
    pub pin: PinConfig,
    /// Built-in user verification, where there is a sensor.
    pub uv: Option<UvConfig>,
    /// Is a token needed for every registration, and every sign-in with a touch? As it is made and after a reset.
    pub always_uv: bool,
    /// May a credential that is not discoverable be made without user verification though a PIN is set?
    pub make_cred_uv_not_rqd: bool,
    /// Extensions, of those in CTAP 2.3 12 but `largeBlob`, and `uvm`.
    pub extensions: Vec<String>,
    /// The commands that manage it.
    pub management: Management,
    /// Limits.
    pub limits: Limits,
    /// Attestation, where the platform does not ask for another format.
    pub attestation: Attestation,
    /// Attestation in other formats, for platforms that ask.
    pub other_attestations: Vec<Attestation>,
    /// Enterprise attestation, where it can be enabled.
    pub enterprise: Option<Enterprise>,
    /// CTAP1, with the certificate that it attests by.
    pub u2f: Option<U2fAttestation>,
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
    /// What it does wrong on purpose; nothing, as a rule.
    pub defects: Defects,
}

/// PIN and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PinConfig {
    /// Is there a PIN at all?
    pub supported: bool,
    /// Protocols, the preferred one first.
    #[serde(serialize_with = "numbers", deserialize_with = "protocols")]
    pub protocols: Vec<Protocol>,
    /// Are there tokens with permissions (subcommands 0x06 and 0x09)?
    pub token_permissions: bool,
    /// Do tokens got by the PIN never allow registrations and sign-ins?
    pub no_mc_ga_permissions: bool,
    /// The least number of code points, as it is made and after a reset.
    pub min_length: u8,
    /// The greatest number of code points, where it is told.
    pub max_length: Option<u8>,
    /// Wrong PINs in all before the PIN is blocked.
    pub max_retries: u8,
    /// Rules beyond the length, where there are any.
    pub complexity: Option<Complexity>,
}

/// `pinComplexityPolicy`: a PIN may be neither one character over and over nor a row such as 4567.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complexity {
    /// Is it enforced as it is made and after a reset?
    pub enforced: bool,
    /// Where people can read about it.
    pub url: Option<String>,
}

/// Built-in user verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UvConfig {
    /// Whom it knows.
    pub sensor: Sensor,
    /// Methods, as bits of the FIDO registry.
    pub modality: u64,
    /// Failures in all before it is blocked, 1 to 25.
    pub max_retries: u8,
    /// Attempts within one command, 1 to 5.
    pub internal_attempts: u8,
    /// How often the platform shall ask for a token; more than once means one attempt each time.
    pub preferred_platform_attempts: Option<u8>,
    /// Is it evidence that somebody was there?
    pub interaction: bool,
    /// Do tokens got by it allow bio enrollment?
    pub enrollment_tokens: bool,
    /// Do tokens got by it allow authenticatorConfig?
    pub config_tokens: bool,
}

/// Whom built-in user verification knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensor {
    /// [`crate::env::OWNER`], from the beginning.
    Owner,
    /// Fingers that were enrolled by authenticatorBioEnrollment.
    Fingerprints(BioConfig),
}

/// A fingerprint sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BioConfig {
    /// authenticatorBioEnrollment.
    pub command: bool,
    /// Its prototype under 0x40.
    pub preview: bool,
    /// Good samples that make a template.
    pub samples: u8,
    /// Templates that there is room for.
    pub templates: usize,
    /// Bytes of a template's name.
    pub name_length: u16,
    /// Is the sensor swiped, and not touched?
    pub swiped: bool,
}

/// The commands that manage an authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Management {
    /// authenticatorCredentialManagement.
    pub credentials: bool,
    /// Its prototype under 0x41.
    pub credentials_preview: bool,
    /// Persistent tokens for reading (`pcmr`).
    pub read_only_tokens: bool,
    /// encIdentifier and encCredStoreState.
    pub encrypted_members: bool,
    /// authenticatorLargeBlobs, for so many bytes.
    pub large_blobs: Option<u16>,
    /// authenticatorConfig.
    pub config: Option<ConfigCommands>,
}

/// What authenticatorConfig can do beside enabling enterprise attestation, which goes with [`KeyConfig::enterprise`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigCommands {
    /// toggleAlwaysUv.
    pub toggle_always_uv: bool,
    /// setMinPINLength.
    pub set_min_pin_length: bool,
    /// enableLongTouchForReset, as far as [`ResetConfig::long_touch`] says that there is one.
    pub enable_long_touch: bool,
    /// RP IDs that setMinPINLength can name.
    pub min_pin_length_rp_ids: u8,
    /// RP IDs that are on that list from the beginning.
    pub own_rp_ids: Vec<String>,
    /// vendorPrototype, with the commands that do nothing and succeed.
    pub vendor_commands: Option<Vec<u64>>,
}

/// Enterprise attestation.
#[derive(Debug, Clone)]
pub struct Enterprise {
    /// The statement that tells one device from another.
    pub attestation: Attestation,
    /// RP IDs to which the vendor gives it.
    pub rp_ids: Vec<String>,
    /// Does the platform decide for itself too? Otherwise its wish counts as the vendor-facilitated one.
    pub platform_managed: bool,
}

/// How it is reset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResetConfig {
    /// Does it take a long touch, as it is made and after a reset? None where it never does.
    pub long_touch: Option<bool>,
    /// The transports over which alone it can be reset; none where there is no such rule.
    pub transports: Option<Vec<String>>,
}

/// Limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The longest message.
    pub message: u16,
    /// Entries of an allow or exclude list.
    pub credential_count_in_list: u16,
    /// Bytes of a credential id.
    pub credential_id_length: u16,
    /// Discoverable credentials.
    pub discoverable_credentials: u32,
    /// Bytes of a `credBlob`.
    pub cred_blob_length: u16,
}

/// How signature counters count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// One for all credentials.
    Global,
    /// One for each discoverable credential; the others share the global one.
    PerCredential,
    /// Always zero.
    Zero,
}

/// What becomes of its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backup {
    /// They stay on this device.
    Never,
    /// They could be backed up, and are not.
    Eligible,
    /// They are backed up.
    BackedUp,
}

impl KeyConfig {
    /// Is the extension among its own?
    pub(crate) fn has_extension(&self, id: &str) -> bool {
        self.extensions.iter().any(|own| own == id)
    }

    /// Has it this defect?
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }

    /// Is the version among its own?
    pub(crate) fn speaks(&self, version: &str) -> bool {
        self.versions.iter().any(|own| own == version)
    }

    /// Is it of the first edition, which knew none of what CTAP 2.1 brought?
    pub(crate) fn is_of_2_0(&self) -> bool {
        !["FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"].iter().any(|later| self.speaks(later))
    }

    /// The fingerprint sensor, if there is one.
    pub(crate) fn bio(&self) -> Option<&BioConfig> {
        match &self.uv.as_ref()?.sensor {
            Sensor::Fingerprints(bio) => Some(bio),
            Sensor::Owner => None,
        }
    }

    /// Are there PIN/UV auth protocols?
    pub(crate) fn has_protocols(&self) -> bool {
        self.pin.supported || self.uv.is_some()
    }
}

/// Protocols by their numbers.
fn numbers<S: Serializer>(protocols: &[Protocol], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(protocols.iter().map(|protocol| protocol.number()))
}

fn protocols<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Protocol>, D::Error> {
    let known = |number: &u64| {
        Protocol::from_number(*number)
            .ok_or_else(|| de::Error::custom(format!("there is no PIN/UV auth protocol {number}")))
    };
    Vec::<u64>::deserialize(deserializer)?.iter().map(known).collect()
}

impl Default for PinConfig {
    fn default() -> Self {
        Self {
            supported: true,
            protocols: vec![Protocol::Two, Protocol::One],
            token_permissions: true,
            no_mc_ga_permissions: false,
            min_length: 4,
            max_length: None,
            max_retries: 8,
            complexity: None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 2048,
            credential_count_in_list: 16,
            credential_id_length: 128,
            discoverable_credentials: 100,
            cred_blob_length: 32,
        }
    }
}

impl Backup {
    /// The flags BE and BS.
    pub(crate) fn flags(self) -> u8 {
        match self {
            Self::Never => 0,
            Self::Eligible => 0x08,
            Self::BackedUp => 0x18,
        }
    }
}
