//! Keys in the header of a registration proof (RFC 7517, RFC 7518 6, RFC 8037).

use assay_protocol::base64url;
use assay_protocol::cose::{Curve, PublicKey};
use assay_protocol::digest::sha256;
use serde_json::{Map, Value, json};

use crate::error::{Malformed, Reason};
use crate::json::kind;

/// Reads a public key. Members that are not about the public key are left alone.
pub fn parse(jwk: &Map<String, Value>) -> Result<PublicKey, Malformed> {
    match text(jwk, "kty", Reason::JwkKeyType)? {
        "EC" => {
            curve(jwk, "P-256")?;
            let (x, y) = (coordinate(jwk, "x")?, coordinate(jwk, "y")?);
            let point = [&[0x04], x.as_slice(), y.as_slice()].concat();
            p256::PublicKey::from_sec1_bytes(&point)
                .map_err(|error| Malformed::new(Reason::JwkNotOnCurve, error.to_string()))?;
            Ok(PublicKey::Ec2 { curve: Curve::P256, x, y })
        }
        "RSA" => {
            let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
            exponent(&e)?;
            let key = PublicKey::Rsa { n, e };
            modulus(&key)?;
            Ok(key)
        }
        "OKP" => {
            curve(jwk, "Ed25519")?;
            Ok(PublicKey::Okp { curve: Curve::Ed25519, x: coordinate(jwk, "x")? })
        }
        other => Err(Malformed::new(Reason::JwkKeyType, format!("kty {other:?}"))),
    }
}

/// A private or symmetric member, if there is one: a key that shows it is nobody's secret.
pub fn private_member(jwk: &Map<String, Value>) -> Option<&'static str> {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].into_iter().find(|name| jwk.contains_key(*name))
}

/// Writes a public key with its members in the order of the alphabet, which is also the form that
/// [`thumbprint`] hashes. A key of another kind has no members.
pub fn to_json(key: &PublicKey) -> Map<String, Value> {
    let text = |bytes: &[u8]| base64url::encode(bytes);
    let value = match key {
        PublicKey::Ec2 { curve, x, y } => {
            json!({"crv": curve.name(), "kty": "EC", "x": text(x), "y": text(y)})
        }
        PublicKey::Rsa { n, e } => json!({"e": text(e), "kty": "RSA", "n": text(n)}),
        PublicKey::Okp { curve, x } => json!({"crv": curve.name(), "kty": "OKP", "x": text(x)}),
        _ => Value::Null,
    };
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The SHA-256 thumbprint (RFC 7638), by which federation and audit logs name a key.
pub fn thumbprint(key: &PublicKey) -> String {
    base64url::encode(&sha256(Value::Object(to_json(key)).to_string().as_bytes()))
}

fn curve(jwk: &Map<String, Value>, expected: &str) -> Result<(), Malformed> {
    match text(jwk, "crv", Reason::JwkCurve)? {
        found if found == expected => Ok(()),
        other => Err(Malformed::new(Reason::JwkCurve, format!("crv {other:?}"))),
    }
}

fn coordinate(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Malformed> {
    let found = bytes(jwk, name)?;
    if found.len() == 32 {
        return Ok(found);
    }
    Err(Malformed::new(Reason::JwkCoordinateLength, format!("{name} has {} bytes, not 32", found.len())))
}

/// No leading zero, from 2048 to 8192 bits.
fn modulus(key: &PublicKey) -> Result<(), Malformed> {
    let PublicKey::Rsa { n, .. } = key else {
        return Ok(());
    };
    let bits = key.modulus_bits().unwrap_or(0);
    if n.first() == Some(&0) || !(2048..=8192).contains(&bits) {
        return Err(Malformed::new(Reason::JwkModulus, format!("n has {bits} bits")));
    }
    Ok(())
}

/// Odd, at least 3, no leading zero, and not so long that verifying takes long.
fn exponent(e: &[u8]) -> Result<(), Malformed> {
    let shape = match e {
        [0, ..] | [] | [1] => false,
        [.., last] => last % 2 == 1 && e.len() <= 4,
    };
    if shape {
        return Ok(());
    }
    Err(Malformed::new(Reason::JwkExponent, format!("e has {} bytes", e.len())))
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Malformed> {
    base64url::decode(text(jwk, name, Reason::JwkMember)?)
        .map_err(|error| Malformed::new(Reason::JwkMember, format!("{name}: {error}")))
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str, reason: Reason) -> Result<&'a str, Malformed> {
    match jwk.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Malformed::new(reason, format!("{name} is {}", kind(other)))),
        None => Err(Malformed::new(reason, format!("{name} is missing"))),
    }
}

#[cfg(test)]
mod tests;
