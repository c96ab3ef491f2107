//! Good registrations: the twins of all others, and the variety that a relying party meets.

use assay_mint::edits::Edit::X5cEdit as X5c;
use assay_mint::edits::X5cEdit;
use assay_mint::keys::SigningKey;
use assay_mint::lab::MODEL;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;

use super::statements::with_ed25519;
use super::{ask, registration_request};
use crate::case::{Case, Level, Need};
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule};
use crate::suites::relying_party::world::World;

const TRUST: &str = "WebAuthn L3 7.1 steps 22 to 24";

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = vec![
        good(
            Base::None,
            "none",
            "nothing at all",
            "WebAuthn L3 7.1; 8.7",
            "A registration without attestation is good, where the relying party asks for none.",
        ),
        good(
            Base::PackedSelf,
            "packed-self",
            "nothing at all",
            TRUST,
            "Self attestation is good, unless a policy wants more.",
        ),
        good(Base::Packed, "packed", "nothing at all", TRUST, "Attestation by a model whose root is trusted is good."),
        good(
            Base::FidoU2f,
            "fido-u2f",
            "nothing at all",
            "WebAuthn L3 7.1 steps 22 to 24; 8.6",
            "Attestation by a U2F key whose root is trusted is good.",
        ),
        good(
            Base::AndroidKey,
            "android-key",
            "nothing at all",
            "WebAuthn L3 7.1 steps 22 to 24; 8.4",
            "A key that Android describes as made in its keystore for signing is good, where the root is trusted.",
        ),
        good(
            Base::AndroidSafetynet,
            "android-safetynet",
            "nothing at all",
            "WebAuthn L3 7.1 steps 22 to 24; 8.5",
            "Where SafetyNet is still taken, a fresh response about a sound device is good.",
        ),
        good(
            Base::Apple,
            "apple",
            "nothing at all",
            "WebAuthn L3 7.1 steps 22 to 24; 8.8",
            "A key certified for this very registration is good, where the root is trusted.",
        ),
        good(
            Base::Compound,
            "compound",
            "nothing at all",
            "WebAuthn L3 7.1 steps 22 to 24; 8.9",
            "Several statements are good where each of them is.",
        ),
    ];
    cases.extend(credentials());
    cases.push(batch_as_anchor());
    cases.push(extension_passed_over());
    cases
}

fn good(base: Base, name: &str, plants: &str, clause: &'static str, demands: &'static str) -> (Basis, Case<World>) {
    let rule = Rule::accept("accepted", &[]).registration(clause).demands(demands);
    let (basis, mut case) = super::case(base, &rule, &Change::new(name, plants, |forge| forge));
    case.header.title = format!("{} is accepted", capital(base.words()));
    case.header.sends = base.words().to_owned();
    (basis, case)
}

/// Other keys, flags and counters, under self attestation so that the key is used at once.
fn credentials() -> Vec<(Basis, Case<World>)> {
    let algorithms = Rule::accept("accepted", &[])
        .registration("WebAuthn L3 7.1 step 20; 5.4")
        .should()
        .demands("Relying parties offer EdDSA, ES256 and RS256, and take what they offer.");
    let flags = Rule::accept("accepted", &[])
        .registration("WebAuthn L3 7.1 steps 17 to 19; 6.1.3")
        .demands("Backup eligibility and state are for the policy to judge, and by themselves no reason to refuse.");
    let counter = Rule::accept("accepted", &[])
        .registration("WebAuthn L3 6.1.1; 7.1 step 27")
        .demands("A counter may begin anywhere, and the first authentication counts on from there.");
    vec![
        super::case(
            Base::PackedSelf,
            &algorithms,
            &Change::new("ed25519", "the credential's key is an Ed25519 key", |mut forge| {
                with_ed25519(&mut forge);
                forge
            }),
        ),
        super::case(
            Base::PackedSelf,
            &algorithms,
            &Change::new("rs256", "the credential's key is an RSA key", |mut forge: RegistrationForge| {
                if let Ok(key) = SigningKey::rs256() {
                    forge.credential_key = key;
                }
                forge
            }),
        ),
        super::case(
            Base::None,
            &flags,
            &Change::new("backup-eligible", "BE is set, BS is clear", |forge| with_flags(forge, 0x0d)),
        ),
        super::case(
            Base::None,
            &flags,
            &Change::new("backed-up", "BE and BS are set", |forge| with_flags(forge, 0x1d)),
        ),
        super::case(
            Base::None,
            &counter,
            &Change::new("counting", "the counter begins at 1000", |mut forge: RegistrationForge| {
                forge.sign_count = 1000;
                forge
            }),
        ),
    ]
}

fn with_flags(mut forge: RegistrationForge, flags: u8) -> RegistrationForge {
    forge.flags = flags;
    forge
}

/// A batch's certificate that is itself the anchor, so that it needs no authority above it.
fn batch_as_anchor() -> (Basis, Case<World>) {
    const ID: &str = "registration/accepted/batch-as-anchor";
    const NEED: Need = Need::new("lab-batch-anchor");
    let case = Case::new(
        ID,
        "A batch certificate that is itself the anchor is accepted",
        "WebAuthn L3 7.1 step 24",
        Level::Must,
        |world: &mut World, context| {
            let request = registration_request(world, context, Base::Packed);
            let batch = world.lab.batch(MODEL, crate::suites::relying_party::ANCHORED_BATCH);
            let change = Change::new(
                "batch-as-anchor",
                "the leaf alone, which the relying party knows as an anchor",
                move |mut forge: RegistrationForge| {
                    forge.format = Format::Packed(Box::new(batch.clone()));
                    forge.edited(X5c(X5cEdit::LeafOnly))
                },
            );
            ask(world, context, Base::Packed, &request, &[], &change)
        },
    )
    .needs([NEED])
    .given("a server that lists the certificate of one batch among its anchors")
    .sends("a registration with packed attestation by that batch, with no certificate beside its own")
    .expects("An acceptable certificate may be the attestation certificate itself.");
    (Basis::Normative, case)
}

/// An extension that was asked for, and that neither client nor authenticator knows.
fn extension_passed_over() -> (Basis, Case<World>) {
    let case = Case::new(
        "registration/accepted/extension-passed-over",
        "A registration without the outputs that were asked for is accepted",
        "WebAuthn L3 7.1 step 28; 9",
        Level::Must,
        |world: &mut World, context| {
            let mut request = registration_request(world, context, Base::None);
            request.extensions.insert(String::from("credProps"), true.into());
            let change = Change::new("extension-passed-over", "no extension outputs", |forge| forge);
            ask(world, context, Base::None, &request, &[], &change)
        },
    )
    .given("a new user, and creation options that ask for the extension credProps")
    .sends("a registration without attestation and without extension outputs")
    .expects("Clients and authenticators pass over extensions as they like; that an output is missing is no reason to refuse.")
    .twin(Base::None.twin());
    (Basis::Normative, case)
}

fn capital(text: &str) -> String {
    crate::suites::relying_party::rule::title(text)
}
