//! What the certificate of an attestation key must say of itself (WebAuthn L3 8.3.1).

use assay_protocol::aaguid::Aaguid;
use assay_protocol::check::Enforced;
use x509_parser::asn1_rs::{FromDer as _, Oid};
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, SubjectAlternativeName};

use super::vendors;
use crate::certificate::Certificate;
use crate::oid;
use crate::rejection::{Check, Rejection};

pub(super) fn judge(leaf: &Certificate, claimed: Aaguid, enforced: &Enforced) -> Result<(), Rejection> {
    if leaf.version != 3 {
        Check::TpmCertificateVersion.refuse(enforced, format!("version {}", leaf.version))?;
    }
    if leaf.subject != EMPTY_NAME {
        Check::TpmCertificateSubject.refuse(enforced, "the subject is not empty")?;
    }
    let device = device(leaf);
    if let Err(fault) = &device {
        Check::TpmCertificateName.refuse(enforced, *fault)?;
    }
    if leaf.extension(oid::SUBJECT_ALTERNATIVE_NAME).is_some_and(|extension| !extension.critical) {
        Check::TpmCertificateNameCritical.refuse(enforced, "the extension is not critical")?;
    }
    if let Ok(manufacturer) = device
        && vendors::named(&manufacturer).is_none()
    {
        let shown: String = manufacturer.chars().take(40).collect();
        Check::TpmCertificateVendor.refuse(enforced, format!("{shown:?}"))?;
    }
    if !is_for_attestation_keys(leaf) {
        Check::TpmCertificateUsage.refuse(enforced, "tcg-kp-AIKCertificate is not among the extended key usages")?;
    }
    if leaf.basic_constraints.is_none_or(|constraints| constraints.ca) {
        let detail = leaf.basic_constraints.map_or("no basic constraints", |_| "CA is true");
        Check::TpmCertificateBasicConstraints.refuse(enforced, detail)?;
    }
    // 8.3 verification: the AAGUID extension
    match leaf.aaguid() {
        Ok(None) => Ok(()),
        Ok(Some(certified)) if certified == claimed => Ok(()),
        Ok(Some(certified)) => {
            Check::TpmCertificateAaguid.refuse(enforced, format!("the certificate is for {certified}, not {claimed}"))
        }
        Err(_) => Check::TpmCertificateAaguid.refuse(enforced, "the extension is not sixteen bytes in an octet string"),
    }
}

/// A SEQUENCE of nothing.
const EMPTY_NAME: [u8; 2] = [0x30, 0x00];

/// The manufacturer, where the alternative name tells manufacturer, model and version, once each.
/// Vendors put the three into one relative distinguished name or into three, in any order.
fn device(leaf: &Certificate) -> Result<String, &'static str> {
    let extension = leaf.extension(oid::SUBJECT_ALTERNATIVE_NAME).ok_or("no subject alternative name")?;
    let Ok(([], names)) = SubjectAlternativeName::from_der(&extension.value) else {
        return Err("the subject alternative name does not decode");
    };
    let attributes: Vec<_> = names
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name),
            _ => None,
        })
        .flat_map(|name| name.iter_attributes())
        .collect();
    let one = |oid: &[u8]| {
        let mut found = attributes.iter().filter(|attribute| Oid::as_bytes(attribute.attr_type()) == oid);
        match (found.next().map(|attribute| attribute.as_str()), found.next()) {
            (Some(Ok(text)), None) if !text.is_empty() => Some(text),
            _ => None,
        }
    };
    let manufacturer = one(oid::TPM_MANUFACTURER).ok_or("not one TPM manufacturer")?;
    one(oid::TPM_MODEL).ok_or("not one TPM model")?;
    one(oid::TPM_VERSION).ok_or("not one TPM version")?;
    Ok(manufacturer.to_owned())
}

fn is_for_attestation_keys(leaf: &Certificate) -> bool {
    let Some(extension) = leaf.extension(oid::EXTENDED_KEY_USAGE) else {
        return false;
    };
    match ExtendedKeyUsage::from_der(&extension.value) {
        Ok(([], usages)) => usages.other.iter().any(|usage| usage.as_bytes() == oid::TCG_AIK_CERTIFICATE),
        _ => false,
    }
}
