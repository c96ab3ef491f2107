//! The steps of a ceremony as the suite takes them.

use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::json::Object;
use assay_mint::registration::RegistrationForge;
use assay_protocol::webauthn::{CreationOptions, RequestOptions};

use super::algorithm::{Good, offered as offered_algorithm};
use super::base::Base;
use super::world::{Question, World, recorded, username};
use crate::context::Context;
use crate::dissect;
use crate::evidence::{Part, Role, mark_differences};
use crate::target::{Answer, AuthenticationRequest, Begin, Dialect, Offer, RegistrationRequest, TargetError};
use crate::verdict::Stop;

/// A request for creation options that suits `base`, for a new user.
pub(super) fn registration_request(world: &World, context: &mut Context, base: Base) -> RegistrationRequest {
    let username = username(context);
    RegistrationRequest {
        display_name: format!("{username} of the lab"),
        username,
        attestation: Some(base.conveyance().to_owned()),
        requirements: base.requirements().filter(|_| world.is_assay()),
        ..RegistrationRequest::default()
    }
}

/// A request for request options for this user.
pub(super) fn authentication_request(username: &str) -> AuthenticationRequest {
    AuthenticationRequest { username: Some(username.to_owned()), ..AuthenticationRequest::default() }
}

/// Asks for creation options, which must come.
pub(super) fn begin_registration(
    world: &mut World,
    context: &mut Context,
    request: &RegistrationRequest,
) -> Result<Offer<CreationOptions>, Stop> {
    context.check_time()?;
    let answer = world.target.begin_registration(request);
    offered(context, "ask for creation options", answer)
}

/// Asks for request options, which must come.
pub(super) fn begin_authentication(
    world: &mut World,
    context: &mut Context,
    request: &AuthenticationRequest,
) -> Result<Offer<RequestOptions>, Stop> {
    context.check_time()?;
    let answer = world.target.begin_authentication(request);
    offered(context, "ask for request options", answer)
}

/// Records an answer to a request for options; options must be in it.
pub(super) fn offered<T>(
    context: &mut Context,
    label: &str,
    begun: Result<Begin<T>, TargetError>,
) -> Result<Offer<T>, Stop> {
    let answer = match &begun {
        Ok(Begin::Offered(offer)) => Ok(offer.answer.clone()),
        Ok(Begin::Refused(answer)) => Ok(answer.clone()),
        Err(TargetError::NoWayToAsk(what)) => return Err(Stop::skip(format!("a way to ask for {what}"))),
        Err(error) => Err(error.clone()),
    };
    let body = answer.as_ref().map(|answer| answer.request_body.clone()).unwrap_or_default();
    let question = Question { label, role: Role::Setup, path: "", body: &body, edit: None, parts: Vec::new() };
    recorded(context, question, answer)?;
    match begun {
        Ok(Begin::Offered(offer)) => Ok(offer),
        Ok(Begin::Refused(answer)) => Err(Stop::broken(format!("no options: the server {}", answer.summary()))),
        Err(error) => Err(Stop::broken(error.to_string())),
    }
}

/// The good registration of `base` that answers these options.
pub(super) fn registration_forge(world: &World, base: Base, offer: &Offer<CreationOptions>) -> RegistrationForge {
    let rp_id = world.rp_id(offer.options.rp.id.as_deref());
    let mut forge = base.forge(&world.lab, &rp_id, &offer.options.challenge);
    forge.origin.clone_from(&world.origin);
    forge
}

/// The good registration that answers these options, which must offer what it is about.
pub(super) fn good_registration(
    world: &World,
    good: Good,
    offer: &Offer<CreationOptions>,
) -> Result<RegistrationForge, Stop> {
    good.offered(&offer.options)?;
    let rp_id = world.rp_id(offer.options.rp.id.as_deref());
    let mut forge = good.forge(&world.lab, &rp_id, &offer.options.challenge)?;
    forge.origin.clone_from(&world.origin);
    Ok(forge)
}

/// The good authentication that answers these options.
pub(super) fn assertion_forge(world: &World, credential: &Credential, offer: &Offer<RequestOptions>) -> AssertionForge {
    let mut forge = AssertionForge::new(credential, &offer.options.challenge);
    forge.rp_id = world.rp_id(offer.options.rp_id.as_deref());
    forge.origin.clone_from(&world.origin);
    forge
}

/// A message, its part in the case and, where it is an edited one, its good twin.
pub(super) struct Sending<'a, F> {
    pub(super) label: &'a str,
    pub(super) role: Role,
    pub(super) forge: &'a F,
    /// What is wrong with it, and what it would be without.
    pub(super) edit: Option<(&'a str, &'a F)>,
}

impl<'a, F> Sending<'a, F> {
    /// A good one that brings the server into the right state.
    pub(super) fn setup(label: &'a str, forge: &'a F) -> Self {
        Self { label, role: Role::Setup, forge, edit: None }
    }

