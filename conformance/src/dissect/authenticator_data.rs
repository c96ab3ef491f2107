//! Authenticator data, byte by byte.

use assay_protocol::aaguid::Aaguid;
use assay_protocol::authenticator_data::Flags;
use assay_protocol::cose::{Curve, alg, label};
use assay_protocol::tree::cbor;

use super::{anomalies, bytes, cbor_item};
use crate::evidence::Part;

/// Authenticator data, with attested credential data and extension outputs where its flags say
/// that there are some.
pub fn authenticator_data(data: &[u8]) -> Vec<Part> {
    let mut part = Part::new("authenticator data");
    part.push("length", data.len().to_string(), None);
    let (Some(hash), Some(&flags), Some(count)) = (data.get(..32), data.get(32), data.get(33..37)) else {
        part.push("whole", bytes(data), Some(String::from("shorter than 37 bytes")));
        return vec![part];
    };
    part.push("rpIdHash", bytes(hash), None);
    part.push("flags", format!("{flags:#04x}"), Some(flag_names(Flags(flags))));
    let count = count.try_into().map_or(0, u32::from_be_bytes);
    part.push("signCount", count.to_string(), None);
    let mut parts = vec![part];
    let flags = Flags(flags);
    let mut at = 37;
    if flags.at() {
        at += attested(&mut parts, data.get(at..).unwrap_or_default());
    }
    let rest = data.get(at..).unwrap_or_default();
    if flags.ed() {
        let (_, used) = cbor::read_prefix(rest);
        parts.push(cbor_item("authenticator extension outputs", rest.get(..used).unwrap_or_default()));
        leftover(&mut parts, rest.get(used..).unwrap_or_default());
    } else {
        leftover(&mut parts, rest);
    }
    parts
}

/// The names of the flags that are set, such as `UP UV AT`.
fn flag_names(flags: Flags) -> String {
    let named = [
        (flags.up(), "UP"),
        (flags.0 & 0x02 != 0, "RFU1"),
        (flags.uv(), "UV"),
        (flags.be(), "BE"),
        (flags.bs(), "BS"),
        (flags.0 & 0x20 != 0, "RFU2"),
        (flags.at(), "AT"),
        (flags.ed(), "ED"),
    ];
    let set: Vec<&str> = named.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect();
    if set.is_empty() { String::from("none set") } else { set.join(" ") }
}

/// Adds the attested credential data at the start of `data`; returns how long they are.
fn attested(parts: &mut Vec<Part>, data: &[u8]) -> usize {
    let mut part = Part::new("attested credential data");
    let (Some(aaguid), Some(length)) = (data.get(..16), data.get(16..18)) else {
        part.push("whole", bytes(data), Some(String::from("shorter than 18 bytes")));
        parts.push(part);
        return data.len();
    };
    let aaguid: [u8; 16] = aaguid.try_into().unwrap_or_default();
    let length = usize::from(length.try_into().map_or(0, u16::from_be_bytes));
    part.push("aaguid", Aaguid::from_bytes(aaguid).to_string(), None);
    part.push("credentialIdLength", length.to_string(), None);
    let id = data.get(18..).unwrap_or_default();
    let Some(id) = id.get(..length) else {
        part.push("credentialId", bytes(id), Some(String::from("shorter than its length says")));
        parts.push(part);
        return data.len();
    };
    part.push("credentialId", bytes(id), None);
    parts.push(part);
    let rest = data.get(18 + length..).unwrap_or_default();
    let (document, used) = cbor::read_prefix(rest);
    parts.push(key(&document));
    18 + length + used
}

fn key(document: &cbor::Document) -> Part {
    let mut part = Part::new("credential public key");
    let Some(root) = &document.root else {
        part.push("whole", "undecodable", None);
        return part;
    };
    for (name, value) in root.as_map().into_iter().flatten() {
        let number = value.as_int();
        let (name, note) = match name.as_int() {
            Some(label::ALG) => (String::from("alg (3)"), number.and_then(alg::name).map(str::to_owned)),
            Some(1) => (String::from("kty (1)"), number.and_then(kty).map(str::to_owned)),
            Some(label::CRV) if number.is_some() => {
                (String::from("crv (-1)"), number.and_then(curve).map(str::to_owned))
            }
            Some(other) => (other.to_string(), None),
            None => (cbor::diagnostic(name), None),
        };
        let value = value.as_bytes().map_or_else(|| cbor::diagnostic(value), bytes);
        part.push(name, value, note);
    }
    anomalies(&mut part, &document.anomalies);
    part.notation = Some(cbor::diagnostic(root));
    part
}

fn kty(number: i64) -> Option<&'static str> {
    match number {
        1 => Some("OKP"),
        2 => Some("EC2"),
        3 => Some("RSA"),
        _ => None,
    }
}

fn curve(number: i64) -> Option<&'static str> {
    let known = [Curve::P256, Curve::P384, Curve::P521, Curve::Ed25519, Curve::Ed448, Curve::Secp256k1];
    known.into_iter().find(|curve| curve.number() == number).map(Curve::name)
}

fn leftover(parts: &mut [Part], rest: &[u8]) {
    if let (false, Some(first)) = (rest.is_empty(), parts.first_mut()) {
        first.push("leftover", bytes(rest), Some(String::from("bytes that nothing announces")));
    }
}
