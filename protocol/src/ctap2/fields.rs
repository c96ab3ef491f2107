//! Members of CBOR maps by their keys, and readers for the types they may have.

use std::collections::BTreeMap;

use ciborium::Value;

use super::parse::{Defect, ParseError};
use crate::tree::cbor::{self, Node};

/// A map whose members are taken out one by one.
pub(crate) struct Fields<'n> {
    entries: &'n [(Node, Node)],
    name: &'n str,
    missing: Defect,
}

/// A key of a map of CTAP2.
pub(crate) trait Key: Copy + Into<Value> {
    fn is(self, node: &Node) -> bool;
}

impl Key for i64 {
    fn is(self, node: &Node) -> bool {
        node.as_int() == Some(self)
    }
}

impl Key for &'static str {
    fn is(self, node: &Node) -> bool {
        node.as_text() == Some(self)
    }
}

impl<'n> Fields<'n> {
    /// The parameters of a command, or the members of a response.
    pub(crate) fn top(node: &'n Node, name: &'n str) -> Result<Self, ParseError> {
        Self::of(node, name, Defect::MissingParameter)
    }

    /// A structure inside.
    pub(crate) fn nested(node: &'n Node, name: &'n str) -> Result<Self, ParseError> {
        Self::of(node, name, Defect::MissingMember)
    }

    fn of(node: &'n Node, name: &'n str, missing: Defect) -> Result<Self, ParseError> {
        let entries = node.as_map().ok_or_else(|| unexpected(node, name, "map"))?;
        Ok(Self { entries, name, missing })
    }

    pub(crate) fn required<K: Key, T>(&self, key: K, name: &str, read: Read<T>) -> Result<T, ParseError> {
        match self.optional(key, name, read)? {
            Some(value) => Ok(value),
            None => Err(ParseError::new(self.missing, name, format!("not in {}", self.name))),
        }
    }

    pub(crate) fn optional<K: Key, T>(&self, key: K, name: &str, read: Read<T>) -> Result<Option<T>, ParseError> {
        self.member(key).map(|value| read(value, name)).transpose()
    }

    /// The value itself, of whatever type.
    pub(crate) fn member<K: Key>(&self, key: K) -> Option<&'n Node> {
        self.entries.iter().find(|(candidate, _)| key.is(candidate)).map(|(_, value)| value)
    }
}

/// Reads a node as a value of one type; the text is the member's name.
pub(crate) type Read<T> = fn(&Node, &str) -> Result<T, ParseError>;

pub(crate) fn unexpected(node: &Node, name: &str, expected: &str) -> ParseError {
    ParseError::new(Defect::UnexpectedType, name, format!("{} where a {expected} is due", node.kind()))
}

/// Any integer; what does not fit becomes the nearest that does, which means nothing to anybody either.
pub(crate) fn integer(node: &Node, name: &str) -> Result<i64, ParseError> {
    match node.value {
        cbor::Value::Unsigned(_) => Ok(node.as_int().unwrap_or(i64::MAX)),
        cbor::Value::Negative(_) => Ok(node.as_int().unwrap_or(i64::MIN)),
        _ => Err(unexpected(node, name, "integer")),
    }
}

pub(crate) fn unsigned(node: &Node, name: &str) -> Result<u64, ParseError> {
    node.as_unsigned().ok_or_else(|| unexpected(node, name, "unsigned integer"))
}

pub(crate) fn boolean(node: &Node, name: &str) -> Result<bool, ParseError> {
    node.as_bool().ok_or_else(|| unexpected(node, name, "boolean"))
}

pub(crate) fn text(node: &Node, name: &str) -> Result<String, ParseError> {
    node.as_text().map(str::to_owned).ok_or_else(|| unexpected(node, name, "text string"))
}

pub(crate) fn bytes(node: &Node, name: &str) -> Result<Vec<u8>, ParseError> {
    node.as_bytes().map(<[u8]>::to_vec).ok_or_else(|| unexpected(node, name, "byte string"))
}

pub(crate) fn array_of<const N: usize>(node: &Node, name: &str) -> Result<[u8; N], ParseError> {
    let bytes = bytes(node, name)?;
    <[u8; N]>::try_from(bytes.as_slice()).map_err(|_error| {
        ParseError::new(Defect::WrongLength, name, format!("{} bytes where {N} are due", bytes.len()))
    })
}

pub(crate) fn list<T>(node: &Node, name: &str, read: Read<T>) -> Result<Vec<T>, ParseError> {
    let items = node.as_array().ok_or_else(|| unexpected(node, name, "array"))?;
    items.iter().map(|item| read(item, name)).collect()
}

pub(crate) fn texts(node: &Node, name: &str) -> Result<Vec<String>, ParseError> {
    list(node, name, text)
}

pub(crate) fn unsigneds(node: &Node, name: &str) -> Result<Vec<u64>, ParseError> {
    list(node, name, unsigned)
}

/// A map from texts; members with other keys are unknown and so ignored.
pub(crate) fn text_map<T>(node: &Node, name: &str, read: Read<T>) -> Result<BTreeMap<String, T>, ParseError> {
    let entries = node.as_map().ok_or_else(|| unexpected(node, name, "map"))?;
    let known = entries.iter().filter_map(|(key, value)| Some((key.as_text()?, value)));
    known.map(|(key, value)| Ok((key.to_owned(), read(value, key)?))).collect()
}

pub(crate) fn map_value(node: &Node, name: &str) -> Result<Value, ParseError> {
    node.as_map().ok_or_else(|| unexpected(node, name, "map"))?;
    Ok(node.to_value())
}

/// Members put together in any order; written in the canonical one.
#[derive(Default)]
pub(crate) struct Members(Vec<(Value, Value)>);

impl Members {
    pub(crate) fn with<K: Key>(mut self, key: K, value: impl Into<Value>) -> Self {
        self.0.push((key.into(), value.into()));
        self
    }

    pub(crate) fn with_some<K: Key, V: Into<Value>>(self, key: K, value: Option<V>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Map(self.0)
    }

    pub(crate) fn into_cbor(self) -> Vec<u8> {
        cbor::to_canonical(&self.into_value())
    }
}

pub(crate) fn array<T>(items: &[T], to_value: impl Fn(&T) -> Value) -> Value {
    Value::Array(items.iter().map(to_value).collect())
}

pub(crate) fn text_array(items: &[String]) -> Value {
    array(items, |item| Value::from(item.as_str()))
}

pub(crate) fn unsigned_array(items: &[u64]) -> Value {
    array(items, |item| Value::from(*item))
}

pub(crate) fn from_text_map<T: Copy + Into<Value>>(map: &BTreeMap<String, T>) -> Value {
    Value::Map(map.iter().map(|(key, value)| (Value::from(key.as_str()), (*value).into())).collect())
}
