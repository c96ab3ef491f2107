//! What a packed attestation certificate must say of itself (WebAuthn L3 8.2.1).

use assay_protocol::check::Enforced;

use crate::certificate::Certificate;
use crate::oid;
use crate::rejection::{Check, Rejection};

pub(super) fn judge(leaf: &Certificate, enforced: &Enforced) -> Result<(), Rejection> {
    if leaf.version != 3 {
        Check::PackedCertificateVersion.refuse(enforced, format!("version {}", leaf.version))?;
    }
    if !one(leaf, oid::COUNTRY, is_country) {
        Check::PackedCertificateCountry.refuse(enforced, found(leaf, oid::COUNTRY))?;
    }
    if !one(leaf, oid::ORGANIZATION, |text| !text.is_empty()) {
        Check::PackedCertificateOrganization.refuse(enforced, found(leaf, oid::ORGANIZATION))?;
    }
    if !one(leaf, oid::ORGANIZATIONAL_UNIT, |text| text == "Authenticator Attestation") {
        Check::PackedCertificateUnit.refuse(enforced, found(leaf, oid::ORGANIZATIONAL_UNIT))?;
    }
    if !one(leaf, oid::COMMON_NAME, |text| !text.is_empty()) {
        Check::PackedCertificateCommonName.refuse(enforced, found(leaf, oid::COMMON_NAME))?;
    }
    if leaf.basic_constraints.is_none_or(|constraints| constraints.ca) {
        let detail = leaf.basic_constraints.map_or("no basic constraints", |_| "CA is true");
        Check::PackedCertificateBasicConstraints.refuse(enforced, detail)?;
    }
    if leaf.extension(oid::FIDO_AAGUID).is_some_and(|extension| extension.critical) {
        Check::PackedCertificateAaguidCritical.refuse(enforced, "the extension is critical")?;
    }
    let critical = leaf.extension(oid::FIDO_FIRMWARE_VERSION).is_some_and(|extension| extension.critical);
    if critical || leaf.firmware_version().is_err() {
        let detail = if critical { "the extension is critical" } else { "not a non-negative integer" };
        Check::PackedCertificateFirmwareVersion.refuse(enforced, detail)?;
    }
    Ok(())
}

/// Is there exactly one attribute of this type, and is its text right?
fn one(leaf: &Certificate, oid: &[u8], is_right: impl Fn(&str) -> bool) -> bool {
    let mut texts = leaf.subject_texts(oid);
    matches!((texts.next(), texts.next()), (Some(Some(text)), None) if is_right(text))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic())
}

fn found(leaf: &Certificate, oid: &[u8]) -> String {
    let texts: Vec<_> = leaf.subject_texts(oid).collect();
    format!("{texts:?}").chars().take(120).collect()
}
