//! The certificate extensions that authenticators' certificates carry.

use assay_protocol::tree::der::write;

/// id-fido-gen-ce-aaguid
pub const ID_FIDO_GEN_CE_AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
/// The firmware version.
pub const ID_FIDO_GEN_CE_FIRMWARE: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 5];
/// id-fido-gen-ce-sernum, for enterprise attestation only.
pub const ID_FIDO_GEN_CE_SERNUM: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 2];

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its object identifier.
    pub oid: Vec<u64>,
    /// Must a reader that does not know it refuse the certificate?
    pub critical: bool,
    /// What goes into the OCTET STRING.
    pub value: Vec<u8>,
}

/// RFC 5280 4.2.1.9
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Is the subject a certificate authority?
    pub ca: bool,
    /// How many intermediates may follow.
    pub path_length: Option<u8>,
    /// Is the extension critical?
    pub critical: bool,
}

/// RFC 5280 4.2.1.3: the usages that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUsage {
    /// digitalSignature
    DigitalSignature,
    /// keyCertSign and cRLSign
    CertificateSign,
}

/// id-fido-gen-ce-aaguid, WebAuthn L3 8.2.1
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AaguidExtension {
    /// The identifier; 16 bytes unless wrong.
    pub value: Vec<u8>,
    /// Is the extension critical? It must not be.
    pub critical: bool,
    /// In how many OCTET STRINGs the identifier is wrapped.
    pub wrapping: Wrapping,
}

/// How the AAGUID sits in its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// The bare 16 bytes in the extension's own OCTET STRING: wrong.
    Single,
    /// One more OCTET STRING around them: right.
    Double,
}

/// The firmware version, WebAuthn L3 8.2.1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirmwareExtension {
    /// The version.
    pub version: u32,
    /// Is the extension critical? It must not be.
    pub critical: bool,
}

impl AaguidExtension {
    /// The right extension for this AAGUID.
    pub fn of(aaguid: &[u8; 16]) -> Self {
        Self { value: aaguid.to_vec(), critical: false, wrapping: Wrapping::Double }
    }
}

impl Extension {
    /// RFC 5280 4.2.1.2
    pub fn subject_key_identifier(identifier: &[u8]) -> Self {
        Self { oid: vec![2, 5, 29, 14], critical: false, value: write::octet_string(identifier) }
    }

    /// RFC 5280 4.2.1.1
    pub fn authority_key_identifier(identifier: &[u8]) -> Self {
        Self { oid: vec![2, 5, 29, 35], critical: false, value: write::sequence(&[write::implicit(0, identifier)]) }
    }

    /// RFC 5280 4.2.1.12
    pub fn extended_key_usage(usages: &[Vec<u64>]) -> Self {
        let usages: Vec<Vec<u8>> = usages.iter().map(|usage| write::oid(usage)).collect();
        Self { oid: vec![2, 5, 29, 37], critical: false, value: write::sequence(&usages) }
    }

    /// RFC 5280 4.2.1.6, DNS names only
    pub fn dns_names(names: &[String]) -> Self {
        let names: Vec<Vec<u8>> = names.iter().map(|name| write::implicit(2, name.as_bytes())).collect();
        Self { oid: vec![2, 5, 29, 17], critical: false, value: write::sequence(&names) }
    }

    /// The extension in DER.
    pub fn to_der(&self) -> Vec<u8> {
        let mut members = vec![write::oid(&self.oid)];
        if self.critical {
            members.push(write::boolean(true));
        }
        members.push(write::octet_string(&self.value));
        write::sequence(&members)
    }
}

impl From<BasicConstraints> for Extension {
    fn from(constraints: BasicConstraints) -> Self {
        let mut members = Vec::new();
        if constraints.ca {
            members.push(write::boolean(true));
        }
        members.extend(constraints.path_length.map(|length| write::small_integer(i64::from(length))));
        Self { oid: vec![2, 5, 29, 19], critical: constraints.critical, value: write::sequence(&members) }
    }
}

impl From<KeyUsage> for Extension {
    fn from(usage: KeyUsage) -> Self {
        let value = match usage {
            KeyUsage::DigitalSignature => write::named_bits(&[0x80]),
            KeyUsage::CertificateSign => write::named_bits(&[0x06]),
        };
        Self { oid: vec![2, 5, 29, 15], critical: true, value }
    }
}

impl From<&AaguidExtension> for Extension {
    fn from(aaguid: &AaguidExtension) -> Self {
        let value = match aaguid.wrapping {
            Wrapping::Single => aaguid.value.clone(),
            Wrapping::Double => write::octet_string(&aaguid.value),
        };
        Self { oid: ID_FIDO_GEN_CE_AAGUID.to_vec(), critical: aaguid.critical, value }
    }
}

impl From<FirmwareExtension> for Extension {
    fn from(firmware: FirmwareExtension) -> Self {
        Self {
            oid: ID_FIDO_GEN_CE_FIRMWARE.to_vec(),
            critical: firmware.critical,
            value: write::small_integer(i64::from(firmware.version)),
        }
    }
}
