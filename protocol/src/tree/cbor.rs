//! CBOR (RFC 8949) as a tree with byte ranges, and what breaks the CTAP2 canonical form (CTAP 2.3 8).

mod diagnostic;
mod read;
mod write;

use std::fmt;
use std::ops::Range;

pub use diagnostic::diagnostic;
pub use read::{read, read_prefix, read_prefix_at};
pub use write::{to_bytes, to_canonical};

use super::Short;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The first item, in part where the bytes end early; none where nothing could be decoded.
    pub root: Option<Node>,
    /// The bytes after the first item.
    pub rest: Range<usize>,
    /// Everything found wrong, in the order of reading. At most a hundred of each kind are listed.
    pub anomalies: Vec<Anomaly>,
}

impl Document {
    /// The first anomaly of this kind.
    pub fn anomaly(&self, kind: AnomalyKind) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.kind == kind)
    }

    /// The first anomaly that leaves the input without a meaning, such as an early end.
    pub fn syntax_error(&self) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.kind.breaks_syntax())
    }

    /// Is this one item in the CTAP2 canonical form and nothing else?
    pub fn is_canonical(&self) -> bool {
        self.root.is_some() && !self.anomalies.iter().any(|anomaly| anomaly.kind.breaks_canonical())
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its bytes in the input, header and content.
    pub range: Range<usize>,
    /// What it holds.
    pub value: Value,
}

/// What an item holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Major type 0.
    Unsigned(u64),
    /// Major type 1: the value is −1 − n.
    Negative(u64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3; invalid UTF-8 is replaced, and listed as an anomaly.
    Text(String),
    /// Major type 4.
    Array(Vec<Node>),
    /// Major type 5, in the order of the bytes, duplicates included.
    Map(Vec<(Node, Node)>),
    /// Major type 6.
    Tag(u64, Box<Node>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// Undefined.
    Undefined,
    /// Another simple value.
    Simple(u8),
    /// A floating-point number of any width.
    Float(f64),
    /// Nothing that could be decoded.
    Invalid,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What is wrong.
    pub kind: AnomalyKind,
    /// The bytes concerned.
    pub range: Range<usize>,
    /// The way from the root, such as `/attStmt/x5c/0`; empty for the root.
    pub path: String,
}

/// What can be wrong with CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// An integer, tag number or simple value is written longer than needed.
    NonMinimalInteger,
    /// A length is written longer than needed.
    NonMinimalLength,
    /// A string, array or map has an indefinite length.
    IndefiniteLength,
    /// A map has the same key twice.
    DuplicateKey,
    /// A map's key sorts before the one in front of it.
    WrongOrder,
    /// A tag, which CTAP2 messages may not have.
    Tag,
    /// Bytes after the first item.
    TrailingBytes,
    /// The bytes end inside an item.
    Truncated,
    /// Nested more than sixteen deep; not read further.
    TooDeep,
    /// A text that is not UTF-8.
    InvalidUtf8,
    /// A header that the standard reserves, or a break or a chunk where none may stand.
    Reserved,
}

impl AnomalyKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::NonMinimalInteger,
        Self::NonMinimalLength,
        Self::IndefiniteLength,
        Self::DuplicateKey,
        Self::WrongOrder,
        Self::Tag,
        Self::TrailingBytes,
        Self::Truncated,
        Self::TooDeep,
        Self::InvalidUtf8,
        Self::Reserved,
    ];

    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NonMinimalInteger => "cbor_non_minimal_integer",
            Self::NonMinimalLength => "cbor_non_minimal_length",
            Self::IndefiniteLength => "cbor_indefinite_length",
            Self::DuplicateKey => "cbor_duplicate_key",
            Self::WrongOrder => "cbor_wrong_order",
            Self::Tag => "cbor_tag",
            Self::TrailingBytes => "cbor_trailing_bytes",
            Self::Truncated => "cbor_truncated",
            Self::TooDeep => "cbor_too_deep",
            Self::InvalidUtf8 => "cbor_invalid_utf8",
            Self::Reserved => "cbor_reserved",
        }
    }

    /// Does it break the CTAP2 canonical form? All do but trailing bytes, which are no part of the item.
    pub const fn breaks_canonical(self) -> bool {
        !matches!(self, Self::TrailingBytes)
    }

    /// Is the item not well-formed, or not read to its end?
    pub const fn breaks_syntax(self) -> bool {
        matches!(self, Self::Truncated | Self::TooDeep | Self::InvalidUtf8 | Self::Reserved)
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        write!(f, "{} at {start}..{end}", self.kind.code())?;
        if !self.path.is_empty() {
            write!(f, " in {}", self.path)?;
        }
        Ok(())
    }
}

