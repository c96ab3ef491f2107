use ciborium::Value;

use crate::certificate::extension::Extension;
use crate::certificate::name::Name;
use crate::chain::Chain;
use crate::statement::tpm::TpmDraft;
use crate::statement::tpm::device::{self, DeviceName, Layout, TCG_AIK_CERTIFICATE};
use crate::statement::tpm::pub_area::{KeyDraft, SHA256_ID};

edits! {
    /// Edits of what a TPM says (WebAuthn L3 8.3); certInfo has the edited pubArea's name, and is signed afterwards.
    pub enum TpmEdit on TpmDraft {
        VersionMissing = "tpm-version-missing", Wrong, "`ver` is missing", |d| d.finish = Some(|m| m.remove("ver"));
        VersionNotText = "tpm-version-not-text", Wrong, "`ver` is a number", |d| d.finish = Some(|m| m.set("ver", 2));
        VersionOther = "tpm-version-other", Wrong, "`ver` is 1.2", |d| d.finish = Some(|m| m.set("ver", "1.2"));
        PubAreaMissing = "tpm-pub-area-missing", Wrong, "`pubArea` is missing", |d| d.finish = Some(|m| m.remove("pubArea"));
        PubAreaNotBytes = "tpm-pub-area-not-bytes", Wrong, "`pubArea` is a text", |d| d.finish = Some(|m| m.set("pubArea", "pubArea"));
        PubAreaEmpty = "tpm-pub-area-empty", Wrong, "`pubArea` has no bytes", |d| d.finish = Some(|m| m.set("pubArea", Value::Bytes(Vec::new())));
        PubAreaTruncated = "tpm-pub-area-truncated", Wrong, "the last byte of pubArea is missing", |d| d.pub_area.missing = 1;
        PubAreaTrailing = "tpm-pub-area-trailing", Wrong, "a byte follows pubArea", |d| d.pub_area.trailing.push(0);
        PubAreaPrefixed = "tpm-pub-area-prefixed", Wrong, "pubArea as a TPM2B_PUBLIC, behind its size", |d| d.finish = Some(|m| if let Some(bytes) = m.bytes_mut("pubArea") { let size = u16::try_from(bytes.len()).unwrap_or(0); bytes.splice(..0, size.to_be_bytes()); });
        PubAreaKeyedHash = "tpm-pub-area-keyed-hash", Wrong, "pubArea is that of an HMAC key", |d| d.pub_area.kind = 0x0008;
        PubAreaSchemeUnknown = "tpm-pub-area-scheme-unknown", Wrong, "the scheme is nobody's number", |d| d.pub_area.scheme = vec![0x7fff];
        PubAreaCurve = "tpm-pub-area-curve", Wrong, "the point is said to be on P-384", |d| if let KeyDraft::Ecc { curve, .. } = &mut d.pub_area.key { *curve = 0x0004; };
        PubAreaX = "tpm-pub-area-x", Wrong, "the last bit of x is flipped", |d| if let KeyDraft::Ecc { x, .. } = &mut d.pub_area.key { flip(x); };
        PubAreaY = "tpm-pub-area-y", Wrong, "the last bit of y is flipped", |d| if let KeyDraft::Ecc { y, .. } = &mut d.pub_area.key { flip(y); };
        PubAreaModulus = "tpm-pub-area-modulus", Wrong, "the last bit of the modulus is flipped", |d| if let KeyDraft::Rsa { modulus, .. } = &mut d.pub_area.key { flip(modulus); };
        PubAreaExponent = "tpm-pub-area-exponent", Wrong, "the exponent is 3", |d| if let KeyDraft::Rsa { exponent, .. } = &mut d.pub_area.key { *exponent = 3; };
        PubAreaKeyBits = "tpm-pub-area-key-bits", Wrong, "the key is said to have 3072 bits", |d| if let KeyDraft::Rsa { bits, .. } = &mut d.pub_area.key { *bits = 3072; };
        PubAreaExponentExplicit = "tpm-pub-area-exponent-explicit", Harmless, "the exponent 65537 is written out", |d| if let KeyDraft::Rsa { exponent, .. } = &mut d.pub_area.key { *exponent = 65_537; };
        PubAreaScheme = "tpm-pub-area-scheme", Harmless, "the key is bound to one signature scheme", |d| d.pub_area.scheme = scheme(&d.pub_area.key);
        PubAreaPolicy = "tpm-pub-area-policy", Harmless, "the key's use is bound to a policy", |d| d.pub_area.auth_policy = vec![0x3c; 32];
        NameAlgSha1 = "tpm-name-alg-sha1", Harmless, "the name is made by SHA-1", |d| d.pub_area.name_alg = 0x0004;
        NameAlgSha384 = "tpm-name-alg-sha384", Harmless, "the name is made by SHA-384", |d| d.pub_area.name_alg = 0x000c;
        NameAlgSha512 = "tpm-name-alg-sha512", Harmless, "the name is made by SHA-512", |d| d.pub_area.name_alg = 0x000d;
        NameAlgUnknown = "tpm-name-alg-unknown", Wrong, "the name is made by a hash that is nobody's", |d| d.pub_area.name_alg = 0x7fff;
        NotFixedTpm = "tpm-not-fixed-tpm", Debated, "the key may be moved to another TPM", |d| d.pub_area.attributes &= !(1 << 1);
        NotFixedParent = "tpm-not-fixed-parent", Debated, "the key may be moved below another parent", |d| d.pub_area.attributes &= !(1 << 4);
        NotOfThisTpm = "tpm-not-of-this-tpm", Debated, "the key was made outside the TPM", |d| d.pub_area.attributes &= !(1 << 5);
        NotForSigning = "tpm-not-for-signing", Debated, "the TPM does not sign with the key", |d| d.pub_area.attributes &= !(1 << 18);
        CertInfoMissing = "tpm-cert-info-missing", Wrong, "`certInfo` is missing", |d| d.finish = Some(|m| m.remove("certInfo"));
        CertInfoNotBytes = "tpm-cert-info-not-bytes", Wrong, "`certInfo` is a text", |d| d.finish = Some(|m| m.set("certInfo", "certInfo"));
        CertInfoEmpty = "tpm-cert-info-empty", Wrong, "certInfo has no bytes", |d| d.cert_info.finish = Some(Vec::clear);
        CertInfoTruncated = "tpm-cert-info-truncated", Wrong, "the last byte of certInfo is missing", |d| d.cert_info.finish = Some(|bytes| { bytes.pop(); });
        CertInfoTrailing = "tpm-cert-info-trailing", Wrong, "a byte follows certInfo", |d| d.cert_info.finish = Some(|bytes| bytes.push(0));
        Magic = "tpm-magic", Wrong, "the magic is not TPM_GENERATED_VALUE", |d| d.cert_info.magic = 0xff54_4348;
        MagicReversed = "tpm-magic-reversed", Wrong, "the magic with its bytes in reverse", |d| d.cert_info.magic = d.cert_info.magic.swap_bytes();
        TypeQuote = "tpm-type-quote", Wrong, "the type is TPM_ST_ATTEST_QUOTE", |d| d.cert_info.kind = 0x8018;
        TypeCreation = "tpm-type-creation", Wrong, "the type is TPM_ST_ATTEST_CREATION", |d| d.cert_info.kind = 0x801a;
        ExtraDataOther = "tpm-extra-data-other", Wrong, "the last bit of extraData is flipped", |d| flip(&mut d.cert_info.extra_data);
        ExtraDataEmpty = "tpm-extra-data-empty", Wrong, "extraData is empty", |d| d.cert_info.extra_data.clear();
        ExtraDataShort = "tpm-extra-data-short", Wrong, "extraData is the first half of the hash", |d| d.cert_info.extra_data.truncate(16);
        ExtraDataSha512 = "tpm-extra-data-sha512", Wrong, "extraData is made by SHA-512, which is not the algorithm's hash", |d| d.cert_info.extra_data = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, &d.to_be_attested).as_ref().to_vec();
        ExtraDataUnhashed = "tpm-extra-data-unhashed", Wrong, "extraData is what should have been hashed", |d| d.cert_info.extra_data.clone_from(&d.to_be_attested);
        NameOther = "tpm-name-other", Wrong, "another key is certified", |d| d.cert_info.name = |name| { let mut name = name.to_vec(); flip(&mut name); name };
        NameEmpty = "tpm-name-empty", Wrong, "a key without a name is certified", |d| d.cert_info.name = |_| Vec::new();
        NameWithoutAlg = "tpm-name-without-alg", Wrong, "the name is the bare hash", |d| d.cert_info.name = |name| name.get(2..).unwrap_or_default().to_vec();
        NameOtherAlg = "tpm-name-other-alg", Wrong, "the name says SHA-1 before a hash by SHA-256", |d| d.cert_info.name = |name| [&[0x00, 0x04], name.get(2..).unwrap_or_default()].concat();
        QualifiedNameEmpty = "tpm-qualified-name-empty", Harmless, "qualified signer and qualified name are empty", |d| { d.cert_info.qualified_signer.clear(); d.cert_info.qualified_name.clear(); };
        ClockUnsafe = "tpm-clock-unsafe", Harmless, "the TPM does not vouch for its clock", |d| d.cert_info.clock_info = [0; 17];
    }
}

