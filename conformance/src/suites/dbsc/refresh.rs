//! The refresh endpoint (S5, S6, S8, S10, S14).

use assay_dbsc::check::Check;
use assay_dbsc::cookie::SetCookie;
use assay_dbsc::headers::{Form, Header, challenge};
use assay_dbsc::instructions::Instructions;
use assay_dbsc::{Duty, jwk};
use serde_json::{Value, json};

use super::judge::{accepted, good, refused, summary};
use super::offer::owed;
use super::steps::Bound;
use super::table::{EITHER, Row, broken, set};
use super::world::{Asking, World};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const TWIN: &str = "dbsc/refresh/accepted";

pub(super) fn cases() -> Vec<Case<World>> {
    let mut cases = vec![
        Case::new(
            TWIN,
            "A good proof refreshes the session",
            "DBSC format-jwt",
            Level::Must,
            |world: &mut World, context: &mut Context| {
                let bound = world.bind(context)?;
                let challenge = world.ask(context, &bound)?;
                let proof = world.refresh_draft(&bound, &challenge).text()?;
                let answer = world.refresh(context, Asking::probe("refresh"), &bound, Some(&proof))?;
                accepted(world, &answer)?;
                let answer = world.protected(context, Asking::probe("ask for what only a user gets"))?;
                accepted(world, &answer)
            },
        )
        .sends("an unsigned refresh, then a proof over the challenge that came")
        .expects("a new bound cookie, with which the user gets in"),
        Case::new(
            "dbsc/refresh/accepted-quoted",
            "Proof and session id may be quoted strings",
            "DBSC algo-session-request",
            Level::Must,
            |world: &mut World, context: &mut Context| {
                let bound = world.bind(context)?;
                let challenge = world.ask(context, &bound)?;
                let proof = world.refresh_draft(&bound, &challenge).text()?;
                let request = world.refresh_request(&bound, Some(&bound.session.id), Some(&proof), Form::Quoted);
                let answer =
                    world.send(context, Asking::probe("refresh, quoted as the specification says"), &request)?;
                accepted(world, &answer)
            },
        )
        .sends("the same with both headers as strings of RFC 9651")
        .expects("a new bound cookie"),
        Case::new(
            "dbsc/refresh/accepted-by-each-of-two-races",
            "Two requests that race are both refreshed",
            "DBSC server-considerations",
            Level::Should,
            races,
        )
        .sends("two unsigned refreshes, then two proofs, the later challenge first")
        .expects("both accepted: a browser with two tabs has one session"),
        owed(
            "dbsc/refresh/asks-by-403",
            "S8: an unsigned refresh is answered by 403",
            Duty::RefreshChallengeStatus,
            |world, context| {
                let bound = world.bind(context)?;
                let answer = world.refresh(context, Asking::probe("refresh without a proof"), &bound, None)?;
                if answer.status == 403 {
                    return Ok(Pass::plain("HTTP 403"));
                }
                Err(Stop::fail("HTTP 403", summary(world, &answer)))
            },
        )
        .sends("a refresh without a proof")
        .expects("HTTP 403: browsers sign for no other status"),
        owed(
            "dbsc/refresh/challenge-names-session",
            "S8: the challenge names its session in id",
            Duty::RefreshChallengeSession,
            |world, context| {
                let bound = world.bind(context)?;
                let answer = world.refresh(context, Asking::probe("refresh without a proof"), &bound, None)?;
                let wanted = format!("a challenge with id=\"{}\"", bound.session.id);
                let Some(field) = Header::Challenge.find(answer.pairs()) else {
                    return Err(Stop::fail(wanted, "no Secure-Session-Challenge"));
                };
                let challenges =
                    challenge::parse(&field.value).map_err(|error| Stop::fail(&*wanted, error.to_string()))?;
                match challenge::for_session(&challenges, &bound.session.id) {
                    Some(_) => Ok(Pass::plain(field.value)),
                    None => Err(Stop::fail(wanted, field.value)),
                }
            },
        )
        .sends("a refresh without a proof")
        .expects("Secure-Session-Challenge with the session's identifier as the string parameter id"),
        owed(
            "dbsc/refresh/same-identifier",
            "S6: instructions at refresh name the same session",
            Duty::RefreshSessionIdentifier,
            |world, context| {
                let bound = world.bind(context)?;
                let answer = world.refresh_well(context, Asking::probe("refresh"), &bound)?;
                if answer.body.is_empty() {
                    return Ok(Pass::plain("No instructions, so the session stays as it is."));
                }
                match Instructions::parse(&answer.body) {
                    Ok(Instructions::Continue(new)) if new.session_identifier == bound.session.id => {
                        Ok(Pass::plain("The same identifier."))
                    }
                    Ok(Instructions::Continue(new)) => Err(Stop::fail(bound.session.id, new.session_identifier)),
                    other => Err(Stop::fail(bound.session.id, format!("{other:?}"))),
                }
            },
        )
        .sends("a good refresh")
        .expects("the session_identifier of the registration"),
        owed(
            "dbsc/refresh/sets-cookie",
            "S10: a refresh sets the bound cookie",
            Duty::RefreshCookie,
            |world, context| {
                let bound = world.bind(context)?;
                let answer = world.refresh_well(context, Asking::probe("refresh"), &bound)?;
                let names: Vec<String> =
                    answer.all("Set-Cookie").filter_map(SetCookie::parse).map(|cookie| cookie.name).collect();
                match bound.instructions.credentials.iter().find(|one| !names.contains(&one.name)) {
                    None => Ok(Pass::plain("Every bound cookie is set anew.")),
                    Some(one) => Err(Stop::fail(format!("a new cookie {}", one.name), "no such Set-Cookie")),
                }
            },
        )
        .sends("a good refresh")
        .expects("Set-Cookie for every credential of the session"),
        flow(
            "challenge-used-before",
            "a challenge that was answered before",
            Check::ChallengeReused,
            Level::Should,
            |world, context| {
                let bound = world.bind(context)?;
                let challenge = world.ask(context, &bound)?;
                let proof = world.refresh_draft(&bound, &challenge).text()?;
                let first = world.refresh(context, Asking::twin("refresh"), &bound, Some(&proof))?;
                good(world, "the first refresh", &first)?;
                let asking = Asking::edited("send the same proof again", "a challenge that was answered");
                let again = world.refresh(context, asking, &bound, Some(&proof))?;
                refused(world, &again, &[Check::ChallengeReused.id()])
            },
        ),
        flow(
            "challenge-of-another-session",
            "another session's challenge",
            Check::ChallengeOtherSession,
            Level::Must,
            |world, context| {
                let mut stranger = world.stranger(context)?;
                let theirs = stranger.bind(context)?;
                let challenge = stranger.ask(context, &theirs)?;
                let bound = world.bind(context)?;
                world.refresh_well(context, Asking::twin("refresh"), &bound)?;
                let codes = [Check::ChallengeOtherSession.id(), Check::ChallengeMismatch.id()];
                probe(world, context, &bound, &challenge, "another session's challenge", &codes)
            },
        ),
        flow(
            "challenge-of-the-registration",
            "the challenge of the registration",
            Check::ChallengeMismatch,
            Level::Must,
            |world, context| {
                let bound = world.bind(context)?;
                world.refresh_well(context, Asking::twin("refresh"), &bound)?;
                let challenge = bound.challenge.clone().unwrap_or_default();
                let codes = [Check::ChallengeMismatch.id(), Check::ChallengeReused.id()];
                probe(world, context, &bound, &challenge, "the registration's challenge", &codes)
            },
        ),
        flow(
            "challenge-stale",
            "a challenge after which a dozen others were issued",
            Check::ChallengeStale,
            Level::Should,
            |world, context| {
                let bound = world.bind(context)?;
                world.refresh_well(context, Asking::twin("refresh"), &bound)?;
                let old = world.ask(context, &bound)?;
                for _ in 0..12 {
                    world.ask(context, &bound)?;
                }
                probe(world, context, &bound, &old, "a challenge long superseded", &[Check::ChallengeStale.id()])
            },
        ),
        flow(
            "session-id-missing",
            "no Sec-Secure-Session-Id",
            Check::SessionIdMissing,
            Level::Should,
            |world, context| {
                let bound = world.bind(context)?;
                world.refresh_well(context, Asking::twin("refresh"), &bound)?;
                let challenge = world.ask(context, &bound)?;
                let proof = world.refresh_draft(&bound, &challenge).text()?;
                let request = world.refresh_request(&bound, None, Some(&proof), Form::Bare);
                let answer = world.send(context, Asking::edited("refresh", "no Sec-Secure-Session-Id"), &request)?;
                refused(world, &answer, &[Check::SessionIdMissing.id()])
            },
        ),
        flow(
            "session-of-another-user",
            "another user's session, by its own key, with this user's cookies",
            Check::SessionMismatch,
            Level::Should,
            |world, context| {
                let mut stranger = world.stranger(context)?;
                let theirs = stranger.bind(context)?;
                let challenge = stranger.ask(context, &theirs)?;
                let own = world.bind(context)?;
                world.refresh_well(context, Asking::twin("refresh"), &own)?;
                if world.browser.jar().iter().count() <= own.instructions.credentials.len() {
                    return Err(Stop::skip("a session cookie beside the bound one"));
                }
                let proof = world.refresh_draft(&theirs, &challenge).text()?;
                let asking = Asking::edited("refresh another user's session", "another user's session");
                let answer = world.refresh(context, asking, &theirs, Some(&proof))?;
                refused(world, &answer, &[Check::SessionMismatch.id()])
            },
        ),
    ];
    cases.extend(EITHER.iter().chain(REFRESH).map(|row| case(*row)));
    cases
}