impl Node {
    /// The node that the canonical bytes of `value` give.
    pub fn from_value(value: &ciborium::Value) -> Self {
        let bytes = to_canonical(value);
        read(&bytes).root.unwrap_or(Self { range: 0..bytes.len(), value: Value::Invalid })
    }

    /// An integer that fits.
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            Value::Unsigned(value) => i64::try_from(value).ok(),
            Value::Negative(value) => i64::try_from(value).ok().map(|value| -1 - value),
            _ => None,
        }
    }

    /// An unsigned integer.
    pub fn as_unsigned(&self) -> Option<u64> {
        match self.value {
            Value::Unsigned(value) => Some(value),
            _ => None,
        }
    }

    /// A byte string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A text string.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True or false.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// An array's items.
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// A map's entries, in the order of the bytes.
    pub fn as_map(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under an integer key; the first one where there are several.
    pub fn get(&self, key: i64) -> Option<&Self> {
        self.as_map()?.iter().find(|(candidate, _)| candidate.as_int() == Some(key)).map(|(_, value)| value)
    }

    /// The value under a text key; the first one where there are several.
    pub fn get_text(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(candidate, _)| candidate.as_text() == Some(key)).map(|(_, value)| value)
    }

    /// What kind of item this is, for people.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Unsigned(_) | Value::Negative(_) => "integer",
            Value::Bytes(_) => "byte string",
            Value::Text(_) => "text string",
            Value::Array(_) => "array",
            Value::Map(_) => "map",
            Value::Tag(..) => "tag",
            Value::Bool(_) => "boolean",
            Value::Null => "null",
            Value::Undefined => "undefined",
            Value::Simple(_) => "simple value",
            Value::Float(_) => "float",
            Value::Invalid => "nothing",
        }
    }

    /// The same content as a value of ciborium, which knows neither undefined nor simple values: those become null.
    pub fn to_value(&self) -> ciborium::Value {
        use ciborium::Value as Out;
        match &self.value {
            Value::Unsigned(value) => Out::Integer((*value).into()),
            Value::Negative(value) => {
                let value = -1 - i128::from(*value);
                value.try_into().map_or(Out::Null, Out::Integer)
            }
            Value::Bytes(bytes) => Out::Bytes(bytes.clone()),
            Value::Text(text) => Out::Text(text.clone()),
            Value::Array(items) => Out::Array(items.iter().map(Self::to_value).collect()),
            Value::Map(entries) => {
                Out::Map(entries.iter().map(|(key, value)| (key.to_value(), value.to_value())).collect())
            }
            Value::Tag(tag, item) => Out::Tag(*tag, Box::new(item.to_value())),
            Value::Bool(value) => Out::Bool(*value),
            Value::Float(value) => Out::Float(*value),
            Value::Null | Value::Undefined | Value::Simple(_) | Value::Invalid => Out::Null,
        }
    }
}

/// A key as it is shown in paths.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Text(text) => Short(text).fmt(f),
            Value::Unsigned(value) => value.fmt(f),
            Value::Negative(value) => (-1 - i128::from(*value)).fmt(f),
            _ => write!(f, "({})", self.kind()),
        }
    }
}

#[cfg(test)]
mod tests;
