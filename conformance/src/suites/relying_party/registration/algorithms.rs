//! The algorithms beside ES256, EdDSA and RS256, where they are offered: good registrations, keys that
//! are none of the algorithm's, signatures by another one (WebAuthn L3 5.8.5, 6.5.5, 7.1 steps 20 to
//! 22, 8.2; RFC 8230; RFC 9053; RFC 9864; RFC 9964).

use assay_mint::edits::Edit::{self, CredentialKeyEdit as Key, SignatureEdit as Signature, SigningEdit as Signing};
use assay_mint::edits::{CredentialKeyEdit as E, SignatureEdit as B, SigningEdit as S};
use assay_mint::registration::RegistrationForge;
use assay_protocol::cose::alg;
use serde_json::json;

use super::{ask, begin_registration, registration_request};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::relying_party::algorithm::{ALGORITHMS, Algorithm, Form, Good};
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule, title};
use crate::suites::relying_party::world::World;
use crate::verdict::{Pass, Stop};

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    ALGORITHMS.iter().flat_map(of).collect()
}

fn of(algorithm: &'static Algorithm) -> Vec<(Basis, Case<World>)> {
    let mut cases = vec![good(Base::None, algorithm)];
    for rule in keys(algorithm).iter().flat_map(|rules| rules.iter()) {
        let rule = Rule { section: algorithm.section, ..*rule };
        cases.extend(rule.registrations(Good::by(Base::None, algorithm)));
    }
    // Profiles differ about statements that are signed with SHA-1, and a case of its own asks.
    if algorithm.number != alg::RS1 {
        for (base, code) in [(Base::PackedSelf, SELF), (Base::Packed, CERTIFIED)] {
            cases.push(good(base, algorithm));
            cases.extend(signatures(base, code, algorithm));
        }
    }
    // ES384 has its case among the policies.
    if algorithm.number != alg::ES384 {
        cases.push((Basis::Normative, not_offered(algorithm)));
    }
    cases
}

const SELF: &[&str] = &["packed_self_signature"];
const CERTIFIED: &[&str] = &["packed_signature"];

fn good(base: Base, algorithm: &'static Algorithm) -> (Basis, Case<World>) {
    let start = Good::by(base, algorithm);
    let clause = if base == Base::None { "WebAuthn L3 5.4; 7.1 step 20" } else { "WebAuthn L3 5.4; 7.1 step 22; 8.2" };
    let rule = Rule::accept(algorithm.section, &[])
        .registration(clause)
        .demands("What was offered is taken, and can be used.");
    let name = start.twin().rsplit('/').next().unwrap_or_default();
    let (basis, mut case) = super::case(start, &rule, &Change::new(name, "nothing at all", |forge| forge));
    case.header.title = format!("{} is accepted", title(start.words()));
    case.header.sends = start.words().to_owned();
    (basis, case)
}

/// Signatures by the algorithm's key that are none of the algorithm's.
fn signatures(
    base: Base,
    codes: &'static [&'static str],
    algorithm: &'static Algorithm,
) -> impl Iterator<Item = (Basis, Case<World>)> {
    let edits: &'static [Edit] = match algorithm.form {
        Form::Ecdsa => {
            &[Signing(S::OtherKey), Signing(S::OtherCurve), Signing(S::OtherDigest), Signature(B::BitFlipped)]
        }
        Form::Pkcs1 => &[Signing(S::OtherPadding), Signing(S::OtherDigest), Signature(B::BitFlipped)],
        Form::Pss => {
            &[Signing(S::OtherPadding), Signing(S::OtherDigest), Signing(S::ShortSalt), Signature(B::BitFlipped)]
        }
        Form::Whole => &[Signing(S::OtherKey), Signing(S::OtherHash), Signature(B::BitFlipped)],
    };
    let clause = if base == Base::Packed {
        "WebAuthn L3 8.2 verification step 2.1"
    } else {
        "WebAuthn L3 8.2 verification step 3.2"
    };
    let rule = Rule::refuse(algorithm.section, codes, edits)
        .registration(clause)
        .demands("The signature is one by the statement's algorithm, over these very bytes.");
    let kind = if base == Base::Packed { "packed" } else { "packed-self" };
    edits.iter().map(move |edit| {
        let change = rule.change::<RegistrationForge>(*edit);
        let change = Change { name: format!("{kind}-{}", change.name), ..change };
        super::case(Good::by(base, algorithm), &rule, &change)
    })
}

/// An algorithm that was not offered: by the server at all, or in this ceremony, where it can be told so.
pub(super) fn not_offered(algorithm: &'static Algorithm) -> Case<World> {
    let name = algorithm.name();
    Case::new(
        format!("registration/{}/not-offered", algorithm.section),
        format!("A good key for {name}, which was not offered"),
        "WebAuthn L3 7.1 step 20",
        Level::Must,
        move |world, context| refuse_unoffered(world, context, algorithm.number),
    )
    .given(format!("a new user, and creation options that do not offer {name}"))
    .sends(format!("a registration without attestation, the credential for {name}"))
    .expects("The algorithm is one of those that were offered.")
    .claims(["algorithm_not_offered"])
    .twin(Base::None.twin())
}

