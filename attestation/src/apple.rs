//! The format `apple`: anonymous attestation (WebAuthn L3 8.8).
//!
//! There is no signature: Apple certifies the credential's own key, and the certificate names the
//! registration. It lives for days, so its path is judged at the time of the ceremony.

use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256_parts;
use assay_protocol::tree::cbor::Node;

use crate::certificate::{Certificate, IllFormed};
use crate::oid;
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{self, AttestationType, Format, Signed, Statement};

pub(crate) fn verify(att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    // 8.8 verification step 1
    let trust_path = statement::x5c(att_stmt, signed)?.ok_or_else(|| Reason::StatementX5cMissing.because(""))?;
    let leaf = trust_path.first().ok_or_else(|| Reason::StatementX5cEmpty.because(""))?;
    // 8.8 verification steps 2 and 3
    let expected = sha256_parts(&[signed.auth_data_bytes, signed.client_data_hash]);
    // 8.8 verification step 4
    let certified = nonce(leaf)
        .map_err(|IllFormed| Reason::AppleNonceUndecodable.because("not 32 bytes in an octet string in [1]"))?
        .ok_or_else(|| Reason::AppleNonceMissing.because(""))?;
    if certified != expected {
        Check::AppleNonce.refuse(enforced, "the certificate was made for another registration")?;
    }
    // 8.8 verification step 5
    let (_, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    if key != signed.attested.credential_public_key.key {
        Check::AppleCredentialKey.refuse(enforced, "the certificate is for another key than the credential's")?;
    }
    // 8.8 verification step 6
    Ok(Statement::single(Format::Apple, AttestationType::AnonCa, None, trust_path))
}

/// The nonce in a certificate of Apple's, where there is one: `SEQUENCE { [1] { OCTET STRING } }`.
pub fn nonce(leaf: &Certificate) -> Result<Option<[u8; 32]>, IllFormed> {
    let Some(extension) = leaf.extension(oid::APPLE_NONCE) else {
        return Ok(None);
    };
    let nonce = extension.value.strip_prefix(&[0x30, 0x24, 0xa1, 0x22, 0x04, 0x20]).ok_or(IllFormed)?;
    nonce.try_into().map(Some).or(Err(IllFormed))
}

#[cfg(test)]
mod tests;
