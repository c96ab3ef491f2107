use assay_mint::edits::{
    AuthenticatorDataEdit, CertificateEdit, Edit, SignatureEdit, SigningEdit, StatementEdit, X5cEdit,
};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_protocol::check::Enforced;

use crate::statement::tests::{code, judge, lab};

fn u2f() -> RegistrationForge {
    RegistrationForge::fido_u2f(&lab(), "u2f", "example.org", &[1; 32])
}

fn check(edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let verdict = judge(&u2f().edited(edit), &Enforced::all());
    assert_eq!(code(&verdict), expected, "{}", edit.info().slug);
}

#[test]
fn statements() {
    check(StatementEdit::SigMissing, "statement_sig_missing");
    check(StatementEdit::X5cMissing, "statement_x5c_missing");
    check(StatementEdit::X5cEmpty, "statement_x5c_empty");
    check(X5cEdit::LeafTwice, "fido_u2f_x5c_count");
    check(X5cEdit::WithRoot, "fido_u2f_x5c_count");
    check(CertificateEdit::KeyP384, "fido_u2f_certificate_key");
    check(CertificateEdit::UnitOther, "accept");
    check(SigningEdit::PackedMessage, "fido_u2f_signature");
    check(SigningEdit::CredentialKey, "fido_u2f_signature");
    check(SignatureEdit::Raw, "signature_not_der");
    check(AuthenticatorDataEdit::AaguidNotZero, "fido_u2f_aaguid");
    // The statement signs neither flags nor counter.
    check(AuthenticatorDataEdit::SignCountMaximum, "accept");
}

#[test]
fn the_credentials_key_is_on_p256() {
    let key = SigningKey::ed25519(&lab().seed().derive("ed25519")).unwrap();
    let forge = RegistrationForge { credential_key: key, ..u2f() };
    assert_eq!(code(&judge(&forge, &Enforced::all())), "fido_u2f_credential_key");
}
