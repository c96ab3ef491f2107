//! The AAGUID: sixteen bytes that name an authenticator's model (WebAuthn L3 6.5.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A model's identifier; all zero where the authenticator does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Aaguid([u8; 16]);

impl Aaguid {
    /// Sixteen zero bytes: the model is not told.
    pub const ZERO: Self = Self([0; 16]);

    /// The AAGUID with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Is every byte zero?
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aaguid({self})")
    }
}

impl FromStr for Aaguid {
    type Err = ParseError;

    /// Reads the hyphenated form 8-4-4-4-12, in either case.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut bytes = [0; 16];
        let mut groups = text.split('-');
        let mut out = bytes.iter_mut();
        for digits in [8, 4, 4, 4, 12] {
            let group = groups.next().ok_or(ParseError)?.as_bytes();
            if group.len() != digits {
                return Err(ParseError);
            }
            for (pair, to) in group.chunks_exact(2).zip(out.by_ref().take(digits / 2)) {
                let mut value = 0;
                for digit in pair {
                    let digit = char::from(*digit).to_digit(16).ok_or(ParseError)?;
                    value = value * 16 + digit;
                }
                *to = u8::try_from(value).or(Err(ParseError))?;
            }
        }
        match groups.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(ParseError),
        }
    }
}

/// The text is not of the form 8-4-4-4-12 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError;

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AAGUID is written as 8-4-4-4-12 hexadecimal digits")
    }
}

impl std::error::Error for ParseError {}

impl Serialize for Aaguid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Aaguid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