/// A good key of an algorithm that is not offered, for once or ever.
pub(super) fn refuse_unoffered(world: &mut World, context: &mut Context, algorithm: i64) -> Result<Pass, Stop> {
    let name = alg::name(algorithm).unwrap_or_default();
    let mut request = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &request)?;
    if offer.options.pub_key_cred_params.iter().any(|offered| offered.alg == algorithm) {
        if !world.is_assay() {
            return Err(Stop::skip(format!("options without {name}")));
        }
        request.requirements = Some(json!({ "algorithms": [alg::ES256] }));
    }
    let change =
        Change::new("", &format!("a good key for {name}, which was not offered"), move |forge: RegistrationForge| {
            match forge.clone().of_algorithm(algorithm) {
                Ok(other) => other,
                // A key that cannot be made leaves the good one in place, and the case fails loudly.
                Err(_no_key) => forge,
            }
        });
    ask(world, context, Base::None, &request, &["algorithm_not_offered"], &change)
}

const fn refuse(code: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("", code, edits).registration("WebAuthn L3 5.8.5; RFC 9053 7")
}

const fn curve(edits: &'static [Edit]) -> Rule {
    refuse(&["cose_curve_mismatch"], edits).demands("Each algorithm has its curve, and no other.")
}

const fn kind(edits: &'static [Edit]) -> Rule {
    refuse(&["cose_kty_mismatch"], edits)
        .registration("WebAuthn L3 5.8.5; RFC 9053 2")
        .demands("The type of a key is that of its algorithm.")
}

const fn off_curve(edits: &'static [Edit]) -> Rule {
    refuse(&["cose_not_on_curve"], edits).should().demands("A point that is not on the curve is no key.")
}

const fn length(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    refuse(codes, edits).demands("A coordinate is exactly as long as its curve's field, leading zeros included.")
}

const fn ml_dsa(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    refuse(codes, edits).registration("WebAuthn L3 6.5.1; RFC 9964 3; FIPS 204 4")
}

/// Keys that are none of the algorithm's: what is the algorithm's own, and what its kind of key has.
fn keys(algorithm: &Algorithm) -> [&'static [Rule]; 2] {
    const NONE: &[Rule] = &[];
    match algorithm.number {
        alg::ES384 => [P384, NONE],
        alg::ES512 => [P521, NONE],
        alg::ES256K => [SECP256K1, NONE],
        alg::ED448 => [ED448, NOT_EC2],
        alg::ED25519 => [&[const { curve(&[Key(E::Ed25519OnEd448)]) }], NOT_EC2],
        alg::ESP256 => [&[const { curve(&[Key(E::Esp256OnP384)]) }], NONE],
        alg::ESP384 | alg::ESP512 => [&[const { curve(&[Key(E::OnP256)]) }], NONE],
        alg::ML_DSA_65 => [OTHER_SET, ML_DSA],
        alg::ML_DSA_44 | alg::ML_DSA_87 => [NOT_EC2, ML_DSA],
        _ => [RSA, NOT_EC2],
    }
}

const NOT_EC2: &[Rule] = &[kind(&[Key(E::OnP256)])];

const P384: &[Rule] = &[
    curve(&[Key(E::Es384OnP256), Key(E::Es384OnP521)]),
    off_curve(&[Key(E::P384OffCurve)]),
    length(&["cose_x_length"], &[Key(E::P384Short), Key(E::P384Long)]),
];

const P521: &[Rule] = &[
    curve(&[Key(E::Es512OnP256), Key(E::Es512OnP384)]),
    off_curve(&[Key(E::P521OffCurve)]),
    length(&["cose_x_length"], &[Key(E::P521Short)]),
    length(&["cose_y_length"], &[Key(E::P521Long)]),
];

const SECP256K1: &[Rule] = &[
    curve(&[Key(E::Es256kOnP256)]),
    off_curve(&[Key(E::Es256kOfP256), Key(E::Secp256k1OffCurve)]),
    length(&["cose_y_length"], &[Key(E::Secp256k1Short)]),
    refuse(&["cose_y_compressed"], &[Key(E::Secp256k1Compressed)]).demands("Points are not compressed."),
];

const ED448: &[Rule] = &[
    curve(&[Key(E::Ed448OnEd25519)]),
    off_curve(&[Key(E::Ed448OffCurve)]),
    length(&["cose_x_length"], &[Key(E::Ed448Short), Key(E::Ed448Long)]),
];

const RSA: &[Rule] = &[
    refuse(&["cose_rsa_modulus_invalid"], &[Key(E::RsaModulusEven)])
        .registration("RFC 8017 3.1")
        .demands("A modulus is a product of odd primes."),
    refuse(&["cose_rsa_exponent_invalid"], &[Key(E::RsaExponentEven), Key(E::RsaExponentOne)])
        .registration("RFC 8017 3.1")
        .demands("With an even exponent, or with one, there are no signatures."),
    refuse(&["rsa_key_too_short"], &[Key(E::RsaModulusSmall)])
        .registration("NIST SP 800-131A 3")
        .hardening()
        .demands("An RSA key has 2048 bits or more."),
];

const OTHER_SET: &[Rule] = &[ml_dsa(&["cose_akp_key_length"], &[Key(E::MlDsaOtherSet)])
    .demands("The key is one of the algorithm's own parameter set.")];

const ML_DSA: &[Rule] = &[
    ml_dsa(&["cose_akp_key_missing"], &[Key(E::MlDsaKeyMissing)]).demands("A key has all that its type requires."),
    ml_dsa(&["cose_akp_key_not_bytes"], &[Key(E::MlDsaKeyNotBytes)]).demands("The public key is a byte string."),
    ml_dsa(&["cose_akp_key_length"], &[Key(E::MlDsaShort), Key(E::MlDsaLong)])
        .demands("The key is exactly as long as its parameter set has it."),
    ml_dsa(&["cose_private_member"], &[Key(E::MlDsaPrivateMember)])
        .demands("A private key has no place in a public one, and whoever has sent it has lost it."),
    kind(&[Key(E::MlDsaOkp)]),
];
