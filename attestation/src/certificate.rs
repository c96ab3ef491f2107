//! An X.509 certificate (RFC 5280 4), read once into what attestation asks of it.

mod key;

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use assay_protocol::aaguid::Aaguid;
use assay_protocol::digest::sha256;
use assay_protocol::tree::der::write;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use time::OffsetDateTime;
use x509_parser::asn1_rs::{Any, FromDer as _, Oid};
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::extensions::{
    AuthorityKeyIdentifier, BasicConstraints, GeneralName, KeyIdentifier, KeyUsage, SubjectAlternativeName,
};
use x509_parser::nom::{Offset as _, Parser as _};
use x509_parser::x509::X509Name;

pub(crate) use self::key::SignatureAlgorithm;
pub use self::key::{KeyKind, SignatureFault, SubjectKey};
use crate::oid;
use crate::rejection::{Reason, Rejection};

/// A certificate that was read; copies are cheap. Reading judges nothing but form: a version 1
/// certificate may have extensions here, and a rule says later what is wrong with that.
#[derive(Clone)]
pub struct Certificate(Arc<Contents>);

/// A certificate's content.
pub struct Contents {
    /// The certificate itself.
    pub der: Vec<u8>,
    /// 1, 2 or 3; anything else is what the field says plus one.
    pub version: u64,
    /// The serial number's content octets.
    pub serial: Vec<u8>,
    /// The issuer's name, DER.
    pub issuer: Vec<u8>,
    /// The subject's name, DER.
    pub subject: Vec<u8>,
    /// The subject's attributes in order.
    pub subject_attributes: Vec<Attribute>,
    /// Its first moment of validity.
    pub not_before: OffsetDateTime,
    /// Its last moment of validity.
    pub not_after: OffsetDateTime,
    /// The subject's public key.
    pub key: SubjectKey,
    /// Basic constraints, where the extension is present.
    pub basic_constraints: Option<Constraints>,
    /// May this key sign certificates? Known where the key usage extension is present.
    pub key_cert_sign: Option<bool>,
    /// The subject key identifier extension.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// The key identifier of the authority key identifier extension.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// Every extension in order.
    pub extensions: Vec<Extension>,
    tbs: Range<usize>,
    signature_algorithm: Option<SignatureAlgorithm>,
    signature: Vec<u8>,
    fingerprint: OnceLock<[u8; 32]>,
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute type, DER content octets of the object identifier.
    pub oid: Vec<u8>,
    /// The universal tag of its string type.
    pub string_type: u32,
    /// Its text; `None` for a string type that has no plain text.
    pub text: Option<String>,
}

/// The basic constraints extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constraints {
    /// May the subject act as a certificate authority?
    pub ca: bool,
    /// How many intermediate certificates may follow below it.
    pub path_length: Option<u32>,
}

/// One extension, its value as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The extension's id, DER content octets of the object identifier.
    pub oid: Vec<u8>,
    /// Must whoever does not understand it refuse the certificate?
    pub critical: bool,
    /// The content of the extension's OCTET STRING.
    pub value: Vec<u8>,
}

/// An extension's value is not of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IllFormed;

