//! ECDSA by RFC 6979 on the curves beside P-256, with whatever hash.

use assay_protocol::cose::Curve;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;

use super::first_valid;
use crate::error::Error;
use crate::seed::Seed;

/// A key on one of the other curves.
#[derive(Clone)]
pub(super) enum EcdsaKey {
    /// P-384.
    P384(p384::ecdsa::SigningKey),
    /// P-521.
    P521(p521::ecdsa::SigningKey),
    /// secp256k1.
    Secp256k1(k256::ecdsa::SigningKey),
}

/// The same expression over the key of each curve, which have no common type.
macro_rules! each {
    ($key:expr, $curve:ident, $bound:ident => $body:expr) => {
        match $key {
            EcdsaKey::P384($bound) => {
                use p384::ecdsa as $curve;
                $body
            }
            EcdsaKey::P521($bound) => {
                use p521::ecdsa as $curve;
                $body
            }
            EcdsaKey::Secp256k1($bound) => {
                use k256::ecdsa as $curve;
                $body
            }
        }
    };
}

impl EcdsaKey {
    pub(super) fn p384(seed: &Seed) -> Self {
        Self::P384(first_valid(seed, |candidate| p384::ecdsa::SigningKey::from_slice(&candidate.stream(48)).ok()))
    }

    pub(super) fn p521(seed: &Seed) -> Self {
        Self::P521(first_valid(seed, |candidate| {
            let mut scalar = candidate.stream(66);
            if let Some(first) = scalar.first_mut() {
                *first = 0;
            }
            p521::ecdsa::SigningKey::from_slice(&scalar).ok()
        }))
    }

    pub(super) fn secp256k1(seed: &Seed) -> Self {
        Self::Secp256k1(first_valid(seed, |candidate| k256::ecdsa::SigningKey::from_slice(candidate.as_bytes()).ok()))
    }

    pub(super) fn curve(&self) -> Curve {
        match self {
            Self::P384(_) => Curve::P384,
            Self::P521(_) => Curve::P521,
            Self::Secp256k1(_) => Curve::Secp256k1,
        }
    }

    /// The point, `04 ‖ x ‖ y`.
    pub(super) fn point(&self) -> Vec<u8> {
        each!(self, curve, key => curve::VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec())
    }

    pub(super) fn secret(&self) -> Vec<u8> {
        each!(self, curve, key => curve::SigningKey::to_bytes(key).to_vec())
    }

    /// A signature in DER, s the smaller of the two.
    pub(super) fn sign_hash(&self, hash: &[u8]) -> Result<Vec<u8>, Error> {
        // The library takes no hash shorter than half a scalar; zeros before it do not change the number.
        let missing = self.curve().length().div_ceil(2).saturating_sub(hash.len());
        let hash = [vec![0; missing].as_slice(), hash].concat();
        each!(self, curve, key => {
            let signature: curve::Signature = key.sign_prehash(&hash).map_err(|_opaque| Error::Signing)?;
            Ok(signature.normalize_s().to_der().as_bytes().to_vec())
        })
    }
}
