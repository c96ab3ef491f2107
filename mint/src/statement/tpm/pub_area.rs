//! A key as its TPM describes it.

use assay_protocol::cose::{Curve, PublicKey};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};

use super::cert_info::sized;
use crate::keys::SigningKey;

/// TPMT_PUBLIC (TPM 2.0 Part 2, 12.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PubAreaDraft {
    /// RSA or ECC.
    pub kind: u16,
    /// The hash that makes the name.
    pub name_alg: u16,
    /// TPMA_OBJECT.
    pub attributes: u32,
    /// The policy's digest; empty where there is none.
    pub auth_policy: Vec<u8>,
    /// TPMT_SYM_DEF_OBJECT with its details, if any.
    pub symmetric: Vec<u16>,
    /// The signing scheme with its details, if any.
    pub scheme: Vec<u16>,
    /// `parameters` from there on, and `unique`.
    pub key: KeyDraft,
    /// What follows the structure.
    pub trailing: Vec<u8>,
    /// How many bytes are missing at the end.
    pub missing: usize,
}

/// The key's own part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyDraft {
    /// RSA.
    Rsa {
        /// keyBits
        bits: u16,
        /// Zero for 65537.
        exponent: u32,
        /// The modulus.
        modulus: Vec<u8>,
    },
    /// ECC.
    Ecc {
        /// TPM_ECC_CURVE
        curve: u16,
        /// The key derivation scheme.
        kdf: Vec<u16>,
        /// The x coordinate.
        x: Vec<u8>,
        /// The y coordinate.
        y: Vec<u8>,
    },
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, sign: as Windows makes keys.
const ATTRIBUTES: u32 = 0x0004_0472;

const RSA: u16 = 0x0001;
const ECC: u16 = 0x0023;
pub(crate) const NULL: u16 = 0x0010;
pub(crate) const SHA256_ID: u16 = 0x000b;

impl PubAreaDraft {
    /// The right public area of a credential's key. No TPM has Ed25519 keys: theirs is a point at zero.
    pub fn new(credential: &SigningKey) -> Self {
        let (kind, key) = match credential.public_key() {
            PublicKey::Rsa { n, .. } => {
                let bits = u16::try_from(n.len() * 8).unwrap_or(u16::MAX);
                (RSA, KeyDraft::Rsa { bits, exponent: 0, modulus: n })
            }
            PublicKey::Ec2 { curve, x, y } => {
                let curve = match curve {
                    Curve::P384 => 0x0004,
                    Curve::P521 => 0x0005,
                    _ => 0x0003,
                };
                (ECC, KeyDraft::Ecc { curve, kdf: vec![NULL], x, y })
            }
            _ => (ECC, KeyDraft::Ecc { curve: 0x0003, kdf: vec![NULL], x: vec![0; 32], y: vec![0; 32] }),
        };
        Self {
            kind,
            name_alg: SHA256_ID,
            attributes: ATTRIBUTES,
            auth_policy: Vec::new(),
            symmetric: vec![NULL],
            scheme: vec![NULL],
            key,
            trailing: Vec::new(),
            missing: 0,
        }
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(numbers(&[self.kind, self.name_alg]));
        bytes.extend(self.attributes.to_be_bytes());
        bytes.extend(sized(&self.auth_policy));
        bytes.extend(numbers(&self.symmetric));
        bytes.extend(numbers(&self.scheme));
        match &self.key {
            KeyDraft::Rsa { bits, exponent, modulus } => {
                bytes.extend(bits.to_be_bytes());
                bytes.extend(exponent.to_be_bytes());
                bytes.extend(sized(modulus));
            }
            KeyDraft::Ecc { curve, kdf, x, y } => {
                bytes.extend(curve.to_be_bytes());
                bytes.extend(numbers(kdf));
                bytes.extend(sized(x));
                bytes.extend(sized(y));
            }
        }
        bytes.extend(&self.trailing);
        bytes.truncate(bytes.len().saturating_sub(self.missing));
        bytes
    }

    /// The name (TPM 2.0 Part 1, 16); by a hash that nobody knows, SHA-256 makes it.
    pub fn name(&self) -> Vec<u8> {
        let hash = match self.name_alg {
            0x0004 => &SHA1_FOR_LEGACY_USE_ONLY,
            0x000c => &SHA384,
            0x000d => &SHA512,
            _ => &SHA256,
        };
        [&self.name_alg.to_be_bytes(), digest(hash, &self.to_bytes()).as_ref()].concat()
    }
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
