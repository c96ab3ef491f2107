//! The algorithms beside ES256, EdDSA and RS256, where they are offered (WebAuthn L3 7.2 steps 20 and
//! 21; 6.5.5; RFC 8230 2).

use assay_mint::edits::Edit::{self, SignatureEdit as Signature, SigningEdit as Signing};
use assay_mint::edits::{SignatureEdit as B, SigningEdit as S};

use super::Start;
use crate::case::Case;
use crate::suites::relying_party::algorithm::{ALGORITHMS, Algorithm, Form};
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule, title};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    ALGORITHMS.iter().flat_map(of).collect()
}

fn of(algorithm: &'static Algorithm) -> Vec<(Basis, Case<World>)> {
    let mut cases = vec![good(algorithm)];
    for rule in rules(algorithm.form) {
        cases.extend(Rule { section: algorithm.section, ..*rule }.authentications(Start::Of(algorithm)));
    }
    cases
}

fn good(algorithm: &'static Algorithm) -> (Basis, Case<World>) {
    let start = Start::Of(algorithm);
    let rule = Rule::accept(algorithm.section, &[])
        .authentication("WebAuthn L3 7.2 step 21; 5.4")
        .demands("What was offered and registered can be used.");
    let (basis, mut case) = super::case(start, &rule, &Change::new("signed", "nothing at all", |forge| forge));
    case.header.title = format!("{} is accepted", title(start.words()));
    case.header.sends = start.words().to_owned();
    (basis, case)
}

fn rules(form: Form) -> &'static [Rule] {
    match form {
        Form::Ecdsa => ECDSA,
        Form::Pkcs1 => PKCS1,
        Form::Pss => PSS,
        Form::Whole => WHOLE,
    }
}

const fn wrong(edits: &'static [Edit]) -> Rule {
    Rule::refuse("", &["signature_invalid"], edits)
        .authentication("WebAuthn L3 7.2 steps 20 and 21")
        .demands("The signature is one by the algorithm of the key on record, over these very bytes.")
}

const ECDSA: &[Rule] = &[
    wrong(&[
        Signing(S::OtherKey),
        Signing(S::OtherCurve),
        Signing(S::OtherDigest),
        Signing(S::OtherHash),
        Signature(B::BitFlipped),
    ]),
    Rule::refuse(
        "",
        &["signature_not_der"],
        &[
            Signature(B::Empty),
            Signature(B::Raw),
            Signature(B::TrailingByte),
            Signature(B::TrailingInside),
            Signature(B::Truncated),
            Signature(B::PaddedInteger),
        ],
    )
    .authentication("WebAuthn L3 7.2 step 21; 6.5.5")
    .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    Rule::refuse("", &["signature_zero"], &[Signature(B::ZeroRS)])
        .authentication("WebAuthn L3 7.2 step 21; FIPS 186-5 6.4.2")
        .demands("A signature with a zero in it verifies nothing, for no key and no message."),
];

const LENGTH: Rule = Rule::refuse(
    "",
    &["signature_wrong_length", "signature_invalid"],
    &[Signature(B::Truncated), Signature(B::TrailingByte), Signature(B::Empty)],
)
.authentication("WebAuthn L3 7.2 step 21; 6.5.5");

const MODULUS: Rule = LENGTH.demands("An RSA signature is as long as the modulus.");

const PKCS1: &[Rule] = &[
    wrong(&[Signing(S::OtherDigest), Signing(S::OtherPadding), Signing(S::OtherHash), Signature(B::BitFlipped)]),
    MODULUS,
];

const PSS: &[Rule] = &[
    wrong(&[Signing(S::OtherDigest), Signing(S::OtherPadding), Signing(S::OtherHash), Signature(B::BitFlipped)]),
    wrong(&[Signing(S::ShortSalt), Signing(S::NoSalt)])
        .authentication("WebAuthn L3 7.2 step 21; RFC 8230 2")
        .demands("The salt of a PSS signature is as long as the hash."),
    MODULUS,
];

const WHOLE: &[Rule] = &[
    wrong(&[Signing(S::OtherKey), Signing(S::OtherHash), Signature(B::BitFlipped)]),
    LENGTH.demands("A signature is exactly as long as its algorithm makes them."),
];
