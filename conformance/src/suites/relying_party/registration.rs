//! Registration cases.

mod accepted;
mod algorithms;
mod attestation_object;
mod certificates;
mod compound;
mod credential_key;
mod platform;
mod policy;
mod statements;
mod tpm;

use assay_mint::edits::AuthenticatorDataEdit;
use assay_mint::registration::RegistrationForge;

use super::algorithm::Good;
use super::base::Base;
use super::basis::Basis;
use super::ceremony::{
    Sending, authenticate, authentication_request, begin_registration, good_registration, registration_request,
    send_registration,
};
use super::judge;
use super::rule::{Ask, Change, Rule, describe, title};
use super::shared::SHARED;
use super::world::World;
use crate::case::Case;
use crate::context::Context;
use crate::evidence::Role;
use crate::target::RegistrationRequest;
use crate::verdict::{Pass, Stop};

/// Every registration case.
pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = accepted::cases();
    cases.extend(SHARED.iter().flat_map(|table| table.iter()).flat_map(|rule| rule.registrations(Base::None)));
    cases.extend(attestation_object::RULES.iter().flat_map(|rule| rule.registrations(Base::None)));
    cases.extend(credential_key::cases());
    cases.extend(algorithms::cases());
    cases.extend(statements::cases());
    cases.extend(certificates::cases());
    cases.extend(tpm::cases());
    cases.extend(platform::cases());
    cases.extend(compound::cases());
    cases.extend(policy::cases());
    cases.push(declared_shorter());
    cases
}

/// The last byte of the id is left to the key, and is always one that no CBOR begins with.
fn declared_shorter() -> (Basis, Case<World>) {
    let rule = Rule::refuse("authenticator-data", &["cose_not_cbor"], &[])
        .registration("WebAuthn L3 6.5.1")
        .demands("What follows the credential id is its key: one byte earlier there is none.");
    let edit = AuthenticatorDataEdit::CredentialIdDeclaredShorter;
    let change = Change::new(
        "credential-id-declared-shorter",
        "the credential id is declared one byte shorter",
        move |mut forge: RegistrationForge| {
            if let Some(last) = forge.credential_id.last_mut() {
                *last = 0xff;
            }
            forge.edited(edit)
        },
    );
    case(Base::None, &rule, &change)
}

/// The case of one change of a good registration.
pub(super) fn case(good: impl Into<Good>, rule: &Rule, change: &Change<RegistrationForge>) -> (Basis, Case<World>) {
    let good = good.into();
    let id = format!("registration/{}/{}", rule.section, change.name);
    let (rule_of_run, change_of_run) = (*rule, change.clone());
    let case = Case::new(id, title(&change.plants), rule.registration, rule.level, move |world, context| {
        run(world, context, good, &rule_of_run, &change_of_run)
    });
    let given = given(rule.ask);
    let sends =
        format!("{}, but: {}. All that is hashed or signed above it is made anew.", good.words(), change.plants);
    let case = describe(case, rule, given, sends, good.twin());
    (rule.basis, case.needs(good.base.needs()))
}

fn given(ask: Ask) -> &'static str {
    match ask {
        Ask::UserVerification("required") => "a new user, and creation options that require user verification",
        Ask::UserVerification(_) => "a new user, and creation options that do not require user verification",
        Ask::Nothing => "a new user, and creation options just issued",
    }
}

fn run(
    world: &mut World,
    context: &mut Context,
    good: Good,
    rule: &Rule,
    change: &Change<RegistrationForge>,
) -> Result<Pass, Stop> {
    let mut request = registration_request(world, context, good.base);
    if let Ask::UserVerification(wanted) = rule.ask {
        request.user_verification = Some(wanted.to_owned());
    }
    ask(world, context, good, &request, rule.codes, change)
}

/// Asks for options, sends the changed registration, and judges the answer; then the good twin,
/// or after an acceptance an authentication with what was registered.
pub(super) fn ask(
    world: &mut World,
    context: &mut Context,
    start: impl Into<Good>,
    request: &RegistrationRequest,
    codes: &[&str],
    change: &Change<RegistrationForge>,
) -> Result<Pass, Stop> {
    let start = start.into();
    let offer = begin_registration(world, context, request)?;
    let good = good_registration(world, start, &offer)?;
    let forge = (change.make)(good.clone());
    let words = title(&change.plants) + ".";
    let sending = Sending {
        label: if codes.is_empty() { "register, unusual but right" } else { "register, wrong in one place" },
        role: Role::Probe,
        forge: &forge,
        edit: Some((&words, &good)),
    };
    let (answer, credential) = send_registration(world, context, &sending, &offer.options.user.id)?;
    if codes.is_empty() {
        judge::accepted(&answer)?;
        return usable(world, context, request, &credential);
    }
    let pass = judge::refused(world, &answer, codes)?;
    let offer = begin_registration(world, context, request)?;
    let good = good_registration(world, start, &offer)?;
    let sending = Sending::twin("register the good twin", &good);
    let (twin, _) = send_registration(world, context, &sending, &offer.options.user.id)?;
    judge::with_twin(pass, &twin)
}

/// What was registered must be good for an authentication: only then was it stored as it was.
pub(super) fn usable(
    world: &mut World,
    context: &mut Context,
    request: &RegistrationRequest,
    credential: &assay_mint::credential::Credential,
) -> Result<Pass, Stop> {
    let request = authentication_request(&request.username);
    let purpose = ("authenticate with what was registered", Role::Twin);
    let (answer, _) = authenticate(world, context, &request, credential, purpose)?;
    if answer.accepted {
        return Ok(Pass::plain("It was accepted, and an authentication with what was registered as well."));
    }
    Err(Stop::fail_because(
        "a credential that can be used",
        answer.summary(),
        "The registration was accepted, but an authentication with what was registered is not.",
    ))
}
