//! Key agreement: a P-256 key pair and the COSE map of its public half.

use ciborium::Value;
use p256::elliptic_curve::sec1::ToSec1Point as _;

use super::{Error, Protocol, SharedSecret};
use crate::ctap2::ParseError;
use crate::ctap2::fields::{self, Fields};
use crate::tree::cbor::Node;

/// The `keyAgreement` map as it came: the types are right, the values are judged when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Member 1; 2 is required.
    pub kty: i64,
    /// Member 3; −25 is required.
    pub alg: i64,
    /// Member −1; 1 is required.
    pub crv: i64,
    /// Member −2; 32 bytes are required.
    pub x: Vec<u8>,
    /// Member −3; 32 bytes are required.
    pub y: Vec<u8>,
}

impl PublicKey {
    /// The key with these coordinates.
    pub fn new(x: [u8; 32], y: [u8; 32]) -> Self {
        Self { kty: 2, alg: -25, crv: 1, x: x.to_vec(), y: y.to_vec() }
    }

    /// Reads the map.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::nested(node, "keyAgreement")?;
        Ok(Self {
            kty: map.required(1, "kty", fields::integer)?,
            alg: map.required(3, "alg", fields::integer)?,
            crv: map.required(-1, "crv", fields::integer)?,
            x: map.required(-2, "x", fields::bytes)?,
            y: map.required(-3, "y", fields::bytes)?,
        })
    }

    /// The map.
    pub fn to_value(&self) -> Value {
        Value::Map(vec![
            (Value::from(1), Value::from(self.kty)),
            (Value::from(3), Value::from(self.alg)),
            (Value::from(-1), Value::from(self.crv)),
            (Value::from(-2), Value::from(self.x.clone())),
            (Value::from(-3), Value::from(self.y.clone())),
        ])
    }

    fn to_point(&self) -> Result<p256::PublicKey, Error> {
        let shape = (self.kty, self.alg, self.crv, self.x.len(), self.y.len());
        if shape != (2, -25, 1, 32, 32) {
            return Err(Error::PublicKey);
        }
        let sec1 = [&[0x04][..], &self.x, &self.y].concat();
        p256::PublicKey::from_sec1_bytes(&sec1).map_err(|_error| Error::PublicKey)
    }
}

/// One side's key pair.
#[derive(Clone)]
pub struct KeyAgreement {
    secret: p256::SecretKey,
}

impl KeyAgreement {
    /// The pair of this secret scalar; a scalar of zero, or past the order, is refused.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, Error> {
        let secret = p256::SecretKey::from_slice(secret).map_err(|_error| Error::Secret)?;
        Ok(Self { secret })
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        let point = self.secret.public_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| bytes.to_vec()).unwrap_or_default();
        PublicKey { kty: 2, alg: -25, crv: 1, x: coordinate(point.x()), y: coordinate(point.y()) }
    }

    /// The secret shared with the holder of `peer`: the platform's `encapsulate`, the authenticator's `decapsulate`.
    pub fn agree(&self, protocol: Protocol, peer: &PublicKey) -> Result<SharedSecret, Error> {
        let shared = self.secret.diffie_hellman(&peer.to_point()?);
        let z: &[u8; 32] = shared.raw_secret_bytes().as_ref();
        SharedSecret::derive(protocol, z)
    }
}
