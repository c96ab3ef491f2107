//! Good requests as CBOR values, and the small edits that make them something else.

use assay_protocol::cose::alg;
use ciborium::Value;

use crate::context::Context;

/// The RP ID of the good requests.
pub(super) const RP_ID: &str = "example.org";

/// authenticatorMakeCredential.
pub(super) const MAKE_CREDENTIAL: u8 = 0x01;
/// authenticatorGetAssertion.
pub(super) const GET_ASSERTION: u8 = 0x02;
/// authenticatorGetInfo.
pub(super) const GET_INFO: u8 = 0x04;
/// authenticatorClientPIN.
pub(super) const CLIENT_PIN: u8 = 0x06;
/// authenticatorReset.
pub(super) const RESET: u8 = 0x07;
/// authenticatorGetNextAssertion.
pub(super) const GET_NEXT_ASSERTION: u8 = 0x08;
/// authenticatorCredentialManagement.
pub(super) const CREDENTIAL_MANAGEMENT: u8 = 0x0a;
/// authenticatorBioEnrollment.
pub(super) const BIO_ENROLLMENT: u8 = 0x09;
/// authenticatorSelection.
pub(super) const SELECTION: u8 = 0x0b;
/// authenticatorLargeBlobs.
pub(super) const LARGE_BLOBS: u8 = 0x0c;
/// authenticatorConfig.
pub(super) const CONFIG: u8 = 0x0d;

/// A good authenticatorMakeCredential for a user of its own.
pub(super) fn make_credential(context: &mut Context) -> Value {
    let user_id = context.random.bytes(16);
    map([
        (1, Value::Bytes(context.random.bytes(32))),
        (2, text_map([("id", text(RP_ID)), ("name", text("Example"))])),
        (3, user(user_id)),
        (4, Value::Array(vec![parameter(alg::ES256)])),
    ])
}

/// A good authenticatorGetAssertion for these credential ids.
pub(super) fn get_assertion(context: &mut Context, ids: &[Vec<u8>]) -> Value {
    let request = map([(1, text(RP_ID)), (2, Value::Bytes(context.random.bytes(32)))]);
    if ids.is_empty() {
        return request;
    }
    set(request, 3, Value::Array(ids.iter().map(|id| descriptor(id)).collect()))
}

/// A user entity.
pub(super) fn user(id: Vec<u8>) -> Value {
    text_map([("id", Value::Bytes(id)), ("name", text("ada")), ("displayName", text("Ada Lovelace"))])
}

/// A member of pubKeyCredParams.
pub(super) fn parameter(algorithm: i64) -> Value {
    text_map([("alg", int(algorithm)), ("type", text("public-key"))])
}

/// A credential descriptor.
pub(super) fn descriptor(id: &[u8]) -> Value {
    text_map([("id", Value::Bytes(id.to_vec())), ("type", text("public-key"))])
}

/// An options map.
pub(super) fn options<const N: usize>(options: [(&str, bool); N]) -> Value {
    text_map(options.map(|(name, value)| (name, Value::Bool(value))))
}

/// A map with integer keys.
pub(super) fn map<const N: usize>(members: [(i64, Value); N]) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (int(key), value)).collect())
}

/// A map with text keys.
pub(super) fn text_map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (text(key), value)).collect())
}

/// The map with `key` set.
pub(super) fn set(map: Value, key: i64, value: Value) -> Value {
    let mut members = without_key(map, &int(key));
    members.push((int(key), value));
    Value::Map(members)
}

/// The map without `key`.
pub(super) fn without(map: Value, key: i64) -> Value {
    Value::Map(without_key(map, &int(key)))
}

/// The map with the text member `name` of its member `key` set, or gone.
pub(super) fn set_inside(map: Value, key: i64, name: &str, value: Option<Value>) -> Value {
    let inner = member(&map, key).cloned().unwrap_or(Value::Map(Vec::new()));
    let mut members = without_key(inner, &text(name));
    if let Some(value) = value {
        members.push((text(name), value));
    }
    set(map, key, Value::Map(members))
}

/// The member `key` of a map.
pub(super) fn member(map: &Value, key: i64) -> Option<&Value> {
    let wanted = int(key);
    map.as_map()?.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The RP ID of a registration.
pub(super) fn rp_id(request: &Value) -> Option<&str> {
    let rp = member(request, 2)?.as_map()?;
    rp.iter().find(|(name, _)| name.as_text() == Some("id")).and_then(|(_, id)| id.as_text())
}

/// The bytes of the member `key` of a map, empty where it is none.
pub(super) fn bytes_of(map: &Value, key: i64) -> Vec<u8> {
    member(map, key).and_then(Value::as_bytes).cloned().unwrap_or_default()
}

/// An integer.
pub(super) fn int(value: i64) -> Value {
    Value::Integer(value.into())
}

/// A text.
pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn without_key(map: Value, key: &Value) -> Vec<(Value, Value)> {
    match map {
        Value::Map(mut members) => {
            members.retain(|(name, _)| name != key);
            members
        }
        _ => Vec::new(),
    }
}
