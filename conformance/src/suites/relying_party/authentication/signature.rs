//! The assertion signature (WebAuthn L3 7.2 steps 20 and 21; 6.5.5).

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::Edit::{SignatureEdit as Signature, SigningEdit as Signing};
use assay_mint::edits::{SignatureEdit as B, SigningEdit as S};
use assay_protocol::digest::sha256;

use super::Start;
use crate::case::Case;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule};
use crate::suites::relying_party::world::World;

const VERIFY: &str = "WebAuthn L3 7.2 steps 20 and 21";
const FORM: &str = "WebAuthn L3 7.2 step 21; 6.5.5";

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases: Vec<_> = RULES.iter().flat_map(|rule| rule.authentications(Start::Es256)).collect();
    for (start, section) in [(Start::Ed25519, "signature-ed25519"), (Start::Rs256, "signature-rs256")] {
        let wrong = Rule::refuse(section, &["signature_invalid"], &[Signing(S::OtherHash), Signature(B::BitFlipped)])
            .authentication(VERIFY)
            .demands(
                "The key on record has signed the authenticator data and the client data's hash, these very bytes.",
            );
        cases.extend(wrong.authentications(start));
    }
    let by_another =
        Rule::refuse("signature-rs256", &["signature_invalid"], &[Signing(S::OtherDigest), Signing(S::OtherPadding)])
            .authentication(VERIFY)
            .demands("The signature is one by the algorithm of the key on record, and by no other.");
    cases.extend(by_another.authentications(Start::Rs256));
    let length = Rule::refuse(
        "signature-ed25519",
        &["signature_wrong_length", "signature_invalid"],
        &[Signature(B::Truncated), Signature(B::TrailingByte), Signature(B::Empty)],
    )
    .authentication(FORM)
    .demands("An Ed25519 signature has 64 bytes.");
    cases.extend(length.authentications(Start::Ed25519));
    let length = Rule::refuse(
        "signature-rs256",
        &["signature_wrong_length", "signature_invalid"],
        &[Signature(B::Truncated), Signature(B::TrailingByte), Signature(B::Empty)],
    )
    .authentication(FORM)
    .demands("An RSA signature is as long as the modulus.");
    cases.extend(length.authentications(Start::Rs256));
    let app_id = Rule::refuse("authenticator-data", &["rp_id_hash_mismatch"], &[])
        .authentication("WebAuthn L3 7.2 step 15; 10.1.1")
        .demands("The AppID counts only where the relying party asked for it; the client's word alone is nothing.");
    cases.push(super::case(
        Start::Es256,
        &app_id,
        &Change::new(
            "app-id-unsolicited",
            "the hash of an AppID that nobody asked for, and the client says that it was used",
            |mut forge: AssertionForge| {
                forge.client_extension_results.insert(String::from("appid"), true.into());
                forge.rp_id = format!("{}/app-id.json", forge.origin);
                debug_assert_ne!(sha256(forge.rp_id.as_bytes()), sha256(forge.origin.as_bytes()));
                forge
            },
        ),
    ));
    cases
}

const RULES: &[Rule] = &[
    Rule::refuse(
        "signature",
        &["signature_invalid"],
        &[
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
        ],
    )
    .authentication(VERIFY)
    .demands("The key on record has signed the authenticator data and the client data's hash, these very bytes."),
    Rule::refuse(
        "signature",
        &["signature_not_der"],
        &[
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
        ],
    )
    .authentication(FORM)
    .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    Rule::refuse("signature", &["signature_zero"], &[Signature(B::ZeroRS), Signature(B::ZeroR), Signature(B::ZeroS)])
        .authentication("WebAuthn L3 7.2 step 21; FIPS 186-5 6.4.2")
        .demands("A signature with a zero in it verifies nothing, for no key and no message."),
    Rule::refuse("signature", &["signature_not_der", "body_too_large"], &[Signature(B::Huge)])
        .authentication(FORM)
        .demands("Sixty-four kilobytes are no signature, and no server's undoing."),
    Rule::accept("signature", &[Signature(B::HighS)])
        .authentication(VERIFY)
        .demands("Both values of s that verify are right: nothing in WebAuthn asks for the smaller."),
];
