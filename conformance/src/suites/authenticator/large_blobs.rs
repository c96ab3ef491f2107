//! authenticatorLargeBlobs (CTAP 2.3 6.10).

mod reading;
mod tokens;
mod writing;

use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::manage::{answer, has_option, told};
use super::request::{LARGE_BLOBS, int, map, set};
use super::world::{Key, Reply};
use super::{Body, FRESH, get_info, is_protected};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::Stop;

/// The case that writes as it should be.
const GOOD: &str = "large-blobs/write/one-fragment";

/// Bytes of the hash behind an array.
const HASH: usize = 16;

/// So much shorter than a message a fragment has to be.
const OVERHEAD: usize = 64;

/// The longest message that CTAPHID carries.
const MESSAGE: usize = 7609;

/// The longest array that is worth writing.
const ARRAY: usize = 65_535;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = [reading::cases(), writing::cases(), tokens::cases()].into_iter().flatten();
    cases.map(|case| case.gate(|key, context| has_option(key, context, "largeBlobs"))).collect()
}

fn case<const N: usize>(id: &'static str, title: &'static str, claims: [&'static str; N], body: Body) -> Case<Key> {
    Case::new(id, title, "CTAP 2.3 6.10.2", Level::Must, body).needs([FRESH]).claims(claims).expects(title)
}

/// What a key can take.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Bytes of a fragment.
    fragment: usize,
    /// Bytes of the whole array with its hash.
    capacity: usize,
}

fn room(key: &mut Key, context: &mut Context) -> Result<Room, Stop> {
    let info = get_info::info(key, context)?;
    let size = |member: i64| info.get(member).and_then(Node::as_unsigned).and_then(|size| usize::try_from(size).ok());
    let capacity = size(0x0b).ok_or_else(|| Stop::fail("maxSerializedLargeBlobArray", told(info.get(0x0b))))?;
    let message = size(5).unwrap_or(1024);
    if message > MESSAGE || capacity > ARRAY {
        return Err(Stop::skip("messages of at most 7609 bytes, and arrays of at most 65535"));
    }
    match message.saturating_sub(OVERHEAD) {
        fragment @ 17.. => Ok(Room { fragment, capacity }),
        _ => Err(Stop::fail("maxMsgSize of at least 1024", message.to_string())),
    }
}

/// Nothing protects the key, so that anybody may write.
fn unprotected(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match is_protected(&get_info::info(key, context)?) {
        true => Err(Stop::skip("a key without user verification")),
        false => Ok(()),
    }
}

/// The array of a new key: an empty CBOR array and its hash.
fn initial() -> Vec<u8> {
    sealed(vec![0x80])
}

/// An array of so many bytes, its hash included, with something new in it.
fn array(context: &mut Context, length: usize) -> Vec<u8> {
    // An array of one byte string, whose head takes two or three bytes.
    let rest = length.saturating_sub(HASH + 1);
    let head = match u8::try_from(rest.saturating_sub(2)) {
        Ok(bytes) => vec![0x81, 0x58, bytes],
        Err(_) => {
            let [high, low] = u16::try_from(rest.saturating_sub(3)).unwrap_or(u16::MAX).to_be_bytes();
            vec![0x81, 0x59, high, low]
        }
    };
    let content = context.random.bytes(length.saturating_sub(HASH + head.len()));
    sealed([head, content].concat())
}

fn sealed(array: Vec<u8>) -> Vec<u8> {
    let hash = sha256(&array);
    [array.as_slice(), hash.get(..HASH).unwrap_or_default()].concat()
}

/// A request to read.
fn get(length: usize, offset: usize) -> Value {
    map([(1, size(length)), (3, size(offset))])
}

/// A request to write the first fragment of an array of so many bytes.
fn first(fragment: &[u8], length: usize) -> Value {
    set(later(fragment, 0), 4, size(length))
}

/// A request to write another fragment.
fn later(fragment: &[u8], offset: usize) -> Value {
    map([(2, Value::Bytes(fragment.to_vec())), (3, size(offset))])
}

fn size(bytes: usize) -> Value {
    int(i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// The request with the parameter for a fragment at an offset.
fn authorized(request: Value, token: &Token, fragment: &[u8], offset: usize) -> Value {
    let offset = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
    let message = [&[0xff; 32][..], &[LARGE_BLOBS, 0x00], &offset, &sha256(fragment)].concat();
    let request = set(request, 5, Value::Bytes(token.authenticate(&message)));
    set(request, 6, Value::from(token.protocol().number()))
}

fn call(key: &mut Key, context: &mut Context, label: &str, request: &Value) -> Result<Reply, Stop> {
    key.call(context, label, LARGE_BLOBS, request)
}

/// The bytes from an offset, as many of the length as there are.
fn read(key: &mut Key, context: &mut Context, length: usize, offset: usize) -> Result<Vec<u8>, Stop> {
    let answer = answer(call(key, context, "get", &get(length, offset))?)?;
    let bytes = answer.get(1).and_then(Node::as_bytes);
    bytes.map(<[u8]>::to_vec).ok_or_else(|| Stop::fail("config, bytes", told(answer.get(1))))
}

/// The whole array, read by fragments of so many bytes.
fn read_all(key: &mut Key, context: &mut Context, fragment: usize) -> Result<Vec<u8>, Stop> {
    let mut whole = Vec::new();
    loop {
        let part = read(key, context, fragment, whole.len())?;
        whole.extend(&part);
        if part.len() < fragment {
            return Ok(whole);
        }
    }
}

/// Writes an array by fragments of so many bytes.
fn write(
    key: &mut Key,
    context: &mut Context,
    array: &[u8],
    fragment: usize,
    token: Option<&Token>,
) -> Result<(), Stop> {
    for (place, part) in array.chunks(fragment.max(1)).enumerate() {
        let offset = place * fragment;
        let request = if offset == 0 { first(part, array.len()) } else { later(part, offset) };
        let request = match token {
            Some(token) => authorized(request, token, part, offset),
            None => request,
        };
        call(key, context, "set", &request)?.ok()?;
    }
    Ok(())
}

/// The key must have this array.
fn expect_array(key: &mut Key, context: &mut Context, wanted: &[u8], room: Room) -> Result<(), Stop> {
    let got = read_all(key, context, room.fragment)?;
    if got == wanted {
        return Ok(());
    }
    Err(Stop::fail(format!("the array of {} bytes", wanted.len()), format!("{} other bytes", got.len())))
}

/// An array of 80 bytes, which the key has, where anybody may write.
pub(super) fn written(key: &mut Key, context: &mut Context) -> Result<Vec<u8>, Stop> {
    unprotected(key, context)?;
    let array = array(context, 80);
    write(key, context, &array, array.len(), None)?;
    Ok(array)
}

/// The key must have the array of a new one.
pub(super) fn expect_initial(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    let room = room(key, context)?;
    expect_array(key, context, &initial(), room)
}
