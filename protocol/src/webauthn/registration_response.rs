//! RegistrationResponseJSON (WebAuthn L3 5.1).

use serde_json::Value;

use super::response::{
    BytesMember, CLIENT_DATA_JSON, Dialect, envelope, no_duplicates, present, root, write_envelope, wrong,
};
use super::{Map, PUBLIC_KEY};
use crate::attestation_object::AttestationObject;
use crate::authenticator_data::AuthenticatorData;
use crate::base64url;
use crate::error::{Malformed, Reason};
use crate::tree::json::{self, Node};

/// What a page sends after a registration. The copies of the authenticator data and of the public
/// key that stand beside the attestation object are not trusted: not read, only written.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistrationResponse {
    /// The credential id as text.
    pub id: String,
    /// The credential id.
    pub raw_id: Vec<u8>,
    /// The member `type`.
    pub kind: String,
    /// The client data's bytes.
    pub client_data_json: Vec<u8>,
    /// The attestation object's bytes.
    pub attestation_object: Vec<u8>,
    /// The transports that the authenticator may be reached by, unknown ones included.
    pub transports: Vec<String>,
    /// How the authenticator was attached.
    pub authenticator_attachment: Option<String>,
    /// The client extension outputs, in their JSON form.
    pub client_extension_results: Map,
}

impl RegistrationResponse {
    /// A response of the public-key type without extension outputs.
    pub fn new(raw_id: Vec<u8>, client_data_json: Vec<u8>, attestation_object: Vec<u8>) -> Self {
        Self {
            id: base64url::encode(&raw_id),
            raw_id,
            kind: PUBLIC_KEY.into(),
            client_data_json,
            attestation_object,
            transports: Vec::new(),
            authenticator_attachment: None,
            client_extension_results: Map::new(),
        }
    }

    /// Reads a response that is all of the text.
    pub fn from_json(text: &[u8], dialect: Dialect) -> Result<Self, Malformed> {
        Self::build(root(&json::read(text))?, dialect)
    }

    /// Reads a response that is part of a larger message.
    pub fn from_node(node: &Node, dialect: Dialect) -> Result<Self, Malformed> {
        no_duplicates(node)?;
        Self::build(node, dialect)
    }

    fn build(node: &Node, dialect: Dialect) -> Result<Self, Malformed> {
        let envelope = envelope(node, dialect)?;
        let client_data_json = CLIENT_DATA_JSON.required(envelope.response)?;
        let attestation_object = ATTESTATION_OBJECT.required(envelope.response)?;
        let transports = match present(envelope.response.get("transports"), dialect) {
            None => Vec::new(),
            Some(list) => transports(list)?,
        };
        Ok(Self {
            id: envelope.id,
            raw_id: envelope.raw_id,
            kind: envelope.kind,
            client_data_json,
            attestation_object,
            transports,
            authenticator_attachment: envelope.authenticator_attachment,
            client_extension_results: envelope.client_extension_results,
        })
    }

    /// The JSON form with every convenience member that can be derived.
    pub fn to_json(&self) -> Value {
        let mut response = Map::new();
        let mut put = |name: &str, value: Value| response.insert(name.into(), value);
        put("clientDataJSON", base64url::encode(&self.client_data_json).into());
        let object = AttestationObject::parse(&self.attestation_object).ok();
        if let Some(object) = &object {
            put("authenticatorData", base64url::encode(&object.auth_data).into());
        }
        put("transports", self.transports.clone().into());
        let data = object.and_then(|object| AuthenticatorData::parse(&object.auth_data).ok());
        if let Some(attested) = data.and_then(|data| data.attested) {
            let key = attested.credential_public_key;
            if let Some(spki) = key.to_spki() {
                put("publicKey", base64url::encode(&spki).into());
            }
            put("publicKeyAlgorithm", key.alg.into());
        }
        put("attestationObject", base64url::encode(&self.attestation_object).into());
        write_envelope(
            &self.id,
            &self.raw_id,
            &self.kind,
            response,
            self.authenticator_attachment.as_deref(),
            &self.client_extension_results,
        )
    }
}

const ATTESTATION_OBJECT: BytesMember = BytesMember {
    name: "attestationObject",
    missing: Reason::CredentialAttestationObjectMissing,
    not_string: Reason::CredentialAttestationObjectNotString,
    not_base64url: Reason::CredentialAttestationObjectNotBase64url,
};

fn transports(list: &Node) -> Result<Vec<String>, Malformed> {
    let Some(items) = list.as_array() else {
        return Err(wrong(Reason::CredentialTransportsNotStrings, list));
    };
    let texts = items.iter().map(|item| match item.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(wrong(Reason::CredentialTransportsNotStrings, item)),
    });
    texts.collect()
}

#[cfg(test)]
mod tests;
