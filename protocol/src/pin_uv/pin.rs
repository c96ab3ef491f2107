//! The PIN itself: its hash and its padded form (CTAP 2.3 6.5.1).

use std::fmt;

use crate::digest::sha256;

/// The length of a padded PIN.
pub const PIN_BLOCK: usize = 64;

/// LEFT(SHA-256(PIN), 16). The caller has the PIN in Normalization Form C.
pub fn pin_hash(pin: &str) -> [u8; 16] {
    let hash = sha256(pin.as_bytes());
    hash.first_chunk().copied().unwrap_or_default()
}

/// The PIN followed by zeros, the last of which is always there.
pub fn pad_pin(pin: &str) -> Result<[u8; PIN_BLOCK], PinRefused> {
    if pin.chars().count() < 4 {
        return Err(PinRefused::TooShort);
    }
    if pin.len() >= PIN_BLOCK {
        return Err(PinRefused::TooLong);
    }
    let mut block = [0; PIN_BLOCK];
    for (to, from) in block.iter_mut().zip(pin.bytes()) {
        *to = from;
    }
    Ok(block)
}

/// A PIN that no authenticator may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinRefused {
    /// Fewer than four code points.
    TooShort,
    /// More than 63 bytes.
    TooLong,
}

impl fmt::Display for PinRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "a PIN has at least four characters",
            Self::TooLong => "a PIN has at most 63 bytes",
        })
    }
}

impl std::error::Error for PinRefused {}
