//! What a message can be refused for before anybody looks at its meaning (CTAP 2.3 8).

use std::fmt;

use super::status::{CommandError, Status};
use crate::tree::cbor::{self, Node};

/// The deepest nesting of maps and arrays, the outer map included (CTAP 2.3 8).
pub const MAX_NESTING: usize = 4;

/// A message, or a part of it, that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// In which way.
    pub defect: Defect,
    /// The member concerned, by the specification's name.
    pub member: String,
    /// More for people.
    pub detail: String,
}

/// The ways in which a message can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Defect {
    /// Not one CBOR item in canonical form.
    NotCanonical,
    /// A member of another type.
    UnexpectedType,
    /// A mandatory parameter is not there.
    MissingParameter,
    /// A mandatory member of a nested structure is not there.
    MissingMember,
    /// A byte string of another length than the only one allowed.
    WrongLength,
}

impl Defect {
    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotCanonical => "ctap_not_canonical",
            Self::UnexpectedType => "ctap_unexpected_type",
            Self::MissingParameter => "ctap_missing_parameter",
            Self::MissingMember => "ctap_missing_member",
            Self::WrongLength => "ctap_wrong_length",
        }
    }

    /// The status with which an authenticator answers it.
    pub const fn status(self) -> Status {
        match self {
            Self::NotCanonical => Status::INVALID_CBOR,
            Self::UnexpectedType | Self::MissingMember => Status::CBOR_UNEXPECTED_TYPE,
            Self::MissingParameter => Status::MISSING_PARAMETER,
            Self::WrongLength => Status::INVALID_LENGTH,
        }
    }
}

impl ParseError {
    pub(crate) fn new(defect: Defect, member: &str, detail: impl Into<String>) -> Self {
        Self { defect, member: member.to_owned(), detail: detail.into() }
    }
}

/// The one canonical item that `bytes` are.
pub fn canonical(bytes: &[u8]) -> Result<Node, ParseError> {
    let wrong = |detail: String| ParseError::new(Defect::NotCanonical, "", detail);
    let document = cbor::read(bytes);
    if let Some(anomaly) = document.anomalies.first() {
        return Err(wrong(anomaly.to_string()));
    }
    let root = document.root.ok_or_else(|| wrong("no CBOR item".to_owned()))?;
    if !document.rest.is_empty() {
        return Err(wrong(format!("{} bytes after the item", document.rest.len())));
    }
    if nesting(&root) > MAX_NESTING {
        return Err(wrong(format!("nested more than {MAX_NESTING} levels deep")));
    }
    Ok(root)
}

/// The levels of maps and arrays; the reader of the tree bounds the depth of the recursion.
fn nesting(node: &Node) -> usize {
    use crate::tree::cbor::Value;
    let inner = match &node.value {
        Value::Array(items) => items.iter().map(nesting).max(),
        Value::Map(entries) => entries.iter().map(|(key, value)| nesting(key).max(nesting(value))).max(),
        Value::Tag(_, item) => return nesting(item),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}

impl From<ParseError> for CommandError {
    fn from(error: ParseError) -> Self {
        Self::new(error.defect.status(), error.to_string())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.defect.code())?;
        if !self.member.is_empty() {
            write!(f, " {}", self.member)?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseError {}
