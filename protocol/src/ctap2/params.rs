//! `subCommandParams`: a map that is read, and whose bytes are authenticated (CTAP 2.3 6.7, 6.8, 6.11).

use ciborium::Value;

use super::parse::ParseError;
use crate::tree::cbor::{self, Node};

/// Parameters of a subcommand with the bytes that they came in: `pinUvAuthParam` covers those,
/// unknown members included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params<T> {
    value: T,
    bytes: Vec<u8>,
}

impl<T: ToMap> Params<T> {
    /// These parameters in canonical form.
    pub fn new(value: T) -> Self {
        let bytes = cbor::to_canonical(&value.to_map());
        Self { value, bytes }
    }
}

impl<T> Params<T> {
    /// The parameters.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Their bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the map of `node`; its bytes are cut from the message, or written anew where there is none.
    pub(crate) fn from_node(
        node: &Node,
        message: Option<&[u8]>,
        read: impl FnOnce(&Node) -> Result<T, ParseError>,
    ) -> Result<Self, ParseError> {
        let received = message.and_then(|message| message.get(node.range.clone())).map(<[u8]>::to_vec);
        let bytes = received.unwrap_or_else(|| cbor::to_bytes(&node.to_value()));
        Ok(Self { value: read(node)?, bytes })
    }

    /// The map as it was received.
    pub(crate) fn to_value(&self) -> Value {
        cbor::read(&self.bytes).root.map_or(Value::Null, |node| node.to_value())
    }
}

/// What can be written as a map of a subcommand.
pub trait ToMap {
    /// The map, in any order.
    fn to_map(&self) -> Value;
}
