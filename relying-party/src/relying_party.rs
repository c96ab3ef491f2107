//! Who the relying party is, and where its pages live.

use assay_protocol::webauthn::extensions::InputError;
use serde::{Deserialize, Serialize};

/// The relying party. Origins are compared as text, whole: scheme, host and port
/// (WebAuthn L3 13.5.9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The RP ID.
    pub id: String,
    /// The name that clients show.
    pub name: String,
    /// The origins that its ceremonies come from.
    pub origins: Vec<String>,
    /// Are ceremonies inside frames of other origins expected?
    #[serde(default)]
    pub cross_origin: bool,
    /// The pages that such frames are expected in.
    #[serde(default)]
    pub top_origins: Vec<String>,
}

impl RelyingParty {
    /// A relying party that expects no frames.
    pub fn new(id: impl Into<String>, name: impl Into<String>, origins: Vec<String>) -> Self {
        Self { id: id.into(), name: name.into(), origins, cross_origin: false, top_origins: Vec::new() }
    }
}

/// The caller asked for a ceremony that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misuse {
    /// A user handle has 1 to 64 bytes (WebAuthn L3 5.4.3).
    UserHandleLength(usize),
    /// A challenge has 16 bytes or more (WebAuthn L3 13.5.3).
    ChallengeTooShort(usize),
    /// At least one algorithm must be offered (WebAuthn L3 5.4).
    NoAlgorithm,
    /// Clients fail for an extension's input (WebAuthn L3 10.1).
    Extension(InputError),
}

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UserHandleLength(length) => write!(f, "a user handle of {length} bytes"),
            Self::ChallengeTooShort(length) => write!(f, "a challenge of {length} bytes"),
            Self::NoAlgorithm => f.write_str("no algorithm is offered"),
            Self::Extension(error) => write!(f, "extensions: {error}"),
        }
    }
}

impl std::error::Error for Misuse {}

/// How long clients are given where the caller does not say, in milliseconds (WebAuthn L3 15.1).
pub const TIMEOUT: u64 = 300_000;

pub(crate) fn judge_challenge(challenge: &[u8]) -> Result<(), Misuse> {
    match challenge.len() {
        16.. => Ok(()),
        short => Err(Misuse::ChallengeTooShort(short)),
    }
}

pub(crate) fn judge_user_handle(handle: &[u8]) -> Result<(), Misuse> {
    match handle.len() {
        1..=64 => Ok(()),
        other => Err(Misuse::UserHandleLength(other)),
    }
}
