//! From a statement's certificates to a trust anchor (WebAuthn L3 7.1 step 24; RFC 5280 6.1).
//!
//! The path is the certificates in the order in which the statement lists them, each certified
//! by the next; it ends at the first that an anchor certifies, or that is an anchor itself. What
//! the statement brings along is never an anchor: anchors are what the caller gives.

use std::sync::OnceLock;

use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use time::OffsetDateTime;

use crate::certificate::{Certificate, SignatureFault};
use crate::oid;
use crate::rejection::{Check, Reason, Rejection};

/// How many certificates one statement may bring along.
pub const MAX_CERTIFICATES: usize = 16;

/// The certificates, and with each its key, that the caller trusts: roots, intermediates, or
/// attestation certificates themselves.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    list: Vec<Certificate>,
    fingerprint: OnceLock<[u8; 32]>,
}

impl Anchors {
    /// These certificates are trusted.
    pub fn new(list: Vec<Certificate>) -> Self {
        Self { list, fingerprint: OnceLock::new() }
    }

    /// These certificates, DER, are trusted.
    pub fn parse<D: AsRef<[u8]>>(list: impl IntoIterator<Item = D>) -> Result<Self, Rejection> {
        let list = list.into_iter().map(|der| Certificate::parse(der.as_ref()));
        Ok(Self::new(list.collect::<Result<_, _>>()?))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.list.iter()
    }

    /// SHA-256 of the certificates' own, in their order: which anchors these are.
    pub fn fingerprint(&self) -> [u8; 32] {
        let all = || self.list.iter().flat_map(Certificate::fingerprint).collect::<Vec<u8>>();
        *self.fingerprint.get_or_init(|| sha256(&all()))
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The anchor that is this very certificate, or another one for the same name and key.
    fn same_as(&self, certificate: &Certificate) -> Option<&Certificate> {
        self.list.iter().find(|anchor| anchor.subject == certificate.subject && anchor.key.info == certificate.key.info)
    }

    fn named<'a>(&'a self, subject: &[u8]) -> impl Iterator<Item = &'a Certificate> {
        self.list.iter().filter(move |anchor| anchor.subject == subject)
    }
}

/// Follows the path to an anchor and judges every certificate on the way. `None` where no anchor
/// was reached and the rule that demands one is not in force.
pub fn verify<'a>(
    path: &[Certificate],
    anchors: &'a Anchors,
    now: OffsetDateTime,
    enforced: &Enforced,
) -> Result<Option<&'a Certificate>, Rejection> {
    if path.len() > MAX_CERTIFICATES {
        return Err(Reason::StatementX5cTooLong.because(format!("{} certificates", path.len())));
    }
    if path.iter().skip(1).any(Certificate::is_self_issued) {
        Check::RootInX5c.refuse(enforced, "a self-issued certificate follows the leaf")?;
    }
    for (certificate, next) in path.iter().zip(path.iter().skip(1)) {
        if certificate.issuer != next.subject {
            Check::PathNameChaining.refuse(
                enforced,
                format!("{:?} is not issued by {:?}", certificate.common_name(), next.common_name()),
            )?;
        }
    }
    let mut attempts = MAX_CERTIFICATES;
    let mut intermediates = 0;
    for (at, certificate) in path.iter().enumerate() {
        let trusted = anchors.same_as(certificate);
        // An anchor is trusted as it stands; the leaf is always judged.
        if trusted.is_none() || at == 0 {
            judge(certificate, now, enforced)?;
        }
        if trusted.is_some() {
            return Ok(trusted);
        }
        if at > 0 && !certificate.is_self_issued() {
            intermediates += 1;
        }

        let mut namesake = None;
        for anchor in anchors.named(&certificate.issuer) {
            let Some(left) = attempts.checked_sub(1) else { break };
            attempts = left;
            match certificate.verify_signed_by(&anchor.key) {
                Ok(()) => {
                    judge_issuer(Issuer::Anchor(anchor), intermediates, enforced)?;
                    return Ok(Some(anchor));
                }
                Err(fault) => namesake = Some((anchor, fault)),
            }
        }

        match (path.get(at + 1), namesake) {
            (Some(next), _) => {
                if let Err(fault) = certificate.verify_signed_by(&next.key) {
                    refuse_signature(fault, certificate, enforced)?;
                }
                let issuer = anchors.same_as(next).map_or(Issuer::Brought(next), Issuer::Anchor);
                judge_issuer(issuer, intermediates, enforced)?;
            }
            (None, Some((anchor, fault))) => {
                refuse_signature(fault, certificate, enforced)?;
                judge_issuer(Issuer::Anchor(anchor), intermediates, enforced)?;
                return Ok(Some(anchor));
            }
            (None, None) => {}
        }
    }
    Check::PathUntrusted.refuse(enforced, "no acceptable trust anchor certifies the path")?;
    Ok(None)
}

