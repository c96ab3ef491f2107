//! Signature verification, and the form of signatures (WebAuthn L3 6.5.5).

mod engine;
mod form;
mod scheme;

use std::fmt;

use crate::cose::PublicKey;
use crate::error::Malformed;

pub(crate) use engine::is_public_key;
pub use scheme::Scheme;

use engine::Engine;
use scheme::Encoding;

/// Verifies one signature with a credential's public key under its COSE algorithm.
pub fn verify(alg: i64, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    Verifier::for_cose(alg, key)?.verify(message, signature)
}

/// A public key made ready, for one signature or many.
pub struct Verifier {
    scheme: Scheme,
    encoding: Encoding,
    engine: Engine,
}

impl Verifier {
    /// A key in the raw form that X.509 has inside its BIT STRING: the point for ECDSA, the DER
    /// RSAPublicKey for RSA, the bare bytes for Ed25519, Ed448 and ML-DSA.
    pub fn new(scheme: Scheme, key: &[u8]) -> Result<Self, SignatureError> {
        // The library would take a whole SubjectPublicKeyInfo too; then the scheme could lie.
        if scheme.key_length().is_some_and(|length| length != key.len()) {
            return Err(SignatureError::Key);
        }
        let encoding = match scheme.encoding() {
            Some(encoding) => encoding,
            None => Encoding::Exactly(form::modulus_length(key).ok_or(SignatureError::Key)?),
        };
        let engine = Engine::new(scheme, key).ok_or(SignatureError::Key)?;
        Ok(Self { scheme, encoding, engine })
    }

    /// A credential's key.
    pub fn for_cose(alg: i64, key: &PublicKey) -> Result<Self, SignatureError> {
        Self::for_key(Scheme::for_cose(alg, key)?, key)
    }

    /// A key and a scheme that fits it.
    pub fn for_key(scheme: Scheme, key: &PublicKey) -> Result<Self, SignatureError> {
        match key {
            PublicKey::Okp { x, .. } => Self::new(scheme, x),
            PublicKey::Ec2 { .. } => Self::new(scheme, &key.sec1().unwrap_or_default()),
            PublicKey::Rsa { .. } => Self::new(scheme, &key.pkcs1().unwrap_or_default()),
            PublicKey::Akp { key, .. } => Self::new(scheme, key),
            PublicKey::Unsupported => Err(SignatureError::Unsupported),
        }
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Verifies a signature over the message. Its form is judged first, on its own.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        form::check(self.encoding, signature).map_err(SignatureError::Malformed)?;
        if self.engine.verify(message, signature) { Ok(()) } else { Err(SignatureError::Invalid) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Why a signature does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// It has not the form that its scheme demands.
    Malformed(Malformed),
    /// It has the form, and is wrong.
    Invalid,
    /// The key cannot be used: not on its curve, or an RSA modulus below 2048 or above 8192 bits.
    Key,
    /// The algorithm is not one of ours, or not one for this key.
    Unsupported,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Invalid => f.write_str("the signature does not verify"),
            Self::Key => f.write_str("the public key cannot be used"),
            Self::Unsupported => f.write_str("the algorithm is not supported for this key"),
        }
    }
}

impl std::error::Error for SignatureError {}

#[cfg(test)]
mod tests;
