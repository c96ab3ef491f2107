//! One authenticator model.

use std::fmt;

use assay_protocol::aaguid::Aaguid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;

use super::{KeyProtections, Level, StatusReport, Statuses};
use crate::certificate::Certificate;
use crate::path::Anchors;

/// What the metadata say about one model (MDS 3.1.1 and the metadata statement).
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the model is known by.
    pub id: ModelId,
    /// The keys of a U2F model's attestation certificates.
    pub key_identifiers: Vec<KeyIdentifier>,
    /// The model's name.
    pub description: String,
    /// `fido2`, `u2f` or `uaf`; empty where nothing is said.
    pub protocol: String,
    /// How it keeps private keys.
    pub key_protection: KeyProtections,
    /// The kinds of attestation it makes, such as `basic_full`.
    pub attestation_types: Vec<String>,
    /// The algorithms of its credentials, such as `secp256r1_ecdsa_sha256_raw`.
    pub authentication_algorithms: Vec<String>,
    /// The certificates that vouch for it.
    pub attestation_root_certificates: Anchors,
    /// What has been reported about it, in the order of the file: which is no order of time.
    pub status_reports: Vec<StatusReport>,
    /// The day of the last change of status.
    pub time_of_last_status_change: Option<Date>,
    /// The entry as it stands, unknown members included.
    pub raw: Map<String, Value>,
}

impl Entry {
    /// The statuses in force on this day, for whatever firmware.
    pub fn statuses(&self, today: Date) -> Statuses {
        let mut statuses = Statuses::default();
        for report in self.in_force(today) {
            statuses.insert(report.status);
        }
        statuses
    }

    /// The highest level that a certification in force grants to this firmware. Not the last one
    /// reported: a bare functional certification often follows the one with a level.
    pub fn level(&self, today: Date, firmware: Option<u64>) -> Level {
        self.in_force(today)
            .filter(|report| report.inherited_by(firmware))
            .filter_map(|report| report.status.level())
            .max()
            .unwrap_or_default()
    }

    /// The certification in force that grants the level.
    pub fn certification(&self, today: Date, firmware: Option<u64>) -> Option<&StatusReport> {
        self.in_force(today)
            .filter(|report| report.inherited_by(firmware))
            .max_by_key(|report| report.status.level())
            .filter(|report| report.status.level().is_some())
    }

    /// The reports in force on this day.
    pub fn in_force(&self, today: Date) -> impl Iterator<Item = &StatusReport> {
        self.status_reports.iter().filter(move |report| report.in_force(today))
    }
}

/// What a model is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ModelId {
    /// A FIDO2 model.
    Aaguid(Aaguid),
    /// A U2F model: the first of its key identifiers.
    KeyIdentifier(KeyIdentifier),
    /// A UAF model, which no WebAuthn ceremony meets.
    Aaid(String),
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aaguid(aaguid) => aaguid.fmt(f),
            Self::KeyIdentifier(identifier) => identifier.fmt(f),
            Self::Aaid(aaid) => f.write_str(aaid),
        }
    }
}

/// The SHA-1 of a certificate's public key (RFC 5280 4.2.1.2, method 1). It names, it proves
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyIdentifier(pub [u8; 20]);

impl KeyIdentifier {
    /// The identifier of this certificate's key.
    pub fn of(certificate: &Certificate) -> Option<Self> {
        Some(Self(certificate.key_identifier().try_into().ok()?))
    }

    /// Reads forty hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        if text.len() != 40 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for KeyIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<KeyIdentifier> for String {
    fn from(identifier: KeyIdentifier) -> Self {
        identifier.to_string()
    }
}

impl TryFrom<String> for KeyIdentifier {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_hex(&text).ok_or("a key identifier is written as forty hexadecimal digits")
    }
}
