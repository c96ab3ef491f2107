//! Large blobs: the array that an authenticator keeps for anybody, and the blobs in it, each for whoever has its
//! credential's key (CTAP 2.3 6.10).

use assay_protocol::ctap2::get_info;
use assay_protocol::ctap2::large_blobs::{FRAGMENT_OVERHEAD, HASH_LENGTH, INITIAL, Request, is_sealed, sealed};
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::{self, AnomalyKind};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ciborium::Value;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::authenticator::Authenticator;
use crate::error::{ClientError, Unfit};

/// An array as it is kept: blobs that can be read, and whatever else stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    elements: Vec<Value>,
    /// Was what the authenticator kept damaged, so that this is an empty one in its place (6.10.2)?
    pub was_damaged: bool,
}

/// A blob, or why it is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// What is in it.
    Content(Vec<u8>),
    /// It opens, and what is in it is not what it says.
    Damaged,
}

/// Longer than any authenticator has room for; what is inside may say anything.
const LONGEST: usize = 1 << 20;

/// What leaves a part of an array unread.
const UNREADABLE: [AnomalyKind; 5] = [
    AnomalyKind::Truncated,
    AnomalyKind::TooDeep,
    AnomalyKind::Reserved,
    AnomalyKind::TrailingBytes,
    AnomalyKind::InvalidUtf8,
];

/// The level of compression, as zlib counts.
const LEVEL: u8 = 9;

/// A message, where getInfo does not say how long one may be (6.4).
const USUAL_MESSAGE: u64 = 1024;

/// Does it keep any?
pub fn supported(info: &get_info::Response) -> Result<(), Unfit> {
    match info.option("largeBlobs") {
        Some(true) => Ok(()),
        _ => Err(Unfit::LargeBlobs),
    }
}

/// §6.10.2: reads the array. It takes no token.
pub fn read(key: &mut Authenticator<'_>, info: &get_info::Response) -> Result<Array, ClientError> {
    let fragment = fragment_length(info);
    let mut serialized = Vec::new();
    loop {
        let offset = u64::try_from(serialized.len()).unwrap_or(u64::MAX);
        let request = Request { get: Some(fragment), offset: Some(offset), ..Request::default() };
        let part = key.large_blobs(request)?.config;
        let part = part.ok_or_else(|| ClientError::Response("authenticatorLargeBlobs gave no config".to_owned()))?;
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        serialized.extend(part);
        if length < fragment {
            break;
        }
        if serialized.len() > LONGEST {
            return Err(ClientError::Response(format!("the large-blob array does not end within {LONGEST} bytes")));
        }
    }
    Ok(Array::parse(&serialized))
}

/// §6.10.3: writes the array. The token has the permission `lbw`; it takes none where the authenticator has no
/// user verification.
pub fn write(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    token: Option<&Token>,
    array: &Array,
) -> Result<(), ClientError> {
    let serialized = array.serialize();
    let most = info.max_serialized_large_blob_array.and_then(|most| usize::try_from(most).ok());
    if most.is_some_and(|most| serialized.len() > most) {
        return Err(Unfit::RequestTooLarge.into());
    }
    let length = u64::try_from(serialized.len()).ok();
    let size = usize::try_from(fragment_length(info)).unwrap_or(usize::MAX);
    let mut offset = 0_u32;
    for fragment in serialized.chunks(size) {
        let param = token.map(|token| token.authenticate(&Request::authenticated_message(offset, fragment)));
        key.large_blobs(Request {
            set: Some(fragment.to_vec()),
            offset: Some(offset.into()),
            length: length.filter(|_| offset == 0),
            pin_uv_auth_param: param,
            pin_uv_auth_protocol: token.map(|token| token.protocol().number()),
            ..Request::default()
        })?;
        offset = offset.saturating_add(u32::try_from(fragment.len()).unwrap_or(u32::MAX));
    }
    Ok(())
}

impl Array {
    /// One without any blob.
    pub fn empty() -> Self {
        Self { elements: Vec::new(), was_damaged: false }
    }

