//! Where every repeatable byte comes from.

use assay_protocol::digest::sha256_parts;

/// 32 bytes from which keys, identifiers and serial numbers are derived by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The seed called `label` below this one.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        self.derive_bytes(label.as_bytes())
    }

    /// The seed named by these bytes below this one.
    #[must_use]
    pub fn derive_bytes(&self, label: &[u8]) -> Self {
        Self(sha256_parts(&[b"assay mint seed", &self.0, label]))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// `length` bytes, a prefix of one endless stream.
    pub fn stream(&self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length.next_multiple_of(32));
        for block in 0u64.. {
            if bytes.len() >= length {
                break;
            }
            bytes.extend(sha256_parts(&[b"assay mint stream", &self.0, &block.to_be_bytes()]));
        }
        bytes.truncate(length);
        bytes
    }
}
