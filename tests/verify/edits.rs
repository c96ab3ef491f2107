//! Every edit of every layer, applied to every twin that it can be applied to.
//!
//! The tables hold the answers: a row an edit, a column a twin; `=` where the edit changes nothing.
//! `UPDATE_EXPECT=1` writes them anew, for review.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs};

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{Edit, Effect};
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url::encode;
use serde_json::json;

use super::lines::{CHALLENGE, Line, RP_ID, credential, lab};

const TWINS: [&str; 10] =
    ["none", "self", "packed", "fido-u2f", "android-key", "apple", "compound", "tpm", "tpm-rsa", "assertion"];

#[test]
fn under_w3c_l3() {
    check(
        "w3c-l3",
        include_str!("edits/w3c-l3.tsv"),
        &[
            NOBODY_VOUCHES,
            NOT_PACKED,
            UNCONSTRAINED,
            NO_EXTENSIONS,
            NOT_SAID,
            NOT_EMPTY,
            NOT_READ,
            NOT_SIGNED,
            NOT_ASKED,
            UNLOOKED_AT,
        ],
    );
}

#[test]
fn under_hardened() {
    check(
        "hardened",
        include_str!("edits/hardened.tsv"),
        &[NOBODY_VOUCHES, NOT_PACKED, UNCONSTRAINED, NO_EXTENSIONS, NOT_SAID],
    );
}

/// Wrong, and accepted all the same, for one and the same reason.
struct Pass {
    twins: &'static [&'static str],
    edits: &'static [&'static str],
}

/// Without a certificate that names the model it is hearsay.
const NOBODY_VOUCHES: Pass =
    Pass { twins: &["none", "self", "fido-u2f", "android-key", "apple"], edits: &["authenticator-data-aaguid-other"] };

/// The requirements of 8.2.1 are packed's alone; 8.6 asks for nothing but the key, 8.4.1 and 8.8 for their extension.
const NOT_PACKED: Pass = Pass {
    twins: &["fido-u2f", "android-key", "apple"],
    edits: &[
        "certificate-version-2",
        "certificate-country-missing",
        "certificate-country-long",
        "certificate-country-string",
        "certificate-organization-missing",
        "certificate-organization-empty",
        "certificate-unit-missing",
        "certificate-unit-other",
        "certificate-unit-case",
        "certificate-common-name-missing",
        "certificate-common-name-empty",
        "certificate-subject-empty",
        "certificate-firmware-critical",
    ],
};

/// The certificates of Android's keys have no constraints to begin with.
const UNCONSTRAINED: Pass =
    Pass { twins: &["fido-u2f", "apple"], edits: &["certificate-basic-constraints-missing", "certificate-authority"] };

/// Nor has U2F any use for extensions.
const NO_EXTENSIONS: Pass = Pass { twins: &["fido-u2f"], edits: &["certificate-version-1"] };

/// 8.3.1 does not say which extensions must not be critical.
const NOT_SAID: Pass =
    Pass { twins: &["tpm", "tpm-rsa"], edits: &["certificate-aaguid-critical", "certificate-firmware-critical"] };

/// That the statement be empty is syntax in 8.7 and no step of its verification.
const NOT_EMPTY: Pass = Pass {
    twins: &["none"],
    edits: &[
        "statement-not-empty",
        "statement-packed-under-none",
        "statement-alg-not-integer",
        "statement-alg-other-kind",
        "statement-alg-other-hash",
        "statement-alg-unknown",
        "statement-alg-zero",
        "statement-alg-huge",
        "statement-sig-not-bytes",
        "statement-x5c-null",
        "statement-x5c-empty",
        "statement-x5c-element-text",
        "statement-x5c-element-empty",
        "statement-x5c-element-garbage",
    ],
};

/// 8.6 and 8.8 know no member `alg`.
const NOT_READ: Pass = Pass {
    twins: &["fido-u2f", "apple"],
    edits: &[
        "statement-alg-not-integer",
        "statement-alg-other-kind",
        "statement-alg-other-hash",
        "statement-alg-unknown",
        "statement-alg-zero",
        "statement-alg-huge",
    ],
};

/// Nor does 8.8 know a member `sig`.
const NOT_SIGNED: Pass = Pass {
    twins: &["apple"],
    edits: &["statement-not-empty", "statement-packed-under-none", "statement-sig-not-bytes"],
};

/// No step of 7.2 asks.
const NOT_ASKED: Pass = Pass {
    twins: &["assertion"],
    edits: &[
        "authenticator-data-attested",
        "envelope-id-empty",
        "envelope-id-other",
        "envelope-type-empty",
        "envelope-type-other",
    ],
};

