use assay_mint::edits::{Edit, SafetynetEdit as S, StatementEdit};
use assay_mint::registration::RegistrationForge;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use time::{Duration, OffsetDateTime};

use crate::rejection::Rejection;
use crate::statement::tests::{code, judge, lab};
use crate::statement::{Signed, Statement, Terms, verify_under};

fn forge() -> RegistrationForge {
    RegistrationForge::android_safetynet(&lab(), "example.org", &[1; 32])
}

fn judge_at(forge: &RegistrationForge, later: Duration) -> Result<Statement, Rejection> {
    let forged = forge.forge().unwrap();
    let object = AttestationObject::parse(&forged.attestation_object)?;
    let auth_data = AuthenticatorData::parse(&object.auth_data)?;
    let hash = sha256(&forged.client_data_json);
    let signed = Signed::new(&auth_data, &object.auth_data, &hash)?;
    let now = OffsetDateTime::from_unix_timestamp(lab().now()).unwrap() + later;
    let terms = Terms { now: Some(now), ..Terms::default() };
    let enforced = Enforced::all().without("android_safetynet_deprecated");
    verify_under(&object.fmt, &object.att_stmt, &signed, &terms, &enforced)
}

fn check(edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    assert_eq!(code(&judge_at(&forge().edited(edit), Duration::ZERO)), expected, "{}", edit.info().slug);
}

#[test]
fn nobody_vouches_any_more() {
    assert_eq!(code(&judge(&forge(), &Enforced::all())), "android_safetynet_deprecated");
    assert_eq!(code(&judge_at(&forge(), Duration::ZERO)), "accept");
}

#[test]
fn forms() {
    check(StatementEdit::VerMissing, "android_safetynet_ver_missing");
    check(StatementEdit::VerNotText, "android_safetynet_ver_not_text");
    check(StatementEdit::ResponseMissing, "android_safetynet_response_missing");
    check(StatementEdit::ResponseNotBytes, "android_safetynet_response_not_bytes");
    check(StatementEdit::ResponseNotText, "android_safetynet_response_not_text");
    check(StatementEdit::ResponseNotJws, "jws_not_three_parts");
    check(S::X5cMissing, "android_safetynet_x5c");
    check(S::X5cUrl, "android_safetynet_x5c");
    check(S::PayloadNotJson, "android_safetynet_payload");
    check(S::PayloadNotObject, "android_safetynet_payload");
}

#[test]
fn responses() {
    for edit in [S::KeyOther, S::SignatureFlipped] {
        check(edit, "android_safetynet_signature");
    }
    for edit in [S::NonceMissing, S::NonceOther] {
        check(edit, "android_safetynet_nonce");
    }
    for edit in [S::HostOther, S::HostInside] {
        check(edit, "android_safetynet_hostname");
    }
    for edit in [S::CtsProfileFalse, S::CtsProfileMissing, S::CtsProfileText] {
        check(edit, "android_safetynet_cts_profile");
    }
    for edit in [S::TimeOld, S::TimeAhead, S::TimeMissing] {
        check(edit, "android_safetynet_time");
    }
}

#[test]
fn the_window() {
    for (later, expected) in [
        (Duration::minutes(5), "accept"),
        (Duration::minutes(5) + Duration::SECOND, "android_safetynet_time"),
        (-Duration::MINUTE, "accept"),
        (-Duration::MINUTE - Duration::SECOND, "android_safetynet_time"),
    ] {
        assert_eq!(code(&judge_at(&forge(), later)), expected, "{later}");
    }
}
