//! Keys of each kind, for tests.

use assay_protocol::cose::{Curve, PublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

pub(super) enum Signer {
    Es256(SigningKey),
    Rs256(RsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Signer {
    pub(super) fn es256(seed: u8) -> Self {
        Self::Es256(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    pub(super) fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(super) fn eddsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap())
    }

    pub(super) fn public(&self) -> PublicKey {
        match self {
            Self::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let coordinate = |bytes: &[u8]| bytes.to_vec();
                PublicKey::Ec2 {
                    curve: Curve::P256,
                    x: coordinate(point.x().unwrap()),
                    y: coordinate(point.y().unwrap()),
                }
            }
            Self::Rs256(key) => {
                // RSAPublicKey in DER: nine bytes before a modulus of 256, and 65537 at the end.
                let der = key.public_key().as_ref();
                PublicKey::Rsa { n: der[9..265].to_vec(), e: der[der.len() - 3..].to_vec() }
            }
            Self::EdDsa(key) => PublicKey::Okp { curve: Curve::Ed25519, x: key.public_key().as_ref().to_vec() },
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => {
                let signature: Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let random = SystemRandom::new();
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
        }
    }
}

/// The same ECDSA signature in DER, which JWS does not have.
pub(super) fn der(signature: &[u8]) -> Vec<u8> {
    Signature::from_slice(signature).unwrap().to_der().as_bytes().to_vec()
}
