//! Compact JSON Web Signatures (RFC 7515), strict.

use serde_json::Value;

use crate::base64url;
use crate::cose::{Curve, PublicKey};
use crate::error::{Malformed, Reason};
use crate::signature::{Scheme, SignatureError, Verifier};
use crate::tree::json::{self, AnomalyKind};

/// A parsed, not yet verified, compact JWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Jws<'a> {
    /// The protected header.
    pub header: serde_json::Map<String, Value>,
    /// The header's member `alg`.
    pub alg: String,
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// The signature's bytes.
    pub signature: Vec<u8>,
    /// The text that is signed: header and payload as they came.
    pub signing_input: &'a str,
}

impl Jws<'_> {
    /// Verifies with a key under the header's algorithm, which must be one for that key. The
    /// caller decides beforehand which algorithms and keys it wants at all.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        let scheme = Scheme::for_jws(&self.alg).ok_or(SignatureError::Unsupported)?;
        let fits = match key {
            PublicKey::Ec2 { curve, .. } => matches!(
                (scheme, curve),
                (Scheme::EcdsaP256Sha256Fixed, Curve::P256)
                    | (Scheme::EcdsaP384Sha384Fixed, Curve::P384)
                    | (Scheme::EcdsaP521Sha512Fixed, Curve::P521)
            ),
            PublicKey::Okp { curve, .. } => scheme == Scheme::Ed25519 && *curve == Curve::Ed25519,
            PublicKey::Rsa { .. } => scheme.is_rsa(),
            PublicKey::Akp { .. } | PublicKey::Unsupported => false,
        };
        if !fits {
            return Err(SignatureError::Unsupported);
        }
        self.verify_with(&Verifier::for_key(scheme, key)?)
    }

    /// Verifies with a key made ready. Its scheme must be the one of the header's algorithm.
    pub fn verify_with(&self, verifier: &Verifier) -> Result<(), SignatureError> {
        if Scheme::for_jws(&self.alg) != Some(verifier.scheme()) {
            return Err(SignatureError::Unsupported);
        }
        verifier.verify(self.signing_input.as_bytes(), &self.signature)
    }
}

/// Reads a compact JWS.
pub fn parse(text: &str) -> Result<Jws<'_>, Malformed> {
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        let count = text.split('.').count();
        return Err(Malformed::new(Reason::JwsNotThreeParts, format!("{count} parts")));
    };
    let decode =
        |part: &str, reason| base64url::decode(part).map_err(|error| Malformed::new(reason, error.to_string()));
    let (header, alg) = read_header(&decode(header, Reason::JwsHeaderNotBase64url)?)?;
    let signed = text.len() - signature.len() - 1;
    Ok(Jws {
        header,
        alg,
        payload: decode(payload, Reason::JwsPayloadNotBase64url)?,
        signature: decode(signature, Reason::JwsSignatureNotBase64url)?,
        signing_input: text.get(..signed).unwrap_or_default(),
    })
}

/// Writes a compact JWS; `sign` gets the signing input.
pub fn encode(header: &serde_json::Map<String, Value>, payload: &[u8], sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = Value::Object(header.clone()).to_string();
    let mut text = base64url::encode(header.as_bytes());
    text.push('.');
    text.push_str(&base64url::encode(payload));
    let signature = sign(text.as_bytes());
    text.push('.');
    text.push_str(&base64url::encode(&signature));
    text
}

fn read_header(bytes: &[u8]) -> Result<(serde_json::Map<String, Value>, String), Malformed> {
    let document = json::read(bytes);
    let fault = document.syntax_error().or_else(|| document.anomaly(AnomalyKind::TrailingBytes));
    if let Some(anomaly) = fault {
        return Err(Malformed::new(Reason::JwsHeaderNotJson, anomaly.to_string()));
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateMember) {
        return Err(Malformed::new(Reason::JwsHeaderDuplicateMember, anomaly.path.clone()));
    }
    let header = document.root.as_ref().and_then(json::Node::to_serde_map);
    let Some(header) = header else {
        return Err(Malformed::new(Reason::JwsHeaderNotObject, ""));
    };
    // No extension of the header is understood here, so none may be critical.
    if header.contains_key("crit") {
        return Err(Malformed::new(Reason::JwsHeaderCritical, ""));
    }
    let alg = match header.get("alg") {
        None => return Err(Malformed::new(Reason::JwsAlgMissing, "")),
        Some(Value::String(alg)) => alg.clone(),
        Some(_) => return Err(Malformed::new(Reason::JwsAlgNotString, "")),
    };
    Ok((header, alg))
}

#[cfg(test)]
mod tests;
