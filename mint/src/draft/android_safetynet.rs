use assay_protocol::base64url;
use assay_protocol::digest::sha256_parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Finish;
use crate::chain::Chain;
use crate::error::Error;
use crate::keys::SigningKey;

/// An answer of the service, WebAuthn L3 8.5.
#[derive(Debug, Clone)]
pub struct SafetynetDraft {
    /// Whose leaf is the service's.
    pub chain: Chain,
    /// Who signs.
    pub key: SigningKey,
    /// The answer.
    pub payload: Map<String, Value>,
    /// What is signed in the answer's stead.
    pub payload_text: Option<String>,
    /// How the certificates are written.
    pub x5c: fn(&[u8]) -> String,
    /// Is there a member `x5c`?
    pub has_x5c: bool,
    /// What befalls the signature.
    pub signature: Option<Finish>,
}

impl SafetynetDraft {
    pub(crate) fn new(chain: Chain, auth_data: &[u8], client_data_hash: &[u8; 32]) -> Self {
        let payload = [
            ("nonce", json!(STANDARD.encode(sha256_parts(&[auth_data, client_data_hash])))),
            ("timestampMs", json!(chain.now.saturating_mul(1000))),
            ("apkPackageName", json!("com.google.android.gms")),
            ("ctsProfileMatch", json!(true)),
            ("basicIntegrity", json!(true)),
        ];
        Self {
            key: chain.leaf.key.clone(),
            chain,
            payload: payload.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
            payload_text: None,
            x5c: |der| STANDARD.encode(der),
            has_x5c: true,
            signature: None,
        }
    }

    /// The compact JWS, and the certificates that it carries.
    pub(crate) fn response(&self) -> Result<(Vec<u8>, Vec<Vec<u8>>), Error> {
        let certificates = self.chain.issue()?.x5c();
        let mut header = Map::from_iter([("alg".to_owned(), json!("ES256"))]);
        if self.has_x5c {
            let x5c: Vec<String> = certificates.iter().map(|der| (self.x5c)(der)).collect();
            header.insert("x5c".to_owned(), json!(x5c));
        }
        let payload = self.payload_text.clone().unwrap_or_else(|| Value::Object(self.payload.clone()).to_string());
        let header = base64url::encode(Value::Object(header).to_string().as_bytes());
        let signed = format!("{header}.{}", base64url::encode(payload.as_bytes()));
        // JWS has the two numbers of an ECDSA signature side by side (RFC 7518 3.4).
        let der = self.key.sign(signed.as_bytes())?;
        let raw = p256::ecdsa::Signature::from_der(&der).map_or(der, |signature| signature.to_bytes().to_vec());
        let signature = self.signature.map_or_else(|| raw.clone(), |finish| finish(raw.clone()));
        Ok((format!("{signed}.{}", base64url::encode(&signature)).into_bytes(), certificates))
    }

    /// Changes the answer's time.
    pub(crate) fn shift(&mut self, seconds: i64) {
        let ms = self.chain.now.saturating_add(seconds).saturating_mul(1000);
        self.payload.insert("timestampMs".to_owned(), json!(ms));
    }
}
