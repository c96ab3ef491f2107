//! The format `fido-u2f` (WebAuthn L3 8.6).

use assay_protocol::check::Enforced;
use assay_protocol::cose::{Curve, PublicKey};
use assay_protocol::tree::cbor::Node;

use crate::certificate::KeyKind;
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{self, AttestationType, Format, Signed, Statement};

pub(crate) fn verify(att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    // 8.6 verification step 1
    let sig = statement::sig(att_stmt)?;
    let trust_path = statement::x5c(att_stmt, signed)?.ok_or_else(|| Reason::StatementX5cMissing.because(""))?;
    // 8.6 verification step 2
    let [leaf] = trust_path.as_slice() else {
        return Err(Reason::FidoU2fX5cCount.because(format!("{} certificates", trust_path.len())));
    };
    if leaf.key.kind != KeyKind::P256 {
        Check::FidoU2fCertificateKey.refuse(enforced, format!("a {:?} key", leaf.key.kind))?;
    }
    let (alg, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    // 8.6 verification step 4
    let PublicKey::Ec2 { curve: Curve::P256, x, y } = &signed.attested.credential_public_key.key else {
        return Err(Reason::FidoU2fCredentialKey.because("the credential's key is not on P-256"));
    };
    // 8.6 verification step 5
    let verification_data = [
        &[0x00],
        signed.auth_data.rp_id_hash.as_slice(),
        signed.client_data_hash,
        &signed.attested.credential_id,
        &[0x04],
        x,
        y,
    ]
    .concat();
    // 8.6 verification step 6
    statement::verify_signature(Check::FidoU2fSignature, enforced, (alg, &key), &verification_data, sig)?;
    if !signed.attested.aaguid.is_zero() {
        Check::FidoU2fAaguid.refuse(enforced, signed.attested.aaguid.to_string())?;
    }
    Ok(Statement::single(Format::FidoU2f, AttestationType::Basic, Some(alg), trust_path))
}

#[cfg(test)]
mod tests;
