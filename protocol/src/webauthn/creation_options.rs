//! PublicKeyCredentialCreationOptionsJSON (WebAuthn L3 5.1.8, 5.4).

use serde_json::{Value, json};

use super::enums::{AttestationConveyance, ResidentKey, UserVerification};
use super::options::{Object, part, root};
use super::{Descriptor, Map, Parameter};
use crate::base64url;
use crate::error::Malformed;
use crate::tree::json::{self, Node};

/// What a relying party asks for in a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct CreationOptions {
    /// The relying party.
    pub rp: RelyingParty,
    /// The user.
    pub user: User,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The algorithms, most wanted first.
    pub pub_key_cred_params: Vec<Parameter>,
    /// How long the client may take, in milliseconds.
    pub timeout: Option<u64>,
    /// Credentials the authenticator must not already have.
    pub exclude_credentials: Vec<Descriptor>,
    /// What the authenticator must be able to do.
    pub authenticator_selection: Option<AuthenticatorSelection>,
    /// What the user is expected to hold.
    pub hints: Vec<String>,
    /// The attestation wanted; `none` where absent.
    pub attestation: String,
    /// The attestation formats wanted, most wanted first.
    pub attestation_formats: Vec<String>,
    /// The client extension inputs, in their JSON form.
    pub extensions: Map,
}

/// The relying party, as the user's client shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID; the client takes the origin's domain where absent.
    pub id: Option<String>,
    /// The name.
    pub name: String,
}

/// The user, as the authenticator stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user handle.
    pub id: Vec<u8>,
    /// The account's name.
    pub name: String,
    /// The user's name.
    pub display_name: String,
}

/// What the authenticator must be able to do. Values that are not known stay as they are, and
/// count as absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthenticatorSelection {
    /// How it is attached.
    pub authenticator_attachment: Option<String>,
    /// Whether the credential is to be discoverable.
    pub resident_key: Option<String>,
    /// The same, as Level 1 put it.
    pub require_resident_key: bool,
    /// Whether the user is to be verified.
    pub user_verification: Option<String>,
}

impl CreationOptions {
    /// Options with nothing but what is required.
    pub fn new(rp: RelyingParty, user: User, challenge: Vec<u8>, pub_key_cred_params: Vec<Parameter>) -> Self {
        Self {
            rp,
            user,
            challenge,
            pub_key_cred_params,
            timeout: None,
            exclude_credentials: Vec::new(),
            authenticator_selection: None,
            hints: Vec::new(),
            attestation: AttestationConveyance::None.as_str().into(),
            attestation_formats: Vec::new(),
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
        let rp = options.object("rp")?;
        let user = options.object("user")?;
        let selection = options.object_or_absent("authenticatorSelection")?;
        let attestation = options.text_or_absent("attestation")?;
        Ok(Self {
            rp: RelyingParty { id: rp.text_or_absent("id")?, name: rp.text("name")? },
            user: User { id: user.bytes("id")?, name: user.text("name")?, display_name: user.text("displayName")? },
            challenge: options.bytes("challenge")?,
            pub_key_cred_params: options.list("pubKeyCredParams", Parameter::read)?,
            timeout: options.unsigned_or_absent("timeout")?,
            exclude_credentials: options.list_or_absent("excludeCredentials", Descriptor::read)?.unwrap_or_default(),
            authenticator_selection: selection.map(|selection| AuthenticatorSelection::read(&selection)).transpose()?,
            hints: options.texts("hints")?,
            attestation: attestation.unwrap_or_else(|| AttestationConveyance::None.as_str().into()),
            attestation_formats: options.texts("attestationFormats")?,
            extensions: options.map("extensions")?,
        })
    }

    /// The JSON form; empty lists and objects are left out, except that of excluded credentials.
    pub fn to_json(&self) -> Value {
        let mut rp = Map::new();
        if let Some(id) = &self.rp.id {
            rp.insert("id".into(), id.as_str().into());
        }
        rp.insert("name".into(), self.rp.name.as_str().into());
        let parameters = self.pub_key_cred_params.iter().map(Parameter::to_json);
        let excluded = self.exclude_credentials.iter().map(Descriptor::to_json);

        let mut out = Map::new();
        let mut put = |name: &str, value: Value| out.insert(name.into(), value);
        put("rp", Value::Object(rp));
        put(
            "user",
            json!({
                "id": base64url::encode(&self.user.id),
                "name": self.user.name,
                "displayName": self.user.display_name,
            }),
        );
        put("challenge", base64url::encode(&self.challenge).into());
        put("pubKeyCredParams", parameters.collect());
        if let Some(timeout) = self.timeout {
            put("timeout", timeout.into());
        }
        put("excludeCredentials", excluded.collect());
        if let Some(selection) = &self.authenticator_selection {
            put("authenticatorSelection", selection.to_json());
        }
        if !self.hints.is_empty() {
            put("hints", self.hints.clone().into());
        }
        put("attestation", self.attestation.as_str().into());
        if !self.attestation_formats.is_empty() {
            put("attestationFormats", self.attestation_formats.clone().into());
        }
        if !self.extensions.is_empty() {
            put("extensions", Value::Object(self.extensions.clone()));
        }
        Value::Object(out)
    }

    /// The user verification wanted: unknown values count as absent, absent is preferred.
    pub fn user_verification(&self) -> UserVerification {
        let selection = self.authenticator_selection.as_ref();
        selection
            .and_then(|selection| selection.user_verification.as_deref()?.parse().ok())
            .unwrap_or(UserVerification::Preferred)
    }

    /// The resident key requirement: unknown values count as absent, and absent is what
    /// `requireResidentKey` says.
    pub fn resident_key(&self) -> ResidentKey {
        let Some(selection) = &self.authenticator_selection else {
            return ResidentKey::Discouraged;
        };
        let named = selection.resident_key.as_deref();
        match named.and_then(|named| named.parse().ok()) {
            Some(named) => named,
            None if selection.require_resident_key => ResidentKey::Required,
            None => ResidentKey::Discouraged,
        }
    }

    /// The attestation conveyance preference: unknown values mean none.
    pub fn attestation_conveyance(&self) -> AttestationConveyance {
        self.attestation.parse().unwrap_or(AttestationConveyance::None)
    }
}

impl AuthenticatorSelection {
    fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            authenticator_attachment: object.text_or_absent("authenticatorAttachment")?,
            resident_key: object.text_or_absent("residentKey")?,
            require_resident_key: object.flag("requireResidentKey")?,
            user_verification: object.text_or_absent("userVerification")?,
        })
    }

    fn to_json(&self) -> Value {
        let mut out = Map::new();
        let mut put = |name: &str, value: &Option<String>| {
            if let Some(value) = value {
                out.insert(name.into(), value.as_str().into());
            }
        };
        put("authenticatorAttachment", &self.authenticator_attachment);
        put("residentKey", &self.resident_key);
        put("userVerification", &self.user_verification);
        let required = self.require_resident_key.into();
        out.insert("requireResidentKey".into(), required);
        Value::Object(out)
    }
}

#[cfg(test)]
mod tests;
