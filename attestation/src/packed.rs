//! The format `packed` (WebAuthn L3 8.2).

mod requirements;

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::Node;

use crate::certificate::Certificate;
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{self, AttestationType, Format, Signed, Statement};

pub(crate) fn verify(att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    // 8.2 verification step 1
    let alg = statement::alg(att_stmt)?;
    let sig = statement::sig(att_stmt)?;
    let trust_path = statement::x5c(att_stmt, signed)?.unwrap_or_default();
    let attestation_type = match trust_path.first() {
        Some(leaf) => certified(leaf, (alg, sig), signed, enforced)?,
        None => by_itself((alg, sig), signed, enforced)?,
    };
    Ok(Statement::single(Format::Packed, attestation_type, Some(alg), trust_path))
}

fn certified(
    leaf: &Certificate,
    (alg, sig): (i64, &[u8]),
    signed: &Signed<'_>,
    enforced: &Enforced,
) -> Result<AttestationType, Rejection> {
    // 8.2 verification step 2.1
    let (_, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    statement::verify_signature(Check::PackedSignature, enforced, (alg, &key), &signed.message(), sig)?;
    // 8.2 verification step 2.2
    requirements::judge(leaf, enforced)?;
    // 8.2 verification step 2.3
    let claimed = signed.attested.aaguid;
    match leaf.aaguid() {
        Ok(None) => {}
        Ok(Some(certified)) if certified == claimed => {}
        Ok(Some(certified)) => Check::PackedCertificateAaguid
            .refuse(enforced, format!("the certificate is for {certified}, not {claimed}"))?,
        Err(_) => {
            Check::PackedCertificateAaguid.refuse(enforced, "the extension is not sixteen bytes in an octet string")?
        }
    }
    Ok(AttestationType::Basic)
}

fn by_itself((alg, sig): (i64, &[u8]), signed: &Signed<'_>, enforced: &Enforced) -> Result<AttestationType, Rejection> {
    let credential = &signed.attested.credential_public_key;
    // 8.2 verification step 3.1
    if alg != credential.alg {
        Check::PackedSelfAlgorithm
            .refuse(enforced, format!("algorithm {alg} for a credential of {}", credential.alg))?;
    }
    // 8.2 verification step 3.2
    statement::verify_signature(
        Check::PackedSelfSignature,
        enforced,
        (credential.alg, &credential.key),
        &signed.message(),
        sig,
    )?;
    Ok(AttestationType::SelfAttestation)
}

#[cfg(test)]
mod tests;
