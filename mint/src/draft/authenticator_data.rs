/// Authenticator data, WebAuthn L3 6.1.
#[derive(Debug, Clone)]
pub struct AuthenticatorDataDraft {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: Vec<u8>,
    /// The flags byte.
    pub flags: u8,
    /// The signature counter.
    pub sign_count: u32,
    /// Attested credential data, in registrations.
    pub attested: Option<AttestedDraft>,
    /// The extensions map, in CBOR.
    pub extensions: Option<Vec<u8>>,
    /// Bytes after the end.
    pub trailing: Vec<u8>,
    /// Cut to this length.
    pub length: Option<usize>,
    /// The RP ID.
    pub rp_id: String,
    /// The origin.
    pub origin: String,
}

/// Attested credential data, WebAuthn L3 6.5.1.
#[derive(Debug, Clone)]
pub struct AttestedDraft {
    /// The model.
    pub aaguid: [u8; 16],
    /// The length written before the credential id; `None`: the true one.
    pub declared_length: Option<u16>,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The credential public key, in CBOR.
    pub credential_public_key: Vec<u8>,
}

impl AuthenticatorDataDraft {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.rp_id_hash.clone();
        bytes.push(self.flags);
        bytes.extend(self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            let length = u16::try_from(attested.credential_id.len()).unwrap_or(u16::MAX);
            bytes.extend(attested.aaguid);
            bytes.extend(attested.declared_length.unwrap_or(length).to_be_bytes());
            bytes.extend(&attested.credential_id);
            bytes.extend(&attested.credential_public_key);
        }
        bytes.extend(self.extensions.iter().flatten());
        bytes.extend(&self.trailing);
        bytes.truncate(self.length.unwrap_or(bytes.len()));
        bytes
    }
}