/// No step of 7.1 looks at what stands outside the response, which decides.
const UNLOOKED_AT: Pass = Pass {
    twins: &["none", "self", "packed", "fido-u2f", "android-key", "apple", "compound", "tpm", "tpm-rsa"],
    edits: &[
        "envelope-id-empty",
        "envelope-id-other",
        "envelope-raw-id-other",
        "envelope-both-ids-other",
        "envelope-type-empty",
        "envelope-type-other",
    ],
};

/// What changes nothing here, where no signature is padded with salt.
const OF_OTHER_KEYS: [&str; 2] = ["signing-short-salt", "signing-no-salt"];

fn check(profile: &str, expected: &str, passes: &[Pass]) {
    let twins = twins();
    for twin in &twins {
        assert_eq!(twin.line.clone().with("profile", profile).code(), "accept");
    }
    let mut table = format!("edit\t{}\n", TWINS.join("\t"));
    let mut passed = BTreeSet::new();
    // SafetyNet is refused as a whole, whatever is in it.
    for edit in Edit::all().filter(|edit| !is_of_safetynet(*edit)) {
        let answers: Vec<String> = twins.iter().map(|twin| twin.answer(edit, profile)).collect();
        let nothing = answers.iter().all(|answer| answer == "=");
        assert_eq!(nothing, OF_OTHER_KEYS.contains(&edit.slug()), "{} changes nothing", edit.slug());
        for (twin, answer) in TWINS.into_iter().zip(&answers) {
            match (edit.info().effect, answer.as_str()) {
                (_, "=") => {}
                (Effect::Harmless, answer) => assert_eq!(answer, "accept", "{} of {twin}", edit.slug()),
                (Effect::Wrong, "accept") => {
                    passed.insert((twin, edit.slug()));
                }
                _ => {}
            }
        }
        writeln!(table, "{}\t{}", edit.slug(), answers.join("\t")).unwrap();
    }
    if env::var_os("UPDATE_EXPECT").is_some() {
        let path = format!("{}/tests/verify/edits/{profile}.tsv", env!("CARGO_MANIFEST_DIR"));
        fs::write(path, &table).unwrap();
    } else {
        for (computed, expected) in table.lines().zip(expected.lines()) {
            assert_eq!(computed, expected, "computed, and expected by the table");
        }
        assert_eq!(table.lines().count(), expected.lines().count(), "rows");
    }
    let known =
        passes.iter().flat_map(|pass| pass.twins.iter().flat_map(|twin| pass.edits.iter().map(|edit| (*twin, *edit))));
    let known: BTreeSet<(&str, &str)> = known.collect();
    let of = |one: &BTreeSet<(&'static str, &'static str)>, other: &BTreeSet<_>| {
        one.difference(other).copied().collect::<Vec<_>>()
    };
    assert_eq!(of(&passed, &known), [], "wrong and accepted, for no reason that is given");
    assert_eq!(of(&known, &passed), [], "no longer accepted");
}

fn is_of_safetynet(edit: Edit) -> bool {
    let slug = edit.slug();
    ["safetynet-", "statement-ver-", "statement-response-"].iter().any(|layer| slug.starts_with(layer))
}

/// A good ceremony.
struct Twin {
    forge: Forge,
    line: Line,
}

enum Forge {
    Registration(Box<RegistrationForge>),
    Authentication(Box<AssertionForge>),
}

fn twins() -> [Twin; 10] {
    let lab = lab();
    let credential = credential();
    let assertion =
        AssertionForge { user_handle: Some(b"alice".to_vec()), ..AssertionForge::new(&credential, &CHALLENGE) };
    let line = Line::authentication(&credential, &assertion)
        .with("user_handle", encode(b"alice"))
        .with("allow_credentials", json!([encode(&credential.id)]));
    [
        Twin::registration(RegistrationForge::none(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::packed_self(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::packed(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::fido_u2f(&lab, "edits", RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::android_key(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::apple(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::compound(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE)),
        Twin::registration(RegistrationForge::tpm_rsa(&lab, RP_ID, &CHALLENGE).unwrap()),
        Twin { forge: Forge::Authentication(Box::new(assertion)), line },
    ]
}

impl Twin {
    /// Its own root is the anchor.
    fn registration(forge: RegistrationForge) -> Self {
        let line = Line::registration(&forge);
        let line = match forge.format.chain() {
            None => line,
            Some(chain) => line.with("trust_anchors", json!([encode(&chain.issue().unwrap().root)])),
        };
        Self { forge: Forge::Registration(Box::new(forge)), line }
    }

    fn answer(&self, edit: Edit, profile: &str) -> String {
        let edited = match &self.forge {
            Forge::Registration(forge) => forge.as_ref().clone().edited(edit).forge().unwrap().text,
            Forge::Authentication(forge) => forge.as_ref().clone().edited(edit).forge().unwrap().text,
        };
        match edited == self.line.credential {
            true => "=".to_owned(),
            false => self.line.clone().with("profile", profile).credential(edited).code(),
        }
    }
}
