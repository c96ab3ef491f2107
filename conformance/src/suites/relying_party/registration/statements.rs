//! Attestation statements and their signatures (WebAuthn L3 8.2, 8.6, 8.7; 7.1 step 22).

use assay_mint::chain::Chain;
use assay_mint::edits::Edit::{
    self, AuthenticatorDataEdit as Data, SignatureEdit as Signature, SigningEdit as Signing, StatementEdit as Statement,
};
use assay_mint::edits::{AuthenticatorDataEdit, SignatureEdit as B, SigningEdit as S, StatementEdit as E};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::cose::alg;

use crate::case::Case;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let tables: [(Base, &[Rule]); 4] =
        [(Base::None, NONE), (Base::PackedSelf, PACKED_SELF), (Base::Packed, PACKED), (Base::FidoU2f, FIDO_U2F)];
    let mut cases: Vec<_> =
        tables.iter().flat_map(|(base, rules)| rules.iter().flat_map(|rule| rule.registrations(*base))).collect();
    let key = Rule::refuse("fido-u2f", &["fido_u2f_credential_key"], &[])
        .registration("WebAuthn L3 8.6 verification step 4")
        .demands("A U2F credential is on P-256, and its coordinates have 32 bytes.");
    let ed25519 = Change::new("credential-key-ed25519", "the credential's key is an Ed25519 key", |mut forge| {
        with_ed25519(&mut forge);
        forge
    });
    cases.push(super::case(Base::FidoU2f, &key, &ed25519));
    cases.push(certificate_key());
    let sha1 = Rule::refuse("packed", &["attestation_sha1"], &[])
        .registration("RFC 8812 2")
        .hardening()
        .should()
        .demands("SHA-1 is no hash for new signatures.");
    let by_rs1 = Change::new("statement-sha1", "the statement is signed with RS1, by a certified key", |mut forge| {
        with_rs1(&mut forge);
        forge
    });
    cases.push(super::case(Base::Packed, &sha1, &by_rs1));
    cases
}

/// Gives the registration a credential key of another kind.
pub(super) fn with_ed25519(forge: &mut RegistrationForge) {
    // A key that cannot be made leaves the good one in place, and the case fails loudly.
    if let Ok(key) = SigningKey::ed25519(&forge.seed.derive("ed25519")) {
        forge.credential_key = key;
    }
}

/// Gives the attestation certificate a key that signs with SHA-1.
fn with_rs1(forge: &mut RegistrationForge) {
    let key = SigningKey::of(alg::RS1, &forge.seed.derive("leaf of RS1"));
    // A key that cannot be made leaves the good one in place, and the case fails loudly.
    if let (Format::Packed(chain), Ok(key)) = (&mut forge.format, key) {
        Chain::set_leaf_key(chain, key);
    }
}

const CERTIFICATE_KEY: Rule = Rule::refuse("fido-u2f", &["fido_u2f_certificate_key"], &[])
    .registration("WebAuthn L3 8.6 verification step 2")
    .demands("A U2F attestation certificate's key is on P-256, whatever else could verify the signature.");

/// The key is not the one that the lab's metadata know the model by; so no path is asked for.
fn certificate_key() -> (Basis, Case<World>) {
    let change = Change::new(
        "certificate-key-ed25519",
        "the attestation certificate's key is an Ed25519 key",
        |mut forge: RegistrationForge| {
            let key = SigningKey::ed25519(&forge.seed.derive("leaf on ed25519"));
            if let (Format::FidoU2f(chain), Ok(key)) = (&mut forge.format, key) {
                Chain::set_leaf_key(chain, key);
            }
            forge
        },
    );
    let (basis, described) = super::case(Base::FidoU2f, &CERTIFICATE_KEY, &change);
    let header = described.header;
    let mut case = Case::new("", "", "", header.level, move |world: &mut World, context| {
        let mut request = super::registration_request(world, context, Base::FidoU2f);
        request.requirements = None;
        super::ask(world, context, Base::FidoU2f, &request, CERTIFICATE_KEY.codes, &change)
    });
    case.header = header;
    (basis, case)
}

const STEP_1: &str = "WebAuthn L3 8.2 verification step 1";
const STEP_2: &str = "WebAuthn L3 8.2 verification step 2.1";
const STEP_3: &str = "WebAuthn L3 8.2 verification step 3";
const U2F_1: &str = "WebAuthn L3 8.6 verification step 1";
const U2F_6: &str = "WebAuthn L3 8.6 verification step 6";
const DER: &str = "WebAuthn L3 6.5.5";

