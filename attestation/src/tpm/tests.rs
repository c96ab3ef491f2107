use assay_mint::edits::{
    AuthenticatorDataEdit, CertificateEdit, Edit, SignatureEdit, SigningEdit, StatementEdit, TpmCertificateEdit,
    TpmEdit, X5cEdit,
};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_protocol::check::Enforced;

use super::{CertInfo, Field, PubArea, PublicId, Value, vendors};
use crate::rejection::Rejection;
use crate::statement::tests::{code, judge, lab};

fn tpm() -> RegistrationForge {
    RegistrationForge::tpm(&lab(), "example.org", &[1; 32])
}

fn rsa() -> RegistrationForge {
    RegistrationForge::tpm_rsa(&lab(), "example.org", &[1; 32]).unwrap()
}

fn check(forge: RegistrationForge, edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let verdict = judge(&forge.edited(edit), &Enforced::all());
    assert_eq!(code(&verdict), expected, "{}: {verdict:?}", edit.info().slug);
}

#[test]
fn good_ones_are_accepted() {
    for forge in [tpm(), rsa()] {
        judge(&forge, &Enforced::all()).unwrap();
    }
    // An attestation key of one kind, a credential of the other.
    let mixed = RegistrationForge { credential_key: SigningKey::rs256().unwrap(), ..tpm() };
    judge(&mixed, &Enforced::all()).unwrap();
    let mixed = RegistrationForge { credential_key: tpm().credential_key, ..rsa() };
    assert_eq!(judge(&mixed, &Enforced::all()).unwrap().alg, Some(-257));
}

#[test]
fn statements() {
    use StatementEdit as S;
    check(tpm(), S::AlgMissing, "statement_alg_missing");
    check(tpm(), S::SigNotBytes, "statement_sig_not_bytes");
    check(tpm(), S::X5cMissing, "statement_x5c_missing");
    check(tpm(), S::X5cEmpty, "statement_x5c_empty");
    check(tpm(), S::AlgOtherKind, "tpm_signature");
    check(tpm(), TpmEdit::VersionMissing, "tpm_version_missing");
    check(tpm(), TpmEdit::VersionNotText, "tpm_version_not_text");
    check(tpm(), TpmEdit::VersionOther, "tpm_version");
    check(tpm(), TpmEdit::PubAreaMissing, "tpm_pub_area_missing");
    check(tpm(), TpmEdit::PubAreaNotBytes, "tpm_pub_area_not_bytes");
    check(tpm(), TpmEdit::CertInfoMissing, "tpm_cert_info_missing");
    check(tpm(), TpmEdit::CertInfoNotBytes, "tpm_cert_info_not_bytes");
}

#[test]
fn the_public_area() {
    use TpmEdit as T;
    check(tpm(), T::PubAreaEmpty, "tpm_pub_area_undecodable");
    check(tpm(), T::PubAreaTruncated, "tpm_pub_area_undecodable");
    check(tpm(), T::PubAreaTrailing, "tpm_pub_area_trailing_bytes");
    check(tpm(), T::PubAreaPrefixed, "tpm_pub_area_unsupported");
    check(tpm(), T::PubAreaKeyedHash, "tpm_pub_area_unsupported");
    check(tpm(), T::PubAreaSchemeUnknown, "tpm_pub_area_unsupported");
    for edit in [T::PubAreaCurve, T::PubAreaX, T::PubAreaY] {
        check(tpm(), edit, "tpm_public_key");
    }
    for edit in [T::PubAreaModulus, T::PubAreaExponent, T::PubAreaKeyBits] {
        check(rsa(), edit, "tpm_public_key");
    }
    for forge in [tpm, rsa] {
        for edit in [T::PubAreaScheme, T::PubAreaExponentExplicit, T::PubAreaPolicy] {
            check(forge(), edit, "accept");
        }
        for edit in [T::NotFixedTpm, T::NotFixedParent, T::NotOfThisTpm, T::NotForSigning] {
            check(forge(), edit, "tpm_key_attributes");
        }
    }
}

/// TPMs may leave out leading zeros; an RSA key is never a point.
#[test]
fn keys_are_compared_as_numbers() {
    let seed = lab().seed().derive("leading zero");
    let key = (0..4096_u32)
        .map(|at| SigningKey::es256(&seed.derive(&at.to_string())))
        .find(|key| key.subject_public_key()[1] == 0)
        .unwrap();
    let padded = key.public_key();
    let point = key.subject_public_key();
    let area = |x: &[u8]| PubArea {
        name_alg: 0x000b,
        object_attributes: 0,
        key: PublicId::Ecc { curve: 3, x: x.to_vec(), y: point[33..].to_vec() },
    };
    assert_eq!(area(&point[1..33]).compare(&padded), Ok(()));
    assert_eq!(area(&point[2..33]).compare(&padded), Ok(()));
    assert_eq!(area(&point[3..33]).compare(&padded), Err("another point"));
    assert_eq!(area(&[&[0], &point[1..33]].concat()).compare(&padded), Err("another point"));
    assert_eq!(area(&point[1..33]).compare(&SigningKey::rs256().unwrap().public_key()), Err("a key of another kind"));
}

