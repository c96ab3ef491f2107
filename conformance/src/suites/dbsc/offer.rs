//! What a server offers when a user signs in (S1 to S3).

use assay_dbsc::Duty;
use assay_dbsc::headers::{Header, Spelling, registration};
use assay_dbsc::site::{Secure, same_site};

use super::world::World;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

pub(super) fn cases() -> Vec<Case<World>> {
    vec![
        owed(
            "dbsc/offer/form",
            "S1: the offer is a list of inner lists of algorithm tokens",
            Duty::OfferAlgorithms,
            form,
        )
        .sends("a good sign-in")
        .expects(
            "Secure-Session-Registration under its present name; every member an inner list of ES256, RS256 or none",
        ),
        owed("dbsc/offer/path", "S2: the offer names an endpoint of the same site", Duty::OfferPath, path)
            .sends("a good sign-in")
            .expects("a path that leads to a secure URL of the site that was signed in to"),
        owed("dbsc/offer/challenge", "S3: every offer has a challenge of its own", Duty::OfferChallenge, challenge)
            .sends("four sign-ins")
            .expects("four challenges, all different, each of at least 22 characters"),
    ]
}

/// A case about the server's own output.
pub(super) fn owed(
    id: &'static str,
    title: &'static str,
    duty: Duty,
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
) -> Case<World> {
    let info = duty.info();
    let level = match duty {
        Duty::TerminationInstructions | Duty::OfferChallenge => Level::Should,
        _ => Level::Must,
    };
    Case::new(id, title, info.clause, level, run).claims([info.id])
}

/// The offer as it stands in the header.
fn field(world: &mut World, context: &mut Context) -> Result<String, Stop> {
    let answer = world.sign_in(context)?;
    let field = Header::Registration.find(answer.pairs());
    let field = field.ok_or_else(|| Stop::fail("Secure-Session-Registration", "no such header"))?;
    match field.spelling {
        Spelling::Current => Ok(field.value),
        Spelling::Old => {
            Err(Stop::fail("Secure-Session-Registration", "Sec-Session-Registration, which browsers ignore"))
        }
    }
}

fn form(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    const KNOWN: [&str; 3] = ["ES256", "RS256", "none"];
    let field = field(world, context)?;
    let wanted = "inner lists of ES256, RS256 or none";
    let members = registration::parse(&field).map_err(|error| Stop::fail(wanted, error.to_string()))?;
    for member in &members {
        let member = member.as_ref().map_err(|error| Stop::fail(wanted, format!("{error} in {field}")))?;
        let stranger = member.algorithms.iter().find(|name| !KNOWN.contains(&name.as_str()));
        if member.algorithms.is_empty() || stranger.is_some() {
            return Err(Stop::fail(wanted, field));
        }
    }
    if members.is_empty() {
        return Err(Stop::fail(wanted, "an empty list"));
    }
    Ok(Pass::plain(field))
}

fn path(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let field = field(world, context)?;
    let wanted = "a path to a secure URL of the same site";
    let members = registration::parse(&field).map_err(|error| Stop::broken(error.to_string()))?;
    let base = world.url("/")?;
    for member in members.into_iter().flatten() {
        let endpoint = base.join(&member.path).map_err(|error| Stop::fail(wanted, error.to_string()))?;
        if !same_site(&base, &endpoint) || !Secure::Loopback.admits(&endpoint) {
            return Err(Stop::fail(wanted, endpoint.to_string()));
        }
    }
    Ok(Pass::plain(field))
}

fn challenge(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut seen = Vec::new();
    for _ in 0..4 {
        let offer = world.offer(context)?;
        let Some(challenge) = offer.member.challenge else {
            return Err(Stop::fail_because(
                "a challenge",
                "none",
                "Without a challenge a browser registers without any proof.",
            ));
        };
        // 128 bits in base64url.
        if challenge.len() < 22 {
            return Err(Stop::fail("at least 22 characters", challenge));
        }
        if seen.contains(&challenge) {
            return Err(Stop::fail("a challenge of its own for every offer", format!("{challenge:?} again")));
        }
        seen.push(challenge);
    }
    Ok(Pass::plain("four challenges, all different"))
}