const NONE: &[Rule] =
    &[Rule::refuse("none", &["none_statement_empty"], &[Statement(E::NotEmpty), Statement(E::PackedUnderNone)])
        .registration("WebAuthn L3 8.7")
        .syntax()
        .demands("The statement of the format none is the empty map.")];

const fn packed(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("packed", codes, edits)
}

const NOT_DER: &[Edit] = &[
    Signature(B::Empty),
    Signature(B::Raw),
    Signature(B::TrailingByte),
    Signature(B::TrailingInside),
    Signature(B::Truncated),
    Signature(B::LongLength),
    Signature(B::PaddedInteger),
    Signature(B::NegativeInteger),
    Signature(B::Zeros),
    Signature(B::Indefinite),
];

const ZERO: &[Edit] = &[Signature(B::ZeroRS), Signature(B::ZeroR), Signature(B::ZeroS)];

const WRONG: &[Edit] = &[
    Signing(S::OtherKey),
    Signing(S::AuthDataOnly),
    Signing(S::HashOnly),
    Signing(S::HashFirst),
    Signing(S::OtherHash),
    Signing(S::OtherDigest),
    Signing(S::OtherCurve),
    Signing(S::OtherAuthData),
    Signing(S::OtherFlags),
    Signing(S::OtherCounter),
    Signing(S::Hashed),
    Signing(S::EmptyMessage),
    Signature(B::BitFlipped),
    Signature(B::OneOne),
    Signature(B::Order),
];

const PACKED: &[Rule] = &[
    packed(&["statement_alg_missing"], &[Statement(E::Empty), Statement(E::AlgMissing)])
        .registration(STEP_1)
        .demands("The statement names the algorithm of its signature."),
    packed(&["statement_alg_not_integer"], &[Statement(E::AlgNotInteger), Statement(E::AlgHuge)])
        .registration(STEP_1)
        .demands("The algorithm is a COSE number."),
    packed(&["statement_sig_missing"], &[Statement(E::SigMissing)])
        .registration(STEP_1)
        .demands("The statement has a signature."),
    packed(&["statement_sig_not_bytes"], &[Statement(E::SigNotBytes)])
        .registration(STEP_1)
        .demands("The signature is a byte string."),
    packed(&["statement_x5c_not_array"], &[Statement(E::X5cNotArray), Statement(E::X5cNull)])
        .registration(STEP_1)
        .demands("The certificates are an array."),
    packed(&["statement_x5c_empty"], &[Statement(E::X5cEmpty)])
        .registration(STEP_1)
        .demands("An x5c that is there has a certificate in it, and is no self attestation."),
    packed(&["statement_x5c_not_bytes"], &[Statement(E::X5cElementText)])
        .registration(STEP_1)
        .demands("A certificate is a byte string."),
    packed(&["certificate_undecodable"], &[Statement(E::X5cElementEmpty), Statement(E::X5cElementGarbage)])
        .registration("WebAuthn L3 8.2 verification step 1; RFC 5280 4.1")
        .demands("A certificate is DER."),
    packed(&["attestation_object_duplicate_key"], &[
        Statement(E::DuplicateAlg),
        Statement(E::DuplicateSig),
        Statement(E::DuplicateX5c),
    ])
    .registration("WebAuthn L3 2.4")
    .hardening()
    .demands("A key that comes twice can be read in two ways."),
    packed(&["attestation_object_not_canonical"], &[Statement(E::Order)])
        .registration("WebAuthn L3 2.4")
        .hardening()
        .demands("CBOR is written in one way, inside the statement as well."),
    packed(
        &["packed_signature", "attestation_algorithm_unsupported"],
        &[Statement(E::AlgOtherKind), Statement(E::AlgOtherHash)],
    )
        .registration(STEP_2)
        .demands("The signature is verified by the statement's algorithm, not by whichever fits the key."),
    packed(
        &["attestation_algorithm_unsupported", "packed_signature"],
        &[Statement(E::AlgUnknown), Statement(E::AlgZero)],
    )
    .registration(STEP_2)
    .demands("The signature is verified by the statement's algorithm, not by whichever fits the key."),
    packed(&["packed_self_signature"], &[Statement(E::X5cMissing)])
        .registration(STEP_3)
        .demands("Without certificates it is self attestation, and the credential's own key has not signed."),
    packed(&["packed_signature"], WRONG)
        .registration(STEP_2)
        .demands("The attestation certificate's key has signed the authenticator data and the client data's hash, these very bytes."),
    packed(&["packed_signature"], &[Signing(S::CredentialKey)])
        .registration(STEP_2)
        .demands("Where there are certificates, the credential's own signature is none."),
    packed(&["signature_not_der"], NOT_DER)
        .registration(DER)
        .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    packed(&["signature_zero"], ZERO)
        .registration("WebAuthn L3 8.2 verification step 2.1; FIPS 186-5 6.4.2")
        .demands("A signature with a zero in it verifies nothing."),
    Rule::accept("packed", &[Signature(B::HighS)])
        .registration(STEP_2)
        .demands("Both values of s that verify are right: nothing in WebAuthn asks for the smaller."),
];

