//! JSON (RFC 8259) as a tree with byte ranges, duplicate members and numbers as written.

mod read;

use std::fmt;
use std::ops::Range;

use compact_str::CompactString;

pub use read::read;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The first value, in part where the text ends early; none where nothing could be read.
    pub root: Option<Node>,
    /// The bytes after the first value and the white space behind it.
    pub rest: Range<usize>,
    /// Everything found wrong. At most a hundred of each kind are listed.
    pub anomalies: Vec<Anomaly>,
}

impl Document {
    /// The first anomaly of this kind.
    pub fn anomaly(&self, kind: AnomalyKind) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.kind == kind)
    }

    /// The first anomaly that makes the text something else than JSON.
    pub fn syntax_error(&self) -> Option<&Anomaly> {
        self.anomalies.iter().find(|anomaly| anomaly.kind.breaks_syntax())
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its bytes in the input.
    pub range: Range<usize>,
    /// What it holds.
    pub value: Value,
}

/// What a value holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string without its escapes.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of the text, duplicates included.
    Object(Vec<Member>),
    /// Nothing that could be read.
    Invalid,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, without escapes.
    pub key: CompactString,
    /// The name's bytes in the input, quotes included.
    pub key_range: Range<usize>,
    /// Its value.
    pub value: Node,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What is wrong.
    pub kind: AnomalyKind,
    /// The bytes concerned.
    pub range: Range<usize>,
    /// The way from the root, such as `/response/signature`; empty for the root.
    pub path: String,
}

/// What can be wrong with JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// The text begins with a byte order mark, which is left out.
    ByteOrderMark,
    /// An object has the same member twice.
    DuplicateMember,
    /// Bytes after the value.
    TrailingBytes,
    /// The bytes are not UTF-8; the bad ones are replaced.
    InvalidUtf8,
    /// An escape names half of a surrogate pair; it is replaced.
    LoneSurrogate,
    /// Nested more than sixteen deep; not read further.
    TooDeep,
    /// A control character stands bare in a string.
    ControlCharacter,
    /// A number is not written as one.
    BadNumber,
    /// An escape that does not exist.
    BadEscape,
    /// The text ends inside a value.
    Truncated,
    /// Another character than one that may stand there; not read further.
    Unexpected,
}

impl AnomalyKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::ByteOrderMark,
        Self::DuplicateMember,
        Self::TrailingBytes,
        Self::InvalidUtf8,
        Self::LoneSurrogate,
        Self::TooDeep,
        Self::ControlCharacter,
        Self::BadNumber,
        Self::BadEscape,
        Self::Truncated,
        Self::Unexpected,
    ];

    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "json_byte_order_mark",
            Self::DuplicateMember => "json_duplicate_member",
            Self::TrailingBytes => "json_trailing_bytes",
            Self::InvalidUtf8 => "json_invalid_utf8",
            Self::LoneSurrogate => "json_lone_surrogate",
            Self::TooDeep => "json_too_deep",
            Self::ControlCharacter => "json_control_character",
            Self::BadNumber => "json_bad_number",
            Self::BadEscape => "json_bad_escape",
            Self::Truncated => "json_truncated",
            Self::Unexpected => "json_unexpected",
        }
    }

    /// Does it make the text something else than JSON, or leave it unread? Bytes after the value
    /// have a kind of their own.
    pub const fn breaks_syntax(self) -> bool {
        !matches!(self, Self::ByteOrderMark | Self::DuplicateMember | Self::TrailingBytes | Self::LoneSurrogate)
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
    /// The value of a member; the first one where there are several.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A number written as an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A number written as a non-negative integer that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// An array's values.
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// An object's members, in the order of the text.
    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// `null`?
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What kind of value this is, for people.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Invalid => "nothing",
        }
    }

    /// The first member, at any depth, whose name its object already has.
    pub fn duplicate_member(&self) -> Option<&Member> {
        match &self.value {
            Value::Array(items) => items.iter().find_map(Self::duplicate_member),
            Value::Object(members) => duplicates(members)
                .into_iter()
                .next()
                .or_else(|| members.iter().find_map(|member| member.value.duplicate_member())),
            _ => None,
        }
    }

    /// The same content as a value of `serde_json`: the last of several members wins, and a number
    /// beyond all bounds becomes null.
    pub fn to_serde(&self) -> serde_json::Value {
        use serde_json::Value as Out;
        match &self.value {
            Value::Null | Value::Invalid => Out::Null,
            Value::Bool(value) => Out::Bool(*value),
            Value::Number(text) => serde_json::from_str(text).map_or(Out::Null, Out::Number),
            Value::String(text) => Out::String(text.clone()),
            Value::Array(items) => Out::Array(items.iter().map(Self::to_serde).collect()),
            Value::Object(_) => Out::Object(self.to_serde_map().unwrap_or_default()),
        }
    }

    /// An object as a map of `serde_json`.
    pub fn to_serde_map(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        let members = self.as_object()?.iter();
        Some(members.map(|member| (member.key.to_string(), member.value.to_serde())).collect())
    }
}

/// The members whose name stands earlier in the same object. Linear for the small objects of
/// every day, and never quadratic.
fn duplicates(members: &[Member]) -> Vec<&Member> {
    const SMALL: usize = 16;
    if members.len() <= SMALL {
        let again = members.iter().enumerate().filter(|(at, member)| {
            let mut earlier = members.iter().take(*at);
            earlier.any(|candidate| candidate.key == member.key)
        });
        return again.map(|(_, member)| member).collect();
    }
    let mut sorted: Vec<&Member> = members.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let neighbours = sorted.iter().zip(sorted.iter().skip(1));
    let again = neighbours.filter(|(a, b)| a.key == b.key);
    again.map(|(_, second)| *second).collect()
}

#[cfg(test)]
mod tests;
