//! PublicKeyCredentialDescriptorJSON (WebAuthn L3 5.8.3) and PublicKeyCredentialParameters (5.3).

use serde_json::{Value, json};

use super::PUBLIC_KEY;
use super::options::Object;
use crate::base64url;
use crate::error::Malformed;

/// A credential that is wanted, or not wanted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The member `type`.
    pub kind: String,
    /// The credential id.
    pub id: Vec<u8>,
    /// How the authenticator may be reached; unknown ones included.
    pub transports: Vec<String>,
}

/// A kind of credential the relying party takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The member `type`.
    pub kind: String,
    /// The COSE algorithm number.
    pub alg: i64,
}

impl Descriptor {
    /// A public-key credential with this id.
    pub fn new(id: Vec<u8>, transports: Vec<String>) -> Self {
        Self { kind: PUBLIC_KEY.into(), id, transports }
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        Ok(Self { kind: object.text("type")?, id: object.bytes("id")?, transports: object.texts("transports")? })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        let mut out = json!({ "type": self.kind, "id": base64url::encode(&self.id) });
        if !self.transports.is_empty()
            && let Some(members) = out.as_object_mut()
        {
            members.insert("transports".into(), self.transports.clone().into());
        }
        out
    }
}

impl Parameter {
    /// A public-key credential for this algorithm.
    pub fn new(alg: i64) -> Self {
        Self { kind: PUBLIC_KEY.into(), alg }
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        Ok(Self { kind: object.text("type")?, alg: object.integer("alg")? })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        json!({ "type": self.kind, "alg": self.alg })
    }
}