const PACKED_SELF: &[Rule] = &[
    Rule::refuse(
        "packed-self",
        &["packed_self_algorithm"],
        &[Statement(E::AlgOtherKind), Statement(E::AlgOtherHash), Statement(E::AlgUnknown), Statement(E::AlgZero)],
    )
    .registration("WebAuthn L3 8.2 verification step 3.1")
    .demands("Self attestation names the algorithm of the credential's own key."),
    Rule::refuse("packed-self", &["statement_x5c_empty"], &[Statement(E::X5cEmpty)])
        .registration(STEP_1)
        .demands("An x5c that is there has a certificate in it: an empty one is no self attestation."),
    Rule::refuse("packed-self", &["packed_self_signature"], WRONG)
        .registration("WebAuthn L3 8.2 verification step 3.2")
        .demands(
            "The credential's own key has signed the authenticator data and the client data's hash, these very bytes.",
        ),
    Rule::refuse("packed-self", &["signature_not_der"], NOT_DER)
        .registration(DER)
        .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    Rule::refuse("packed-self", &["signature_zero"], ZERO)
        .registration("WebAuthn L3 8.2 verification step 3.2; FIPS 186-5 6.4.2")
        .demands("A signature with a zero in it verifies nothing."),
    Rule::accept("packed-self", &[Signature(B::HighS)])
        .registration("WebAuthn L3 8.2 verification step 3.2")
        .demands("Both values of s that verify are right: nothing in WebAuthn asks for the smaller."),
];

const FIDO_U2F: &[Rule] = &[
    Rule::refuse("fido-u2f", &["statement_sig_missing"], &[Statement(E::SigMissing), Statement(E::Empty)])
        .registration(U2F_1)
        .demands("The statement has a signature."),
    Rule::refuse("fido-u2f", &["statement_sig_not_bytes"], &[Statement(E::SigNotBytes)])
        .registration(U2F_1)
        .demands("The signature is a byte string."),
    Rule::refuse("fido-u2f", &["statement_x5c_missing"], &[Statement(E::X5cMissing)])
        .registration(U2F_1)
        .demands("A U2F statement has a certificate: there is no self attestation in U2F."),
    Rule::refuse("fido-u2f", &["statement_x5c_not_array"], &[Statement(E::X5cNotArray)])
        .registration(U2F_1)
        .demands("The certificates are an array."),
    Rule::refuse("fido-u2f", &["statement_x5c_empty"], &[Statement(E::X5cEmpty)])
        .registration("WebAuthn L3 8.6 verification steps 1 and 2")
        .demands("A U2F statement has exactly one certificate."),
    Rule::refuse("fido-u2f", &["fido_u2f_signature"], &[
        Signing(S::OtherKey),
        Signing(S::CredentialKey),
        Signing(S::PackedMessage),
        Signing(S::OtherHash),
        Signing(S::Hashed),
        Signing(S::EmptyMessage),
        Signature(B::BitFlipped),
    ])
    .registration(U2F_6)
    .demands("The certificate's key has signed what U2F signs: a zero byte, RP ID hash, client data hash, key handle and public key."),
    Rule::refuse("fido-u2f", &["signature_not_der"], &[Signature(B::Raw), Signature(B::TrailingByte), Signature(B::Empty)])
        .registration(DER)
        .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    Rule::refuse("tool", &["fido_u2f_aaguid"], &[Data(AuthenticatorDataEdit::AaguidNotZero)])
        .registration("FIDO server requirements, fido-u2f")
        .basis(Basis::Tool)
        .demands("U2F authenticators have no AAGUID, so it is zero."),
    Rule::accept("fido-u2f", &[Data(AuthenticatorDataEdit::AaguidNotZero)])
        .registration("WebAuthn L3 8.6, 16.16")
        .basis(Basis::Untooled)
        .should()
        .demands("No step looks at the AAGUID, and the specification's own vector has one."),
];
