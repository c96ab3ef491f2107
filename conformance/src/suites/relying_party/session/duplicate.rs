//! A credential id is registered once (WebAuthn L3 7.1 step 26).

use assay_mint::registration::RegistrationForge;

use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{
    Sending, authenticate, authentication_request, begin_registration, register, registration_forge,
    registration_request, send_registration,
};
use crate::suites::relying_party::judge;
use crate::suites::relying_party::world::World;
use crate::target::RegistrationRequest;
use crate::verdict::{Pass, Stop};

const TAKEN: [&str; 1] = ["credential_already_registered"];

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let cases = [
        row(
            "for-another-user",
            "A credential that another user has",
            for_another,
            ["Bob, and a credential of Alice's", "a good registration of the very same credential by Bob"],
        ),
        row(
            "for-the-same-user",
            "A credential that the user has already",
            for_the_same,
            ["a user with a credential", "a good registration of the very same credential by the same user"],
        ),
        row(
            "with-another-key",
            "The id of Alice's credential with another key",
            with_another_key,
            [
                "Bob, and a credential of Alice's",
                "a good registration by Bob under the id of Alice's credential, with a key of his own",
            ],
        ),
    ];
    cases.into_iter().map(|case| (Basis::Normative, case)).collect()
}

fn row(
    name: &str,
    title: &str,
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
    [given, sends]: [&str; 2],
) -> Case<World> {
    Case::new(format!("session/duplicate/{name}"), title, "WebAuthn L3 7.1 step 26", Level::Should, run)
        .claims(TAKEN)
        .given(given)
        .sends(sends)
        .expects(
            "An id that is registered, for whomever, is not registered again: whoever could would take the account over.",
        )
        .twin(Base::None.twin())
}

fn for_another(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bob = registration_request(world, context, Base::None);
    again(world, context, Some(&bob), |_| {})
}

fn for_the_same(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    again(world, context, None, |_| {})
}

fn with_another_key(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bob = registration_request(world, context, Base::None);
    again(world, context, Some(&bob), |forge| {
        forge.credential_key = assay_mint::keys::SigningKey::es256(&forge.seed.derive("Bob's own key"));
    })
}

/// Registers Alice's credential once more, for `who` or for herself; hers must still be good.
fn again(
    world: &mut World,
    context: &mut Context,
    who: Option<&RegistrationRequest>,
    change: impl Fn(&mut RegistrationForge),
) -> Result<Pass, Stop> {
    let (alice, credential) = register(world, context, Base::None, |_| {})?;
    let mut session = world.other_session()?;
    let offer = begin_registration(&mut session, context, who.unwrap_or(&alice))?;
    let mut forge = registration_forge(world, Base::None, &offer);
    forge.credential_id.clone_from(&credential.id);
    forge.credential_key = credential.key.clone();
    change(&mut forge);
    let sending = Sending::probe("register the same credential id", &forge);
    let (answer, _) = send_registration(&mut session, context, &sending, &offer.options.user.id)?;
    let pass = judge::refused(world, &answer, &TAKEN)?;
    let request = authentication_request(&alice.username);
    let purpose = ("authenticate with the first credential", Role::Twin);
    let (twin, _) = authenticate(world, context, &request, &credential, purpose)?;
    judge::with_twin(pass, &twin)
}
