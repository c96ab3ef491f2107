//! COSE_Key: a credential's public key (RFC 9052 7, RFC 9053, RFC 8230; WebAuthn L3 5.8.5, 6.5.1).

pub mod alg;
mod read;

use ciborium::Value;

use crate::error::Malformed;
use crate::tree::cbor;
use crate::tree::der::write as der;

/// A credential public key and the algorithm it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoseKey {
    /// The COSE algorithm number.
    pub alg: i64,
    /// The key.
    pub key: PublicKey,
}

/// A public key of a kind that this crate reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// An elliptic curve point, uncompressed and on its curve.
    Ec2 {
        /// Its curve.
        curve: Curve,
        /// The x coordinate, exactly as long as the curve's field.
        x: Vec<u8>,
        /// The y coordinate, likewise.
        y: Vec<u8>,
    },
    /// An octet key pair's public half.
    Okp {
        /// Its curve.
        curve: Curve,
        /// The public key.
        x: Vec<u8>,
    },
    /// An RSA key.
    Rsa {
        /// The modulus, big-endian.
        n: Vec<u8>,
        /// The public exponent, big-endian: odd, at least 3.
        e: Vec<u8>,
    },
    /// The algorithm can be told, but its keys are not read here.
    Unsupported,
}

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

/// Labels of a COSE_Key's members.
pub mod label {
    /// Key type.
    pub const KTY: i64 = 1;
    /// Algorithm.
    pub const ALG: i64 = 3;
    /// Curve, of EC2 and OKP keys.
    pub const CRV: i64 = -1;
    /// x coordinate of EC2 keys, public key of OKP keys.
    pub const X: i64 = -2;
    /// y coordinate of EC2 keys.
    pub const Y: i64 = -3;
    /// Private key of EC2 and OKP keys.
    pub const D: i64 = -4;
    /// Modulus of RSA keys.
    pub const N: i64 = -1;
    /// Public exponent of RSA keys.
    pub const E: i64 = -2;
}

/// Key types of the COSE registry.
pub mod kty {
    /// Octet key pair.
    pub const OKP: i64 = 1;
    /// Elliptic curve with two coordinates.
    pub const EC2: i64 = 2;
    /// RSA.
    pub const RSA: i64 = 3;
}

impl CoseKey {
    /// Reads a key that is all of `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_document(&cbor::read(bytes))
    }

    /// Reads a key that has been read into a tree, with what was found wrong there.
    pub fn from_document(document: &cbor::Document) -> Result<Self, Malformed> {
        read::document(document)
    }

    /// Reads a key that is part of a larger tree, whose own anomalies the caller judges.
    pub fn from_node(node: &cbor::Node) -> Result<Self, Malformed> {
        read::node(node)
    }

    /// The canonical COSE_Key. Of an unsupported key only the algorithm is known, and written.
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_canonical(&self.to_value())
    }

    /// The COSE_Key as a value, for edits and for nesting.
    pub fn to_value(&self) -> Value {
        let member = |label: i64, value: Value| (Value::from(label), value);
        let bytes = |bytes: &Vec<u8>| Value::Bytes(bytes.clone());
        let alg = member(label::ALG, self.alg.into());
        Value::Map(match &self.key {
            PublicKey::Ec2 { curve, x, y } => vec![
                member(label::KTY, kty::EC2.into()),
                alg,
                member(label::CRV, curve.number().into()),
                member(label::X, bytes(x)),
                member(label::Y, bytes(y)),
            ],
            PublicKey::Okp { curve, x } => vec![
                member(label::KTY, kty::OKP.into()),
                alg,
                member(label::CRV, curve.number().into()),
                member(label::X, bytes(x)),
            ],
            PublicKey::Rsa { n, e } => {
                vec![member(label::KTY, kty::RSA.into()), alg, member(label::N, bytes(n)), member(label::E, bytes(e))]
            }
            PublicKey::Unsupported => vec![alg],
        })
    }

    /// The key as a DER SubjectPublicKeyInfo, as `getPublicKey()` gives it (WebAuthn L3 5.2.1.1).
    pub fn to_spki(&self) -> Option<Vec<u8>> {
        self.key.to_spki()
    }

    /// The point in the uncompressed form of SEC 1, `04 ‖ x ‖ y`, if the key is one.
    pub fn sec1(&self) -> Option<Vec<u8>> {
        self.key.sec1()
    }

    /// The modulus's length in bits, if the key is an RSA key.
    pub fn modulus_bits(&self) -> Option<usize> {
        self.key.modulus_bits()
    }
}

impl PublicKey {
    /// The key as a DER SubjectPublicKeyInfo; none for kinds not read here.
    pub fn to_spki(&self) -> Option<Vec<u8>> {
        let ec = |curve: &[u64]| [der::oid(&[1, 2, 840, 10045, 2, 1]), der::oid(curve)].concat();
        let (algorithm, key) = match self {
            Self::Ec2 { curve, .. } => {
                let curve: &[u64] = match curve {
                    Curve::P256 => &[1, 2, 840, 10045, 3, 1, 7],
                    Curve::P384 => &[1, 3, 132, 0, 34],
                    Curve::P521 => &[1, 3, 132, 0, 35],
                    Curve::Secp256k1 => &[1, 3, 132, 0, 10],
                    Curve::Ed25519 | Curve::Ed448 => return None,
                };
                (ec(curve), self.sec1()?)
            }
            Self::Okp { curve, x } => match curve {
                Curve::Ed25519 => (der::oid(&[1, 3, 101, 112]), x.clone()),
                Curve::Ed448 => (der::oid(&[1, 3, 101, 113]), x.clone()),
                _ => return None,
            },
            Self::Rsa { .. } => {
                let algorithm = [der::oid(&[1, 2, 840, 113549, 1, 1, 1]), der::null()].concat();
                (algorithm, self.pkcs1()?)
            }
            Self::Unsupported => return None,
        };
        Some(der::sequence(&[der::sequence(&[algorithm]), der::bit_string(&key)]))
    }

    /// The key as a DER RSAPublicKey (RFC 8017 A.1.1), if it is an RSA key.
    pub fn pkcs1(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa { n, e } => Some(der::sequence(&[der::integer(n), der::integer(e)])),
            _ => None,
        }
    }

    /// The point in the uncompressed form of SEC 1, `04 ‖ x ‖ y`, if the key is one.
    pub fn sec1(&self) -> Option<Vec<u8>> {
        match self {
            Self::Ec2 { x, y, .. } => Some([&[0x04], x.as_slice(), y.as_slice()].concat()),
            _ => None,
        }
    }

    /// The modulus's length in bits, if the key is an RSA key.
    pub fn modulus_bits(&self) -> Option<usize> {
        let Self::Rsa { n, .. } = self else {
            return None;
        };
        let mut significant = n.iter().copied().skip_while(|byte| *byte == 0);
        let Some(first) = significant.next() else {
            return Some(0);
        };
        let unused = usize::try_from(first.leading_zeros()).unwrap_or(0);
        Some((1 + significant.count()) * 8 - unused)
    }
}

#[cfg(test)]
mod tests;
