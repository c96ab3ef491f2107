//! COSE_Key: a credential's public key (RFC 9052 7, RFC 9053, RFC 8230, RFC 9964; WebAuthn L3 5.8.5, 6.5.1).

pub mod alg;
mod kind;
mod read;
mod spki;

use ciborium::Value;

use crate::error::Malformed;
use crate::tree::cbor;

pub use self::kind::{Curve, ParameterSet};

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
    /// An algorithm key pair's public half: ML-DSA.
    Akp {
        /// Its parameter set.
        set: ParameterSet,
        /// The public key, exactly as long as the set demands.
        key: Vec<u8>,
    },
    /// The algorithm can be told, but its keys are not read here.
    Unsupported,
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
    /// Public key of AKP keys.
    pub const PUB: i64 = -1;
    /// Private key of AKP keys.
    pub const PRIV: i64 = -2;
}

/// Key types of the COSE registry.
pub mod kty {
    /// Octet key pair.
    pub const OKP: i64 = 1;
    /// Elliptic curve with two coordinates.
    pub const EC2: i64 = 2;
    /// RSA.
    pub const RSA: i64 = 3;
    /// Algorithm key pair.
    pub const AKP: i64 = 7;
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
            PublicKey::Akp { key, .. } => {
                vec![member(label::KTY, kty::AKP.into()), alg, member(label::PUB, bytes(key))]
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

#[cfg(test)]
mod tests;
