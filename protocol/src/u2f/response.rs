//! The answers to REGISTER and AUTHENTICATE, without their status word.

use std::fmt;

use crate::tree::der;

/// The first byte of a registration, reserved.
const RESERVED: u8 = 0x05;

/// The answer to REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The public key, an uncompressed point of P-256.
    pub public_key: [u8; 65],
    /// The key handle.
    pub key_handle: Vec<u8>,
    /// The attestation certificate, in DER.
    pub certificate: Vec<u8>,
    /// The signature, in DER.
    pub signature: Vec<u8>,
}

/// The answer to AUTHENTICATE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// Bit 0: somebody was there.
    pub user_presence: u8,
    /// The counter.
    pub counter: u32,
    /// The signature, in DER.
    pub signature: Vec<u8>,
}

/// An answer that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// It does not begin with 0x05.
    Reserved,
    /// It ends early.
    Truncated,
    /// What should be a certificate is no DER.
    Certificate,
}

impl Registration {
    /// Reads it; the certificate ends where its DER does.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let rest = match bytes.split_first() {
            Some((&RESERVED, rest)) => rest,
            Some(_) => return Err(Malformed::Reserved),
            None => return Err(Malformed::Truncated),
        };
        let (public_key, rest) = rest.split_first_chunk().ok_or(Malformed::Truncated)?;
        let (&length, rest) = rest.split_first().ok_or(Malformed::Truncated)?;
        let (key_handle, rest) = rest.split_at_checked(usize::from(length)).ok_or(Malformed::Truncated)?;
        let document = der::read(rest);
        let whole = document.anomaly(der::AnomalyKind::Truncated).is_none();
        let end = document.root.filter(|_| whole).map(|root| root.range.end).ok_or(Malformed::Certificate)?;
        let (certificate, signature) = rest.split_at_checked(end).ok_or(Malformed::Certificate)?;
        if signature.is_empty() {
            return Err(Malformed::Truncated);
        }
        Ok(Self {
            public_key: *public_key,
            key_handle: key_handle.to_vec(),
            certificate: certificate.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// The bytes; a key handle past 255 bytes has no form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = u8::try_from(self.key_handle.len()).unwrap_or(u8::MAX);
        [&[RESERVED][..], &self.public_key, &[length], &self.key_handle, &self.certificate, &self.signature].concat()
    }
}

impl Authentication {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let (&user_presence, rest) = bytes.split_first().ok_or(Malformed::Truncated)?;
        let (counter, signature) = rest.split_first_chunk().ok_or(Malformed::Truncated)?;
        if signature.is_empty() {
            return Err(Malformed::Truncated);
        }
        Ok(Self { user_presence, counter: u32::from_be_bytes(*counter), signature: signature.to_vec() })
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[self.user_presence][..], &self.counter.to_be_bytes(), &self.signature].concat()
    }
}

impl Malformed {
    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reserved => "u2f_reserved",
            Self::Truncated => "u2f_truncated",
            Self::Certificate => "u2f_certificate",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reserved => "the answer does not begin with 0x05",
            Self::Truncated => "the answer ends early",
            Self::Certificate => "the certificate is no DER",
        })
    }
}

impl std::error::Error for Malformed {}
