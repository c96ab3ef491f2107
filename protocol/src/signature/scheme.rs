use aws_lc_rs::signature::{self as lc, VerificationAlgorithm};

use super::SignatureError;
use crate::cose::{Curve, ParameterSet, PublicKey, alg};

/// A signature algorithm with everything fixed: curve or padding, digest, encoding. COSE keys,
/// certificates and JSON web signatures all map onto it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA on P-256 with SHA-256, DER.
    EcdsaP256Sha256,
    /// ECDSA on P-256 with SHA-384, DER.
    EcdsaP256Sha384,
    /// ECDSA on P-256 with SHA-512, DER.
    EcdsaP256Sha512,
    /// ECDSA on P-384 with SHA-256, DER.
    EcdsaP384Sha256,
    /// ECDSA on P-384 with SHA-384, DER.
    EcdsaP384Sha384,
    /// ECDSA on P-384 with SHA-512, DER.
    EcdsaP384Sha512,
    /// ECDSA on P-521 with SHA-256, DER.
    EcdsaP521Sha256,
    /// ECDSA on P-521 with SHA-384, DER.
    EcdsaP521Sha384,
    /// ECDSA on P-521 with SHA-512, DER.
    EcdsaP521Sha512,
    /// ECDSA on secp256k1 with SHA-256, DER.
    EcdsaSecp256k1Sha256,
    /// ECDSA on P-256 with SHA-256, r and s side by side, as in JWS.
    EcdsaP256Sha256Fixed,
    /// ECDSA on P-384 with SHA-384, r and s side by side, as in JWS.
    EcdsaP384Sha384Fixed,
    /// ECDSA on P-521 with SHA-512, r and s side by side, as in JWS.
    EcdsaP521Sha512Fixed,
    /// RSASSA-PKCS1-v1_5 with SHA-1, which nobody should trust: old TPMs have nothing else.
    RsaPkcs1Sha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256 and a salt as long (RFC 8230 2).
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384 and a salt as long.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512 and a salt as long.
    RsaPssSha512,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

/// How a scheme writes its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// ECDSA-Sig-Value.
    Der,
    /// r and s, each this long.
    Fixed(usize),
    /// This many bytes.
    Exactly(usize),
}

impl Scheme {
    /// The scheme of a COSE algorithm, if it is one for this key (WebAuthn L3 5.8.5).
    pub fn for_cose(alg: i64, key: &PublicKey) -> Result<Self, SignatureError> {
        let scheme = match key {
            PublicKey::Ec2 { curve: Curve::P256, .. } if matches!(alg, alg::ES256 | alg::ESP256) => {
                Some(Self::EcdsaP256Sha256)
            }
            PublicKey::Ec2 { curve: Curve::P384, .. } if matches!(alg, alg::ES384 | alg::ESP384) => {
                Some(Self::EcdsaP384Sha384)
            }
            PublicKey::Ec2 { curve: Curve::P521, .. } if matches!(alg, alg::ES512 | alg::ESP512) => {
                Some(Self::EcdsaP521Sha512)
            }
            PublicKey::Ec2 { curve: Curve::Secp256k1, .. } if alg == alg::ES256K => Some(Self::EcdsaSecp256k1Sha256),
            PublicKey::Okp { curve: Curve::Ed25519, .. } if matches!(alg, alg::EDDSA | alg::ED25519) => {
                Some(Self::Ed25519)
            }
            PublicKey::Okp { curve: Curve::Ed448, .. } if alg == alg::ED448 => Some(Self::Ed448),
            PublicKey::Rsa { .. } => match alg {
                alg::RS1 => Some(Self::RsaPkcs1Sha1),
                alg::RS256 => Some(Self::RsaPkcs1Sha256),
                alg::RS384 => Some(Self::RsaPkcs1Sha384),
                alg::RS512 => Some(Self::RsaPkcs1Sha512),
                alg::PS256 => Some(Self::RsaPssSha256),
                alg::PS384 => Some(Self::RsaPssSha384),
                alg::PS512 => Some(Self::RsaPssSha512),
                _ => None,
            },
            PublicKey::Akp { set, .. } if set.alg() == alg => Some(Self::ml_dsa(*set)),
            _ => None,
        };
        scheme.ok_or(SignatureError::Unsupported)
    }

    /// ML-DSA with this parameter set.
    pub const fn ml_dsa(set: ParameterSet) -> Self {
        match set {
            ParameterSet::MlDsa44 => Self::MlDsa44,
            ParameterSet::MlDsa65 => Self::MlDsa65,
            ParameterSet::MlDsa87 => Self::MlDsa87,
        }
    }

