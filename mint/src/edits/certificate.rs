use assay_protocol::tree::der::write;

use crate::certificate::extension::{
    AaguidExtension, Extension, FirmwareExtension, ID_FIDO_GEN_CE_AAGUID, ID_FIDO_GEN_CE_SERNUM, Wrapping,
};
use crate::certificate::name::{AttributeKind, StringKind};
use crate::certificate::{Damage, SignatureAlgorithm};
use crate::chain::Chain;
use crate::keys::SigningKey;

const DAY: i64 = 86_400;

edits! {
    /// Edits of the attestation certificate (WebAuthn L3 8.2.1, RFC 5280); the authority signs it as it is.
    pub enum CertificateEdit on Chain {
        Version1 = "certificate-version-1", Wrong, "X.509 version 1, so without extensions", |c| c.leaf.spec.version = 1;
        Version2 = "certificate-version-2", Wrong, "X.509 version 2, though with the extensions of version 3", |c| c.leaf.spec.version = 2;
        CountryMissing = "certificate-country-missing", Wrong, "the subject has no C", |c| c.leaf.spec.subject.remove(AttributeKind::Country);
        CountryLong = "certificate-country-long", Wrong, "the subject's C has three letters", |c| c.leaf.spec.subject.set(AttributeKind::Country, "CHE");
        CountryUnknown = "certificate-country-unknown", Debated, "the subject's C is nobody's code", |c| c.leaf.spec.subject.set(AttributeKind::Country, "ZZ");
        CountryString = "certificate-country-string", Wrong, "the subject's C is a UTF8String", |c| c.leaf.spec.subject.set_string(AttributeKind::Country, StringKind::Utf8);
        OrganizationMissing = "certificate-organization-missing", Wrong, "the subject has no O", |c| c.leaf.spec.subject.remove(AttributeKind::Organization);
        OrganizationEmpty = "certificate-organization-empty", Wrong, "the subject's O is empty", |c| c.leaf.spec.subject.set(AttributeKind::Organization, "");
        UnitMissing = "certificate-unit-missing", Wrong, "the subject has no OU", |c| c.leaf.spec.subject.remove(AttributeKind::OrganizationalUnit);
        UnitOther = "certificate-unit-other", Wrong, "the subject's OU is another text", |c| c.leaf.spec.subject.set(AttributeKind::OrganizationalUnit, "Authenticator");
        UnitCase = "certificate-unit-case", Wrong, "the subject's OU is in lower case", |c| c.leaf.spec.subject.set(AttributeKind::OrganizationalUnit, "authenticator attestation");
        UnitString = "certificate-unit-string", Debated, "the subject's OU is a PrintableString", |c| c.leaf.spec.subject.set_string(AttributeKind::OrganizationalUnit, StringKind::Printable);
        CommonNameMissing = "certificate-common-name-missing", Wrong, "the subject has no CN", |c| c.leaf.spec.subject.remove(AttributeKind::CommonName);
        CommonNameEmpty = "certificate-common-name-empty", Wrong, "the subject's CN is empty", |c| c.leaf.spec.subject.set(AttributeKind::CommonName, "");
        SubjectEmpty = "certificate-subject-empty", Wrong, "the subject is empty", |c| c.leaf.spec.subject.0.clear();
        BasicConstraintsMissing = "certificate-basic-constraints-missing", Wrong, "no basic constraints", |c| c.leaf.spec.basic_constraints = None;
        BasicConstraintsCritical = "certificate-basic-constraints-critical", Harmless, "basic constraints are critical", |c| if let Some(b) = &mut c.leaf.spec.basic_constraints { b.critical = true; };
        Authority = "certificate-authority", Wrong, "basic constraints say CA", |c| if let Some(b) = &mut c.leaf.spec.basic_constraints { b.ca = true; };
        AaguidOther = "certificate-aaguid-other", Wrong, "the AAGUID of another model", |c| aaguid(c, |a| if let Some(last) = a.value.last_mut() { *last ^= 1; });
        AaguidCritical = "certificate-aaguid-critical", Wrong, "the AAGUID extension is critical", |c| aaguid(c, |a| a.critical = true);
        AaguidSingle = "certificate-aaguid-single", Wrong, "the AAGUID without its own OCTET STRING", |c| aaguid(c, |a| a.wrapping = Wrapping::Single);
        AaguidShort = "certificate-aaguid-short", Wrong, "an AAGUID of 15 bytes", |c| aaguid(c, |a| { a.value.pop(); });
        AaguidTwice = "certificate-aaguid-twice", Wrong, "the AAGUID extension twice", |c| { let again = c.leaf.spec.aaguid.as_ref().map(Extension::from); c.leaf.spec.extra_extensions.extend(again); };
        AaguidTrailing = "certificate-aaguid-trailing", Wrong, "a byte after the AAGUID's OCTET STRING", aaguid_trailing;
        AaguidMissing = "certificate-aaguid-missing", Debated, "no AAGUID extension", |c| c.leaf.spec.aaguid = None;
        Firmware = "certificate-firmware", Harmless, "a firmware version", |c| c.leaf.spec.firmware = Some(FirmwareExtension { version: 5, critical: false });
        FirmwareCritical = "certificate-firmware-critical", Wrong, "a critical firmware version", |c| c.leaf.spec.firmware = Some(FirmwareExtension { version: 5, critical: true });
        SerialNumber = "certificate-serial-number-extension", Debated, "the serial number extension of enterprise attestation", |c| extra(c, ID_FIDO_GEN_CE_SERNUM, b"\x04\x041234", Critical::No);
        UnknownExtension = "certificate-unknown-extension", Harmless, "an extension that nobody knows", |c| extra(c, &[1, 3, 6, 1, 4, 1, 55555, 1], b"\x05\x00", Critical::No);
        UnknownCritical = "certificate-unknown-critical", Wrong, "a critical extension that nobody knows", |c| extra(c, &[1, 3, 6, 1, 4, 1, 55555, 1], b"\x05\x00", Critical::Yes);
        Expired = "certificate-expired", Wrong, "it expired yesterday", |c| c.leaf.spec.not_after = c.now - DAY;
        NotYetValid = "certificate-not-yet-valid", Wrong, "it is valid from tomorrow", |c| c.leaf.spec.not_before = c.now + DAY;
        ValidityInverted = "certificate-validity-inverted", Wrong, "it ends before it begins", |c| std::mem::swap(&mut c.leaf.spec.not_before, &mut c.leaf.spec.not_after);
        SignatureFlipped = "certificate-signature-flipped", Wrong, "the last bit of its signature is flipped", |c| c.leaf.spec.damage = Damage::SignatureBit;
        SignedByOther = "certificate-signed-by-other", Wrong, "signed by a key that is nobody's", |c| c.leaf_signer = Some(SigningKey::es256(&c.seed().derive("nobody")));
        SelfSigned = "certificate-self-signed", Wrong, "signed by its own key", |c| { c.leaf_signer = Some(c.leaf.key.clone()); c.leaf.spec.issuer = c.leaf.spec.subject.clone(); };
        AlgorithmMismatch = "certificate-algorithm-mismatch", Wrong, "its two signature algorithms differ", |c| c.leaf.spec.inner_algorithm = Some(SignatureAlgorithm::EcdsaSha384);
        IssuerOther = "certificate-issuer-other", Wrong, "its issuer is not the authority's name", |c| c.leaf.spec.issuer.set(AttributeKind::CommonName, "Somebody Else");
        AuthorityKeyIdentifierOther = "certificate-authority-key-identifier-other", Debated, "its authority key identifier is not the authority's", |c| c.leaf.spec.authority_key_identifier = Some(vec![0xa5; 20]);
        SerialZero = "certificate-serial-zero", Debated, "serial number zero", |c| c.leaf.spec.serial = vec![0];
        SerialLong = "certificate-serial-long", Debated, "a serial number of 21 bytes", |c| c.leaf.spec.serial = vec![0x41; 21];
        KeyP384 = "certificate-key-p384", Debated, "its key is on P-384, where P-256 is asked for", |c| { let key = SigningKey::p384(&c.seed().derive("p384")); c.set_leaf_key(key); };
        KeyUnknown = "certificate-key-unknown", Debated, "its key is of a kind that nobody knows", |c| c.leaf.spec.public_key = unknown_key();
        TrailingByte = "certificate-trailing-byte", Wrong, "one byte after its end", |c| c.leaf.spec.damage = Damage::TrailingByte;
        Truncated = "certificate-truncated", Wrong, "its last byte is missing", |c| c.leaf.spec.damage = Damage::Truncated;
    }
}

enum Critical {
    No,
    Yes,
}

fn aaguid(chain: &mut Chain, edit: fn(&mut AaguidExtension)) {
    if let Some(aaguid) = &mut chain.leaf.spec.aaguid {
        edit(aaguid);
    }
}

fn aaguid_trailing(chain: &mut Chain) {
    if let Some(aaguid) = chain.leaf.spec.aaguid.take() {
        let mut extension = Extension::from(&aaguid);
        extension.value.push(0);
        chain.leaf.spec.extra_extensions.push(Extension { oid: ID_FIDO_GEN_CE_AAGUID.to_vec(), ..extension });
    }
}

fn extra(chain: &mut Chain, oid: &[u64], value: &[u8], critical: Critical) {
    chain.leaf.spec.extra_extensions.push(Extension {
        oid: oid.to_vec(),
        critical: matches!(critical, Critical::Yes),
        value: value.to_vec(),
    });
}

/// A SubjectPublicKeyInfo whose algorithm is the lab's own invention.
fn unknown_key() -> Vec<u8> {
    write::sequence(&[write::sequence(&[write::oid(&[1, 3, 6, 1, 4, 1, 55_555, 1])]), write::bit_string(&[7; 32])])
}