    /// The good twin of what was asked before.
    pub(super) fn twin(label: &'a str, forge: &'a F) -> Self {
        Self { label, role: Role::Twin, forge, edit: None }
    }

    /// The question itself, in no way edited.
    pub(super) fn probe(label: &'a str, forge: &'a F) -> Self {
        Self { label, role: Role::Probe, forge, edit: None }
    }
}

/// Sends a registration; gives the answer and the credential that it would make.
pub(super) fn send_registration(
    world: &mut World,
    context: &mut Context,
    sending: &Sending<'_, RegistrationForge>,
    user_handle: &[u8],
) -> Result<(Answer, Credential), Stop> {
    context.check_time()?;
    let made = sending.forge.forge().map_err(forging)?;
    let body = dressed(world, &made.text, &made.members);
    let mut parts = if sending.role == Role::Probe { dissect::registration(&body) } else { Vec::new() };
    if let Some((_, good)) = sending.edit {
        let good = good.forge().map_err(forging)?;
        mark_differences(&mut parts, &dissect::registration(&dressed(world, &good.text, &good.members)));
    }
    let question = question(sending.label, sending.role, &body, sending.edit.map(|(words, _)| words), parts);
    let answer = recorded(context, question, world.target.finish_registration(&body))?;
    let mut credential = made.credential;
    credential.user_handle = Some(user_handle.to_vec());
    Ok((answer, credential))
}

/// Sends an authentication; gives the answer and the credential as it is afterwards.
pub(super) fn send_authentication(
    world: &mut World,
    context: &mut Context,
    sending: &Sending<'_, AssertionForge>,
) -> Result<(Answer, Credential), Stop> {
    context.check_time()?;
    let made = sending.forge.forge().map_err(forging)?;
    let body = dressed(world, &made.text, &made.members);
    let mut parts = if sending.role == Role::Probe { dissect::authentication(&body) } else { Vec::new() };
    if let Some((_, good)) = sending.edit {
        let good = good.forge().map_err(forging)?;
        mark_differences(&mut parts, &dissect::authentication(&dressed(world, &good.text, &good.members)));
    }
    let question = question(sending.label, sending.role, &body, sending.edit.map(|(words, _)| words), parts);
    let answer = recorded(context, question, world.target.finish_authentication(&body))?;
    Ok((answer, made.credential))
}

/// Registers a good credential, which must work: the state that most cases start in.
pub(super) fn register(
    world: &mut World,
    context: &mut Context,
    base: Base,
    change: impl FnOnce(&mut RegistrationForge),
) -> Result<(RegistrationRequest, Credential), Stop> {
    let request = registration_request(world, context, base);
    let credential = register_for(world, context, &request, base, change)?;
    Ok((request, credential))
}

/// Registers a good credential for the user of `request`, of an algorithm that must be offered.
pub(super) fn register_for(
    world: &mut World,
    context: &mut Context,
    request: &RegistrationRequest,
    base: Base,
    change: impl FnOnce(&mut RegistrationForge),
) -> Result<Credential, Stop> {
    let offer = begin_registration(world, context, request)?;
    let mut forge = registration_forge(world, base, &offer);
    change(&mut forge);
    offered_algorithm(forge.credential_key.alg(), &offer.options)?;
    let sending = Sending::setup("register a good credential", &forge);
    let (answer, credential) = send_registration(world, context, &sending, &offer.options.user.id)?;
    if !answer.accepted {
        return Err(Stop::broken(format!("no credential to begin with: the server {}", answer.summary())));
    }
    Ok(credential)
}

/// Authenticates with a good assertion; the label says what for.
pub(super) fn authenticate(
    world: &mut World,
    context: &mut Context,
    request: &AuthenticationRequest,
    credential: &Credential,
    (label, role): (&str, Role),
) -> Result<(Answer, Credential), Stop> {
    let offer = begin_authentication(world, context, request)?;
    let forge = assertion_forge(world, credential, &offer);
    send_authentication(world, context, &Sending { label, role, forge: &forge, edit: None })
}

fn question<'a>(label: &'a str, role: Role, body: &'a str, edit: Option<&'a str>, parts: Vec<Part>) -> Question<'a> {
    Question { label, role, path: "result", body, edit, parts }
}

/// FIDO's contract gives the extension results another name; servers read one or the other.
fn dressed(world: &World, text: &str, members: &Object) -> String {
    let is_whole = members.to_text() == text;
    match (world.target.dialect(), members.get("clientExtensionResults")) {
        (Dialect::FidoRest, Some(results)) if is_whole => {
            let mut members = members.clone();
            members.push("getClientExtensionResults", results.clone());
            members.to_text()
        }
        _ => text.to_owned(),
    }
}

fn forging(error: assay_mint::error::Error) -> Stop {
    Stop::broken(format!("the lab could not forge it: {error}"))
}