    /// The scheme of a JWS `alg` (RFC 7518 3.1, RFC 8037 3.1, RFC 9864); none for others, `none` among them.
    pub fn for_jws(alg: &str) -> Option<Self> {
        Some(match alg {
            "ES256" => Self::EcdsaP256Sha256Fixed,
            "ES384" => Self::EcdsaP384Sha384Fixed,
            "ES512" => Self::EcdsaP521Sha512Fixed,
            "RS256" => Self::RsaPkcs1Sha256,
            "RS384" => Self::RsaPkcs1Sha384,
            "RS512" => Self::RsaPkcs1Sha512,
            "PS256" => Self::RsaPssSha256,
            "PS384" => Self::RsaPssSha384,
            "PS512" => Self::RsaPssSha512,
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }

    /// Whether its keys are an RSA modulus and exponent.
    pub(crate) const fn is_rsa(self) -> bool {
        matches!(
            self,
            Self::RsaPkcs1Sha1
                | Self::RsaPkcs1Sha256
                | Self::RsaPkcs1Sha384
                | Self::RsaPkcs1Sha512
                | Self::RsaPssSha256
                | Self::RsaPssSha384
                | Self::RsaPssSha512
        )
    }

    /// What aws-lc-rs calls it; it has all but Ed448.
    pub(super) fn algorithm(self) -> Option<&'static dyn VerificationAlgorithm> {
        Some(match self {
            Self::EcdsaP256Sha256 => &lc::ECDSA_P256_SHA256_ASN1,
            Self::EcdsaP256Sha384 => &lc::ECDSA_P256_SHA384_ASN1,
            Self::EcdsaP256Sha512 => &lc::ECDSA_P256_SHA512_ASN1,
            Self::EcdsaP384Sha256 => &lc::ECDSA_P384_SHA256_ASN1,
            Self::EcdsaP384Sha384 => &lc::ECDSA_P384_SHA384_ASN1,
            Self::EcdsaP384Sha512 => &lc::ECDSA_P384_SHA512_ASN1,
            Self::EcdsaP521Sha256 => &lc::ECDSA_P521_SHA256_ASN1,
            Self::EcdsaP521Sha384 => &lc::ECDSA_P521_SHA384_ASN1,
            Self::EcdsaP521Sha512 => &lc::ECDSA_P521_SHA512_ASN1,
            Self::EcdsaSecp256k1Sha256 => &lc::ECDSA_P256K1_SHA256_ASN1,
            Self::EcdsaP256Sha256Fixed => &lc::ECDSA_P256_SHA256_FIXED,
            Self::EcdsaP384Sha384Fixed => &lc::ECDSA_P384_SHA384_FIXED,
            Self::EcdsaP521Sha512Fixed => &lc::ECDSA_P521_SHA512_FIXED,
            Self::RsaPkcs1Sha1 => &lc::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::RsaPkcs1Sha256 => &lc::RSA_PKCS1_2048_8192_SHA256,
            Self::RsaPkcs1Sha384 => &lc::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaPkcs1Sha512 => &lc::RSA_PKCS1_2048_8192_SHA512,
            Self::RsaPssSha256 => &lc::RSA_PSS_2048_8192_SHA256,
            Self::RsaPssSha384 => &lc::RSA_PSS_2048_8192_SHA384,
            Self::RsaPssSha512 => &lc::RSA_PSS_2048_8192_SHA512,
            Self::Ed25519 => &lc::ED25519,
            Self::Ed448 => return None,
            Self::MlDsa44 => &lc::ML_DSA_44,
            Self::MlDsa65 => &lc::ML_DSA_65,
            Self::MlDsa87 => &lc::ML_DSA_87,
        })
    }

    /// The parameter set, of ML-DSA.
    const fn parameter_set(self) -> Option<ParameterSet> {
        match self {
            Self::MlDsa44 => Some(ParameterSet::MlDsa44),
            Self::MlDsa65 => Some(ParameterSet::MlDsa65),
            Self::MlDsa87 => Some(ParameterSet::MlDsa87),
            _ => None,
        }
    }

    /// How signatures are written; none where the key's length decides.
    pub(super) fn encoding(self) -> Option<Encoding> {
        Some(match self {
            Self::EcdsaP256Sha256Fixed => Encoding::Fixed(32),
            Self::EcdsaP384Sha384Fixed => Encoding::Fixed(48),
            Self::EcdsaP521Sha512Fixed => Encoding::Fixed(66),
            Self::Ed25519 => Encoding::Exactly(64),
            Self::Ed448 => Encoding::Exactly(114),
            rsa if rsa.is_rsa() => return None,
            other => match other.parameter_set() {
                Some(set) => Encoding::Exactly(set.signature_length()),
                None => Encoding::Der,
            },
        })
    }

    /// The length of a public key, where there is but one: points come uncompressed.
    pub(super) fn key_length(self) -> Option<usize> {
        match self {
            Self::EcdsaP256Sha256
            | Self::EcdsaP256Sha384
            | Self::EcdsaP256Sha512
            | Self::EcdsaP256Sha256Fixed
            | Self::EcdsaSecp256k1Sha256 => Some(65),
            Self::EcdsaP384Sha256 | Self::EcdsaP384Sha384 | Self::EcdsaP384Sha512 | Self::EcdsaP384Sha384Fixed => {
                Some(97)
            }
            Self::EcdsaP521Sha256 | Self::EcdsaP521Sha384 | Self::EcdsaP521Sha512 | Self::EcdsaP521Sha512Fixed => {
                Some(133)
            }
            Self::Ed25519 => Some(32),
            Self::Ed448 => Some(57),
            other => other.parameter_set().map(ParameterSet::key_length),
        }
    }
}
