//! base64url without padding, as every WebAuthn JSON form wants it (RFC 4648 5).

use std::fmt;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeError, Engine as _};

/// The text of `bytes`, unpadded.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Is this the text of `bytes`? Most are short, and then no text is made to compare with.
pub fn is_text_of(text: &str, bytes: &[u8]) -> bool {
    let mut short = [0; 128];
    match URL_SAFE_NO_PAD.encode_slice(bytes, &mut short) {
        Ok(length) => short.get(..length) == Some(text.as_bytes()),
        Err(_too_long) => encode(bytes) == text,
    }
}

/// The bytes of an unpadded text. Strict: no padding, no other alphabet, unused bits zero.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| match error {
        DecodeError::InvalidByte(_, b'=') | DecodeError::InvalidPadding => Error::Padding,
        DecodeError::InvalidByte(at, byte) => Error::Byte { at, byte },
        DecodeError::InvalidLength(_) => Error::Length(text.len()),
        DecodeError::InvalidLastSymbol { .. } => Error::UnusedBits,
    })
}

/// Why a text is not unpadded base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// A byte outside the alphabet.
    Byte {
        /// Its offset.
        at: usize,
        /// The byte.
        byte: u8,
    },
    /// No whole number of bytes has a text of this length.
    Length(usize),
    /// Padding, which these forms do not have.
    Padding,
    /// The last symbol has bits set that belong to no byte.
    UnusedBits,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte { at, byte } => write!(f, "byte 0x{byte:02x} at {at} is not base64url"),
            Self::Length(length) => write!(f, "{length} characters are not whole bytes"),
            Self::Padding => write!(f, "padded"),
            Self::UnusedBits => write!(f, "unused bits of the last symbol are set"),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests;
