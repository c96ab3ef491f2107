//! A certificate's public key, and the signatures that certificates bear.

use assay_protocol::cose::{Curve, ParameterSet, PublicKey, alg};
use assay_protocol::signature::{Scheme, Verifier};
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::oid;

/// A subject public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectKey {
    /// What it is.
    pub kind: KeyKind,
    /// The subject public key bits: an EC point, a PKCS #1 RSA key, or the bare key.
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
    /// EC on secp256k1.
    Secp256k1,
    /// RSA.
    Rsa,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA.
    MlDsa(ParameterSet),
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
    RsaPssSha256,
    RsaPssSha384,
    RsaPssSha512,
    Ed25519,
    Ed448,
    MlDsa(ParameterSet),
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
                Some(oid::SECP256K1) => KeyKind::Secp256k1,
                _ => KeyKind::Other,
            },
            oid::RSA_ENCRYPTION => KeyKind::Rsa,
            oid::ED25519 => KeyKind::Ed25519,
            oid::ED448 => KeyKind::Ed448,
            other => parameter_set(other).map_or(KeyKind::Other, KeyKind::MlDsa),
        };
        Self { kind, bits: info.subject_public_key.data.to_vec(), info: info.raw.to_vec() }
    }

    /// The key as COSE has it, and the algorithm that it signs statements with, where a statement
    /// does not say; `None` for keys of no known kind.
    pub fn public_key(&self) -> Option<(i64, PublicKey)> {
        match self.kind {
            KeyKind::P256 => self.point(alg::ES256, Curve::P256),
            KeyKind::P384 => self.point(alg::ES384, Curve::P384),
            KeyKind::P521 => self.point(alg::ES512, Curve::P521),
            KeyKind::Secp256k1 => self.point(alg::ES256K, Curve::Secp256k1),
            KeyKind::Ed25519 => {
                let x = self.bits.clone();
                Some((alg::EDDSA, PublicKey::Okp { curve: Curve::Ed25519, x }))
            }
            KeyKind::Ed448 => {
                let x = self.bits.clone();
                Some((alg::ED448, PublicKey::Okp { curve: Curve::Ed448, x }))
            }
            KeyKind::Rsa => {
                let (rest, key) = RSAPublicKey::from_der(&self.bits).ok()?;
                let (n, e) = (unsigned(key.modulus), unsigned(key.exponent));
                rest.is_empty().then_some((alg::RS256, PublicKey::Rsa { n, e }))
            }
            KeyKind::MlDsa(set) => Some((set.alg(), PublicKey::Akp { set, key: self.bits.clone() })),
            KeyKind::Other => None,
        }
    }

    /// An uncompressed point (SEC 1 2.3.4).
    fn point(&self, algorithm: i64, curve: Curve) -> Option<(i64, PublicKey)> {
        let (x, y) = self.bits.strip_prefix(&[0x04])?.split_at_checked(curve.length())?;
        if y.len() != curve.length() {
            return None;
        }
        Some((algorithm, PublicKey::Ec2 { curve, x: x.to_vec(), y: y.to_vec() }))
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
            oid::RSASSA_PSS => return pss(identifier),
            oid::ED25519 => Self::Ed25519,
            oid::ED448 => Self::Ed448,
            other => return parameter_set(other).map(Self::MlDsa),
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
            (Self::EcdsaSha256, KeyKind::Secp256k1) => Scheme::EcdsaSecp256k1Sha256,
            (Self::RsaSha256, KeyKind::Rsa) => Scheme::RsaPkcs1Sha256,
            (Self::RsaSha384, KeyKind::Rsa) => Scheme::RsaPkcs1Sha384,
            (Self::RsaSha512, KeyKind::Rsa) => Scheme::RsaPkcs1Sha512,
            (Self::RsaPssSha256, KeyKind::Rsa) => Scheme::RsaPssSha256,
            (Self::RsaPssSha384, KeyKind::Rsa) => Scheme::RsaPssSha384,
            (Self::RsaPssSha512, KeyKind::Rsa) => Scheme::RsaPssSha512,
            (Self::Ed25519, KeyKind::Ed25519) => Scheme::Ed25519,
            (Self::Ed448, KeyKind::Ed448) => Scheme::Ed448,
            (Self::MlDsa(signed), KeyKind::MlDsa(set)) if signed == set => Scheme::ml_dsa(set),
            _ => return None,
        })
    }
}

/// RFC 9881 2
fn parameter_set(content: &[u8]) -> Option<ParameterSet> {
    match content {
        oid::ML_DSA_44 => Some(ParameterSet::MlDsa44),
        oid::ML_DSA_65 => Some(ParameterSet::MlDsa65),
        oid::ML_DSA_87 => Some(ParameterSet::MlDsa87),
        _ => None,
    }
}

/// RSASSA-PSS with one hash for message and mask and a salt as long (RFC 4055 3.1); no other is
/// verified, SHA-1 and its defaults least of all.
fn pss(identifier: &AlgorithmIdentifier<'_>) -> Option<SignatureAlgorithm> {
    let parameters = RsaSsaPssParams::try_from(identifier.parameters.as_ref()?).ok()?;
    let (algorithm, length) = match parameters.hash_algorithm_oid().as_bytes() {
        oid::SHA256 => (SignatureAlgorithm::RsaPssSha256, 32),
        oid::SHA384 => (SignatureAlgorithm::RsaPssSha384, 48),
        oid::SHA512 => (SignatureAlgorithm::RsaPssSha512, 64),
        _ => return None,
    };
    let mask = parameters.mask_gen_algorithm().ok()?;
    let plain = mask.mgf.as_bytes() == oid::MGF1
        && mask.hash == *parameters.hash_algorithm_oid()
        && parameters.salt_length() == length
        && parameters.trailer_field() == 1;
    plain.then_some(algorithm)
}

fn unsigned(integer: &[u8]) -> Vec<u8> {
    let digits = integer.iter().skip_while(|digit| **digit == 0);
    digits.copied().collect()
}
