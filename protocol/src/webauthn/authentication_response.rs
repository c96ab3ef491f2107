//! AuthenticationResponseJSON (WebAuthn L3 5.1).

use serde_json::Value;

use super::response::{BytesMember, CLIENT_DATA_JSON, Dialect, envelope, no_duplicates, root, write_envelope};
use super::{Map, PUBLIC_KEY};
use crate::base64url;
use crate::error::{Malformed, Reason};
use crate::tree::json::{self, Node};

/// What a page sends after an authentication.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthenticationResponse {
    /// The credential id as text.
    pub id: String,
    /// The credential id.
    pub raw_id: Vec<u8>,
    /// The member `type`.
    pub kind: String,
    /// The client data's bytes.
    pub client_data_json: Vec<u8>,
    /// The authenticator data's bytes.
    pub authenticator_data: Vec<u8>,
    /// The signature over the authenticator data and the client data's hash.
    pub signature: Vec<u8>,
    /// The user handle, if the authenticator gave one.
    pub user_handle: Option<Vec<u8>>,
    /// How the authenticator was attached.
    pub authenticator_attachment: Option<String>,
    /// The client extension outputs, in their JSON form.
    pub client_extension_results: Map,
}

impl AuthenticationResponse {
    /// A response of the public-key type without user handle and extension outputs.
    pub fn new(raw_id: Vec<u8>, client_data_json: Vec<u8>, authenticator_data: Vec<u8>, signature: Vec<u8>) -> Self {
        Self {
            id: base64url::encode(&raw_id),
            raw_id,
            kind: PUBLIC_KEY.into(),
            client_data_json,
            authenticator_data,
            signature,
            user_handle: None,
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
        let authenticator_data = AUTHENTICATOR_DATA.required(envelope.response)?;
        let signature = SIGNATURE.required(envelope.response)?;
        let user_handle = USER_HANDLE.optional(envelope.response, dialect)?;
        Ok(Self {
            id: envelope.id,
            raw_id: envelope.raw_id,
            kind: envelope.kind,
            client_data_json,
            authenticator_data,
            signature,
            user_handle: user_handle.filter(|handle| dialect == Dialect::WebAuthn || !handle.is_empty()),
            authenticator_attachment: envelope.authenticator_attachment,
            client_extension_results: envelope.client_extension_results,
        })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        let mut response = Map::new();
        let mut put = |name: &str, bytes: &[u8]| {
            response.insert(name.into(), base64url::encode(bytes).into());
        };
        put("clientDataJSON", &self.client_data_json);
        put("authenticatorData", &self.authenticator_data);
        put("signature", &self.signature);
        if let Some(user_handle) = &self.user_handle {
            put("userHandle", user_handle);
        }
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

const AUTHENTICATOR_DATA: BytesMember = BytesMember {
    name: "authenticatorData",
    missing: Reason::CredentialAuthenticatorDataMissing,
    not_string: Reason::CredentialAuthenticatorDataNotString,
    not_base64url: Reason::CredentialAuthenticatorDataNotBase64url,
};

const SIGNATURE: BytesMember = BytesMember {
    name: "signature",
    missing: Reason::CredentialSignatureMissing,
    not_string: Reason::CredentialSignatureNotString,
    not_base64url: Reason::CredentialSignatureNotBase64url,
};

/// Never missing: it is optional.
const USER_HANDLE: BytesMember = BytesMember {
    name: "userHandle",
    missing: Reason::CredentialUserHandleNotString,
    not_string: Reason::CredentialUserHandleNotString,
    not_base64url: Reason::CredentialUserHandleNotBase64url,
};

#[cfg(test)]
mod tests;
