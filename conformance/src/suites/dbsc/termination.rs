//! The end of a session (S15).

use assay_dbsc::instructions::Instructions;
use assay_dbsc::{Check, Duty};

use super::judge::{is_accepted, summary};
use super::offer::owed;
use super::steps::challenge_for;
use super::world::{Asking, World};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

pub(super) fn cases() -> Vec<Case<World>> {
    let info = Check::SessionTerminated.info();
    vec![
        Case::new(
            "dbsc/termination/after-sign-out",
            "S15: after signing out nothing can be refreshed",
            info.clause,
            Level::Must,
            after_sign_out,
        )
        .claims([info.id])
        .twin("dbsc/refresh/accepted")
        .given("a bound session whose user has signed out")
        .sends("a refresh by the right key")
        .expects("continue false, or a refusal; no new cookie"),
        owed(
            "dbsc/termination/instructions",
            "S15: instructions that end a session name it",
            Duty::TerminationInstructions,
            instructions,
        )
        .given("a bound session whose user has signed out")
        .sends("a refresh without a proof")
        .expects("where the answer is continue false, session_identifier is in it: Chromium 156 needs it"),
    ]
}

fn after_sign_out(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = world.bind(context)?;
    let refreshed = world.refresh_well(context, Asking::twin("refresh"), &bound)?;
    let early = challenge_for(&refreshed, &bound.session.id);
    world.sign_out(context)?;
    let mut answer = world.refresh(context, Asking::probe("refresh after signing out"), &bound, None)?;
    let challenge = challenge_for(&answer, &bound.session.id).filter(|_| answer.status == 403).or(early);
    if let Some(challenge) = challenge {
        let proof = world.refresh_draft(&bound, &challenge).text()?;
        answer = world.refresh(context, Asking::probe("sign a challenge after signing out"), &bound, Some(&proof))?;
    }
    if is_accepted(&answer) {
        return Err(Stop::fail("continue false, or a refusal", summary(world, &answer)));
    }
    Ok(Pass::plain(format!("It was {}.", summary(world, &answer))))
}

fn instructions(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = world.bind(context)?;
    world.sign_out(context)?;
    let answer = world.refresh(context, Asking::probe("refresh after signing out"), &bound, None)?;
    match Instructions::parse(&answer.body) {
        Ok(Instructions::Terminate { session_identifier: Some(id) }) if id == bound.session.id => {
            Ok(Pass::plain("continue false, with the session's identifier"))
        }
        Ok(Instructions::Terminate { session_identifier }) => Err(Stop::fail(
            format!("session_identifier {:?}", bound.session.id),
            session_identifier.map_or_else(|| String::from("no session_identifier"), |id| format!("{id:?}")),
        )),
        _ if (400..500).contains(&answer.status) && answer.status != 403 => {
            Ok(Pass::plain(format!("HTTP {}, which ends a session too", answer.status)))
        }
        _ => Err(Stop::fail("continue false, or a refusal other than 403", summary(world, &answer))),
    }
}
