//! The format `tpm` (WebAuthn L3 8.3): a TPM certifies the key that it holds.

mod attest;
mod certificate;
mod number;
mod pub_area;
mod reader;
pub mod vendors;

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::Node;
use aws_lc_rs::digest::digest;

pub use self::attest::CertInfo;
pub use self::pub_area::{PubArea, PublicId};
pub use self::reader::{Field, Value};
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{self, AttestationType, Format, Signed, Statement};

pub(crate) fn verify(att_stmt: &Node, signed: &Signed<'_>, enforced: &Enforced) -> Result<Statement, Rejection> {
    // 8.3 syntax
    version(att_stmt, enforced)?;
    let alg = statement::alg(att_stmt)?;
    let sig = statement::sig(att_stmt)?;
    let cert_info = bytes(att_stmt, "certInfo", [Reason::TpmCertInfoMissing, Reason::TpmCertInfoNotBytes])?;
    let pub_area_bytes = bytes(att_stmt, "pubArea", [Reason::TpmPubAreaMissing, Reason::TpmPubAreaNotBytes])?;
    // 8.3 verification: the public key in pubArea
    let pub_area = PubArea::parse(pub_area_bytes)?;
    if let Err(difference) = pub_area.compare(&signed.attested.credential_public_key.key) {
        Check::TpmPublicKey.refuse(enforced, difference)?;
    }
    // 8.3 verification: the integrity of certInfo
    let trust_path = statement::x5c(att_stmt, signed)?.ok_or_else(|| Reason::StatementX5cMissing.because(""))?;
    let leaf = trust_path.first().ok_or_else(|| Reason::StatementX5cEmpty.because(""))?;
    certificate::judge(leaf, signed.attested.aaguid, enforced)?;
    let (_, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    statement::verify_signature(Check::TpmSignature, enforced, (alg, &key), cert_info, sig)?;
    // 8.3 verification: what certInfo says
    let cert_info = CertInfo::judged(cert_info, enforced)?;
    let hash = number::hash_of_cose(alg)
        .ok_or_else(|| Reason::AttestationAlgorithmUnsupported.because(format!("COSE algorithm {alg} has no hash")))?;
    if cert_info.extra_data != digest(hash, &signed.message()).as_ref() {
        Check::TpmExtraData
            .refuse(enforced, "not the hash of the authenticator data and the client data's hash by the algorithm")?;
    }
    if cert_info.name != pub_area.name(pub_area_bytes)? {
        Check::TpmName.refuse(enforced, "the certified name is not that of pubArea")?;
    }
    // Beyond 8.3, and only now is it the TPM's word.
    if let Some(lacking) = pub_area.lacking_attributes() {
        Check::TpmKeyAttributes.refuse(enforced, lacking)?;
    }
    Ok(Statement::single(Format::Tpm, AttestationType::AttCa, Some(alg), trust_path))
}

fn version(att_stmt: &Node, enforced: &Enforced) -> Result<(), Rejection> {
    let node = att_stmt.get_text("ver").ok_or_else(|| Reason::TpmVersionMissing.because(""))?;
    let version = node.as_text().ok_or_else(|| Reason::TpmVersionNotText.because(""))?;
    if version == "2.0" {
        return Ok(());
    }
    let shown: String = version.chars().take(20).collect();
    Check::TpmVersion.refuse(enforced, format!("{shown:?}"))
}

fn bytes<'a>(att_stmt: &'a Node, name: &str, [missing, wrong]: [Reason; 2]) -> Result<&'a [u8], Rejection> {
    let node = att_stmt.get_text(name).ok_or_else(|| missing.because(""))?;
    node.as_bytes().ok_or_else(|| wrong.because(""))
}

#[cfg(test)]
mod tests;