fn judge(certificate: &Certificate, now: OffsetDateTime, enforced: &Enforced) -> Result<(), Rejection> {
    if now < certificate.not_before {
        Check::PathNotYetValid
            .refuse(enforced, format!("{:?} is valid from {}", certificate.common_name(), certificate.not_before))?;
    }
    if now > certificate.not_after {
        Check::PathExpired
            .refuse(enforced, format!("{:?} was valid until {}", certificate.common_name(), certificate.not_after))?;
    }
    let strange = certificate
        .extensions
        .iter()
        .find(|extension| extension.critical && !UNDERSTOOD.contains(&extension.oid.as_slice()));
    if let Some(extension) = strange {
        Check::PathCriticalExtension.refuse(enforced, oid::text(&extension.oid))?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Issuer<'a> {
    Anchor(&'a Certificate),
    Brought(&'a Certificate),
}

fn judge_issuer(issuer: Issuer<'_>, intermediates: u32, enforced: &Enforced) -> Result<(), Rejection> {
    let (issuer, ca) = match issuer {
        Issuer::Brought(issuer) => (issuer, issuer.basic_constraints.is_some_and(|constraints| constraints.ca)),
        // Certificates before version 3 cannot say what they are; the caller's word must do.
        Issuer::Anchor(issuer) => {
            let ca = issuer.basic_constraints.map_or(issuer.version < 3, |constraints| constraints.ca);
            (issuer, ca)
        }
    };
    if !ca {
        Check::PathIssuerNotCa.refuse(enforced, format!("{:?} issued a certificate", issuer.common_name()))?;
    }
    if issuer.key_cert_sign == Some(false) {
        Check::PathKeyUsage.refuse(enforced, format!("{:?} has no keyCertSign", issuer.common_name()))?;
    }
    let allowed = issuer.basic_constraints.and_then(|constraints| constraints.path_length);
    if let Some(allowed) = allowed.filter(|allowed| intermediates > *allowed) {
        Check::PathLength.refuse(
            enforced,
            format!("{intermediates} intermediates below {:?}, {allowed} allowed", issuer.common_name()),
        )?;
    }
    Ok(())
}

fn refuse_signature(fault: SignatureFault, certificate: &Certificate, enforced: &Enforced) -> Result<(), Rejection> {
    match fault {
        SignatureFault::Invalid => Check::PathSignature
            .refuse(enforced, format!("{:?} is not signed by its issuer's key", certificate.common_name())),
        SignatureFault::Unsupported => {
            Err(Reason::CertificateAlgorithmUnsupported.because(format!("{:?}", certificate.common_name())))
        }
    }
}

/// The extensions whose meaning is honoured, or cannot make a path worse.
const UNDERSTOOD: [&[u8]; 11] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_ALTERNATIVE_NAME,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::FIDO_AAGUID,
    oid::FIDO_FIRMWARE_VERSION,
    oid::ANDROID_KEY_DESCRIPTION,
    oid::APPLE_NONCE,
];

#[cfg(test)]
mod tests;
