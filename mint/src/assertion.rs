//! Whole authentications, as a client would send them.

#[cfg(test)]
mod tests;

use assay_protocol::base64url;
use assay_protocol::digest::sha256;

use crate::cbor::Map;
use crate::credential::Credential;
use crate::draft::{AuthenticatorDataDraft, ClientDataDraft, EnvelopeDraft, SigningDraft};
use crate::edits::{Edit, apply};
use crate::error::Error;
use crate::json::Object;
use crate::keys::SigningKey;
use crate::seed::Seed;
use crate::statement::packed;

/// Everything that goes into an authentication. Start from a good one, change fields, add edits.
#[derive(Debug, Clone)]
pub struct AssertionForge {
    /// The RP ID.
    pub rp_id: String,
    /// The origin.
    pub origin: String,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// `crossOrigin` of the client data.
    pub cross_origin: bool,
    /// `topOrigin` of the client data.
    pub top_origin: Option<String>,
    /// The payment that was shown: then the client data are of the type `payment.get`.
    pub payment: Option<serde_json::Value>,
    /// Flags but ED, which follows from the rest.
    pub flags: u8,
    /// The signature counter.
    pub sign_count: u32,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The credential's key.
    pub credential_key: SigningKey,
    /// Authenticator extension outputs.
    pub extensions: Option<Map>,
    /// `userHandle`.
    pub user_handle: Option<Vec<u8>>,
    /// `authenticatorAttachment`.
    pub authenticator_attachment: Option<String>,
    /// `clientExtensionResults`.
    pub client_extension_results: serde_json::Map<String, serde_json::Value>,
    /// What is to be wrong with it.
    pub edits: Vec<Edit>,
    /// Where other keys may be drawn from.
    pub seed: Seed,
}

/// A forged authentication.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// AuthenticationResponseJSON.
    pub text: String,
    /// Its members while it is an object, for callers that wrap or rename them.
    pub members: Object,
    /// `clientDataJSON`.
    pub client_data_json: Vec<u8>,
    /// `authenticatorData`.
    pub auth_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
    /// The credential as it is after this.
    pub credential: Credential,
}

impl AssertionForge {
    /// A good one: the counter goes up by one, flags and user handle are the credential's.
    pub fn new(credential: &Credential, challenge: &[u8]) -> Self {
        Self {
            rp_id: credential.rp_id.clone(),
            origin: credential.origin.clone(),
            challenge: challenge.to_vec(),
            cross_origin: false,
            top_origin: None,
            payment: None,
            flags: credential.flags,
            sign_count: credential.sign_count.wrapping_add(1),
            credential_id: credential.id.clone(),
            credential_key: credential.key.clone(),
            extensions: None,
            user_handle: credential.user_handle.clone(),
            authenticator_attachment: Some("cross-platform".to_owned()),
            client_extension_results: serde_json::Map::new(),
            edits: Vec::new(),
            seed: Seed::new(sha256(&credential.id)).derive("assertion"),
        }
    }

    /// The same with one edit more.
    #[must_use]
    pub fn edited(mut self, edit: impl Into<Edit>) -> Self {
        self.edits.push(edit.into());
        self
    }

    /// Makes it.
    pub fn forge(&self) -> Result<Assertion, Error> {
        let kind = if self.payment.is_some() { "payment.get" } else { "webauthn.get" };
        let mut client_data = ClientDataDraft::new(kind, &self.challenge, &self.origin);
        client_data.frame(self.cross_origin, self.top_origin.as_deref());
        if let Some(payment) = &self.payment {
            client_data.members.push("payment", payment.clone());
        }
        apply!(self.edits, ClientDataEdit, &mut client_data);
        let client_data_json = client_data.to_bytes();

        let mut authenticator_data = self.authenticator_data();
        apply!(self.edits, ExtensionsEdit, &mut authenticator_data);
        apply!(self.edits, AuthenticatorDataEdit, &mut authenticator_data);
        let auth_data = authenticator_data.to_bytes();

        let signature = self.signature(&auth_data, &client_data_json)?;
        let mut envelope = EnvelopeDraft {
            members: self.members(&client_data_json, &auth_data, &signature),
            raw: None,
            seed: self.seed,
        };
        apply!(self.edits, EnvelopeEdit, &mut envelope);

        Ok(Assertion {
            text: envelope.to_text(),
            members: envelope.members,
            client_data_json,
            auth_data,
            signature,
            credential: Credential {
                rp_id: self.rp_id.clone(),
                origin: self.origin.clone(),
                id: self.credential_id.clone(),
                key: self.credential_key.clone(),
                flags: self.flags,
                sign_count: self.sign_count,
                user_handle: self.user_handle.clone(),
            },
        })
    }

    fn authenticator_data(&self) -> AuthenticatorDataDraft {
        AuthenticatorDataDraft {
            rp_id_hash: sha256(self.rp_id.as_bytes()).to_vec(),
            flags: self.flags | if self.extensions.is_some() { 0x80 } else { 0 },
            sign_count: self.sign_count,
            attested: None,
            extensions: self.extensions.as_ref().map(Map::to_bytes),
            trailing: Vec::new(),
            length: None,
            rp_id: self.rp_id.clone(),
            origin: self.origin.clone(),
        }
    }

    fn signature(&self, auth_data: &[u8], client_data_json: &[u8]) -> Result<Vec<u8>, Error> {
        let mut draft = SigningDraft {
            key: self.credential_key.clone(),
            credential_key: self.credential_key.clone(),
            auth_data: auth_data.to_vec(),
            client_data_hash: sha256(client_data_json),
            message: None,
            seed: self.seed,
        };
        apply!(self.edits, SigningEdit, &mut draft);
        let message =
            draft.message.take().unwrap_or_else(|| packed::signed_bytes(&draft.auth_data, &draft.client_data_hash));
        let mut signature = draft.key.sign(&message)?;
        apply!(self.edits, SignatureEdit, &mut signature);
        Ok(signature)
    }

    fn members(&self, client_data_json: &[u8], auth_data: &[u8], signature: &[u8]) -> Object {
        let mut response = Object::default();
        response.push("clientDataJSON", base64url::encode(client_data_json));
        response.push("authenticatorData", base64url::encode(auth_data));
        response.push("signature", base64url::encode(signature));
        if let Some(handle) = &self.user_handle {
            response.push("userHandle", base64url::encode(handle));
        }
        let mut members = Object::default();
        members.push("id", base64url::encode(&self.credential_id));
        members.push("rawId", base64url::encode(&self.credential_id));
        members.push("type", "public-key");
        if let Some(attachment) = &self.authenticator_attachment {
            members.push("authenticatorAttachment", attachment.as_str());
        }
        members.push("response", response);
        members.push("clientExtensionResults", serde_json::Value::Object(self.client_extension_results.clone()));
        members
    }
}

impl Assertion {
    /// AuthenticationResponseJSON as a value; of repeated members the last one. `None`: not JSON.
    pub fn to_value(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text).ok()
    }
}
