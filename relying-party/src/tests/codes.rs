//! Every edit of every layer, and what becomes of it where every check is in force.
//!
//! `codes.tsv` holds the answers: a row an edit, a column a good ceremony that it is applied to;
//! `=` where the edit changes nothing. `UPDATE_EXPECT=1` writes the file anew, for review.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::{env, fs};

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AuthenticatorDataEdit, CertificateEdit, Edit, Effect};
use assay_mint::registration::RegistrationForge;

use super::{Authenticate, CHALLENGE, RP_ID, Register, code, credential, everything, lab};
use crate::Profile;

const HEADER: &str =
    "edit\tnone\tself\tpacked\tfido-u2f\ttpm\ttpm-rsa\tandroid-key\tsafetynet\tapple\tcompound\tassertion";

fn registrations() -> [RegistrationForge; 10] {
    let lab = lab();
    [
        RegistrationForge::none(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::packed_self(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::packed(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::fido_u2f(&lab, "codes", RP_ID, &CHALLENGE),
        RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::tpm_rsa(&lab, RP_ID, &CHALLENGE).unwrap(),
        RegistrationForge::android_key(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::android_safetynet(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::apple(&lab, RP_ID, &CHALLENGE),
        RegistrationForge::compound(&lab, RP_ID, &CHALLENGE),
    ]
}

/// The answers for one edit, in the order of the columns.
fn answers(edit: Edit, profile: &Profile) -> Vec<&'static str> {
    let mut answers = Vec::new();
    for forge in registrations() {
        let plain = forge.forge().unwrap().text;
        let edited = forge.clone().edited(edit).forge().unwrap().text;
        answers.push(match edited == plain {
            true => "=",
            false => code(&Register::trusting(&forge).judge(&edited, profile)),
        });
    }
    let credential = credential();
    let forge = AssertionForge::new(&credential, &CHALLENGE);
    let edited = forge.clone().edited(edit).forge().unwrap().text;
    answers.push(match edited == forge.forge().unwrap().text {
        true => "=",
        false => code(&Authenticate::new(&credential).judge(&edited, profile)),
    });
    answers
}

#[test]
fn every_edit_has_its_answer() {
    let mut table = format!("{HEADER}\n");
    for (edit, answers) in ANSWERS.iter() {
        if answers.iter().any(|answer| *answer != "=") {
            writeln!(table, "{}\t{}", edit.info().slug, answers.join("\t")).unwrap();
        }
    }
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/codes.tsv"), &table).unwrap();
        return;
    }
    for (computed, expected) in table.lines().zip(include_str!("codes.tsv").lines()) {
        assert_eq!(computed, expected, "a new edit? UPDATE_EXPECT=1 writes codes.tsv anew, for review");
    }
    assert_eq!(table, include_str!("codes.tsv"));
}

#[test]
fn what_is_harmless_passes_and_what_is_wrong_does_not() {
    for (edit, answers) in ANSWERS.iter() {
        let info = edit.info();
        for (column, answer) in HEADER.split('\t').skip(1).zip(answers) {
            match info.effect {
                Effect::Harmless => assert!(matches!(*answer, "=" | "accept"), "{} {column}: {answer}", info.slug),
                Effect::Wrong if *answer == "accept" => {
                    assert!(is_right_there(*edit, column), "{} {column}", info.slug)
                }
                Effect::Wrong | Effect::Debated => {}
            }
        }
    }
}

static ANSWERS: LazyLock<Vec<(Edit, Vec<&'static str>)>> = LazyLock::new(|| {
    let profile = everything();
    Edit::all().map(|edit| (edit, answers(edit, &profile))).collect()
});

/// Some edits break a rule that not every format has.
fn is_right_there(edit: Edit, column: &str) -> bool {
    match edit {
        // WebAuthn L3 8.2.1 is about packed; 8.3.1 does not say how critical an extension is.
        Edit::CertificateEdit(CertificateEdit::AaguidCritical | CertificateEdit::FirmwareCritical) => {
            !matches!(column, "packed" | "compound")
        }
        Edit::CertificateEdit(_) => matches!(column, "fido-u2f" | "android-key" | "safetynet" | "apple"),
        // 8.8 knows no `alg` and no `sig`, 8.5 no `alg`.
        Edit::StatementEdit(_) => matches!(column, "safetynet" | "apple"),
        // Without certificates the AAGUID is a claim that nothing contradicts.
        Edit::AuthenticatorDataEdit(AuthenticatorDataEdit::AaguidOther) => {
            matches!(column, "none" | "self" | "android-key" | "safetynet" | "apple")
        }
        _ => false,
    }
}

/// Every reason that the ceremonies can give is given for some edit.
#[test]
fn every_reason_is_provoked() {
    let given: BTreeSet<&str> = include_str!("codes.tsv").split_whitespace().collect();
    let elsewhere = ["options_", "jws_"];
    for reason in crate::all_reasons() {
        let code = reason.code;
        let is_elsewhere = elsewhere.iter().any(|prefix| code.starts_with(prefix)) || NOT_BY_EDIT.contains(&code);
        assert!(is_elsewhere || given.contains(code), "{code}");
    }
}

/// Reasons that no single edit provokes; the bites do, but for two.
const NOT_BY_EDIT: [&str; 10] = [
    "compound_insufficient",
    "cose_trailing_bytes",
    // The ceremonies judge outputs by a check, extension_output.
    "credential_extension_output_wrong_type",
    "signature_wrong_length",
    "statement_x5c_too_long",
    "fido_u2f_credential_key",
    // In the tests of attestation's paths.
    "certificate_algorithm_unsupported",
    "certificate_extension_undecodable",
    "credential_unknown",
    "credential_algorithm_unsupported",
];
