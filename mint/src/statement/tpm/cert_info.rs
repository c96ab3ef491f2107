//! What a TPM signs.

/// TPMS_ATTEST with a TPMS_CERTIFY_INFO in it (TPM 2.0 Part 2, 10.12).
#[derive(Debug, Clone)]
pub struct CertInfoDraft {
    /// TPM_GENERATED_VALUE
    pub magic: u32,
    /// TPM_ST_ATTEST_CERTIFY
    pub kind: u16,
    /// The attestation key's name.
    pub qualified_signer: Vec<u8>,
    /// The hash that binds the ceremony.
    pub extra_data: Vec<u8>,
    /// clock, resetCount, restartCount, safe
    pub clock_info: [u8; 17],
    /// The TPM's firmware.
    pub firmware_version: u64,
    /// What becomes of the certified key's name.
    pub name: fn(&[u8]) -> Vec<u8>,
    /// Its name with those of its parents.
    pub qualified_name: Vec<u8>,
    /// What befalls the bytes.
    pub finish: Option<fn(&mut Vec<u8>)>,
}

impl CertInfoDraft {
    /// The right certification.
    pub fn new(extra_data: Vec<u8>) -> Self {
        let name_of = |byte: u8| [&[0x00, 0x0b], [byte; 32].as_slice()].concat();
        Self {
            magic: 0xff54_4347,
            kind: 0x8017,
            qualified_signer: name_of(0x51),
            extra_data,
            clock_info: [0, 0, 0, 0, 0x0a, 0x55, 0xa7, 0x00, 0, 0, 0, 7, 0, 0, 0, 1, 1],
            firmware_version: 0x0001_0002_0003_0004,
            name: <[u8]>::to_vec,
            qualified_name: name_of(0x9a),
            finish: None,
        }
    }

    /// The bytes, for a key of this name.
    pub fn to_bytes(&self, name: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.magic.to_be_bytes());
        bytes.extend(self.kind.to_be_bytes());
        bytes.extend(sized(&self.qualified_signer));
        bytes.extend(sized(&self.extra_data));
        bytes.extend(self.clock_info);
        bytes.extend(self.firmware_version.to_be_bytes());
        bytes.extend(sized(&(self.name)(name)));
        bytes.extend(sized(&self.qualified_name));
        if let Some(finish) = self.finish {
            finish(&mut bytes);
        }
        bytes
    }
}

/// A buffer behind its size.
pub(super) fn sized(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&size.to_be_bytes(), bytes].concat()
}