#[test]
fn what_the_tpm_signs() {
    use TpmEdit as T;
    check(tpm(), T::CertInfoEmpty, "tpm_cert_info_undecodable");
    check(tpm(), T::CertInfoTruncated, "tpm_cert_info_undecodable");
    check(tpm(), T::CertInfoTrailing, "tpm_cert_info_trailing_bytes");
    check(tpm(), T::Magic, "tpm_magic");
    check(tpm(), T::MagicReversed, "tpm_magic");
    check(tpm(), T::TypeQuote, "tpm_type");
    check(tpm(), T::TypeCreation, "tpm_type");
    for edit in [T::ExtraDataOther, T::ExtraDataEmpty, T::ExtraDataShort, T::ExtraDataSha512, T::ExtraDataUnhashed] {
        check(tpm(), edit, "tpm_extra_data");
        check(rsa(), edit, "tpm_extra_data");
    }
    for edit in [T::NameOther, T::NameEmpty, T::NameWithoutAlg, T::NameOtherAlg] {
        check(tpm(), edit, "tpm_name");
    }
    check(tpm(), T::NameAlgUnknown, "tpm_name_algorithm_unsupported");
    for edit in [T::NameAlgSha1, T::NameAlgSha384, T::NameAlgSha512, T::QualifiedNameEmpty, T::ClockUnsafe] {
        check(tpm(), edit, "accept");
    }
    check(tpm(), SigningEdit::OtherHash, "tpm_extra_data");
    check(tpm(), SigningEdit::AuthDataOnly, "tpm_extra_data");
    check(tpm(), SigningEdit::CredentialKey, "tpm_signature");
    check(tpm(), SignatureEdit::BitFlipped, "tpm_signature");
    check(rsa(), SignatureEdit::BitFlipped, "tpm_signature");
    check(tpm(), SignatureEdit::Raw, "signature_not_der");
}

#[test]
fn the_attestation_keys_certificate() {
    use CertificateEdit as C;
    use TpmCertificateEdit as T;
    check(tpm(), C::Version2, "tpm_certificate_version");
    check(tpm(), T::Subject, "tpm_certificate_subject");
    for edit in [
        T::NameMissing,
        T::NameUndecodable,
        T::NameDns,
        T::ManufacturerMissing,
        T::ModelMissing,
        T::ModelEmpty,
        T::VersionMissing,
        T::ManufacturerTwice,
    ] {
        check(tpm(), edit, "tpm_certificate_name");
    }
    check(tpm(), T::NameNotCritical, "tpm_certificate_name_critical");
    check(tpm(), T::VendorUnknown, "tpm_certificate_vendor");
    check(tpm(), T::VendorText, "tpm_certificate_vendor");
    check(tpm(), T::UsageMissing, "tpm_certificate_usage");
    check(tpm(), T::UsageOther, "tpm_certificate_usage");
    check(tpm(), C::BasicConstraintsMissing, "tpm_certificate_basic_constraints");
    check(tpm(), C::Authority, "tpm_certificate_basic_constraints");
    check(tpm(), C::AaguidOther, "tpm_certificate_aaguid");
    check(tpm(), C::AaguidSingle, "tpm_certificate_aaguid");
    check(tpm(), AuthenticatorDataEdit::AaguidOther, "tpm_certificate_aaguid");
    for edit in [T::NameTogether, T::NameOrder, T::NameNames, T::UsageMore] {
        check(tpm(), edit, "accept");
    }
    check(tpm(), C::AaguidMissing, "accept");
    // The intermediate in the leaf's place.
    check(tpm(), X5cEdit::WrongOrder, "tpm_certificate_subject");
    check(tpm(), C::KeyUnknown, "attestation_key_unsupported");
}

#[test]
fn vendors_are_known_by_eight_digits() {
    for (manufacturer, name) in [
        ("id:53544D20", Some("STMicroelectronics")),
        ("id:53544d20", Some("STMicroelectronics")),
        ("id:FFFFF1D0", Some("FIDO Alliance, for tests")),
        ("id:00000000", None),
        ("53544D20", None),
        ("id:53544D2", None),
        ("id:+3544D20", None),
        ("id:053544D20", None),
        ("", None),
    ] {
        assert_eq!(vendors::named(manufacturer), name, "{manufacturer}");
    }
    assert!(vendors::VENDORS.is_sorted_by_key(|(id, _)| *id));
}

#[test]
fn every_byte_is_accounted_for() {
    for forge in [tpm(), rsa()] {
        let object = forge.forge().unwrap().attestation_object_value().unwrap();
        let member = |name: &str| {
            let members = object.as_map().unwrap();
            let statement = &members.iter().find(|(key, _)| key.as_text() == Some("attStmt")).unwrap().1;
            let found = statement.as_map().unwrap().iter().find(|(key, _)| key.as_text() == Some(name)).unwrap();
            found.1.as_bytes().unwrap().clone()
        };
        accounted(&member("pubArea"), PubArea::dissect);
        accounted(&member("certInfo"), CertInfo::dissect);
    }
}

#[track_caller]
fn accounted(bytes: &[u8], dissect: impl Fn(&[u8]) -> (Vec<Field>, Option<Rejection>)) {
    let (fields, fault) = dissect(bytes);
    assert_eq!(fault, None);
    let mut at = 0;
    for field in &fields {
        assert_eq!(field.range.start, at, "{field:?}");
        at = field.range.end;
    }
    assert_eq!(at, bytes.len());
    assert!(fields.iter().any(|field| matches!(field.value, Value::Named(_, Some(_)))));
    // Cut anywhere, the rest is still shown, and the cut is named.
    for length in 0..bytes.len() {
        let (fields, fault) = dissect(&bytes[..length]);
        assert!(fault.is_some(), "{length}");
        assert!(fields.iter().all(|field| field.range.end <= length));
    }
}
