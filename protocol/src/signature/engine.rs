//! Who computes: aws-lc-rs, and for Ed448 the crate that has it.

use aws_lc_rs::signature::ParsedPublicKey;
use ed448_goldilocks::{Signature as Ed448Signature, VerifyingKey as Ed448Key};
use p256::PublicKey as P256Point;

use super::Scheme;
use crate::cose::{Curve, PublicKey};

/// A public key made ready.
pub(super) enum Engine {
    Lc(ParsedPublicKey),
    Ed448(Box<Ed448Key>),
}

impl Engine {
    pub(super) fn new(scheme: Scheme, key: &[u8]) -> Option<Self> {
        match scheme.algorithm() {
            Some(algorithm) => ParsedPublicKey::new(algorithm, key).ok().map(Self::Lc),
            None => ed448(key).map(Box::new).map(Self::Ed448),
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Lc(key) => key.verify_sig(message, signature).is_ok(),
            // RFC 8032 5.2.7, without a context and not prehashed (RFC 9053 2.2)
            Self::Ed448(key) => {
                Ed448Signature::from_slice(signature).is_ok_and(|signature| key.verify_raw(&signature, message).is_ok())
            }
        }
    }
}

/// Is this a point of its curve? Ed25519 keys are not decompressed: with one that is none, no
/// signature verifies. Of keys that are no points nothing is asked.
pub(crate) fn is_public_key(key: &PublicKey) -> bool {
    let sec1 = || key.sec1().unwrap_or_default();
    match key {
        PublicKey::Ec2 { curve, .. } => match curve {
            Curve::P256 => P256Point::from_sec1_bytes(&sec1()).is_ok(),
            Curve::P384 => Engine::new(Scheme::EcdsaP384Sha384, &sec1()).is_some(),
            Curve::P521 => Engine::new(Scheme::EcdsaP521Sha512, &sec1()).is_some(),
            Curve::Secp256k1 => Engine::new(Scheme::EcdsaSecp256k1Sha256, &sec1()).is_some(),
            Curve::Ed25519 | Curve::Ed448 => false,
        },
        PublicKey::Okp { curve: Curve::Ed448, x } => ed448(x).is_some(),
        PublicKey::Okp { .. } | PublicKey::Rsa { .. } | PublicKey::Akp { .. } | PublicKey::Unsupported => true,
    }
}

fn ed448(key: &[u8]) -> Option<Ed448Key> {
    Ed448Key::from_bytes(key.try_into().ok()?).ok()
}
