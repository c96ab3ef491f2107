//! PIN/UV auth protocols one and two, both halves (CTAP 2.3 6.5.4 to 6.5.7).
//!
//! Secrets and initialization vectors are handed in; nothing here draws a random number.

pub mod key;
pub mod persistent;
pub mod pin;

use std::fmt;

use aes::Aes256;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{hkdf, hmac};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};

use crate::digest::sha256;
pub use key::{KeyAgreement, PublicKey};
pub use pin::{PIN_BLOCK, PinRefused, pad_pin, pin_hash};

/// A PIN/UV auth protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// Protocol one (CTAP 2.3 6.5.6).
    One,
    /// Protocol two (CTAP 2.3 6.5.7).
    Two,
}

impl Protocol {
    /// The protocol with this number.
    pub fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// `pinUvAuthParam` for `message` under a key: a token, or the HMAC half of a shared secret.
    fn authenticate(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
        let len = match self {
            Self::One => 16,
            Self::Two => 32,
        };
        tag.as_ref().iter().take(len).copied().collect()
    }

    fn verify(self, key: &[u8], message: &[u8], param: &[u8]) -> Result<(), Error> {
        let due = self.authenticate(key, message);
        verify_slices_are_equal(&due, param).map_err(|_error| Error::Authentication)
    }
}

/// What the two sides agreed on.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret {
    protocol: Protocol,
    hmac_key: [u8; 32],
    aes_key: [u8; 32],
}

/// A `pinUvAuthToken`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    protocol: Protocol,
    bytes: Vec<u8>,
}

/// Why an operation of a protocol failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The peer's key is no P-256 key of the only shape allowed.
    PublicKey,
    /// The secret is no P-256 scalar.
    Secret,
    /// The length is not one that this protocol encrypts or decrypts.
    Length,
    /// The authentication tag is wrong.
    Authentication,
}

impl SharedSecret {
    /// The keys derived from the x coordinate of the shared point (CTAP 2.3 6.5.6, 6.5.7, `kdf`).
    fn derive(protocol: Protocol, z: &[u8; 32]) -> Result<Self, Error> {
        let (hmac_key, aes_key) = match protocol {
            Protocol::One => (sha256(z), sha256(z)),
            Protocol::Two => (expand(z, b"CTAP2 HMAC key")?, expand(z, b"CTAP2 AES key")?),
        };
        Ok(Self { protocol, hmac_key, aes_key })
    }

    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The secret as the specification writes it: 32 bytes, or 64 in protocol two.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.protocol {
            Protocol::One => self.aes_key.to_vec(),
            Protocol::Two => [self.hmac_key, self.aes_key].concat(),
        }
    }

    /// Encrypts whole blocks. Protocol one has a fixed vector and leaves `iv` unused.
    pub fn encrypt(&self, iv: [u8; 16], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        let (iv, mut sealed) = match self.protocol {
            Protocol::One => ([0; 16], Vec::new()),
            Protocol::Two => (iv, iv.to_vec()),
        };
        let mut buffer = plaintext.to_vec();
        let cipher = cbc::Encryptor::<Aes256>::new(&self.aes_key.into(), &iv.into());
        let encrypted =
            cipher.encrypt_padded::<NoPadding>(&mut buffer, plaintext.len()).map_err(|_error| Error::Length)?;
        sealed.extend_from_slice(encrypted);
        Ok(sealed)
    }

    /// Decrypts whole blocks.
    pub fn decrypt(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (iv, encrypted) = match self.protocol {
            Protocol::One => ([0; 16], sealed),
            Protocol::Two => sealed.split_first_chunk().map(|(iv, rest)| (*iv, rest)).ok_or(Error::Length)?,
        };
        let mut buffer = encrypted.to_vec();
        let cipher = cbc::Decryptor::<Aes256>::new(&self.aes_key.into(), &iv.into());
        let plaintext = cipher.decrypt_padded::<NoPadding>(&mut buffer).map_err(|_error| Error::Length)?;
        Ok(plaintext.to_vec())
    }

    /// The tag of a message.
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        self.protocol.authenticate(&self.hmac_key, message)
    }

    /// Compares the tag of a message in constant time.
    pub fn verify(&self, message: &[u8], param: &[u8]) -> Result<(), Error> {
        self.protocol.verify(&self.hmac_key, message, param)
    }
}

impl Token {
    /// A token from its bytes: 32, or 16 allowed in protocol one (CTAP 2.3 6.5.6, 6.5.7).
    pub fn new(protocol: Protocol, bytes: Vec<u8>) -> Result<Self, Error> {
        match (protocol, bytes.len()) {
            (_, 32) | (Protocol::One, 16) => Ok(Self { protocol, bytes }),
            _ => Err(Error::Length),
        }
    }

    /// The protocol it was issued under.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The `pinUvAuthParam` for a message.
    pub fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        self.protocol.authenticate(&self.bytes, message)
    }

    /// Compares a `pinUvAuthParam` in constant time.
    pub fn verify(&self, message: &[u8], param: &[u8]) -> Result<(), Error> {
        self.protocol.verify(&self.bytes, message, param)
    }
}

/// HKDF-SHA-256 with a salt of zeros, to 32 bytes.
fn expand(z: &[u8; 32], info: &[u8]) -> Result<[u8; 32], Error> {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, &[0; 32]);
    let mut key = [0; 32];
    salt.extract(z)
        .expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_error| Error::Length)?;
    Ok(key)
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PublicKey => "the key agreement key is no P-256 key of the required shape",
            Self::Secret => "the secret is no P-256 scalar",
            Self::Length => "the length is wrong",
            Self::Authentication => "the authentication tag is wrong",
        })
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests;
