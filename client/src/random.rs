//! Where random bytes come from.

use std::fmt;

/// A source of random bytes.
pub trait Random: Send {
    /// Fills all of `bytes`.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed>;
}

/// The system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        getrandom::fill(bytes).map_err(|_error| RandomFailed)
    }
}

/// No random bytes are to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomFailed;

impl fmt::Display for RandomFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random bytes are to be had")
    }
}

impl std::error::Error for RandomFailed {}
