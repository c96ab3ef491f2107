//! The credential public key (WebAuthn L3 5.8.5, 6.5.1; RFC 9053; RFC 8230; 7.1 step 20).
//!
//! Under a packed statement, so that somebody vouches for the very key that is wrong, these cases
//! would say the same; without one they do not need the lab's anchors.

use assay_mint::edits::CredentialKeyEdit as E;
use assay_mint::edits::Edit::{self, CredentialKeyEdit as Key};

use crate::case::Case;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::Rule;
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    RULES.iter().flat_map(|rule| rule.registrations(Base::None)).collect()
}

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("credential-key", codes, edits).registration("WebAuthn L3 6.5.1; RFC 9053 7")
}

const RULES: &[Rule] = &[
    refuse(&["cose_not_cbor"], &[Key(E::NotCbor)]).demands("A key that does not decode is none."),
    refuse(&["cose_not_map"], &[Key(E::NotMap), Key(E::Sec1)]).demands("A COSE_Key is a map."),
    refuse(&["cose_not_map"], &[Key(E::Tagged)])
        .registration("WebAuthn L3 2.4; 6.5.1")
        .hardening()
        .demands("A COSE_Key is a map, and CTAP2's canonical form has no tags."),
    refuse(&["cose_duplicate_key"], &[Key(E::DuplicateAlg), Key(E::DuplicateX)])
        .registration("WebAuthn L3 2.4; RFC 9052 7")
        .hardening()
        .demands("A label that comes twice can be read in two ways."),
    refuse(&["cose_kty_missing"], &[Key(E::KtyMissing)]).demands("A key has a type."),
    refuse(&["cose_kty_not_integer"], &[Key(E::KtyNotInteger)]).demands("The type of a WebAuthn key is a number."),
    refuse(&["cose_alg_missing"], &[Key(E::AlgMissing)]).demands("A credential public key names its algorithm."),
    refuse(&["cose_alg_not_integer"], &[Key(E::AlgNotInteger)]).demands("The algorithm of a WebAuthn key is a number."),
    refuse(
        &["cose_kty_mismatch"],
        &[
            Key(E::KtyRsa),
            Key(E::KtyOkp),
            Key(E::KtySymmetric),
            Key(E::AlgOtherKind),
            Key(E::EdDsaOnP256),
            Key(E::Es256OnEd25519),
        ],
    )
    .registration("WebAuthn L3 5.8.5; RFC 9053 2")
    .demands("The type of a key is that of its algorithm."),
    refuse(&["cose_curve_missing"], &[Key(E::CurveMissing)]).demands("A key on a curve names the curve."),
    refuse(&["cose_curve_not_integer"], &[Key(E::CurveNotInteger)]).demands("The curve of a WebAuthn key is a number."),
    refuse(
        &["cose_curve_mismatch"],
        &[
            Key(E::CurveLabel),
            Key(E::CurveSecp256k1),
            Key(E::CurveP384),
            Key(E::CurveX25519),
            Key(E::CurveEd448),
            Key(E::Es256OnP521),
            Key(E::Es256OnSecp256k1),
            Key(E::EdDsaOnEd448),
        ],
    )
    .registration("WebAuthn L3 5.8.5")
    .demands("ES256 is on P-256 and EdDSA on Ed25519, and on no other curve."),
    refuse(&["cose_x_missing"], &[Key(E::XMissing)]).demands("A key has all that its type requires."),
    refuse(&["cose_x_not_bytes"], &[Key(E::XNotBytes)]).demands("A coordinate is a byte string."),
    refuse(&["cose_x_length"], &[Key(E::XShort), Key(E::XLong), Key(E::XEmpty), Key(E::Ed25519Short)])
        .demands("A coordinate is exactly as long as its curve's field, leading zeros included."),
    refuse(&["cose_y_missing"], &[Key(E::YMissing)]).demands("A key has all that its type requires."),
    refuse(&["cose_y_not_bytes"], &[Key(E::YNotBytes)]).demands("A coordinate is a byte string."),
    refuse(&["cose_y_length"], &[Key(E::YShort), Key(E::YLong)])
        .demands("A coordinate is exactly as long as its curve's field, leading zeros included."),
    refuse(&["cose_y_compressed"], &[Key(E::YCompressed)])
        .registration("WebAuthn L3 5.8.5")
        .demands("Points are not compressed."),
    refuse(
        &["cose_not_on_curve"],
        &[Key(E::OffCurve), Key(E::Infinity), Key(E::NotReduced), Key(E::Swapped), Key(E::Es256OfSecp256k1)],
    )
    .registration("WebAuthn L3 5.8.5")
    .should()
    .demands("A point that is not on the curve is no key."),
    refuse(&["cose_private_member"], &[Key(E::PrivateMember), Key(E::RsaPrivateMember)])
        .demands("A private key has no place in a public one, and whoever has sent it has lost it."),
    refuse(
        &["cose_optional_member"],
        &[Key(E::KeyId), Key(E::KeyOperations), Key(E::UnknownMember), Key(E::Ed25519WithY)],
    )
    .registration("WebAuthn L3 6.5.1")
    .demands("A credential public key has nothing beyond what its type and algorithm require."),
    refuse(
        &["credential_public_key_not_canonical"],
        &[Key(E::Order), Key(E::LongHeader), Key(E::LongInteger), Key(E::Indefinite)],
    )
    .registration("WebAuthn L3 2.4; 6.5.1")
    .hardening()
    .demands("The key is written in CTAP2's canonical form, so that one key has one encoding."),
    refuse(&["cose_rsa_modulus_missing"], &[Key(E::RsaModulusMissing)])
        .registration("RFC 8230 4")
        .demands("An RSA key has a modulus and an exponent."),
    refuse(&["cose_rsa_modulus_not_bytes"], &[Key(E::RsaModulusNotBytes)])
        .registration("RFC 8230 4")
        .demands("A modulus is a byte string."),
    refuse(&["cose_rsa_modulus_invalid"], &[Key(E::RsaModulusEmpty)])
        .registration("RFC 8230 4")
        .demands("A modulus of no bytes is none."),
    refuse(&["cose_rsa_modulus_invalid"], &[Key(E::RsaModulusEven)])
        .registration("RFC 8017 3.1")
        .demands("A modulus is a product of odd primes."),
    refuse(&["cose_rsa_modulus_invalid"], &[Key(E::RsaModulusLeadingZero)])
        .registration("RFC 8230 4")
        .hardening()
        .demands("A modulus has no leading zeros, so that one key has one encoding."),
    refuse(&["cose_rsa_exponent_missing"], &[Key(E::RsaExponentMissing)])
        .registration("RFC 8230 4")
        .demands("An RSA key has a modulus and an exponent."),
    refuse(&["cose_rsa_exponent_not_bytes"], &[Key(E::RsaExponentNotBytes)])
        .registration("RFC 8230 4")
        .demands("An exponent is a byte string."),
    refuse(&["cose_rsa_exponent_invalid"], &[Key(E::RsaExponentEven), Key(E::RsaExponentOne)])
        .registration("RFC 8017 3.1")
        .demands("With an even exponent, or with one, there are no signatures."),
    refuse(&["rsa_key_too_short"], &[Key(E::RsaModulusSmall)])
        .registration("NIST SP 800-131A 3")
        .hardening()
        .demands("An RSA key has 2048 bits or more."),
    refuse(&["algorithm_not_offered"], &[Key(E::AlgUnknown)])
        .registration("WebAuthn L3 7.1 step 20")
        .demands("The algorithm is one of those that were offered."),
];
