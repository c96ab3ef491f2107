//! The models, as facts.

use std::fmt;
use std::sync::LazyLock;

use assay_protocol::aaguid::Aaguid;
use serde::{Deserialize, Deserializer, de};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// The lab's models.
pub fn models() -> &'static [Model] {
    &facts().models
}

/// The lab's models, and the day as of which they are true.
pub fn facts() -> &'static Facts {
    // A test reads the file; empty facts are what a broken build would have.
    static FACTS: LazyLock<Facts> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/models.json")).unwrap_or(Facts {
            today: Date::MIN,
            next_update: NextUpdate { fresh: Date::MIN, stale: Date::MIN, expired: Date::MIN },
            models: Vec::new(),
        })
    });
    &FACTS
}

/// The content of the models' file.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// The day on which they are true.
    #[serde(deserialize_with = "day")]
    pub today: Date,
    /// When the next issue is due, seen from that day.
    pub next_update: NextUpdate,
    /// The models.
    pub models: Vec<Model>,
}

/// When the next issue is due.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct NextUpdate {
    /// In time.
    #[serde(deserialize_with = "day")]
    pub fresh: Date,
    /// Some weeks overdue.
    #[serde(deserialize_with = "day")]
    pub stale: Date,
    /// Long overdue.
    #[serde(deserialize_with = "day")]
    pub expired: Date,
}

/// One authenticator model.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    /// What it is known by.
    pub id: ModelId,
    /// Do the metadata list it? Models that they do not are here to be unknown.
    pub in_metadata: bool,
    /// Is it made up?
    #[serde(default)]
    pub synthetic: bool,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `fido2` or `u2f`.
    #[serde(default)]
    pub protocol: String,
    /// How it keeps keys.
    #[serde(default)]
    pub key_protection: Vec<String>,
    /// The attestations that it makes.
    #[serde(default)]
    pub attestation_types: Vec<String>,
    /// What has been reported about it.
    #[serde(default)]
    pub status_reports: Vec<Report>,
}

/// One status report.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// The status word.
    pub status: String,
    /// Since when.
    #[serde(default, deserialize_with = "optional_day")]
    pub effective_date: Option<Date>,
    /// For which firmware.
    pub authenticator_version: Option<u64>,
    /// For which batch: a name, in whose stead the metadata have that batch's certificate.
    pub certificate: Option<String>,
}

impl Model {
    /// Does it ever show a certificate? Then an anchor vouches for it.
    pub fn has_certificates(&self) -> bool {
        self.attestation_types.iter().any(|kind| matches!(kind.as_str(), "basic_full" | "attca" | "anonca"))
    }
}

/// What a model is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelId {
    /// A FIDO2 model.
    Aaguid(Aaguid),
    /// A U2F model: the SHA-1 of its attestation certificate's key.
    KeyIdentifier([u8; 20]),
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aaguid(aaguid) => aaguid.fmt(f),
            Self::KeyIdentifier(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl<'de> Deserialize<'de> for ModelId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Ok(aaguid) = text.parse() {
            return Ok(Self::Aaguid(aaguid));
        }
        key_identifier(&text)
            .map(Self::KeyIdentifier)
            .ok_or_else(|| de::Error::custom(format!("{text:?} names no model")))
    }
}

fn key_identifier(text: &str) -> Option<[u8; 20]> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let bytes: Option<Vec<u8>> = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(16 * high + low).ok(),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    Date::parse(&text, DAY).map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
}

fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day(deserializer).map(Some)
}

/// A day as metadata write it.
pub(super) const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
