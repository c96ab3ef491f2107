//! PublicKeyCredentialRequestOptionsJSON (WebAuthn L3 5.1.9, 5.5).

use serde_json::Value;

use super::enums::UserVerification;
use super::options::{Object, part, root};
use super::{Descriptor, Map};
use crate::base64url;
use crate::error::Malformed;
use crate::tree::json::{self, Node};

/// What a relying party asks for in an authentication.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestOptions {
    /// The challenge.
    pub challenge: Vec<u8>,
    /// How long the client may take, in milliseconds.
    pub timeout: Option<u64>,
    /// The RP ID; the client takes the origin's domain where absent.
    pub rp_id: Option<String>,
    /// The credentials that will do; any discoverable one where empty.
    pub allow_credentials: Vec<Descriptor>,
    /// Whether the user is to be verified; a value that is not known stays as it is.
    pub user_verification: Option<String>,
    /// What the user is expected to hold.
    pub hints: Vec<String>,
    /// The client extension inputs, in their JSON form.
    pub extensions: Map,
}

impl RequestOptions {
    /// Options with nothing but what is required.
    pub fn new(challenge: Vec<u8>) -> Self {
        Self {
            challenge,
            timeout: None,
            rp_id: None,
            allow_credentials: Vec::new(),
            user_verification: None,
            hints: Vec::new(),
            extensions: Map::new(),
        }
    }

    /// Reads options that are all of the text.
    pub fn from_json(text: &[u8]) -> Result<Self, Malformed> {
        Self::build(&root(&json::read(text))?)
    }

    /// Reads options that are part of a larger message.
    pub fn from_node(node: &Node) -> Result<Self, Malformed> {
        Self::build(&part(node)?)
    }

    fn build(options: &Object<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            challenge: options.bytes("challenge")?,
            timeout: options.unsigned_or_absent("timeout")?,
            rp_id: options.text_or_absent("rpId")?,
            allow_credentials: options.list_or_absent("allowCredentials", Descriptor::read)?.unwrap_or_default(),
            user_verification: options.text_or_absent("userVerification")?,
            hints: options.texts("hints")?,
            extensions: options.map("extensions")?,
        })
    }

    /// The JSON form; hints and extensions are left out where empty.
    pub fn to_json(&self) -> Value {
        let allowed = self.allow_credentials.iter().map(Descriptor::to_json);
        let mut out = Map::new();
        let mut put = |name: &str, value: Value| out.insert(name.into(), value);
        put("challenge", base64url::encode(&self.challenge).into());
        if let Some(timeout) = self.timeout {
            put("timeout", timeout.into());
        }
        if let Some(rp_id) = &self.rp_id {
            put("rpId", rp_id.as_str().into());
        }
        put("allowCredentials", allowed.collect());
        if let Some(user_verification) = &self.user_verification {
            put("userVerification", user_verification.as_str().into());
        }
        if !self.hints.is_empty() {
            put("hints", self.hints.clone().into());
        }
        if !self.extensions.is_empty() {
            put("extensions", Value::Object(self.extensions.clone()));
        }
        Value::Object(out)
    }

    /// The user verification wanted: unknown values count as absent, absent is preferred.
    pub fn user_verification(&self) -> UserVerification {
        let named = self.user_verification.as_deref();
        named.and_then(|named| named.parse().ok()).unwrap_or(UserVerification::Preferred)
    }
}

#[cfg(test)]
mod tests;
