//! The seed of a run, and the deterministic bytes drawn from it.

use std::fmt;
use std::str::FromStr;

use assay_protocol::digest::sha256_parts;

/// Where everything random in a run comes from: the same seed sends the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A seed from the operating system.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The seed of one part of the run, independent of what else runs.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        Self(sha256_parts(&[b"assay seed\0", &self.0, label.as_bytes()]))
    }
}

/// Deterministic bytes, drawn in order.
#[derive(Debug, Clone)]
pub struct Random {
    seed: Seed,
    drawn: u64,
}

impl Random {
    /// The bytes that belong to `seed`.
    pub fn new(seed: Seed) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 32 bytes.
    pub fn block(&mut self) -> [u8; 32] {
        self.drawn += 1;
        sha256_parts(&[b"assay random\0", &self.seed.0, &self.drawn.to_be_bytes()])
    }

    /// The next `length` bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.block());
        }
        bytes.truncate(length);
        bytes
    }

    /// A short word of lower-case letters and digits, for names that must differ.
    pub fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        self.bytes(length)
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte & 0x1f)))
            .map(|letter| char::from(*letter))
            .collect()
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is no seed: 1 to 64 hexadecimal digits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASeed;

impl fmt::Display for NotASeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a seed is 1 to 64 hexadecimal digits")
    }
}

impl std::error::Error for NotASeed {}

impl FromStr for Seed {
    type Err = NotASeed;

    /// Reads 1 to 64 hexadecimal digits; shorter ones are filled with zeros at the left.
    fn from_str(text: &str) -> Result<Self, NotASeed> {
        if text.is_empty() || text.len() > 64 {
            return Err(NotASeed);
        }
        let padded = format!("{text:0>64}");
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(padded.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_error| NotASeed)?;
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(NotASeed);
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_error| NotASeed)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests;
