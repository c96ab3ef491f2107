use assay_mint::edits::{
    AndroidKeyEdit as A, CertificateEdit, Edit, Effect, SignatureEdit, SigningEdit, StatementEdit,
};
use assay_mint::registration::RegistrationForge;
use assay_protocol::check::Enforced;

use super::KeyDescription;
use crate::statement::tests::{code, judge, lab};

fn android() -> RegistrationForge {
    RegistrationForge::android_key(&lab(), "example.org", &[1; 32])
}

fn check(edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let verdict = judge(&android().edited(edit), &Enforced::all());
    assert_eq!(code(&verdict), expected, "{}", edit.info().slug);
}

#[test]
fn statements() {
    assert_eq!(code(&judge(&android(), &Enforced::all())), "accept");
    check(StatementEdit::AlgMissing, "statement_alg_missing");
    check(StatementEdit::SigMissing, "statement_sig_missing");
    check(StatementEdit::X5cMissing, "statement_x5c_missing");
    check(StatementEdit::X5cEmpty, "statement_x5c_empty");
    check(StatementEdit::AlgOtherKind, "android_key_signature");
    check(SignatureEdit::BitFlipped, "android_key_signature");
    check(SigningEdit::OtherKey, "android_key_signature");
    check(SigningEdit::OtherFlags, "android_key_signature");
    // Here the credential's key and the certificate's are one.
    check(SigningEdit::CredentialKey, "accept");
    // 8.4.1 asks for the key description alone.
    check(CertificateEdit::UnitMissing, "accept");
}

#[test]
fn key_descriptions() {
    check(A::KeyOther, "android_key_credential_key");
    check(A::DescriptionMissing, "android_key_description_missing");
    for edit in [A::DescriptionGarbage, A::DescriptionEmpty, A::DescriptionShort, A::DescriptionTrailing] {
        check(edit, "android_key_description_undecodable");
    }
    check(A::LevelUnknown, "android_key_description_undecodable");
    check(A::OriginTwice, "android_key_description_undecodable");
    for edit in [A::ChallengeOther, A::ChallengeShort, A::ChallengeEmpty] {
        check(edit, "android_key_challenge");
    }
    check(A::AllApplicationsSoftware, "android_key_all_applications");
    check(A::AllApplicationsTee, "android_key_all_applications");
    for edit in [A::OriginMissing, A::OriginImported, A::OriginContradicted, A::ListsEmpty] {
        check(edit, "android_key_origin");
    }
    for edit in [A::PurposeMissing, A::PurposeEmpty, A::PurposeVerify] {
        check(edit, "android_key_purpose");
    }
    check(A::SoftwareOnly, "android_key_tee_only");
    for edit in A::ALL.iter().filter(|edit| edit.info().effect == Effect::Harmless) {
        check(*edit, "accept");
    }
}

#[test]
fn the_union_of_both_lists_will_do_where_the_profile_says_so() {
    let either = Enforced::all().without("android_key_tee_only");
    assert_eq!(code(&judge(&android().edited(A::SoftwareOnly), &either)), "accept");
    assert_eq!(code(&judge(&android().edited(A::ListsEmpty), &either)), "android_key_origin");
}

#[test]
fn forms() {
    let good = |list: &[u8]| {
        let list = [&[0x30, u8::try_from(list.len()).unwrap()], list].concat();
        let head = [2, 1, 3, 10, 1, 1, 2, 1, 3, 10, 1, 1, 4, 1, 9, 4, 0].as_slice();
        let members = [head, list.as_slice(), &[0x30, 0]].concat();
        [&[0x30, u8::try_from(members.len()).unwrap()], members.as_slice()].concat()
    };
    let read = KeyDescription::parse(&good(&[0xa1, 5, 0x31, 3, 2, 1, 2, 0xbf, 0x85, 0x3e, 3, 2, 1, 0])).unwrap();
    assert_eq!((read.attestation_version, read.attestation_challenge.as_slice()), (3, [9].as_slice()));
    assert_eq!((read.software_enforced.purpose, read.software_enforced.origin), (vec![2], Some(0)));
    assert_eq!(read.software_enforced.tags, [1, 702]);
    let wrong: [&[u8]; 7] = [
        // Out of order, twice, without a value, with two, of another type, negative, implicit.
        &[0xbf, 0x85, 0x3e, 3, 2, 1, 0, 0xa1, 5, 0x31, 3, 2, 1, 2],
        &[0xa2, 3, 2, 1, 3, 0xa2, 3, 2, 1, 3],
        &[0xa2, 0],
        &[0xa2, 6, 2, 1, 3, 2, 1, 3],
        &[0xa1, 3, 2, 1, 2],
        &[0xbf, 0x85, 0x3e, 3, 2, 1, 0xff],
        &[0x82, 1, 3],
    ];
    for list in wrong {
        assert!(KeyDescription::parse(&good(list)).is_err(), "{list:02x?}");
    }
}