edits! {
    /// Edits of the attestation key's certificate (WebAuthn L3 8.3.1); the authority signs it as it is.
    pub enum TpmCertificateEdit on Chain {
        Subject = "tpm-certificate-subject", Wrong, "the certificate has a subject", |c| c.leaf.spec.subject = Name::attestation("Assay TPM");
        NameMissing = "tpm-certificate-name-missing", Wrong, "no subject alternative name", device::remove;
        NameNotCritical = "tpm-certificate-name-not-critical", Wrong, "the subject alternative name is not critical", |c| name(c, |n| n.critical = false);
        NameUndecodable = "tpm-certificate-name-undecodable", Wrong, "the subject alternative name does not decode", name_undecodable;
        NameDns = "tpm-certificate-name-dns", Wrong, "the subject alternative name is a DNS name alone", |c| name(c, |n| n.layout = Layout::Dns);
        ManufacturerMissing = "tpm-certificate-manufacturer-missing", Wrong, "the name tells no manufacturer", |c| name(c, |n| n.remove(1));
        ModelMissing = "tpm-certificate-model-missing", Wrong, "the name tells no model", |c| name(c, |n| n.remove(2));
        ModelEmpty = "tpm-certificate-model-empty", Wrong, "the name tells an empty model", |c| name(c, |n| n.set(2, ""));
        VersionMissing = "tpm-certificate-version-missing", Wrong, "the name tells no version", |c| name(c, |n| n.remove(3));
        ManufacturerTwice = "tpm-certificate-manufacturer-twice", Wrong, "the name tells two manufacturers", |c| name(c, |n| n.attributes.push((1, "id:494E5443")));
        NameTogether = "tpm-certificate-name-together", Harmless, "manufacturer, model and version in one relative distinguished name", |c| name(c, |n| n.layout = Layout::Together);
        NameOrder = "tpm-certificate-name-order", Harmless, "version, model and manufacturer, in this order", |c| name(c, |n| n.attributes.reverse());
        NameNames = "tpm-certificate-name-names", Debated, "a directory name each for manufacturer, model and version", |c| name(c, |n| n.layout = Layout::Names);
        VendorUnknown = "tpm-certificate-vendor-unknown", Debated, "the manufacturer is id:00000000", |c| name(c, |n| n.set(1, "id:00000000"));
        VendorText = "tpm-certificate-vendor-text", Debated, "the manufacturer is a word, not an identifier", |c| name(c, |n| n.set(1, "STM "));
        UsageMissing = "tpm-certificate-usage-missing", Wrong, "no extended key usage", |c| c.leaf.spec.extended_key_usage.clear();
        UsageOther = "tpm-certificate-usage-other", Wrong, "the extended key usage is that of an endorsement key", |c| c.leaf.spec.extended_key_usage = vec![vec![2, 23, 133, 8, 1]];
        UsageMore = "tpm-certificate-usage-more", Harmless, "an extended key usage beside the one", |c| c.leaf.spec.extended_key_usage = vec![vec![1, 3, 6, 1, 4, 1, 311, 21, 36], TCG_AIK_CERTIFICATE.to_vec()];
    }
}

fn name(chain: &mut Chain, edit: fn(&mut DeviceName)) {
    let mut name = DeviceName::of_the_lab();
    edit(&mut name);
    device::replace(chain, &name);
}

fn name_undecodable(chain: &mut Chain) {
    if let Some(Extension { value, .. }) = chain.leaf.spec.extra_extensions.last_mut() {
        value.pop();
    }
}

/// The scheme that the key's kind of credential signs by.
fn scheme(key: &KeyDraft) -> Vec<u16> {
    match key {
        KeyDraft::Rsa { .. } => vec![0x0014, SHA256_ID],
        KeyDraft::Ecc { .. } => vec![0x0018, SHA256_ID],
    }
}

fn flip(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}
