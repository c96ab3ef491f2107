//! Bytes in the forms that people paste: dumps of buffers, lists of numbers, and three alphabets.

use assay_protocol::base64url;
use assay_protocol::tree::json::{Node, Value};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};

const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How the texts of a message hold bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Unpadded base64url, as WebAuthn wants it.
    Url,
    /// Standard base64, or base64url with padding.
    Base64,
    /// Hexadecimal digits.
    Hex,
}

impl Alphabet {
    /// Told by the client data, which begin with a brace.
    pub(super) fn of_client_data(text: &str) -> Self {
        let is_json = |bytes: &[u8]| matches!(bytes.first(), Some(b'{' | 0xEF));
        if base64url::decode(text).is_ok_and(|bytes| is_json(&bytes)) {
            Self::Url
        } else if hex(text).is_some_and(|bytes| is_json(&bytes)) {
            Self::Hex
        } else if base64(text).is_some_and(|bytes| is_json(&bytes)) {
            Self::Base64
        } else {
            Self::Url
        }
    }

    /// The bytes of a text: in this alphabet, or else in whichever fits.
    pub(super) fn decode(self, text: &str) -> Option<Vec<u8>> {
        let first = if self == Self::Hex { hex(text) } else { None };
        first.or_else(|| base64url::decode(text).ok()).or_else(|| base64(text))
    }
}

/// The bytes of a list or of a dump; nothing for any other value.
pub(super) fn of_dump(node: &Node) -> Option<Vec<u8>> {
    match &node.value {
        Value::Array(items) => items.iter().map(byte).collect(),
        Value::Object(members) => {
            let inner = members.iter().find(|member| {
                let name = member.key.trim_matches(['[', ']']);
                matches!(name, "Uint8Array" | "Uint8Contents" | "Int8Array" | "data")
            });
            if let Some(member) = inner {
                return of_dump(&member.value);
            }
            let mut bytes = Vec::new();
            for member in members {
                match member.key.parse::<usize>() {
                    Ok(index) if index == bytes.len() => bytes.push(byte(&member.value)?),
                    Ok(_) => return None,
                    Err(_) => {} // byteLength and the like
                }
            }
            (!bytes.is_empty()).then_some(bytes)
        }
        _ => None,
    }
}

/// A byte, signed or not.
fn byte(node: &Node) -> Option<u8> {
    let number = node.as_i64()?;
    u8::try_from(number).or_else(|_| i8::try_from(number).map(i8::cast_unsigned)).ok()
}

/// Hexadecimal digits, in pairs, with or without spaces or colons between.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != ':')
        .map(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Base64 of either alphabet, padded or not.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text.replace('-', "+").replace('_', "/")).ok()
}