impl Certificate {
    /// Reads one certificate, and nothing after it.
    pub fn parse(der: &[u8]) -> Result<Self, Rejection> {
        let (rest, x509) = X509CertificateParser::new()
            .with_deep_parse_extensions(false)
            .parse(der)
            .map_err(|error| Reason::CertificateUndecodable.because(short(&error)))?;
        if !rest.is_empty() {
            return Err(Reason::CertificateTrailingBytes.because(format!("{} bytes after the certificate", rest.len())));
        }
        if x509.signature_algorithm != x509.tbs_certificate.signature {
            return Err(Reason::CertificateAlgorithmMismatch
                .because("the signed algorithm is not the one beside the signature"));
        }
        judge_frame(der, &x509)?;
        let extensions = extensions(&x509)?;
        let basic_constraints = known(&extensions, oid::BASIC_CONSTRAINTS, |value| {
            let (rest, found) = BasicConstraints::from_der(value).ok()?;
            rest.is_empty().then_some(Constraints { ca: found.ca, path_length: found.path_len_constraint })
        })?;
        let key_cert_sign = known(&extensions, oid::KEY_USAGE, |value| {
            let (rest, found) = KeyUsage::from_der(value).ok()?;
            rest.is_empty().then(|| found.key_cert_sign())
        })?;
        let subject_key_identifier = known(&extensions, oid::SUBJECT_KEY_IDENTIFIER, |value| {
            let (rest, found) = KeyIdentifier::from_der(value).ok()?;
            rest.is_empty().then(|| found.0.to_vec())
        })?;
        let authority_key_identifier = known(&extensions, oid::AUTHORITY_KEY_IDENTIFIER, |value| {
            let (_, found) = AuthorityKeyIdentifier::from_der(value).ok()?;
            Some(found.key_identifier.map(|id| id.0.to_vec()))
        })?
        .flatten();
        let tbs = x509.tbs_certificate.as_ref();
        let start = der.offset(tbs);
        Ok(Self(Arc::new(Contents {
            der: der.to_vec(),
            version: u64::from(x509.version().0).saturating_add(1),
            serial: x509.raw_serial().to_vec(),
            issuer: x509.issuer().as_raw().to_vec(),
            subject: x509.subject().as_raw().to_vec(),
            subject_attributes: attributes(x509.subject()),
            not_before: x509.validity().not_before.to_datetime(),
            not_after: x509.validity().not_after.to_datetime(),
            key: SubjectKey::read(x509.public_key()),
            basic_constraints,
            key_cert_sign,
            subject_key_identifier,
            authority_key_identifier,
            extensions,
            tbs: start..start.saturating_add(tbs.len()),
            signature_algorithm: SignatureAlgorithm::read(&x509.signature_algorithm),
            signature: x509.signature_value.data.to_vec(),
            fingerprint: OnceLock::new(),
        })))
    }

    /// SHA-256 of the whole certificate.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.fingerprint.get_or_init(|| sha256(&self.der))
    }

    /// The extension with this id.
    pub fn extension(&self, oid: &[u8]) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// The subject's attributes of one type, in order.
    pub fn subject_attributes_of(&self, oid: &[u8]) -> impl Iterator<Item = &Attribute> {
        self.subject_attributes.iter().filter(move |attribute| attribute.oid == oid)
    }

    /// The first common name of the subject, or nothing.
    pub fn common_name(&self) -> &str {
        let mut texts = self.subject_attributes_of(oid::COMMON_NAME).filter_map(|attribute| attribute.text.as_deref());
        texts.next().unwrap_or_default()
    }

    /// Is this DNS name its own? The common name counts only where no alternative names are given.
    pub fn bears(&self, name: &str) -> bool {
        let Some(extension) = self.extension(oid::SUBJECT_ALTERNATIVE_NAME) else {
            return self.common_name().eq_ignore_ascii_case(name);
        };
        let Ok((_, names)) = SubjectAlternativeName::from_der(&extension.value) else {
            return false;
        };
        names.general_names.iter().any(|one| matches!(one, GeneralName::DNSName(dns) if dns.eq_ignore_ascii_case(name)))
    }

    /// Is the issuer's name the subject's own?
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Is it valid at this time?
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// SHA-1 of the subject public key bits: the name under which FIDO's metadata lists the
    /// attestation certificates of authenticators without an AAGUID (RFC 5280 4.2.1.2 method 1).
    pub fn key_identifier(&self) -> Vec<u8> {
        digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.key.bits).as_ref().to_vec()
    }

    /// The model's AAGUID, where the certificate says it.
    pub fn aaguid(&self) -> Result<Option<Aaguid>, IllFormed> {
        let Some(extension) = self.extension(oid::FIDO_AAGUID) else {
            return Ok(None);
        };
        let bytes = extension.value.strip_prefix(&[0x04, 0x10]).ok_or(IllFormed)?;
        let bytes = bytes.try_into().or(Err(IllFormed))?;
        Ok(Some(Aaguid::from_bytes(bytes)))
    }

    /// The firmware version, where the certificate says it.
    pub fn firmware_version(&self) -> Result<Option<u64>, IllFormed> {
        let Some(extension) = self.extension(oid::FIDO_FIRMWARE_VERSION) else {
            return Ok(None);
        };
        match u64::from_der(&extension.value) {
            Ok(([], version)) => Ok(Some(version)),
            _ => Err(IllFormed),
        }
    }

    /// Is this certificate signed with the issuer's key?
    pub fn verify_signed_by(&self, issuer: &SubjectKey) -> Result<(), SignatureFault> {
        let algorithm = self.signature_algorithm.ok_or(SignatureFault::Unsupported)?;
        let tbs = self.der.get(self.tbs.clone()).ok_or(SignatureFault::Invalid)?;
        issuer.verify(algorithm, tbs, &self.signature)
    }
}

