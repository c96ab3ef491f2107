use aws_lc_rs::digest::{self, Algorithm, digest};

/// What a message is hashed with before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The hash of the parts, one after the other.
    pub fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        digest(self.algorithm(), &parts.concat()).as_ref().to_vec()
    }

    /// Its length in bytes.
    pub fn length(self) -> usize {
        self.algorithm().output_len()
    }

    /// Another one, so that whoever asks for this one is disappointed.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sha256 => Self::Sha384,
            Self::Sha1 | Self::Sha384 | Self::Sha512 => Self::Sha256,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}
