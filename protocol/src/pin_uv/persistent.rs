//! What a persistent pinUvAuthToken opens: `encIdentifier` and `encCredStoreState` (CTAP 2.3 6.4).

use aes::Aes128;
use aws_lc_rs::hkdf;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};

use super::Error;

/// One of the two members of getInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// `encIdentifier`: which authenticator it is, until it is reset.
    Identifier,
    /// `encCredStoreState`: a number that changes with the credentials.
    CredStoreState,
}

impl Secret {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Identifier => b"encIdentifier",
            Self::CredStoreState => b"encCredStoreState",
        }
    }

    /// The member: the vector, and the encrypted 128 bits.
    pub fn seal(self, token: &[u8], iv: [u8; 16], plaintext: &[u8; 16]) -> Result<Vec<u8>, Error> {
        let mut buffer = *plaintext;
        let cipher = cbc::Encryptor::<Aes128>::new(&self.key(token)?.into(), &iv.into());
        let sealed =
            cipher.encrypt_padded::<NoPadding>(&mut buffer, plaintext.len()).map_err(|_error| Error::Length)?;
        Ok([iv.as_slice(), sealed].concat())
    }

    /// The 128 bits of a member, by the token that the authenticator gave.
    pub fn open(self, token: &[u8], member: &[u8]) -> Result<[u8; 16], Error> {
        let (iv, sealed) = member.split_first_chunk::<16>().ok_or(Error::Length)?;
        let mut buffer: [u8; 16] = sealed.try_into().map_err(|_error| Error::Length)?;
        let cipher = cbc::Decryptor::<Aes128>::new(&self.key(token)?.into(), iv.into());
        let opened = cipher.decrypt_padded::<NoPadding>(&mut buffer).map_err(|_error| Error::Length)?;
        opened.try_into().map_err(|_error| Error::Length)
    }

    fn key(self, token: &[u8]) -> Result<[u8; 16], Error> {
        let mut key = [0; 16];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[0; 32])
            .extract(token)
            .expand(&[self.info()], Bytes16)
            .and_then(|okm| okm.fill(&mut key))
            .map_err(|_error| Error::Length)?;
        Ok(key)
    }
}

/// The length of a key of AES-128.
struct Bytes16;

impl hkdf::KeyType for Bytes16 {
    fn len(&self) -> usize {
        16
    }
}
