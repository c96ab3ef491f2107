//! authenticatorLargeBlobs (CTAP 2.3 6.10).

use super::fields::{self, Fields, Members};
use super::parse::{ParseError, canonical};
use crate::digest::sha256;
use crate::tree::cbor::Node;

/// The parameters. Which of them belong together is the authenticator's to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// 0x01, the number of bytes to read.
    pub get: Option<u64>,
    /// 0x02, a fragment to write.
    pub set: Option<Vec<u8>>,
    /// 0x03.
    pub offset: Option<u64>,
    /// 0x04, of the whole array; with its first fragment only.
    pub length: Option<u64>,
    /// 0x05.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x06.
    pub pin_uv_auth_protocol: Option<u64>,
}

/// The result; empty after a write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// 0x01.
    pub config: Option<Vec<u8>>,
}

/// So much shorter than a message a fragment has to be.
pub const FRAGMENT_OVERHEAD: u64 = 64;

/// The bytes of the hash behind a serialized array.
pub const HASH_LENGTH: usize = 16;

/// The array of a new authenticator: an empty CBOR array, and the hash of it.
pub const INITIAL: [u8; 17] =
    [0x80, 0x76, 0xbe, 0x8b, 0x52, 0x8d, 0x00, 0x75, 0xf7, 0xaa, 0xe9, 0x8d, 0x6f, 0xa5, 0x7a, 0x6d, 0x3c];

/// A serialized array with its hash behind it.
pub fn sealed(array: &[u8]) -> Vec<u8> {
    let hash = sha256(array);
    [array, hash.get(..HASH_LENGTH).unwrap_or_default()].concat()
}

/// Do the last sixteen bytes fit the rest?
pub fn is_sealed(serialized: &[u8]) -> bool {
    let array = serialized.len().checked_sub(HASH_LENGTH).and_then(|length| serialized.get(..length));
    array.is_some_and(|array| sealed(array) == serialized)
}

impl Request {
    /// Reads the parameters, without the command byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorLargeBlobs")?;
        Ok(Self {
            get: map.optional(0x01, "get", fields::unsigned)?,
            set: map.optional(0x02, "set", fields::bytes)?,
            offset: map.optional(0x03, "offset", fields::unsigned)?,
            length: map.optional(0x04, "length", fields::unsigned)?,
            pin_uv_auth_param: map.optional(0x05, "pinUvAuthParam", fields::bytes)?,
            pin_uv_auth_protocol: map.optional(0x06, "pinUvAuthProtocol", fields::unsigned)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with_some(0x01, self.get)
            .with_some(0x02, self.set.as_deref())
            .with_some(0x03, self.offset)
            .with_some(0x04, self.length)
            .with_some(0x05, self.pin_uv_auth_param.as_deref())
            .with_some(0x06, self.pin_uv_auth_protocol)
            .into_cbor()
    }

    /// What `pinUvAuthParam` authenticates for a fragment at an offset.
    pub fn authenticated_message(offset: u32, fragment: &[u8]) -> Vec<u8> {
        [&[0xff; 32][..], &[super::command::LARGE_BLOBS, 0x00], &offset.to_le_bytes(), &sha256(fragment)].concat()
    }
}

impl Response {
    /// Reads the result, without the status byte; a write is answered with no bytes at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorLargeBlobs response")?;
        Ok(Self { config: map.optional(0x01, "config", fields::bytes)? })
    }

    /// The result in canonical form; no bytes where there is nothing to say.
    pub fn to_cbor(&self) -> Vec<u8> {
        if self.config.is_none() {
            return Vec::new();
        }
        Members::default().with_some(0x01, self.config.as_deref()).into_cbor()
    }
}