/// What is wrong with a refresh proof alone.
const REFRESH: &[Row] = &[
    broken("proof-with-jwk", "the proof carries its own, registered key", Check::JwkInRefresh, |draft, _| {
        let key = Value::Object(jwk::to_json(&draft.signer.public()));
        set(&mut draft.header, "jwk", key);
        Ok(())
    }),
    broken(
        "algorithm-changed",
        "alg says RS256, the signature is the registered key's",
        Check::AlgorithmChanged,
        |draft, _| {
            set(&mut draft.header, "alg", json!("RS256"));
            Ok(())
        },
    ),
    broken(
        "algorithm-none",
        "alg says none, the signature is the registered key's",
        Check::AlgorithmChanged,
        |draft, _| {
            set(&mut draft.header, "alg", json!("none"));
            Ok(())
        },
    ),
];

fn case(row: Row) -> Case<World> {
    let run = move |world: &mut World, context: &mut Context| {
        let bound = world.bind(context)?;
        world.refresh_well(context, Asking::twin("refresh with a good proof"), &bound)?;
        let challenge = world.ask(context, &bound)?;
        let mut draft = world.refresh_draft(&bound, &challenge);
        (row.apply)(&mut draft, context)?;
        let text = draft.text()?;
        let answer = world.refresh(context, Asking::edited("refresh", row.edit), &bound, Some(&text))?;
        refused(world, &answer, &[row.code])
    };
    Case::new(format!("dbsc/refresh/{}", row.slug), format!("Refused: {}", row.edit), row.clause, row.level, run)
        .claims([row.code])
        .twin(TWIN)
        .sends(format!("a refresh proof: {}", row.edit))
        .expects("no new cookie")
}