impl Deref for Certificate {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        &self.0
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("common_name", &self.common_name())
            .field("bytes", &self.der.len())
            .finish_non_exhaustive()
    }
}

/// What stands around the signed part is not signed. Were it free, a certificate would have many
/// forms with as many fingerprints. The count of unused bits stays free: early security keys of
/// Yubico's have a wrong one.
fn judge_frame(der: &[u8], x509: &X509Certificate<'_>) -> Result<(), Rejection> {
    let tbs = x509.tbs_certificate.as_ref();
    let algorithm = signed_algorithm(tbs).ok_or_else(|| Reason::CertificateUndecodable.because("no algorithm"))?;
    let signature = &*x509.signature_value.data;
    let unused = der.len().checked_sub(signature.len().saturating_add(1)).and_then(|at| der.get(at)).copied();
    let unused = unused.filter(|unused| *unused < 8).unwrap_or_default();
    let around = |algorithm: &[u8]| {
        let signature = write::tagged(BIT_STRING, &[&[unused], signature].concat());
        write::tagged(SEQUENCE, &[tbs, algorithm, &signature].concat())
    };
    if around(algorithm) == der {
        return Ok(());
    }
    // RFC 5280 4.1.1.2
    let beside = der.get(der.offset(tbs).saturating_add(tbs.len())..).and_then(first);
    match beside {
        Some(beside) if beside != algorithm && around(beside) == der => Err(Reason::CertificateAlgorithmMismatch
            .because("the signed algorithm is not written like the one beside the signature")),
        _ => Err(Reason::CertificateUndecodable.because("what is around the signed part is not in DER")),
    }
}

/// The AlgorithmIdentifier inside: behind the version, where there is one, and the serial number.
fn signed_algorithm(tbs: &[u8]) -> Option<&[u8]> {
    let (_, inside) = Any::from_der(tbs).ok()?;
    let mut rest = inside.data;
    if rest.first() == Some(&EXPLICIT_VERSION) {
        rest = rest.get(first(rest)?.len()..)?;
    }
    first(rest.get(first(rest)?.len()..)?)
}

/// The first value, header and content.
fn first(bytes: &[u8]) -> Option<&[u8]> {
    let (rest, _) = Any::from_der(bytes).ok()?;
    bytes.get(..bytes.len().checked_sub(rest.len())?)
}

const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;

fn extensions(x509: &X509Certificate<'_>) -> Result<Vec<Extension>, Rejection> {
    let extensions: Vec<_> = x509
        .extensions()
        .iter()
        .map(|extension| Extension {
            oid: extension.oid.as_bytes().to_vec(),
            critical: extension.critical,
            value: extension.value.to_vec(),
        })
        .collect();
    let mut ids: Vec<&[u8]> = extensions.iter().map(|extension| extension.oid.as_slice()).collect();
    ids.sort_unstable();
    for (one, next) in ids.iter().zip(ids.iter().skip(1)) {
        if one == next {
            return Err(Reason::CertificateDuplicateExtension.because(oid::text(one)));
        }
    }
    Ok(extensions)
}

fn known<T>(extensions: &[Extension], id: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>, Rejection> {
    let Some(extension) = extensions.iter().find(|extension| extension.oid == id) else {
        return Ok(None);
    };
    match read(&extension.value) {
        Some(value) => Ok(Some(value)),
        None => Err(Reason::CertificateExtensionUndecodable.because(oid::text(id))),
    }
}

fn attributes(name: &X509Name<'_>) -> Vec<Attribute> {
    name.iter_attributes()
        .map(|attribute| Attribute {
            oid: Oid::as_bytes(attribute.attr_type()).to_vec(),
            string_type: attribute.attr_value().tag().0,
            text: attribute.as_str().ok().map(str::to_owned),
        })
        .collect()
}

/// The first line of a parser's complaint, without the input that it may quote.
fn short(error: &impl fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
