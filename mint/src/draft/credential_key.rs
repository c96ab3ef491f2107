use ciborium::Value;

use super::Finish;
use crate::cbor::Map;
use crate::keys::SigningKey;
use crate::seed::Seed;

/// The credential public key, a COSE_Key.
#[derive(Debug, Clone)]
pub struct CredentialKeyDraft {
    /// The members, in canonical order.
    pub members: Map,
    /// What befalls the bytes.
    pub finish: Option<Finish>,
    /// Where other keys may be drawn from.
    pub seed: Seed,
}

impl CredentialKeyDraft {
    /// The right public key.
    pub fn new(key: &SigningKey, seed: Seed) -> Self {
        Self { members: members(key), finish: None, seed }
    }

    /// Puts the public key of `key` there instead.
    pub fn replace(&mut self, key: &SigningKey) {
        self.members = members(key);
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.members.to_bytes();
        match self.finish {
            Some(finish) => finish(bytes),
            None => bytes,
        }
    }
}

fn members(key: &SigningKey) -> Map {
    match key.cose_key().to_value() {
        Value::Map(entries) => Map(entries),
        _ => Map::default(),
    }
}

/// Some well-formed public key.
pub(crate) fn any_public_key() -> Vec<u8> {
    members(&SigningKey::es256(&Seed::new([7; 32]))).to_bytes()
}
