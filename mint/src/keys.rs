//! Signing keys: derived from a seed where every byte must repeat, generated where speed matters.

mod ecdsa;
mod hash;
mod ml_dsa;
mod rsa;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use assay_protocol::cose::{CoseKey, Curve, ParameterSet, PublicKey, alg};
use assay_protocol::tree::der::write;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;

use self::ecdsa::EcdsaKey;
pub use self::hash::Hash;
use self::ml_dsa::MlDsaKey;
use self::rsa::{Padding, RsaKey};
use crate::error::Error;
use crate::seed::Seed;

/// A private key and what is published of it.
#[derive(Clone)]
pub struct SigningKey {
    alg: i64,
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Es256(Es256Key),
    Ecdsa(EcdsaKey, Hash),
    Ed25519(Arc<Ed25519KeyPair>),
    Ed448(Box<ed448_goldilocks::SigningKey>),
    Rsa(RsaKey),
    MlDsa(MlDsaKey),
}

/// A P-256 key by one of two engines.
#[derive(Clone)]
enum Es256Key {
    /// Signs by RFC 6979, so that equal messages give equal bytes.
    Repeatable(p256::ecdsa::SigningKey, Hash),
    /// Signs with a fresh nonce, about four times as fast.
    Fast(Arc<EcdsaKeyPair>),
}

impl SigningKey {
    /// The key of this seed for a COSE algorithm; RSA has but one key, whatever the seed.
    pub fn of(algorithm: i64, seed: &Seed) -> Result<Self, Error> {
        let key = match algorithm {
            alg::ES256 | alg::ESP256 => Self::es256(seed),
            alg::ES384 | alg::ESP384 => Self::p384(seed),
            alg::ES512 | alg::ESP512 => Self::p521(seed),
            alg::ES256K => Self::es256k(seed),
            alg::EDDSA | alg::ED25519 => Self::ed25519(seed)?,
            alg::ED448 => Self::ed448(seed)?,
            _ => match ParameterSet::of(algorithm) {
                Some(set) => Self::ml_dsa(set, seed),
                None => Self::rsa(algorithm)?,
            },
        };
        Ok(Self { alg: algorithm, ..key })
    }

    /// The ES256 key of this seed; its signatures repeat.
    pub fn es256(seed: &Seed) -> Self {
        let key = first_valid(seed, |candidate| p256::ecdsa::SigningKey::from_slice(candidate.as_bytes()).ok());
        Self::repeatable(key)
    }

