//! What an authenticator keeps: everything that outlives its power.

use std::fmt;

use assay_protocol::base64url;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of this form.
    pub format: u32,
    /// Whence credentials that are not kept are derived; a reset draws a new one.
    pub secret: Secret,
    /// Credentials that are kept, the oldest first.
    pub credentials: Vec<StoredCredential>,
    /// The global signature counter.
    pub sign_count: u32,
    /// The PIN, once it is set.
    pub pin: Option<StoredPin>,
    /// Wrong PINs left.
    pub pin_retries: u8,
}

/// A discoverable credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCredential {
    /// Its id.
    pub id: Secret,
    /// The RP ID that it is bound to.
    pub rp_id: String,
    /// The user handle.
    pub user_id: Secret,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// Its algorithm.
    pub alg: i64,
    /// Its private key.
    pub private_key: Secret,
    /// Its protection, 1 to 3.
    pub cred_protect: u8,
    /// Its own signature counter.
    pub sign_count: u32,
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
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Vec<u8>);

impl State {
    /// The current form.
    pub const FORMAT: u32 = 1;
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
