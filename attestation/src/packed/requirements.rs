//! What a packed attestation certificate must say of itself (WebAuthn L3 8.2.1).

use assay_protocol::check::Enforced;

use crate::certificate::{Attribute, Certificate};
use crate::oid;
use crate::rejection::{Check, Rejection};

pub(super) fn judge(leaf: &Certificate, enforced: &Enforced) -> Result<(), Rejection> {
    if leaf.version != 3 {
        Check::PackedCertificateVersion.refuse(enforced, format!("version {}", leaf.version))?;
    }
    if !one(leaf, oid::COUNTRY, is_country) {
        Check::PackedCertificateCountry.refuse(enforced, found(leaf, oid::COUNTRY))?;
    }
    if !one(leaf, oid::ORGANIZATION, has_text) {
        Check::PackedCertificateOrganization.refuse(enforced, found(leaf, oid::ORGANIZATION))?;
    }
    if !one(leaf, oid::ORGANIZATIONAL_UNIT, |unit| unit.text.as_deref() == Some("Authenticator Attestation")) {
        Check::PackedCertificateUnit.refuse(enforced, found(leaf, oid::ORGANIZATIONAL_UNIT))?;
    }
    if !one(leaf, oid::COMMON_NAME, has_text) {
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

/// Is there exactly one attribute of this type, and is it right?
fn one(leaf: &Certificate, oid: &[u8], is_right: impl Fn(&Attribute) -> bool) -> bool {
    let mut attributes = leaf.subject_attributes_of(oid);
    matches!((attributes.next(), attributes.next()), (Some(attribute), None) if is_right(attribute))
}

fn has_text(attribute: &Attribute) -> bool {
    attribute.text.as_ref().is_some_and(|text| !text.is_empty())
}

/// ISO 3166's two letters, in a PrintableString.
fn is_country(attribute: &Attribute) -> bool {
    let is_code = |text: &str| text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    attribute.string_type == PRINTABLE_STRING && attribute.text.as_deref().is_some_and(is_code)
}

const PRINTABLE_STRING: u32 = 0x13;

fn found(leaf: &Certificate, oid: &[u8]) -> String {
    let texts: Vec<_> = leaf.subject_attributes_of(oid).map(|attribute| attribute.text.as_deref()).collect();
    format!("{texts:?}").chars().take(120).collect()
}
