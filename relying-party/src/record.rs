//! The credential record (WebAuthn L3 4).

use assay_protocol::webauthn::{Descriptor, PUBLIC_KEY};
use serde::{Deserialize, Serialize};

use crate::text;

/// What a relying party stores of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialRecord {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The credential id.
    #[serde(with = "text")]
    pub id: Vec<u8>,
    /// The credential public key, a COSE_Key.
    #[serde(with = "text")]
    pub public_key: Vec<u8>,
    /// The latest signature counter.
    pub sign_count: u32,
    /// Has the user been verified, so that verification counts as a factor?
    pub uv_initialized: bool,
    /// How the authenticator may be reached, as the client said it.
    pub transports: Vec<String>,
    /// The flag BE at creation; `None` in records from before it was kept.
    #[serde(default)]
    pub backup_eligible: Option<bool>,
    /// The latest flag BS.
    pub backup_state: bool,
    /// The attestation object.
    #[serde(default, with = "text::option", skip_serializing_if = "Option::is_none")]
    pub attestation_object: Option<Vec<u8>>,
    /// The registration's client data.
    #[serde(
        default,
        rename = "attestationClientDataJSON",
        with = "text::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub attestation_client_data_json: Option<Vec<u8>>,
    /// The RP ID that it is scoped to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_id: Option<String>,
}

impl CredentialRecord {
    /// A record with nothing but id and key, as if it had been registered by an authenticator
    /// without counter, user verification and backup.
    pub fn new(id: Vec<u8>, public_key: Vec<u8>) -> Self {
        Self {
            kind: PUBLIC_KEY.into(),
            id,
            public_key,
            sign_count: 0,
            uv_initialized: false,
            transports: Vec::new(),
            backup_eligible: Some(false),
            backup_state: false,
            attestation_object: None,
            attestation_client_data_json: None,
            rp_id: None,
        }
    }

    /// How options refer to it.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor::new(self.id.clone(), self.transports.clone())
    }
}
