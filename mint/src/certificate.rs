//! X.509 certificates, written by hand so that anything in them can be wrong.

mod algorithm;
pub mod extension;
pub mod name;

#[cfg(test)]
mod tests;

use assay_protocol::tree::der::write;

pub use self::algorithm::SignatureAlgorithm;
use crate::error::Error;
use crate::keys::SigningKey;
use extension::{AaguidExtension, BasicConstraints, Extension, FirmwareExtension, KeyUsage};
use name::Name;

/// Everything that goes into a certificate, right or wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateSpec {
    /// 1, 2 or 3; version 1 is written without extensions. Version 2 has no place for them either,
    /// but then nothing else is wrong with the certificate.
    pub version: u8,
    /// The serial number's magnitude, big-endian.
    pub serial: Vec<u8>,
    /// The algorithm inside the signed part; `None`: the signer's own.
    pub inner_algorithm: Option<SignatureAlgorithm>,
    /// Who issues it.
    pub issuer: Name,
    /// Whom it is about.
    pub subject: Name,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
    /// The subject's SubjectPublicKeyInfo, in DER.
    pub public_key: Vec<u8>,
    /// Basic constraints, if any.
    pub basic_constraints: Option<BasicConstraints>,
    /// Key usage, if any.
    pub key_usage: Option<KeyUsage>,
    /// Extended key usages; none: no extension.
    pub extended_key_usage: Vec<Vec<u64>>,
    /// Subject key identifier, if any.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// Authority key identifier, if any.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// DNS names; none: no extension.
    pub dns_names: Vec<String>,
    /// id-fido-gen-ce-aaguid, if any.
    pub aaguid: Option<AaguidExtension>,
    /// The firmware version, if any.
    pub firmware: Option<FirmwareExtension>,
    /// Whatever else, after the above.
    pub extra_extensions: Vec<Extension>,
    /// What befalls the certificate after it was signed.
    pub damage: Damage,
}

/// What befalls a certificate after it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Damage {
    /// Nothing.
    #[default]
    None,
    /// The last bit of the signature is flipped.
    SignatureBit,
    /// A zero byte follows the certificate.
    TrailingByte,
    /// The last byte is missing.
    Truncated,
}

impl CertificateSpec {
    /// An end-entity certificate of version 3 without extensions.
    pub fn new(subject: Name, issuer: Name, key: &SigningKey) -> Self {
        Self {
            version: 3,
            serial: vec![1],
            inner_algorithm: None,
            issuer,
            subject,
            not_before: 0,
            not_after: 0,
            public_key: key.spki(),
            basic_constraints: None,
            key_usage: None,
            extended_key_usage: Vec::new(),
            subject_key_identifier: None,
            authority_key_identifier: None,
            dns_names: Vec::new(),
            aaguid: None,
            firmware: None,
            extra_extensions: Vec::new(),
            damage: Damage::None,
        }
    }

    /// The certificate in DER, signed by `signer`.
    pub fn issue(&self, signer: &SigningKey) -> Result<Vec<u8>, Error> {
        let outer = SignatureAlgorithm::of(signer);
        let to_be_signed = self.to_be_signed(self.inner_algorithm.unwrap_or(outer));
        let mut signature = signer.sign(&to_be_signed)?;
        if let (Damage::SignatureBit, Some(last)) = (self.damage, signature.last_mut()) {
            *last ^= 1;
        }
        let mut certificate = write::sequence(&[to_be_signed, outer.to_der(), write::bit_string(&signature)]);
        match self.damage {
            Damage::TrailingByte => certificate.push(0),
            Damage::Truncated => {
                certificate.pop();
            }
            Damage::None | Damage::SignatureBit => {}
        }
        Ok(certificate)
    }

    /// RFC 5280 4.1.2
    fn to_be_signed(&self, algorithm: SignatureAlgorithm) -> Vec<u8> {
        let mut members = Vec::new();
        if self.version > 1 {
            members.push(write::explicit(0, &write::small_integer(i64::from(self.version) - 1)));
        }
        members.extend([
            write::integer(&self.serial),
            algorithm.to_der(),
            self.issuer.to_der(),
            write::sequence(&[
                write::utc_or_generalized_time(self.not_before),
                write::utc_or_generalized_time(self.not_after),
            ]),
            self.subject.to_der(),
            self.public_key.clone(),
        ]);
        let extensions: Vec<Vec<u8>> = self.extensions().iter().map(Extension::to_der).collect();
        if self.version > 1 && !extensions.is_empty() {
            members.push(write::explicit(3, &write::sequence(&extensions)));
        }
        write::sequence(&members)
    }

    fn extensions(&self) -> Vec<Extension> {
        let mut all = Vec::new();
        all.extend(self.basic_constraints.map(Extension::from));
        all.extend(self.key_usage.map(Extension::from));
        if !self.extended_key_usage.is_empty() {
            all.push(Extension::extended_key_usage(&self.extended_key_usage));
        }
        all.extend(self.subject_key_identifier.as_deref().map(Extension::subject_key_identifier));
        all.extend(self.authority_key_identifier.as_deref().map(Extension::authority_key_identifier));
        if !self.dns_names.is_empty() {
            all.push(Extension::dns_names(&self.dns_names));
        }
        all.extend(self.aaguid.as_ref().map(Extension::from));
        all.extend(self.firmware.map(Extension::from));
        all.extend(self.extra_extensions.iter().cloned());
        all
    }
}
