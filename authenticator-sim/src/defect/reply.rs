//! How a key with defects spoils what it was about to say.

use assay_protocol::ctap2::command;
use assay_protocol::tree::cbor;
use ciborium::Value;

use super::{Defect, Defects};
use crate::env::Rng;

/// The body of an answer as the key sends it.
pub(crate) fn spoil(defects: &Defects, rng: &mut dyn Rng, byte: u8, body: Vec<u8>) -> Vec<u8> {
    defects.iter().fold(body, |body, defect| match (byte, defect) {
        (command::GET_INFO, Defect::InfoCanonical) => alphabetical_options(&body),
        (command::GET_INFO, Defect::InfoRepeated) => {
            let mut version = [0; 2];
            rng.fill(&mut version);
            with_member(&body, 0x0e, Value::from(u16::from_be_bytes(version) | 0x8000))
        }
        (command::GET_INFO, Defect::InfoRpIds) => without_member(&body, 0x10),
        (command::GET_INFO, defect) => match (member_of_info(*defect), left_out_of_info(*defect)) {
            (Some((member, value)), _) => with_member(&body, member, value),
            (None, Some((member, ids))) => edited(&body, member, |list| leave_out(list, ids), cbor::to_canonical),
            (None, None) => body,
        },
        (command::MAKE_CREDENTIAL, Defect::McCanonical) | (command::GET_ASSERTION, Defect::GaCanonical) => {
            reversed(&body)
        }
        (command::CLIENT_PIN, Defect::PinKeyAgreement) => {
            edited(&body, 1, |key| set(key, Value::from(3), Value::from(-7)), cbor::to_canonical)
        }
        (command::CLIENT_PIN, Defect::PinCanonical) => edited(&body, 1, reverse, cbor::to_bytes),
        _ => body,
    })
}

/// The map with its members the other way round.
pub(crate) fn reversed(body: &[u8]) -> Vec<u8> {
    let Some(root) = cbor::read(body).root else { return body.to_vec() };
    let mut map = root.to_value();
    reverse(&mut map);
    cbor::to_bytes(&map)
}

fn member_of_info(defect: Defect) -> Option<(i64, Value)> {
    let es256 =
        || Value::Map(vec![(Value::from("alg"), Value::from(-7)), (Value::from("type"), Value::from("public-key"))]);
    Some(match defect {
        Defect::InfoVersions => (0x01, Value::Array(vec![Value::from("FIDO_2_1"), Value::from("FIDO_2_2")])),
        Defect::InfoAaguid => (0x03, Value::Bytes(vec![7; 15])),
        Defect::InfoAaguidAttested => (0x03, Value::Bytes(vec![7; 16])),
        Defect::InfoOptions => (0x04, Value::Map(vec![(Value::from("rk"), Value::from(1))])),
        Defect::InfoMaxMsgSize => (0x05, Value::from(1023)),
        Defect::InfoPinProtocols => (0x06, Value::Array(Vec::new())),
        Defect::InfoLimits => (0x07, Value::from(0)),
        Defect::InfoTransports => (0x09, Value::Array(Vec::new())),
        Defect::InfoAlgorithms => (0x0a, Value::Array(vec![es256(), es256()])),
        Defect::InfoMinPinLength => (0x0d, Value::from(3)),
        Defect::InfoLargeBlobArray => (0x0b, Value::from(1023)),
        Defect::InfoForcePinChange => (0x0c, Value::from(1)),
        Defect::InfoCredBlobLength => (0x0f, Value::from(31)),
        Defect::InfoUvAttempts => (0x11, Value::from(0)),
        Defect::InfoUvModality => (0x12, Value::from(0)),
        Defect::InfoRemaining => (0x14, Value::from(-1)),
        Defect::InfoRemainingFalls => (0x14, Value::from(50)),
        Defect::InfoUvCount => (0x17, Value::from(-1)),
        Defect::InfoLongTouch => (0x18, Value::from(5)),
        Defect::InfoEncrypted => (0x19, Value::Bytes(vec![7; 31])),
        Defect::InfoResetTransports => (0x1a, Value::Array(Vec::new())),
        Defect::InfoPinComplexity => (0x1c, Value::from("https://assay.example/pin-rules")),
        Defect::InfoMaxPinLength => (0x1d, Value::from(7)),
        Defect::InfoConfigCommands => (0x1f, Value::Array(vec![Value::from(3)])),
        Defect::InfoProtocolTwo => (0x06, Value::Array(vec![Value::from(1)])),
        _ => return None,
    })
}

/// What a key leaves out of a list or a map of getInfo.
fn left_out_of_info(defect: Defect) -> Option<(i64, &'static [&'static str])> {
    Some(match defect {
        Defect::InfoNoHmacSecret => (0x02, &["hmac-secret"]),
        Defect::InfoNoMinPinLength => (0x02, &["minPinLength"]),
        Defect::InfoNoCredProtect => (0x02, &["credProtect"]),
        Defect::InfoExtensionDependency => (0x04, &["largeBlobs"]),
        Defect::InfoOptionDependency => (0x04, &["authnrCfg"]),
        Defect::InfoNoToken => (0x04, &["pinUvAuthToken"]),
        Defect::InfoNoVerification => (0x04, &["clientPin", "uv"]),
        _ => return None,
    })
}

/// Takes entries from a list, or members from a map.
fn leave_out(from: &mut Value, left_out: &[&str]) {
    let stays = |own: &Value| !own.as_text().is_some_and(|own| left_out.contains(&own));
    match from {
        Value::Array(ids) => ids.retain(stays),
        Value::Map(members) => members.retain(|(own, _)| stays(own)),
        _ => {}
    }
}

fn without_member(body: &[u8], member: i64) -> Vec<u8> {
    let Some(root) = cbor::read(body).root else { return body.to_vec() };
    let mut map = root.to_value();
    if let Value::Map(members) = &mut map {
        members.retain(|(key, _)| *key != Value::from(member));
    }
    cbor::to_canonical(&map)
}

fn with_member(body: &[u8], member: i64, value: Value) -> Vec<u8> {
    let Some(root) = cbor::read(body).root else { return body.to_vec() };
    let mut map = root.to_value();
    set(&mut map, Value::from(member), value);
    cbor::to_canonical(&map)
}

fn alphabetical_options(body: &[u8]) -> Vec<u8> {
    let sort = |options: &mut Value| {
        if let Value::Map(members) = options {
            members.sort_by(|(one, _), (other, _)| one.as_text().cmp(&other.as_text()));
        }
    };
    edited(body, 0x04, sort, cbor::to_bytes)
}

/// The body with one member edited, if it has that member.
fn edited(body: &[u8], member: i64, edit: impl Fn(&mut Value), write: fn(&Value) -> Vec<u8>) -> Vec<u8> {
    let Some(root) = cbor::read(body).root else { return body.to_vec() };
    let mut map = root.to_value();
    let members = map.as_map_mut().into_iter().flatten();
    members.filter(|(key, _)| *key == Value::from(member)).for_each(|(_, value)| edit(value));
    write(&map)
}

fn set(map: &mut Value, key: Value, value: Value) {
    if let Value::Map(members) = map {
        members.retain(|(name, _)| *name != key);
        members.push((key, value));
    }
}

fn reverse(map: &mut Value) {
    if let Value::Map(members) = map {
        members.reverse();
    }
}
