//! The one way in which making things fails.

use std::fmt;

/// The cryptographic library refused; with the lab's own keys this means a broken installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Private key material was not accepted.
    KeyRejected,
    /// No key could be generated.
    KeyGeneration,
    /// No signature could be made.
    Signing,
}

impl Error {
    /// The stable machine code.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyRejected => "mint_key_rejected",
            Self::KeyGeneration => "mint_key_generation_failed",
            Self::Signing => "mint_signing_failed",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyRejected => "the cryptographic library refused a private key",
            Self::KeyGeneration => "the cryptographic library could not generate a key",
            Self::Signing => "the cryptographic library could not sign",
        })
    }
}

impl std::error::Error for Error {}
