//! A proof before it is sent: a good one, in which a case edits one place below the types.

use assay_client::dbsc::SoftwareKey;
use assay_dbsc::proof::Unsigned;
use assay_mint::keys::SigningKey;
use assay_protocol::base64url;
use assay_protocol::cose::PublicKey;
use p256::ecdsa::Signature;
use serde_json::{Map, Value};

use crate::dissect;
use crate::evidence::Part;
use crate::verdict::Stop;

/// A proof that can be wrong in any place.
#[derive(Clone)]
pub(super) struct Draft {
    /// The protected header.
    pub(super) header: Map<String, Value>,
    /// The payload.
    pub(super) payload: Map<String, Value>,
    /// Who signs.
    pub(super) signer: Signer,
    /// Changes the payload's text before it is signed.
    pub(super) payload_text: Option<fn(&str) -> String>,
    /// Changes the signature.
    pub(super) signature: Option<fn(&mut Vec<u8>)>,
    /// Changes the whole, after it was signed.
    pub(super) whole: Option<fn(&str) -> String>,
}

/// Who signs a proof.
#[derive(Clone)]
pub(super) enum Signer {
    /// A key like a browser's.
    Browser(SoftwareKey),
    /// A key of another kind.
    Other(SigningKey),
}

impl Signer {
    pub(super) fn public(&self) -> PublicKey {
        match self {
            Self::Browser(key) => key.public(),
            Self::Other(key) => key.public_key(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Stop> {
        match self {
            Self::Browser(key) => Ok(key.sign(message)),
            Self::Other(key) => key.sign(message).map_err(|error| Stop::broken(error.to_string())),
        }
    }
}

impl Draft {
    pub(super) fn new(proof: Unsigned, key: &SoftwareKey) -> Self {
        Self {
            header: proof.header,
            payload: proof.payload,
            signer: Signer::Browser(key.clone()),
            payload_text: None,
            signature: None,
            whole: None,
        }
    }

    /// The proof as it is sent.
    pub(super) fn text(&self) -> Result<String, Stop> {
        let header = Value::Object(self.header.clone()).to_string();
        let mut payload = Value::Object(self.payload.clone()).to_string();
        if let Some(change) = self.payload_text {
            payload = change(&payload);
        }
        let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes()));
        let mut signature = self.signer.sign(input.as_bytes())?;
        if let Some(change) = self.signature {
            change(&mut signature);
        }
        let text = format!("{input}.{}", base64url::encode(&signature));
        Ok(self.whole.map_or(text.clone(), |change| change(&text)))
    }
}

/// The same ECDSA signature in DER, which JWS does not have.
pub(super) fn in_der(signature: &mut Vec<u8>) {
    if let Ok(parsed) = Signature::from_slice(signature) {
        *signature = parsed.to_der().as_bytes().to_vec();
    }
}

/// A proof for people.
pub(super) fn taken_apart(value: &str) -> Part {
    let mut part = Part::new("proof");
    for (name, text) in ["header", "payload"].into_iter().zip(value.trim_matches('"').split('.')) {
        match base64url::decode(text) {
            Ok(bytes) => {
                let members = dissect::json_text(name, &bytes);
                for field in members.fields {
                    part.push(format!("{name}.{}", field.name), field.value, field.note);
                }
            }
            Err(error) => part.push(name, text, Some(error.to_string())),
        }
    }
    part
}
