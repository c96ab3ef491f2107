//! What a key is of, beside its type: a curve, or a parameter set.

use super::alg;

/// A curve of the COSE registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// secp256k1.
    Secp256k1,
}

impl Curve {
    /// The number in the COSE registry.
    pub const fn number(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
            Self::P521 => 3,
            Self::Ed25519 => 6,
            Self::Ed448 => 7,
            Self::Secp256k1 => 8,
        }
    }

    /// The name in the COSE registry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// The bytes of a coordinate or, for the Edwards curves, of a public key.
    pub const fn length(self) -> usize {
        match self {
            Self::P256 | Self::Ed25519 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
            Self::Ed448 => 57,
        }
    }
}

/// A parameter set of ML-DSA (FIPS 204 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterSet {
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl ParameterSet {
    /// The set that a COSE algorithm names (RFC 9964).
    pub const fn of(algorithm: i64) -> Option<Self> {
        match algorithm {
            alg::ML_DSA_44 => Some(Self::MlDsa44),
            alg::ML_DSA_65 => Some(Self::MlDsa65),
            alg::ML_DSA_87 => Some(Self::MlDsa87),
            _ => None,
        }
    }

    /// The COSE algorithm that names it.
    pub const fn alg(self) -> i64 {
        match self {
            Self::MlDsa44 => alg::ML_DSA_44,
            Self::MlDsa65 => alg::ML_DSA_65,
            Self::MlDsa87 => alg::ML_DSA_87,
        }
    }

    /// The bytes of a public key (FIPS 204 4, table 2).
    pub const fn key_length(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// The bytes of a signature.
    pub const fn signature_length(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}