    /// Reads a serialized array; what is damaged counts as empty (6.10.2).
    pub fn parse(serialized: &[u8]) -> Self {
        let array = serialized.len().checked_sub(HASH_LENGTH).and_then(|length| serialized.get(..length));
        let read = array.filter(|_| is_sealed(serialized)).map(cbor::read);
        // What can be read in whole is kept, whoever wrote it, and in whatever form.
        let whole = read.filter(|read| UNREADABLE.iter().all(|kind| read.anomaly(*kind).is_none()));
        match whole.and_then(|read| read.root).map(|root| root.to_value()) {
            Some(Value::Array(elements)) => Self { elements, was_damaged: false },
            _ => Self { was_damaged: true, ..Self::empty() },
        }
    }

    /// With its hash.
    pub fn serialize(&self) -> Vec<u8> {
        if self.elements.is_empty() {
            return INITIAL.to_vec();
        }
        sealed(&cbor::to_canonical(&Value::Array(self.elements.clone())))
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The blob that this key opens, and its place in the array.
    pub fn find(&self, key: &[u8]) -> Option<(usize, Opened)> {
        self.elements.iter().enumerate().find_map(|(at, element)| Some((at, open(element, key)?)))
    }

    /// Puts a blob in, in the place of what this key opened so far.
    pub fn put(&mut self, key: &[u8], nonce: [u8; NONCE_LEN], content: &[u8]) -> Result<(), ClientError> {
        let element = seal(key, nonce, content)?;
        self.remove(key);
        self.elements.push(element);
        Ok(())
    }

    /// Takes out whatever this key opens, and says whether that was anything.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let before = self.elements.len();
        self.elements.retain(|element| open(element, key).is_none());
        self.elements.len() < before
    }
}

/// §6.10.3: an element of the array.
fn seal(key: &[u8], nonce: [u8; NONCE_LEN], content: &[u8]) -> Result<Value, ClientError> {
    let orig_size = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let unusable = || ClientError::Response("a largeBlobKey has 32 bytes".to_owned());
    let cipher = cipher(key).ok_or_else(unusable)?;
    let mut ciphertext = compress_to_vec(content, LEVEL);
    let sealed = cipher.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(associated(orig_size)),
        &mut ciphertext,
    );
    sealed.map_err(|_unspecified| unusable())?;
    let member = |name: u8, value: Value| (Value::from(name), value);
    Ok(Value::Map(vec![
        member(0x01, Value::Bytes(ciphertext)),
        member(0x02, Value::Bytes(nonce.to_vec())),
        member(0x03, Value::from(orig_size)),
    ]))
}

/// What this key makes of an element; none where it is another's.
fn open(element: &Value, key: &[u8]) -> Option<Opened> {
    let map = element.as_map()?;
    let member = |name: u8| map.iter().find(|(key, _)| *key == Value::from(name)).map(|(_, value)| value);
    let mut ciphertext = member(0x01)?.as_bytes()?.clone();
    let nonce: [u8; NONCE_LEN] = member(0x02)?.as_bytes()?.as_slice().try_into().ok()?;
    let orig_size = u64::try_from(member(0x03)?.as_integer()?).ok()?;
    let aad = Aad::from(associated(orig_size));
    let plain = cipher(key)?.open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut ciphertext).ok()?;
    let wanted = usize::try_from(orig_size).ok().filter(|size| *size <= LONGEST);
    let content = wanted.and_then(|size| decompress_to_vec_with_limit(plain, size).ok());
    Some(match content {
        Some(content) if Some(content.len()) == wanted => Opened::Content(content),
        _ => Opened::Damaged,
    })
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// §6.10.3: "blob" and the size, the lowest byte first.
fn associated(orig_size: u64) -> Vec<u8> {
    [b"blob".as_slice(), &orig_size.to_le_bytes()].concat()
}

/// §6.10.2: as much as goes into a message.
fn fragment_length(info: &get_info::Response) -> u64 {
    info.max_msg_size.unwrap_or(USUAL_MESSAGE).saturating_sub(FRAGMENT_OVERHEAD).max(1)
}

#[cfg(test)]
mod tests;
