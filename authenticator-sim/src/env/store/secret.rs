//! The secret that state files are sealed by.

use std::fmt;

use assay_protocol::base64url;
use assay_protocol::digest::sha256_parts;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 32 bytes from outside the file: from another file, a passphrase, one day a TPM.
#[derive(Clone)]
pub struct SealingSecret([u8; 32]);

/// What tells a sealing secret from others, and nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretId([u8; 8]);

impl SealingSecret {
    /// The secret of these bytes, which nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What tells it from others.
    pub fn id(&self) -> SecretId {
        let digest = sha256_parts(&[b"assay sealing secret id", &self.0]);
        let mut id = [0; 8];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        SecretId(id)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SealingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingSecret")
    }
}

impl Serialize for SecretId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SecretId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = base64url::decode(&String::deserialize(deserializer)?).map_err(de::Error::custom)?;
        let id = <[u8; 8]>::try_from(bytes.as_slice());
        id.map(Self).map_err(|_length| de::Error::invalid_length(bytes.len(), &"8 bytes"))
    }
}
