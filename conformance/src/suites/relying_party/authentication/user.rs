//! Whose credential it is (WebAuthn L3 7.2 steps 5 and 6; 13.1).

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::Edit::EnvelopeEdit as Envelope;
use assay_mint::edits::EnvelopeEdit as E;
use serde_json::json;

use super::{Start, assertion_forge, authentication_request, begin_authentication, judge, send_authentication};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{Sending, authenticate, register, register_for};
use crate::suites::relying_party::rule::{Change, Rule, need};
use crate::suites::relying_party::world::World;

const IDENTIFIED: &str = "WebAuthn L3 7.2 step 6";

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mismatch = Rule::refuse("user", &["user_handle_mismatch"], &[Envelope(E::UserHandleOther)])
        .authentication(IDENTIFIED)
        .demands("Where the user was named, a user handle that is there is that user's.");
    let missing = Rule::refuse("user-usernameless", &["user_handle_missing"], &[])
        .authentication(IDENTIFIED)
        .demands("Where nobody was named, the response must say who it is.");
    let stranger = Rule::refuse("user-usernameless", &["credential_not_owned"], &[Envelope(E::UserHandleOther)])
        .authentication(IDENTIFIED)
        .demands("The account that the user handle names holds the credential.");
    let mut cases = mismatch.authentications(Start::Es256);
    cases.push(super::case(
        Start::Usernameless,
        &missing,
        &Change::new("user-handle-missing", "no user handle", |mut forge: AssertionForge| {
            forge.user_handle = None;
            forge
        }),
    ));
    let unknown = Rule::refuse("user-usernameless", &["credential_unknown"], &[Envelope(E::BothIdsOther)])
        .authentication(IDENTIFIED)
        .demands("A credential that no account holds signs nobody in, whatever user handle comes with it.");
    cases.extend(stranger.authentications(Start::Usernameless));
    cases.extend(unknown.authentications(Start::Usernameless));
    for case in [other_users_credential(), not_listed(), usernameless_other_account(), other_key(), backup_policy()] {
        cases.push((Basis::Normative, case));
    }
    cases
}

fn other_users_credential() -> Case<World> {
    Case::new(
        "authentication/user/credential-of-another-user",
        "Another user's credential does not sign this one in",
        "WebAuthn L3 7.2 steps 5 and 6; 13.1",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (alice, own) = register(world, context, Base::None, |_| {})?;
            let (_, other) = register(world, context, Base::None, |_| {})?;
            let request = authentication_request(&alice.username);
            let offer = begin_authentication(world, context, &request)?;
            let forge = assertion_forge(world, &other, &offer);
            let sending = Sending::probe("answer for Alice with Bob's credential", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let codes = ["credential_not_allowed", "user_handle_mismatch", "credential_not_owned"];
            let pass = judge::refused(world, &answer, &codes)?;
            let purpose = ("authenticate with Alice's own credential", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &own, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .given("Alice and Bob, each with a credential, and request options for Alice")
    .sends("a good answer by Bob's credential")
    .expects("A credential signs in whoever holds it, and nobody else.")
    .claims(["credential_not_allowed"])
    .twin(Start::Es256.twin())
}

fn not_listed() -> Case<World> {
    Case::new(
        "authentication/user/credential-not-listed",
        "A credential that was not allowed, though it is the user's own",
        "WebAuthn L3 7.2 step 5",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (registered, first) = register(world, context, Base::None, |_| {})?;
            let request = authentication_request(&registered.username);
            let offer = begin_authentication(world, context, &request)?;
            // The second one comes after the options, so that it is not among those they allow.
            let mut session = world.other_session()?;
            let second = register_for(&mut session, context, &registered, Base::None, |_| {})?;
            let forge = assertion_forge(world, &second, &offer);
            let sending = Sending::probe("answer with the credential that was added since", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let pass = judge::refused(world, &answer, &["credential_not_allowed"])?;
            let purpose = ("authenticate with the first credential", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &first, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .given("a user with one credential, request options that allow it, and a second credential added since")
    .sends("a good answer by the second credential")
    .expects("Where the options allow some credentials, the answer comes from one of them.")
    .claims(["credential_not_allowed"])
    .twin(Start::Es256.twin())
}

fn usernameless_other_account() -> Case<World> {
    Case::new(
        "authentication/user-usernameless/handle-of-another-user",
        "Bob's credential with Alice's user handle",
        IDENTIFIED,
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (_, alice) = register(world, context, Base::None, |_| {})?;
            let (request, bob) = Start::Usernameless.begin(world, context)?;
            let offer = begin_authentication(world, context, &request)?;
            let mut forge = assertion_forge(world, &bob, &offer);
            forge.user_handle.clone_from(&alice.user_handle);
            let sending = Sending::probe("answer by Bob's credential, as Alice", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let pass = judge::refused(world, &answer, &["credential_not_owned"])?;
            let purpose = ("authenticate as Bob", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &bob, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .needs([need::USERNAMELESS])
    .given("Alice and Bob, each with a credential, and request options for whoever answers")
    .sends("a good answer by Bob's credential, with Alice's user handle, which no signature covers")
    .expects("The account that the user handle names holds the credential.")
    .claims(["credential_not_owned"])
    .twin(Start::Usernameless.twin())
}

fn other_key() -> Case<World> {
    Case::new(
        "authentication/user/id-of-another-credential",
        "The id of one credential, the signature of another",
        "WebAuthn L3 7.2 step 21; 13.1",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (alice, own) = register(world, context, Base::None, |_| {})?;
            let (_, other) = register(world, context, Base::None, |_| {})?;
            let request = authentication_request(&alice.username);
            let offer = begin_authentication(world, context, &request)?;
            let mut forge = assertion_forge(world, &own, &offer);
            forge.credential_key = other.key;
            let sending = Sending::probe("answer under Alice's id with Bob's key", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let pass = judge::refused(world, &answer, &["signature_invalid"])?;
            let mut own = own;
            own.sign_count += 1;
            let purpose = ("authenticate with Alice's own credential", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &own, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .given("Alice and Bob, each with a credential, and request options for Alice")
    .sends("an answer under the id of Alice's credential, signed by Bob's")
    .expects("The id is not signed; the key on record under that id is the one that must have signed.")
    .claims(["signature_invalid"])
    .twin(Start::Es256.twin())
}

fn backup_policy() -> Case<World> {
    Case::new(
        "authentication/policy/backed-up-where-device-bound",
        "BE is set, where only device-bound credentials are wanted",
        "WebAuthn L3 7.2 step 19.3",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (request, credential) = Start::Eligible.begin(world, context)?;
            let mut strict = request.clone();
            strict.requirements = Some(json!({ "backup": "device_bound" }));
            let offer = begin_authentication(world, context, &strict)?;
            let forge = assertion_forge(world, &credential, &offer);
            let sending = Sending::probe("authenticate with what may be backed up", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let pass = judge::refused(world, &answer, &["backup_policy"])?;
            let mut credential = credential;
            credential.sign_count += 1;
            let purpose = ("authenticate where that is wanted", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &credential, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .needs([need::REQUIREMENTS])
    .given("a user whose credential may be backed up, and request options that require device-bound ones")
    .sends("a good answer by that credential")
    .expects("Who asks for device-bound credentials lets in no others.")
    .claims(["backup_policy"])
    .twin(Start::Eligible.twin())
}
