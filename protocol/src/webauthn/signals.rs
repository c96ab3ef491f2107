//! What a page tells its client of credentials that are gone or changed (WebAuthn L3 5.1.10): the
//! options of the three signal methods, in their JSON form.

use serde_json::{Value, json};

use super::options::{Object, root};
use crate::base64url;
use crate::error::Malformed;
use crate::tree::json::{self as tree};

/// `signalUnknownCredential`: nobody knows this credential any more. The only one to be told to
/// whoever has not signed in (14.6.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCredential {
    /// The RP ID.
    pub rp_id: String,
    /// The credential id.
    pub credential_id: Vec<u8>,
}

/// `signalAllAcceptedCredentials`: these, and no others, are the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllAcceptedCredentials {
    /// The RP ID.
    pub rp_id: String,
    /// The user handle.
    pub user_id: Vec<u8>,
    /// The credential ids.
    pub all_accepted_credential_ids: Vec<Vec<u8>>,
}

/// `signalCurrentUserDetails`: what the user is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUserDetails {
    /// The RP ID.
    pub rp_id: String,
    /// The user handle.
    pub user_id: Vec<u8>,
    /// The account's name.
    pub name: String,
    /// The user's name.
    pub display_name: String,
}

impl UnknownCredential {
    /// Reads options that are all of the text.
    pub fn from_json(text: &[u8]) -> Result<Self, Malformed> {
        let document = tree::read(text);
        let options = root(&document)?;
        Ok(Self { rp_id: options.text("rpId")?, credential_id: options.bytes("credentialId")? })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        json!({ "rpId": self.rp_id, "credentialId": base64url::encode(&self.credential_id) })
    }
}

impl AllAcceptedCredentials {
    /// Reads options that are all of the text.
    pub fn from_json(text: &[u8]) -> Result<Self, Malformed> {
        let document = tree::read(text);
        let options = root(&document)?;
        let ids = |options: &Object<'_>| options.all_bytes("allAcceptedCredentialIds");
        Ok(Self {
            rp_id: options.text("rpId")?,
            user_id: options.bytes("userId")?,
            all_accepted_credential_ids: ids(&options)?,
        })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        let ids: Vec<String> = self.all_accepted_credential_ids.iter().map(|id| base64url::encode(id)).collect();
        json!({
            "rpId": self.rp_id,
            "userId": base64url::encode(&self.user_id),
            "allAcceptedCredentialIds": ids,
        })
    }
}

impl CurrentUserDetails {
    /// Reads options that are all of the text.
    pub fn from_json(text: &[u8]) -> Result<Self, Malformed> {
        let document = tree::read(text);
        let options = root(&document)?;
        Ok(Self {
            rp_id: options.text("rpId")?,
            user_id: options.bytes("userId")?,
            name: options.text("name")?,
            display_name: options.text("displayName")?,
        })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        json!({
            "rpId": self.rp_id,
            "userId": base64url::encode(&self.user_id),
            "name": self.name,
            "displayName": self.display_name,
        })
    }
}

#[cfg(test)]
mod tests;