/// A refusal that takes more than an edit.
fn flow(
    slug: &'static str,
    what: &'static str,
    check: Check,
    level: Level,
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
) -> Case<World> {
    let info = check.info();
    Case::new(format!("dbsc/refresh/{slug}"), format!("Refused: {what}"), info.clause, level, run)
        .claims([info.id])
        .twin(TWIN)
        .sends(format!("a refresh with {what}"))
        .expects("no new cookie")
}

/// A good proof but for its challenge, which must be refused.
fn probe(
    world: &mut World,
    context: &mut Context,
    bound: &Bound,
    challenge: &str,
    edit: &str,
    codes: &[&str],
) -> Result<Pass, Stop> {
    let proof = world.refresh_draft(bound, challenge).text()?;
    let answer = world.refresh(context, Asking::edited("refresh", edit), bound, Some(&proof))?;
    refused(world, &answer, codes)
}

fn races(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = world.bind(context)?;
    let first = world.ask(context, &bound)?;
    let second = world.ask(context, &bound)?;
    for (label, challenge) in
        [("refresh with the later challenge", second), ("refresh with the earlier challenge", first)]
    {
        let proof = world.refresh_draft(&bound, &challenge).text()?;
        let answer = world.refresh(context, Asking::probe(label), &bound, Some(&proof))?;
        accepted(world, &answer)?;
    }
    Ok(Pass::plain("Both were accepted."))
}
