use aws_lc_rs::signature::{self as lc, VerificationAlgorithm};

use super::SignatureError;
use crate::cose::{Curve, PublicKey, alg};

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
    /// ECDSA on P-256 with SHA-256, r and s side by side, as in JWS.
    EcdsaP256Sha256Fixed,
    /// ECDSA on P-384 with SHA-384, r and s side by side, as in JWS.
    EcdsaP384Sha384Fixed,
    /// ECDSA on P-521 with SHA-512, r and s side by side, as in JWS.
    EcdsaP521Sha512Fixed,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// Ed25519.
    Ed25519,
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
    /// The scheme of a COSE algorithm with this key: ES256, RS256 and EdDSA (WebAuthn L3 5.8.5).
    pub fn for_cose(alg: i64, key: &PublicKey) -> Result<Self, SignatureError> {
        match (alg, key) {
            (alg::ES256 | alg::ESP256, PublicKey::Ec2 { curve, .. }) if *curve == Curve::P256 => {
                Ok(Self::EcdsaP256Sha256)
            }
            (alg::EDDSA | alg::ED25519, PublicKey::Okp { curve, .. }) if *curve == Curve::Ed25519 => Ok(Self::Ed25519),
            (alg::RS256, PublicKey::Rsa { .. }) => Ok(Self::RsaPkcs1Sha256),
            _ => Err(SignatureError::Unsupported),
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
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }

    pub(super) fn algorithm(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::EcdsaP256Sha256 => &lc::ECDSA_P256_SHA256_ASN1,
            Self::EcdsaP256Sha384 => &lc::ECDSA_P256_SHA384_ASN1,
            Self::EcdsaP256Sha512 => &lc::ECDSA_P256_SHA512_ASN1,
            Self::EcdsaP384Sha256 => &lc::ECDSA_P384_SHA256_ASN1,
            Self::EcdsaP384Sha384 => &lc::ECDSA_P384_SHA384_ASN1,
            Self::EcdsaP384Sha512 => &lc::ECDSA_P384_SHA512_ASN1,
            Self::EcdsaP521Sha256 => &lc::ECDSA_P521_SHA256_ASN1,
            Self::EcdsaP521Sha384 => &lc::ECDSA_P521_SHA384_ASN1,
            Self::EcdsaP521Sha512 => &lc::ECDSA_P521_SHA512_ASN1,
            Self::EcdsaP256Sha256Fixed => &lc::ECDSA_P256_SHA256_FIXED,
            Self::EcdsaP384Sha384Fixed => &lc::ECDSA_P384_SHA384_FIXED,
            Self::EcdsaP521Sha512Fixed => &lc::ECDSA_P521_SHA512_FIXED,
            Self::RsaPkcs1Sha256 => &lc::RSA_PKCS1_2048_8192_SHA256,
            Self::RsaPkcs1Sha384 => &lc::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaPkcs1Sha512 => &lc::RSA_PKCS1_2048_8192_SHA512,
            Self::Ed25519 => &lc::ED25519,
        }
    }

    /// How signatures are written; none where the key's length decides.
    pub(super) fn encoding(self) -> Option<Encoding> {
        Some(match self {
            Self::EcdsaP256Sha256Fixed => Encoding::Fixed(32),
            Self::EcdsaP384Sha384Fixed => Encoding::Fixed(48),
            Self::EcdsaP521Sha512Fixed => Encoding::Fixed(66),
            Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512 => return None,
            Self::Ed25519 => Encoding::Exactly(64),
            _ => Encoding::Der,
        })
    }

    /// The length of a public key, where there is but one: points come uncompressed.
    pub(super) fn key_length(self) -> Option<usize> {
        match self {
            Self::EcdsaP256Sha256 | Self::EcdsaP256Sha384 | Self::EcdsaP256Sha512 | Self::EcdsaP256Sha256Fixed => {
                Some(65)
            }
            Self::EcdsaP384Sha256 | Self::EcdsaP384Sha384 | Self::EcdsaP384Sha512 | Self::EcdsaP384Sha384Fixed => {
                Some(97)
            }
            Self::EcdsaP521Sha256 | Self::EcdsaP521Sha384 | Self::EcdsaP521Sha512 | Self::EcdsaP521Sha512Fixed => {
                Some(133)
            }
            Self::Ed25519 => Some(32),
            Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512 => None,
        }
    }
}
