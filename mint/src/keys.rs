//! Signing keys: derived from a seed where every byte must repeat, generated where speed matters.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use assay_protocol::cose::{CoseKey, Curve, PublicKey, alg};
use assay_protocol::tree::der::write;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use p256::ecdsa::signature::Signer as _;

use crate::error::Error;
use crate::seed::Seed;

/// A private key and what is published of it.
#[derive(Clone)]
pub enum SigningKey {
    /// ES256 on P-256.
    Es256(Es256Key),
    /// EdDSA with Ed25519.
    Ed25519(Arc<Ed25519KeyPair>),
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits.
    Rs256(Arc<RsaKeyPair>),
    /// ECDSA on P-384 with SHA-384, for certificates and wrong keys only.
    EcdsaP384(p384::ecdsa::SigningKey),
}

/// A P-256 key by one of two engines.
#[derive(Clone)]
pub enum Es256Key {
    /// Signs by RFC 6979, so that equal messages give equal bytes.
    Repeatable(p256::ecdsa::SigningKey),
    /// Signs with a fresh nonce, about four times as fast.
    Fast(Arc<EcdsaKeyPair>),
}

impl SigningKey {
    /// The ES256 key of this seed; its signatures repeat.
    pub fn es256(seed: &Seed) -> Self {
        Self::Es256(Es256Key::Repeatable(first_valid(seed, |candidate| {
            p256::ecdsa::SigningKey::from_slice(candidate.as_bytes()).ok()
        })))
    }

