//! What kind of authenticator it is: everything that a vendor decides.

use assay_mint::lab::MODEL;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::pin_uv::Protocol;

use crate::attestation::Attestation;
use crate::defect::{Defect, Defects};

/// An authenticator's make.
#[derive(Debug, Clone)]
pub struct KeyConfig {
    /// Its name, for people.
    pub name: String,
    /// Its model.
    pub aaguid: Aaguid,
    /// The versions that it reports.
    pub versions: Vec<String>,
    /// Algorithms, the preferred one first; of ES256 and EdDSA.
    pub algorithms: Vec<i64>,
    /// Does it keep discoverable credentials?
    pub discoverable: bool,
    /// PIN and tokens.
    pub pin: PinConfig,
    /// Is a token needed for every registration, and every sign-in with a touch?
    pub always_uv: bool,
    /// May a credential that is not discoverable be made without user verification though a PIN is set?
    pub make_cred_uv_not_rqd: bool,
    /// Extensions, of `credProtect` and `hmac-secret`.
    pub extensions: Vec<String>,
    /// Limits.
    pub limits: Limits,
    /// Attestation.
    pub attestation: Attestation,
    /// Signature counters.
    pub counter: Counter,
    /// Backup flags.
    pub backup: Backup,
    /// Transports that it reports.
    pub transports: Vec<String>,
    /// Firmware version.
    pub firmware_version: u64,
    /// What it does wrong on purpose; nothing, as a rule.
    pub defects: Defects,
}

/// PIN and tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinConfig {
    /// Is there a PIN at all?
    pub supported: bool,
    /// Protocols, the preferred one first.
    pub protocols: Vec<Protocol>,
    /// Are there tokens with permissions (subcommand 0x09)?
    pub token_permissions: bool,
    /// Do tokens got by the PIN never allow registrations and sign-ins?
    pub no_mc_ga_permissions: bool,
    /// The least number of code points.
    pub min_length: u8,
    /// Wrong PINs in all before the PIN is blocked.
    pub max_retries: u8,
}

/// Limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message.
    pub message: u16,
    /// Entries of an allow or exclude list.
    pub credential_count_in_list: u16,
    /// Bytes of a credential id.
    pub credential_id_length: u16,
    /// Discoverable credentials.
    pub discoverable_credentials: u16,
}

/// How signature counters count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counter {
    /// One for all credentials.
    Global,
    /// One for each discoverable credential; the others share the global one.
    PerCredential,
    /// Always zero.
    Zero,
}

/// What becomes of its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backup {
    /// They stay on this device.
    Never,
    /// They could be backed up, and are not.
    Eligible,
    /// They are backed up.
    BackedUp,
}

impl KeyConfig {
    /// A security key of this day: CTAP 2.1, PIN by both protocols, discoverable credentials,
    /// `credProtect` and `hmac-secret`, self attestation.
    pub fn security_key() -> Self {
        Self {
            name: "Assay Key".to_owned(),
            aaguid: MODEL,
            versions: vec!["FIDO_2_0".to_owned(), "FIDO_2_1".to_owned()],
            algorithms: vec![alg::ES256, alg::EDDSA],
            discoverable: true,
            pin: PinConfig::default(),
            always_uv: false,
            make_cred_uv_not_rqd: true,
            extensions: vec!["credProtect".to_owned(), "hmac-secret".to_owned()],
            limits: Limits::default(),
            attestation: Attestation::PackedSelf,
            counter: Counter::Global,
            backup: Backup::Never,
            transports: vec!["usb".to_owned()],
            firmware_version: 1,
            defects: Defects::new(),
        }
    }

    /// Is the extension among its own?
    pub(crate) fn has_extension(&self, id: &str) -> bool {
        self.extensions.iter().any(|own| own == id)
    }

    /// Has it this defect?
    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }
}

impl Default for PinConfig {
    fn default() -> Self {
        Self {
            supported: true,
            protocols: vec![Protocol::Two, Protocol::One],
            token_permissions: true,
            no_mc_ga_permissions: false,
            min_length: 4,
            max_retries: 8,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { message: 2048, credential_count_in_list: 16, credential_id_length: 128, discoverable_credentials: 100 }
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
