//! The signature algorithms of proofs.

use std::fmt;

use assay_protocol::cose::{Curve, PublicKey};

/// A signature algorithm that this crate can verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, the signature as r and s of 32 bytes each.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// Ed25519: not an algorithm of DBSC, so never offered; known so that a proof by it is
    /// refused because it was not offered and not because it could not be read.
    EdDsa,
}

impl Algorithm {
    /// What this crate offers, in order of preference.
    pub const OFFERED: &'static [Self] = &[Self::Es256, Self::Rs256];

    /// The name in a JWS header and in the registration header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256, Self::EdDsa].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The one algorithm that a key is for.
    pub fn of_key(key: &PublicKey) -> Option<Self> {
        match key {
            PublicKey::Ec2 { curve: Curve::P256, .. } => Some(Self::Es256),
            PublicKey::Rsa { .. } => Some(Self::Rs256),
            PublicKey::Okp { curve: Curve::Ed25519, .. } => Some(Self::EdDsa),
            _ => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