    /// A fresh ES256 key by the fast engine.
    pub fn random_es256() -> Result<Self, Error> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map(|pair| Self::Es256(Es256Key::Fast(Arc::new(pair))))
            .map_err(|_unspecified| Error::KeyGeneration)
    }

    /// The same ES256 key by the fast engine; other keys are returned as they are.
    pub fn into_fast(self) -> Result<Self, Error> {
        match &self {
            Self::Es256(Es256Key::Repeatable(_)) => Self::fast_es256_from_secret(&self.secret()),
            _ => Ok(self),
        }
    }

    /// The ES256 key with this private scalar; its signatures repeat.
    pub fn es256_from_secret(secret: &[u8]) -> Result<Self, Error> {
        p256::ecdsa::SigningKey::from_slice(secret)
            .map(|key| Self::Es256(Es256Key::Repeatable(key)))
            .map_err(|_opaque| Error::KeyRejected)
    }

    /// The ES256 key with this private scalar by the fast engine.
    pub fn fast_es256_from_secret(secret: &[u8]) -> Result<Self, Error> {
        let document = ec_private_key(secret);
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &document)
            .map(|pair| Self::Es256(Es256Key::Fast(Arc::new(pair))))
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The Ed25519 key of this seed.
    pub fn ed25519(seed: &Seed) -> Result<Self, Error> {
        Self::ed25519_from_secret(seed.as_bytes())
    }

    /// The Ed25519 key with this 32-byte private seed.
    pub fn ed25519_from_secret(secret: &[u8]) -> Result<Self, Error> {
        Ed25519KeyPair::from_seed_unchecked(secret)
            .map(|pair| Self::Ed25519(Arc::new(pair)))
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The lab's only RSA key, published with the source.
    pub fn rs256() -> Result<Self, Error> {
        RsaKeyPair::from_pkcs8(include_bytes!("../data/rs256-public-test-key.pk8.der"))
            .map(|pair| Self::Rs256(Arc::new(pair)))
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The P-384 key of this seed; its signatures repeat.
    pub fn p384(seed: &Seed) -> Self {
        Self::EcdsaP384(first_valid(seed, |candidate| p384::ecdsa::SigningKey::from_slice(&candidate.stream(48)).ok()))
    }

    /// The COSE algorithm that it signs with.
    pub fn alg(&self) -> i64 {
        match self {
            Self::Es256(_) => alg::ES256,
            Self::Ed25519(_) => alg::EDDSA,
            Self::Rs256(_) => alg::RS256,
            Self::EcdsaP384(_) => alg::ES384,
        }
    }

    /// The public key as WebAuthn knows it.
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Es256(_) | Self::EcdsaP384(_) => {
                let (curve, size) = match self {
                    Self::EcdsaP384(_) => (Curve::P384, 48),
                    _ => (Curve::P256, 32),
                };
                let point = self.subject_public_key();
                let mut coordinates = point.get(1..).unwrap_or_default().chunks(size).map(<[u8]>::to_vec);
                PublicKey::Ec2 {
                    curve,
                    x: coordinates.next().unwrap_or_default(),
                    y: coordinates.next().unwrap_or_default(),
                }
            }
            Self::Ed25519(pair) => PublicKey::Okp { curve: Curve::Ed25519, x: pair.public_key().as_ref().to_vec() },
            Self::Rs256(pair) => rsa_public_key(pair.public_key().as_ref()),
        }
    }

    /// The credential public key.
    pub fn cose_key(&self) -> CoseKey {
        CoseKey { alg: self.alg(), key: self.public_key() }
    }

    /// The bytes inside the subject public key's BIT STRING: a point, a raw key, or an RSAPublicKey.
    pub fn subject_public_key(&self) -> Vec<u8> {
        match self {
            Self::Es256(Es256Key::Repeatable(key)) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Es256(Es256Key::Fast(pair)) => pair.public_key().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
            Self::EcdsaP384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Rs256(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The SubjectPublicKeyInfo, in DER.
    pub fn spki(&self) -> Vec<u8> {
        self.public_key().to_spki().unwrap_or_default()
    }

    /// The SHA-1 of the subject public key: method 1 of RFC 5280, 4.2.1.2, and what FIDO metadata
    /// calls the attestation certificate key identifier.
    pub fn key_identifier(&self) -> [u8; 20] {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.subject_public_key());
        hash.as_ref().try_into().unwrap_or_default()
    }

    /// A signature over `message`: DER for ECDSA, raw for the others.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Es256(Es256Key::Repeatable(key)) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message).map_err(|_opaque| Error::Signing)?;
                // Always the smaller s, so that an edit to the larger one is an edit.
                Ok(signature.normalize_s().to_der().as_bytes().to_vec())
            }
            Self::Es256(Es256Key::Fast(pair)) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_unspecified| Error::Signing),
            Self::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(|_unspecified| Error::Signing)?;
                Ok(signature)
            }
            Self::EcdsaP384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(message).map_err(|_opaque| Error::Signing)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }

    /// The private scalar or seed of an elliptic-curve key; empty for RSA, whose key is no secret here.
    pub fn secret(&self) -> Vec<u8> {
        match self {
            Self::Es256(Es256Key::Repeatable(key)) => key.to_bytes().to_vec(),
            Self::Es256(Es256Key::Fast(pair)) => {
                let bytes: Result<EcPrivateKeyBin<'_>, _> = pair.private_key().as_be_bytes();
                bytes.map(|bytes| bytes.as_ref().to_vec()).unwrap_or_default()
            }
            Self::Ed25519(pair) => {
                pair.seed().and_then(|seed| seed.as_be_bytes()).map(|bytes| bytes.as_ref().to_vec()).unwrap_or_default()
            }
            Self::EcdsaP384(key) => key.to_bytes().to_vec(),
            Self::Rs256(_) => Vec::new(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", alg::name(self.alg()).unwrap_or("?"))
    }
}

/// The first derived candidate in range; all but one in 2^32 seeds need one try.
fn first_valid<Key>(seed: &Seed, accept: impl Fn(Seed) -> Option<Key>) -> Key {
    let mut candidate = seed.derive("scalar");
    loop {
        if let Some(key) = accept(candidate) {
            return key;
        }
        candidate = candidate.derive("again");
    }
}

/// RFC 5915 section 3 for P-256, without the public key.
fn ec_private_key(secret: &[u8]) -> Vec<u8> {
    write::sequence(&[
        write::small_integer(1),
        write::octet_string(secret),
        write::explicit(0, &write::oid(&[1, 2, 840, 10045, 3, 1, 7])),
    ])
}

/// RFC 8017 A.1.1
fn rsa_public_key(der: &[u8]) -> PublicKey {
    let document = assay_protocol::tree::der::read(der);
    let mut numbers = document.root.iter().flat_map(|root| &root.children).map(|number| {
        let content = der.get(number.content.clone()).unwrap_or_default();
        content.strip_prefix(&[0]).unwrap_or(content).to_vec()
    });
    PublicKey::Rsa { n: numbers.next().unwrap_or_default(), e: numbers.next().unwrap_or_default() }
}
