//! The format `android-key` (WebAuthn L3 8.4).

mod description;

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::Node;

pub use self::description::{AuthorizationList, KeyDescription, SecurityLevel, Undecodable};
use crate::certificate::Certificate;
use crate::oid;
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{self, AttestationType, Format, Signed, Statement};

pub(crate) fn verify(att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    // 8.4: syntax
    let alg = statement::alg(att_stmt)?;
    let sig = statement::sig(att_stmt)?;
    let trust_path = statement::x5c(att_stmt, signed)?.ok_or_else(|| Reason::StatementX5cMissing.because(""))?;
    let leaf = trust_path.first().ok_or_else(|| Reason::StatementX5cEmpty.because(""))?;
    // 8.4: the signature, by the first certificate's key
    let (_, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    statement::verify_signature(Check::AndroidKeySignature, enforced, (alg, &key), &signed.message(), sig)?;
    // 8.4: that key is the credential's
    if key != signed.attested.credential_public_key.key {
        Check::AndroidKeyCredentialKey.refuse(enforced, "the certificate is for another key than the credential's")?;
    }
    let description = described(leaf)?;
    // 8.4: the challenge
    if description.attestation_challenge != signed.client_data_hash {
        Check::AndroidKeyChallenge.refuse(enforced, "the key was not made for this registration's client data")?;
    }
    // 8.4: the authorization lists
    judge_lists(&description, enforced)?;
    Ok(Statement::single(Format::AndroidKey, AttestationType::Basic, Some(alg), trust_path))
}

/// What the certificate's extension says of its key (8.4.1).
fn described(leaf: &Certificate) -> Result<KeyDescription, Rejection> {
    let extension =
        leaf.extension(oid::ANDROID_KEY_DESCRIPTION).ok_or_else(|| Reason::AndroidKeyDescriptionMissing.because(""))?;
    KeyDescription::parse(&extension.value)
        .map_err(|undecodable| Reason::AndroidKeyDescriptionUndecodable.because(undecodable.0))
}

fn judge_lists(description: &KeyDescription, enforced: &Enforced) -> Result<(), Rejection> {
    let (software, tee) = (&description.software_enforced, &description.tee_enforced);
    if software.all_applications || tee.all_applications {
        Check::AndroidKeyAllApplications.refuse(enforced, "the key is for every application of the device")?;
    }
    // In the union of both lists nobody contradicts, and somebody says it.
    let mut origins = software.origin.iter().chain(&tee.origin).peekable();
    if origins.peek().is_none() || origins.any(|origin| *origin != GENERATED) {
        let found = format!("software {:?}, TEE {:?}", software.origin, tee.origin);
        Check::AndroidKeyOrigin.refuse(enforced, found)?;
    } else if tee.origin.is_none() {
        Check::AndroidKeyTeeOnly.refuse(enforced, "the TEE does not say where the key is from")?;
    }
    if !software.purpose.contains(&SIGN) && !tee.purpose.contains(&SIGN) {
        let found = format!("software {:?}, TEE {:?}", software.purpose, tee.purpose);
        Check::AndroidKeyPurpose.refuse(enforced, found)?;
    } else if !tee.purpose.contains(&SIGN) {
        Check::AndroidKeyTeeOnly.refuse(enforced, "the TEE does not say that the key is for signing")?;
    }
    Ok(())
}

/// KM_ORIGIN_GENERATED
const GENERATED: u64 = 0;
/// KM_PURPOSE_SIGN
const SIGN: u64 = 2;

#[cfg(test)]
mod tests;
