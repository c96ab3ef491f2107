use assay_mint::certificate::name::{Attribute, AttributeKind, StringKind};
use assay_mint::edits::{CertificateEdit, CredentialKeyEdit, Edit, SignatureEdit, SigningEdit, StatementEdit};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::check::Enforced;
use assay_protocol::cose::alg;

use crate::statement::tests::{code, judge, lab};

fn packed() -> RegistrationForge {
    RegistrationForge::packed(&lab(), "example.org", &[1; 32])
}

fn by_itself() -> RegistrationForge {
    RegistrationForge::packed_self(&lab(), "example.org", &[1; 32])
}

fn check(forge: RegistrationForge, edit: impl Into<Edit>, expected: &str) {
    let edit = edit.into();
    let verdict = judge(&forge.edited(edit), &Enforced::all());
    assert_eq!(code(&verdict), expected, "{}", edit.info().slug);
}

#[test]
fn certified_statements() {
    use CertificateEdit as C;
    check(packed(), StatementEdit::AlgMissing, "statement_alg_missing");
    check(packed(), StatementEdit::AlgNotInteger, "statement_alg_not_integer");
    check(packed(), StatementEdit::AlgHuge, "statement_alg_not_integer");
    check(packed(), StatementEdit::AlgOtherHash, "packed_signature");
    check(packed(), StatementEdit::AlgOtherKind, "packed_signature");
    check(packed(), StatementEdit::X5cEmpty, "statement_x5c_empty");
    check(packed(), StatementEdit::X5cNull, "statement_x5c_not_array");
    check(packed(), SigningEdit::CredentialKey, "packed_signature");
    check(packed(), SigningEdit::OtherFlags, "packed_signature");
    check(packed(), SignatureEdit::TrailingByte, "signature_not_der");
    check(packed(), SignatureEdit::HighS, "accept");
    check(packed(), C::KeyUnknown, "attestation_key_unsupported");
    check(packed(), C::UnitString, "accept");
    check(packed(), C::CountryString, "packed_certificate_country");
    check(packed(), C::AaguidSingle, "packed_certificate_aaguid");
    check(packed(), C::AaguidMissing, "accept");
    check(packed(), C::AaguidTwice, "certificate_duplicate_extension");
    // Who issued the certificate, and when, is the path's business.
    check(packed(), C::Expired, "accept");
    check(packed(), C::SignedByOther, "accept");
}

#[test]
fn self_attestation() {
    check(by_itself(), StatementEdit::AlgOtherKind, "packed_self_algorithm");
    check(by_itself(), SigningEdit::OtherKey, "packed_self_signature");
    check(by_itself(), StatementEdit::X5cEmpty, "statement_x5c_empty");
    // A certified statement whose certificates were cut off.
    check(packed(), StatementEdit::X5cMissing, "packed_self_signature");
    check(by_itself(), CredentialKeyEdit::AlgNotOffered, "packed_self_algorithm");
}

#[test]
fn every_algorithm_attests() {
    let seed = lab().seed().derive("keys");
    for number in alg::SIGNATURES {
        let key = SigningKey::of(number, &seed).unwrap();
        let alg = Some(key.alg());
        let forge = RegistrationForge { credential_key: key.clone(), ..by_itself() };
        assert_eq!(judge(&forge, &Enforced::all()).unwrap().alg, alg);
        let mut forge = packed();
        if let Format::Packed(chain) = &mut forge.format {
            chain.set_leaf_key(key);
        }
        if number == alg::RS1 {
            assert_eq!(code(&judge(&forge, &Enforced::all())), "attestation_sha1");
        }
        assert_eq!(judge(&forge, &Enforced::all().without("attestation_sha1")).unwrap().alg, alg);
    }
}

#[test]
fn the_statement_names_an_algorithm_of_the_certificates_key() {
    let seed = lab().seed().derive("keys");
    for number in alg::SIGNATURES.into_iter().filter(|number| *number != alg::RS256) {
        let mut forge = packed();
        if let Format::Packed(chain) = &mut forge.format {
            chain.set_leaf_key(SigningKey::of(number, &seed).unwrap());
        }
        let other = forge.clone().edited(StatementEdit::AlgOtherKind);
        assert_eq!(code(&judge(&other, &Enforced::all())), "packed_signature", "{number}");
        let signed = forge.clone().edited(SigningEdit::OtherHash);
        let enforced = Enforced::all().without("attestation_sha1");
        assert_eq!(code(&judge(&signed, &enforced)), "packed_signature", "{number}");
    }
}

#[test]
fn no_attribute_comes_twice() {
    let kinds = [
        (AttributeKind::Country, "packed_certificate_country"),
        (AttributeKind::Organization, "packed_certificate_organization"),
        (AttributeKind::OrganizationalUnit, "packed_certificate_unit"),
        (AttributeKind::CommonName, "packed_certificate_common_name"),
    ];
    for (kind, expected) in kinds {
        let mut forge = packed();
        if let Format::Packed(chain) = &mut forge.format {
            chain.leaf.spec.subject.0.push(Attribute::new(kind, StringKind::Printable, "CH"));
        }
        assert_eq!(code(&judge(&forge, &Enforced::all())), expected);
    }
}
