//! Authenticator data: what the authenticator says and signs (WebAuthn L3 6.1, 6.5.1).

mod read;

use crate::aaguid::Aaguid;
use crate::cose::CoseKey;
use crate::error::Malformed;
use crate::tree::cbor::{self, Anomaly, Node};

/// The parsed data.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthenticatorData {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: [u8; 32],
    /// The flags byte.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential, there exactly when the AT flag is set.
    pub attested: Option<AttestedCredentialData>,
    /// The extension outputs, a map, there exactly when the ED flag is set.
    pub extensions: Option<Node>,
    /// What is not canonical inside the extensions; ranges count from the start of the data.
    pub anomalies: Vec<Anomaly>,
}

/// A new credential.
#[derive(Debug, Clone, PartialEq)]
pub struct AttestedCredentialData {
    /// The authenticator's model.
    pub aaguid: Aaguid,
    /// The credential id, of any length; that it is at most 1023 bytes is a check, not syntax.
    pub credential_id: Vec<u8>,
    /// The credential public key.
    pub credential_public_key: CoseKey,
    /// The same key as the authenticator wrote it.
    pub public_key_cbor: Vec<u8>,
    /// What is not canonical inside the key; ranges count from the start of the data.
    pub public_key_anomalies: Vec<Anomaly>,
}

/// The flags byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// The bit of [`up`](Self::up).
    pub const UP: u8 = 0x01;
    /// The bit of [`uv`](Self::uv).
    pub const UV: u8 = 0x04;
    /// The bit of [`be`](Self::be).
    pub const BE: u8 = 0x08;
    /// The bit of [`bs`](Self::bs).
    pub const BS: u8 = 0x10;
    /// The bit of [`at`](Self::at).
    pub const AT: u8 = 0x40;
    /// The bit of [`ed`](Self::ed).
    pub const ED: u8 = 0x80;

    /// User present.
    pub const fn up(self) -> bool {
        self.0 & Self::UP != 0
    }

    /// User verified.
    pub const fn uv(self) -> bool {
        self.0 & Self::UV != 0
    }

    /// Backup eligible.
    pub const fn be(self) -> bool {
        self.0 & Self::BE != 0
    }

    /// Backed up.
    pub const fn bs(self) -> bool {
        self.0 & Self::BS != 0
    }

    /// Attested credential data follow.
    pub const fn at(self) -> bool {
        self.0 & Self::AT != 0
    }

    /// Extension data follow.
    pub const fn ed(self) -> bool {
        self.0 & Self::ED != 0
    }
}

impl AuthenticatorData {
    /// The bytes without attested credential data and extensions.
    pub const SHORTEST: usize = 37;

    /// Reads authenticator data that is all of `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        read::parse(bytes)
    }

    /// The bytes: parts that are there are written, and the flags byte as it is, so that wrong
    /// data can be written too. Extensions come out canonical.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::SHORTEST);
        out.extend_from_slice(&self.rp_id_hash);
        out.push(self.flags.0);
        out.extend_from_slice(&self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            attested.append_to(&mut out);
        }
        if let Some(extensions) = &self.extensions {
            out.extend_from_slice(&cbor::to_canonical(&extensions.to_value()));
        }
        out
    }
}

impl AttestedCredentialData {
    /// A credential with this key in its canonical form.
    pub fn new(aaguid: Aaguid, credential_id: Vec<u8>, key: CoseKey) -> Self {
        Self {
            aaguid,
            credential_id,
            public_key_cbor: key.to_cbor(),
            credential_public_key: key,
            public_key_anomalies: Vec::new(),
        }
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        let length = u16::try_from(self.credential_id.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(self.aaguid.as_bytes());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.credential_id);
        out.extend_from_slice(&self.public_key_cbor);
    }
}

#[cfg(test)]
mod tests;
