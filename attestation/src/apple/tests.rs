use assay_mint::edits::{AppleEdit as A, AuthenticatorDataEdit, CertificateEdit, Edit, StatementEdit, X5cEdit};
use assay_mint::registration::RegistrationForge;
use assay_protocol::check::Enforced;

use crate::statement::tests::{code, judge, lab};

fn check(edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let forge = RegistrationForge::apple(&lab(), "example.org", &[1; 32]).edited(edit);
    assert_eq!(code(&judge(&forge, &Enforced::all())), expected, "{}", edit.info().slug);
}

#[test]
fn statements() {
    check(StatementEdit::X5cMissing, "statement_x5c_missing");
    check(StatementEdit::X5cEmpty, "statement_x5c_empty");
    check(StatementEdit::X5cNotArray, "statement_x5c_not_array");
    // Whatever else is there, nobody reads.
    check(StatementEdit::UnknownMember, "accept");
    check(StatementEdit::AlgOtherKind, "accept");
    // The nonce is over all of the authenticator data.
    check(AuthenticatorDataEdit::SignCountMaximum, "accept");
    check(CertificateEdit::SubjectEmpty, "accept");
    check(X5cEdit::LeafMissing, "apple_nonce_missing");
}

#[test]
fn certificates() {
    check(A::NonceMissing, "apple_nonce_missing");
    for edit in [A::NonceShort, A::NonceEmpty, A::NonceBare, A::NonceUntagged, A::NonceOtherTag, A::NonceTrailing] {
        check(edit, "apple_nonce_undecodable");
    }
    for edit in [A::NonceOther, A::NonceOfClientData, A::NonceOfAuthData, A::NonceOtherOrder] {
        check(edit, "apple_nonce");
    }
    check(A::KeyOther, "apple_credential_key");
}
