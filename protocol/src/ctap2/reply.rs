//! A reply as it comes: a status byte and, on success, perhaps a map.

use std::fmt;

use super::parse::ParseError;
use super::status::{CommandError, Status};

/// The body of a successful reply.
pub fn open(reply: &[u8]) -> Result<&[u8], ReplyError> {
    let (&status, body) = reply.split_first().ok_or(ReplyError::Empty)?;
    let status = Status(status);
    if !status.is_ok() {
        return Err(ReplyError::Refused { status, extra: body.len() });
    }
    Ok(body)
}

/// The bytes of a reply.
pub fn seal(outcome: Result<Vec<u8>, CommandError>) -> Vec<u8> {
    match outcome {
        Ok(body) => [&[Status::OK.0], body.as_slice()].concat(),
        Err(error) => vec![error.status.0],
    }
}

/// Why a reply has no usable body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyError {
    /// Not even a status byte.
    Empty,
    /// The authenticator refused.
    Refused {
        /// The status.
        status: Status,
        /// Bytes after the status, where there may be none.
        extra: usize,
    },
    /// The body is not what the command answers with.
    Malformed(ParseError),
}

impl ReplyError {
    /// The status, where there is one.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Empty | Self::Malformed(_) => None,
        }
    }
}

impl From<ParseError> for ReplyError {
    fn from(error: ParseError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty reply"),
            Self::Refused { status, .. } => status.fmt(f),
            Self::Malformed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReplyError {}
