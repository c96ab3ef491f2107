//! A certificate's public key, and the signatures that certificates bear.

use assay_protocol::cose::{Curve, PublicKey, alg};
use assay_protocol::signature::{Scheme, Verifier};
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::oid;

/// A subject public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectKey {
    /// What it is.
    pub kind: KeyKind,
    /// The subject public key bits: an EC point, a PKCS #1 RSA key, an Ed25519 key.
    pub bits: Vec<u8>,
    /// The whole SubjectPublicKeyInfo, DER.
    pub info: Vec<u8>,
}

/// The kinds of key that certificates of this field have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// EC on P-256.
    P256,
    /// EC on P-384.
    P384,
    /// EC on P-521.
    P521,
    /// RSA.
    Rsa,
    /// Ed25519.
    Ed25519,
    /// Anything else.
    Other,
}

/// Why a certificate's signature could not be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureFault {
    /// The algorithm is none of those verified here.
    Unsupported,
    /// It is not a signature by that key.
    Invalid,
}

/// A certificate's signature algorithm, as far as it can be told without the issuer's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    Ed25519,
}

impl SubjectKey {
    pub(super) fn read(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let curve = || {
            let parameters = info.algorithm.parameters.as_ref()?;
            Some(parameters.data)
        };
        let kind = match info.algorithm.algorithm.as_bytes() {
            oid::EC_PUBLIC_KEY => match curve() {
                Some(oid::P256) => KeyKind::P256,
                Some(oid::P384) => KeyKind::P384,
                Some(oid::P521) => KeyKind::P521,
                _ => KeyKind::Other,
            },
            oid::RSA_ENCRYPTION => KeyKind::Rsa,
            oid::ED25519 => KeyKind::Ed25519,
            _ => KeyKind::Other,
        };
        Self { kind, bits: info.subject_public_key.data.to_vec(), info: info.raw.to_vec() }
    }

    /// The key as COSE has it, and the algorithm that it signs statements with; `None` where
    /// statements signed by such a key are not verified here.
    pub fn public_key(&self) -> Option<(i64, PublicKey)> {
        match self.kind {
            KeyKind::P256 => {
                let (x, y) = self.bits.strip_prefix(&[0x04])?.split_at_checked(32)?;
                if y.len() != 32 {
                    return None;
                }
                let (x, y) = (x.to_vec(), y.to_vec());
                Some((alg::ES256, PublicKey::Ec2 { curve: Curve::P256, x, y }))
            }
            KeyKind::Ed25519 => {
                let x = self.bits.clone();
                Some((alg::EDDSA, PublicKey::Okp { curve: Curve::Ed25519, x }))
            }
            KeyKind::Rsa => {
                let (rest, key) = RSAPublicKey::from_der(&self.bits).ok()?;
                let (n, e) = (unsigned(key.modulus), unsigned(key.exponent));
                rest.is_empty().then_some((alg::RS256, PublicKey::Rsa { n, e }))
            }
            KeyKind::P384 | KeyKind::P521 | KeyKind::Other => None,
        }
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        if self.kind == KeyKind::Other {
            return Err(SignatureFault::Unsupported);
        }
        let scheme = algorithm.scheme(self.kind).ok_or(SignatureFault::Invalid)?;
        let verifier = Verifier::new(scheme, &self.bits).or(Err(SignatureFault::Invalid))?;
        verifier.verify(message, signature).or(Err(SignatureFault::Invalid))
    }
}

impl SignatureAlgorithm {
    pub(crate) fn read(identifier: &AlgorithmIdentifier<'_>) -> Option<Self> {
        Some(match identifier.algorithm.as_bytes() {
            oid::ECDSA_WITH_SHA256 => Self::EcdsaSha256,
            oid::ECDSA_WITH_SHA384 => Self::EcdsaSha384,
            oid::ECDSA_WITH_SHA512 => Self::EcdsaSha512,
            oid::SHA256_WITH_RSA => Self::RsaSha256,
            oid::SHA384_WITH_RSA => Self::RsaSha384,
            oid::SHA512_WITH_RSA => Self::RsaSha512,
            oid::ED25519 => Self::Ed25519,
            _ => return None,
        })
    }

    fn scheme(self, key: KeyKind) -> Option<Scheme> {
        Some(match (self, key) {
            (Self::EcdsaSha256, KeyKind::P256) => Scheme::EcdsaP256Sha256,
            (Self::EcdsaSha384, KeyKind::P256) => Scheme::EcdsaP256Sha384,
            (Self::EcdsaSha512, KeyKind::P256) => Scheme::EcdsaP256Sha512,
            (Self::EcdsaSha256, KeyKind::P384) => Scheme::EcdsaP384Sha256,
            (Self::EcdsaSha384, KeyKind::P384) => Scheme::EcdsaP384Sha384,
            (Self::EcdsaSha512, KeyKind::P384) => Scheme::EcdsaP384Sha512,
            (Self::EcdsaSha256, KeyKind::P521) => Scheme::EcdsaP521Sha256,
            (Self::EcdsaSha384, KeyKind::P521) => Scheme::EcdsaP521Sha384,
            (Self::EcdsaSha512, KeyKind::P521) => Scheme::EcdsaP521Sha512,
            (Self::RsaSha256, KeyKind::Rsa) => Scheme::RsaPkcs1Sha256,
            (Self::RsaSha384, KeyKind::Rsa) => Scheme::RsaPkcs1Sha384,
            (Self::RsaSha512, KeyKind::Rsa) => Scheme::RsaPkcs1Sha512,
            (Self::Ed25519, KeyKind::Ed25519) => Scheme::Ed25519,
            _ => return None,
        })
    }
}

fn unsigned(integer: &[u8]) -> Vec<u8> {
    let digits = integer.iter().skip_while(|digit| **digit == 0);
    digits.copied().collect()
}
