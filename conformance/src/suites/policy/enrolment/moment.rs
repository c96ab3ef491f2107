//! When the policy is asked, and when not.

use assay_mint::assertion::AssertionForge;
use serde_json::json;

use super::rows::YUBIKEY_5;
use super::subject::{Enrolment, Subject};
use super::{accepted, refused};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::{Exchange, Message, Role};
use crate::suites::policy::LAB_METADATA;
use crate::suites::policy::world::{PolicyWorld, broken};
use crate::target::{AuthenticationRequest, Begin, RelyingPartyTarget as _};
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: moment";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    vec![
        case(
            "enrolment/moment/tightened-meanwhile",
            "P26: the policy of the answer's moment decides, when it is tighter",
            tightened,
        )
        .claims(["attestation_blocked_aaguid"])
        .given("options that were asked for under a policy that admits everything")
        .sends("a registration by a model that has been blocked since")
        .expects("HTTP 403 attestation_blocked_aaguid")
        .twin("enrolment/moment/loosened-meanwhile"),
        case(
            "enrolment/moment/loosened-meanwhile",
            "P26: the policy of the answer's moment decides, when it is looser",
            loosened,
        )
        .claims(["policy_pass"])
        .given("options that were asked for under a policy that blocks the model")
        .sends("a registration by a model that is no longer blocked")
        .expects("accepted"),
        case(
            "enrolment/moment/sign-in-afterwards",
            "P27: who is enrolled signs in, whatever the policy says since",
            sign_in,
        )
        .claims(["policy_pass"])
        .given("a credential of a model that has been blocked since")
        .sends("a good authentication")
        .expects("accepted: a policy is about enrolment"),
        case(
            "enrolment/moment/broken-in-audit-mode",
            "P25: an attestation that does not verify is refused in any mode",
            broken_attestation,
        )
        .claims(["packed_signature"])
        .given("a policy in audit mode")
        .sends("a registration whose statement has a wrong signature")
        .expects("HTTP 400: the ceremony has failed, and no policy is asked")
        .twin("enrolment/known/audit"),
    ]
}

fn case(
    id: &'static str,
    title: &'static str,
    run: fn(&mut PolicyWorld, &mut Context) -> Result<Pass, Stop>,
) -> Case<PolicyWorld> {
    Case::new(id, title, CLAUSE, Level::Must, run).needs([LAB_METADATA])
}

fn tightened(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    world.set_policy(context, &world.policy("block", &json!({})))?;
    let mut enrolment = Enrolment::begin(world, context)?;
    world.set_policy(context, &world.policy("block", &json!({"blocked_aaguids": [YUBIKEY_5]})))?;
    let (answer, credential) = enrolment.finish(world, context, Subject::Genuine(YUBIKEY_5))?;
    refused(&mut enrolment, &answer, &credential, "attestation_blocked_aaguid")
}

fn loosened(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    world.set_policy(context, &world.policy("block", &json!({"blocked_aaguids": [YUBIKEY_5]})))?;
    let mut enrolment = Enrolment::begin(world, context)?;
    let saved = world.set_policy(context, &world.policy("block", &json!({})))?;
    let (answer, _) = enrolment.finish(world, context, Subject::Genuine(YUBIKEY_5))?;
    accepted(world, context, &answer, None, &saved)
}

fn sign_in(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    world.set_policy(context, &world.policy("block", &json!({})))?;
    let mut enrolment = Enrolment::begin(world, context)?;
    let (answer, credential) = enrolment.finish(world, context, Subject::Genuine(YUBIKEY_5))?;
    if !answer.accepted {
        return Err(Stop::broken(format!("nobody to sign in: the server {}", answer.summary())));
    }
    world.set_policy(context, &world.policy("block", &json!({"blocked_aaguids": [YUBIKEY_5]})))?;
    let request =
        AuthenticationRequest { username: Some(enrolment.username.clone()), ..AuthenticationRequest::default() };
    let offer = match enrolment.rp.begin_authentication(&request).map_err(broken)? {
        Begin::Offered(offer) => offer,
        Begin::Refused(answer) => return Err(Stop::fail("request options", answer.summary())),
    };
    let mut forge = AssertionForge::new(&credential, &offer.options.challenge);
    forge.origin.clone_from(&enrolment.origin);
    let made = forge.forge().map_err(|error| Stop::broken(error.to_string()))?;
    let answer = enrolment.rp.finish_authentication(&made.text).map_err(broken)?;
    context.record(Exchange {
        label: String::from("authentication"),
        role: Role::Probe,
        sent: Message::json(answer.request_line.clone(), serde_json::from_str(&made.text).unwrap_or_default()),
        received: Some(Message::json(answer.summary(), answer.body.clone().unwrap_or_default())),
    });
    if answer.accepted { Ok(Pass::plain("signed in")) } else { Err(Stop::fail("accepted", answer.summary())) }
}

fn broken_attestation(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    world.set_policy(context, &world.policy("audit", &json!({"require_known_aaguids": true})))?;
    let mut enrolment = Enrolment::begin(world, context)?;
    let (answer, _) = enrolment.finish(world, context, Subject::Broken(YUBIKEY_5))?;
    if answer.accepted || answer.status != 400 {
        return Err(Stop::fail("refused, HTTP 400", answer.summary()));
    }
    Ok(Pass::plain(format!("It {}.", answer.summary())))
}
