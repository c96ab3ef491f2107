//! What an authenticator keeps: everything that outlives its power.

mod change;
mod credentials;
mod format_one;
#[cfg(test)]
mod tests;

use std::fmt;

use assay_protocol::base64url;
use assay_protocol::ctap2::large_blobs;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use change::Change;
pub use credentials::{Credentials, StoredCredential};
pub(crate) use format_one::FormatOne;

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of this form.
    pub format: u32,
    /// Everything but what can be large or changes with every signature.
    pub device: DeviceState,
    /// The global signature counter.
    pub sign_count: u32,
    /// The credential store state, 128 random bits: new ones whenever the credentials change.
    #[serde(default)]
    pub cred_store_state: Secret,
    /// The serialized large-blob array.
    #[serde(default = "no_blobs")]
    pub large_blobs: Secret,
    /// Credentials that are kept.
    pub credentials: Credentials,
}

/// What is small and changes seldom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceState {
    /// Whence credentials that are not kept are derived; a reset draws a new one.
    pub secret: Secret,
    /// The PIN, once it is set.
    pub pin: Option<StoredPin>,
    /// Wrong PINs left.
    pub pin_retries: u8,
    /// Failed built-in user verifications left.
    #[serde(default)]
    pub uv_retries: u8,
    /// How often built-in user verification was done since the PIN was last entered.
    #[serde(default)]
    pub uv_count: u64,
    /// Fingers that are enrolled.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// The device identifier, 128 random bits.
    #[serde(default)]
    pub identifier: Secret,
    /// The persistent pinUvAuthToken.
    #[serde(default)]
    pub persistent_token: PersistentToken,
    /// What authenticatorConfig has changed.
    #[serde(default)]
    pub policy: Policy,
}

/// What authenticatorConfig changes; what is not here is as the maker made it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// alwaysUv.
    pub always_uv: Option<bool>,
    /// The least number of code points of a PIN.
    pub min_pin_length: Option<u8>,
    /// Who may learn that number.
    pub min_pin_length_rp_ids: Vec<String>,
    /// Must the PIN be changed?
    pub force_pin_change: bool,
    /// pinComplexityPolicy.
    pub pin_complexity: Option<bool>,
    /// Is enterprise attestation enabled?
    pub enterprise: bool,
    /// longTouchForReset.
    pub long_touch: Option<bool>,
}

/// The token of read-only credential management.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersistentToken {
    /// Its 32 bytes.
    pub bytes: Secret,
    /// Was it given to anybody, with the permission that it has?
    pub permitted: bool,
}

/// A finger that is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The template's id.
    pub id: Secret,
    /// Its name, for people.
    pub name: Option<String>,
    /// The finger.
    pub finger: u64,
}

/// What is kept of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPin {
    /// The first half of its SHA-256.
    pub hash: Secret,
    /// Its length in code points.
    pub code_points: usize,
}

/// Bytes that are shown to nobody; base64url where they are kept.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(pub Vec<u8>);

impl State {
    /// The current form.
    pub const FORMAT: u32 = 2;

    /// Makes a change.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Device(device) => self.device = *device,
            Change::SignCount(count) => self.sign_count = count,
            Change::CredStoreState(state) => self.cred_store_state = state,
            Change::LargeBlobs(blobs) => self.large_blobs = blobs,
            Change::Put(credential) => self.credentials.put(*credential),
            Change::Count(id, count) => self.credentials.set_count(&id.0, count),
            Change::Remove(id) => drop(self.credentials.remove(&id.0)),
            Change::Clear => self.credentials = Credentials::default(),
        }
    }

    /// What makes this state of any other.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = vec![
            Change::Clear,
            Change::Device(Box::new(self.device.clone())),
            Change::SignCount(self.sign_count),
            Change::CredStoreState(self.cred_store_state.clone()),
            Change::LargeBlobs(self.large_blobs.clone()),
        ];
        changes.extend(self.credentials.iter().map(|kept| Change::Put(Box::new(kept.clone()))));
        changes
    }
}

fn no_blobs() -> Secret {
    Secret(large_blobs::INITIAL.to_vec())
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        base64url::decode(&text).map(Self).map_err(de::Error::custom)
    }
}