    /// A fresh ES256 key by the fast engine.
    pub fn random_es256() -> Result<Self, Error> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map(Self::fast)
            .map_err(|_unspecified| Error::KeyGeneration)
    }

    /// The same ES256 key by the fast engine; other keys are returned as they are.
    pub fn into_fast(self) -> Result<Self, Error> {
        match &self.engine {
            Engine::Es256(Es256Key::Repeatable(_, Hash::Sha256)) => Self::fast_es256_from_secret(&self.secret()),
            _ => Ok(self),
        }
    }

    /// The ES256 key with this private scalar; its signatures repeat.
    pub fn es256_from_secret(secret: &[u8]) -> Result<Self, Error> {
        p256::ecdsa::SigningKey::from_slice(secret).map(Self::repeatable).map_err(|_opaque| Error::KeyRejected)
    }

    /// The ES256 key with this private scalar by the fast engine.
    pub fn fast_es256_from_secret(secret: &[u8]) -> Result<Self, Error> {
        let document = ec_private_key(secret);
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &document)
            .map(Self::fast)
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The Ed25519 key of this seed.
    pub fn ed25519(seed: &Seed) -> Result<Self, Error> {
        Self::ed25519_from_secret(seed.as_bytes())
    }

    /// The Ed25519 key with this 32-byte private seed.
    pub fn ed25519_from_secret(secret: &[u8]) -> Result<Self, Error> {
        Ed25519KeyPair::from_seed_unchecked(secret)
            .map(|pair| Self { alg: alg::EDDSA, engine: Engine::Ed25519(Arc::new(pair)) })
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The Ed448 key of this seed.
    pub fn ed448(seed: &Seed) -> Result<Self, Error> {
        let key = ed448_goldilocks::SigningKey::try_from(seed.stream(57).as_slice());
        key.map(|key| Self { alg: alg::ED448, engine: Engine::Ed448(Box::new(key)) })
            .map_err(|_rejected| Error::KeyRejected)
    }

    /// The lab's only RSA key, published with the source, under RS256.
    pub fn rs256() -> Result<Self, Error> {
        Self::rsa(alg::RS256)
    }

    /// The lab's only RSA key under one of the RSA algorithms.
    pub fn rsa(algorithm: i64) -> Result<Self, Error> {
        let padding = match algorithm {
            alg::RS1 => Padding::Pkcs1(Hash::Sha1),
            alg::RS256 => Padding::Pkcs1(Hash::Sha256),
            alg::RS384 => Padding::Pkcs1(Hash::Sha384),
            alg::RS512 => Padding::Pkcs1(Hash::Sha512),
            alg::PS256 => Padding::Pss(Hash::Sha256, Hash::Sha256.length()),
            alg::PS384 => Padding::Pss(Hash::Sha384, Hash::Sha384.length()),
            alg::PS512 => Padding::Pss(Hash::Sha512, Hash::Sha512.length()),
            _ => return Err(Error::KeyRejected),
        };
        Ok(Self { alg: algorithm, engine: Engine::Rsa(RsaKey::new(padding)?) })
    }

    /// The P-384 key of this seed, under ES384; its signatures repeat.
    pub fn p384(seed: &Seed) -> Self {
        Self { alg: alg::ES384, engine: Engine::Ecdsa(EcdsaKey::p384(seed), Hash::Sha384) }
    }

    /// The P-521 key of this seed, under ES512; its signatures repeat.
    pub fn p521(seed: &Seed) -> Self {
        Self { alg: alg::ES512, engine: Engine::Ecdsa(EcdsaKey::p521(seed), Hash::Sha512) }
    }

    /// The secp256k1 key of this seed; its signatures repeat.
    pub fn es256k(seed: &Seed) -> Self {
        Self { alg: alg::ES256K, engine: Engine::Ecdsa(EcdsaKey::secp256k1(seed), Hash::Sha256) }
    }

    /// The ML-DSA key of this seed; its signatures repeat.
    pub fn ml_dsa(set: ParameterSet, seed: &Seed) -> Self {
        Self { alg: set.alg(), engine: Engine::MlDsa(MlDsaKey::new(set, seed.as_bytes())) }
    }

    fn repeatable(key: p256::ecdsa::SigningKey) -> Self {
        Self { alg: alg::ES256, engine: Engine::Es256(Es256Key::Repeatable(key, Hash::Sha256)) }
    }

    fn fast(pair: EcdsaKeyPair) -> Self {
        Self { alg: alg::ES256, engine: Engine::Es256(Es256Key::Fast(Arc::new(pair))) }
    }

    /// The same key, which signs as before and says that it does so by another algorithm.
    #[must_use]
    pub fn called(self, algorithm: i64) -> Self {
        Self { alg: algorithm, ..self }
    }

    /// The same key, which goes on naming its algorithm and signs with another hash than that
    /// has. Where the algorithm hashes in its own way, nothing changes.
    #[must_use]
    pub fn with_other_hash(self) -> Self {
        let engine = match self.engine {
            Engine::Es256(Es256Key::Repeatable(key, hash)) => Engine::Es256(Es256Key::Repeatable(key, hash.other())),
            Engine::Ecdsa(key, hash) => Engine::Ecdsa(key, hash.other()),
            Engine::Rsa(key) => {
                let padding = match key.padding {
                    Padding::Pkcs1(hash) => Padding::Pkcs1(hash.other()),
                    Padding::Pss(hash, _) => Padding::Pss(hash.other(), hash.other().length()),
                };
                Engine::Rsa(RsaKey { padding })
            }
            engine => engine,
        };
        Self { engine, ..self }
    }

    /// The same key, which goes on naming its algorithm and pads as the other kind of RSA
    /// signature does. Other keys stay as they are.
    #[must_use]
    pub fn with_other_padding(self) -> Self {
        self.with_padding(|padding| match padding {
            Padding::Pkcs1(hash) => Padding::Pss(hash, hash.length()),
            Padding::Pss(hash, _) => Padding::Pkcs1(hash),
        })
    }

    /// The same key with this many bytes of salt, if it is one that salts.
    #[must_use]
    pub fn with_salt(self, length: usize) -> Self {
        self.with_padding(|padding| match padding {
            Padding::Pss(hash, _) => Padding::Pss(hash, length),
            Padding::Pkcs1(hash) => Padding::Pkcs1(hash),
        })
    }

    fn with_padding(self, change: impl Fn(Padding) -> Padding) -> Self {
        match self.engine {
            Engine::Rsa(key) => {
                let padding = change(key.padding);
                Self { engine: Engine::Rsa(RsaKey { padding }), ..self }
            }
            engine => Self { engine, ..self },
        }
    }

    /// The COSE algorithm that it signs with.
    pub fn alg(&self) -> i64 {
        self.alg
    }

    /// What the message is hashed with, where that is a step of its own.
    pub fn hash(&self) -> Option<Hash> {
        match &self.engine {
            Engine::Es256(Es256Key::Repeatable(_, hash)) | Engine::Ecdsa(_, hash) => Some(*hash),
            Engine::Es256(Es256Key::Fast(_)) => Some(Hash::Sha256),
            Engine::Rsa(key) => Some(key.hash()),
            Engine::Ed25519(_) | Engine::Ed448(_) | Engine::MlDsa(_) => None,
        }
    }

    /// The public key as WebAuthn knows it.
    pub fn public_key(&self) -> PublicKey {
        let okp = |curve| PublicKey::Okp { curve, x: self.subject_public_key() };
        match &self.engine {
            Engine::Es256(_) => self.point(Curve::P256),
            Engine::Ecdsa(key, _) => self.point(key.curve()),
            Engine::Ed25519(_) => okp(Curve::Ed25519),
            Engine::Ed448(_) => okp(Curve::Ed448),
            Engine::Rsa(key) => key.public_key(),
            Engine::MlDsa(key) => PublicKey::Akp { set: key.set(), key: key.public_key() },
        }
    }

    fn point(&self, curve: Curve) -> PublicKey {
        let point = self.subject_public_key();
        let (x, y) = point.get(1..).and_then(|both| both.split_at_checked(curve.length())).unwrap_or_default();
        PublicKey::Ec2 { curve, x: x.to_vec(), y: y.to_vec() }
    }

    /// The credential public key.
    pub fn cose_key(&self) -> CoseKey {
        CoseKey { alg: self.alg, key: self.public_key() }
    }

    /// The bytes inside the subject public key's BIT STRING: a point, a raw key, or an RSAPublicKey.
    pub fn subject_public_key(&self) -> Vec<u8> {
        match &self.engine {
            Engine::Es256(Es256Key::Repeatable(key, _)) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Engine::Es256(Es256Key::Fast(pair)) => pair.public_key().as_ref().to_vec(),
            Engine::Ecdsa(key, _) => key.point(),
            Engine::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
            Engine::Ed448(key) => key.verifying_key().to_bytes().to_vec(),
            Engine::Rsa(key) => key.public_key().pkcs1().unwrap_or_default(),
            Engine::MlDsa(key) => key.public_key(),
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
        match &self.engine {
            Engine::Es256(Es256Key::Repeatable(key, hash)) => {
                let hashed = hash.of(&[message]);
                let signature: p256::ecdsa::Signature = key.sign_prehash(&hashed).map_err(|_opaque| Error::Signing)?;
                // Always the smaller s, so that an edit to the larger one is an edit.
                Ok(signature.normalize_s().to_der().as_bytes().to_vec())
            }
            Engine::Es256(Es256Key::Fast(pair)) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_unspecified| Error::Signing),
            Engine::Ecdsa(key, hash) => key.sign_hash(&hash.of(&[message])),
            Engine::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Engine::Ed448(key) => Ok(key.sign_raw(message).to_bytes().to_vec()),
            Engine::Rsa(key) => key.sign(message),
            Engine::MlDsa(key) => key.sign(message),
        }
    }

    /// The private scalar or seed; empty for RSA, whose key is no secret here.
    pub fn secret(&self) -> Vec<u8> {
        match &self.engine {
            Engine::Es256(Es256Key::Repeatable(key, _)) => key.to_bytes().to_vec(),
            Engine::Es256(Es256Key::Fast(pair)) => {
                let bytes: Result<EcPrivateKeyBin<'_>, _> = pair.private_key().as_be_bytes();
                bytes.map(|bytes| bytes.as_ref().to_vec()).unwrap_or_default()
            }
            Engine::Ecdsa(key, _) => key.secret(),
            Engine::Ed25519(pair) => {
                pair.seed().and_then(|seed| seed.as_be_bytes()).map(|bytes| bytes.as_ref().to_vec()).unwrap_or_default()
            }
            Engine::Ed448(key) => key.to_bytes().to_vec(),
            Engine::MlDsa(key) => key.secret(),
            Engine::Rsa(_) => Vec::new(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", alg::name(self.alg).unwrap_or("?"))
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
