use assay_mint::edits::{CertificateEdit, CompoundEdit as C, Edit, SignatureEdit, StatementEdit};
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;

use super::Sufficient;
use crate::rejection::Rejection;
use crate::statement::tests::{code, judge, lab};
use crate::statement::{Signed, Statement, Terms, verify_under};

fn compound() -> RegistrationForge {
    RegistrationForge::compound(&lab(), "example.org", &[1; 32])
}

fn check(edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let verdict = judge(&compound().edited(edit), &Enforced::all());
    assert_eq!(code(&verdict), expected, "{}", edit.info().slug);
}

fn judge_under(forge: &RegistrationForge, compound: Sufficient) -> Result<Statement, Rejection> {
    let forged = forge.forge().unwrap();
    let object = AttestationObject::parse(&forged.attestation_object)?;
    let auth_data = AuthenticatorData::parse(&object.auth_data)?;
    let hash = sha256(&forged.client_data_json);
    let signed = Signed::new(&auth_data, &object.auth_data, &hash)?;
    let terms = Terms { compound, ..Terms::default() };
    let enforced = Enforced::all().without("compound_duplicate");
    verify_under(&object.fmt, &object.att_stmt, &signed, &terms, &enforced)
}

#[test]
fn syntax() {
    check(C::NotArray, "compound_not_array");
    check(C::Empty, "compound_count");
    check(C::One, "compound_count");
    check(C::TooMany, "compound_too_many");
    check(C::PartNotMap, "compound_part_not_map");
    check(C::PartFmtMissing, "compound_part_fmt_missing");
    check(C::PartFmtNotText, "compound_part_fmt_not_text");
    check(C::PartAttStmtMissing, "compound_part_att_stmt_missing");
    check(C::PartAttStmtNotMap, "compound_part_att_stmt_not_map");
    check(C::Nested, "compound_nested");
    check(C::Reversed, "accept");
}

#[test]
fn every_part_is_verified() {
    check(SignatureEdit::BitFlipped, "packed_signature");
    check(CertificateEdit::UnitOther, "packed_certificate_unit");
    check(StatementEdit::SigMissing, "statement_sig_missing");
    check(C::SecondSignature, "packed_signature");
    check(C::PartFmtUnknown, "attestation_format_unsupported");
    check(C::Duplicate, "compound_duplicate");
}

#[test]
fn how_many_have_to_hold_is_a_decision() {
    use Sufficient::{All, Any, AtLeast};
    let wrong = compound().edited(C::SecondSignature);
    let twice = compound().edited(C::Duplicate);
    for (forge, sufficient, expected) in [
        (&wrong, All, "packed_signature"),
        (&wrong, Any, "accept"),
        (&wrong, AtLeast(1), "accept"),
        (&wrong, AtLeast(2), "packed_signature"),
        (&wrong, AtLeast(200), "packed_signature"),
        // One voice is one, however often it is raised.
        (&twice, All, "accept"),
        (&twice, Any, "accept"),
        (&twice, AtLeast(2), "compound_insufficient"),
    ] {
        assert_eq!(code(&judge_under(forge, sufficient)), expected, "{sufficient:?}");
    }
    let both = judge_under(&compound(), Any).unwrap();
    assert_eq!(both.parts.len(), 2);
    assert_eq!(judge_under(&wrong, Any).unwrap().parts, both.parts[..1]);
    assert!(both.trust_path.is_empty(), "each part has its own");
}

#[test]
fn formats_mix() {
    let lab = lab();
    let mixed = [RegistrationForge::apple(&lab, "a", &[1]), RegistrationForge::packed_self(&lab, "a", &[1])];
    let formats: Vec<Format> = mixed.into_iter().map(|forge| forge.format).collect();
    let forge = RegistrationForge { format: Format::Compound(formats), ..compound() };
    let statement = judge(&forge, &Enforced::all()).unwrap();
    let kinds: Vec<&str> = statement.parts.iter().map(|part| part.attestation_type.name()).collect();
    assert_eq!(kinds, ["anonca", "self"]);
    assert_eq!(statement.attestation_type.name(), "anonca");
}

#[test]
fn decisions_are_data() {
    for (sufficient, text) in
        [(Sufficient::All, "\"all\""), (Sufficient::Any, "\"any\""), (Sufficient::AtLeast(2), "\"2\"")]
    {
        assert_eq!(serde_json::to_string(&sufficient).unwrap(), text);
        assert_eq!(serde_json::from_str::<Sufficient>(text).unwrap(), sufficient);
    }
    for wrong in ["\"most\"", "\"-1\"", "\"256\"", "2"] {
        assert!(serde_json::from_str::<Sufficient>(wrong).is_err(), "{wrong}");
    }
}
