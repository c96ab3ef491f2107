//! What the bound cookie is worth: nothing without the key, before long.

use assay_dbsc::Check;
use assay_dbsc::cookie::SetCookie;
use assay_dbsc::headers::Header;
use assay_dbsc::headers::skipped::{self, SkipReason, Skipped};

use super::judge::{is_accepted, refused, summary};
use super::steps::Bound;
use super::world::{Asking, World};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const TWIN: &str = "dbsc/refresh/accepted";

pub(super) fn cases() -> Vec<Case<World>> {
    vec![
        flow(
            "dbsc/cookie/missing",
            "Without its bound cookie a bound session opens nothing",
            Check::BoundCookieMissing,
            missing,
        )
        .sends("a request of a bound session whose bound cookie is gone")
        .expects("refused"),
        flow(
            "dbsc/cookie/of-another-session",
            "Another session's bound cookie opens nothing",
            Check::BoundCookieUnknown,
            of_another,
        )
        .sends("a request with this session's cookies, but another session's bound cookie")
        .expects("refused"),
        flow(
            "dbsc/cookie/stolen-cookie-dies",
            "A stolen cookie dies, whatever the thief keeps",
            Check::BoundCookieExpired,
            dies,
        )
        .needs([super::TARGET_CLOCK])
        .given("a thief has copied every cookie; the browser's session lives on")
        .sends("the copied cookies, once at once and once after the bound cookie's lifetime")
        .expects("refused after the lifetime"),
        Case::new(
            "dbsc/cookie/short-lived",
            "The bound cookie lives minutes, not hours",
            "DBSC server-considerations",
            Level::Should,
            lifetime,
        )
        .sends("a good registration")
        .expects("Max-Age or Expires of at most an hour"),
        flow("dbsc/theft/wrong-key-ends-session", "A refresh by another key ends the session", Check::Signature, ends)
            .sends("a thief's proof over a good challenge, then the user's own good one")
            .expects("both refused: somebody else holds the session's name"),
        Case::new(
            "dbsc/cookie/skipped-is-not-believed",
            "S16: what a browser says it skipped opens nothing",
            "DBSC algo-add-debug-header",
            Level::Must,
            not_believed,
        )
        .twin(TWIN)
        .sends("a request without the bound cookie, with Secure-Session-Skipped")
        .expects("refused: scripts can send that header"),
    ]
}

fn flow(
    id: &'static str,
    title: &'static str,
    check: Check,
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
) -> Case<World> {
    let info = check.info();
    let level = if check == Check::Signature { Level::Should } else { Level::Must };
    Case::new(id, title, info.clause, level, run).claims([info.id]).twin(TWIN)
}

/// A bound session whose user gets in.
fn bound(world: &mut World, context: &mut Context) -> Result<Bound, Stop> {
    let bound = world.bind(context)?;
    world.gets_in(context, "the bound cookie opens the door")?;
    Ok(bound)
}

fn missing(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = bound(world, context)?;
    for credential in &bound.instructions.credentials {
        world.browser.jar_mut().remove(&credential.name);
    }
    let answer = world.protected(context, Asking::edited("come without the bound cookie", "no bound cookie"))?;
    refused(world, &answer, &[Check::BoundCookieMissing.id()])
}

fn of_another(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut stranger = world.stranger(context)?;
    let theirs = bound(&mut stranger, context)?;
    let own = bound(world, context)?;
    if world.browser.jar().iter().count() <= own.instructions.credentials.len() {
        return Err(Stop::skip("a session cookie beside the bound one"));
    }
    let url = theirs.session.refresh_url.clone();
    for credential in &theirs.instructions.credentials {
        world.browser.jar_mut().remove(&credential.name);
    }
    // Set as the stranger was given it.
    let now = context.now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    for field in theirs.answer.all("Set-Cookie") {
        world.browser.jar_mut().set(field, &url, now);
    }
    let answer =
        world.protected(context, Asking::edited("come with another's bound cookie", "another's bound cookie"))?;
    refused(world, &answer, &[Check::BoundCookieUnknown.id()])
}

fn dies(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = bound(world, context)?;
    let mut thief = world.stranger(context)?;
    // The thief's copies do not expire by themselves.
    for cookie in world.browser.jar().iter() {
        let field = format!("{}={}; Path=/", cookie.name, cookie.value);
        thief.browser.jar_mut().set(&field, &bound.session.refresh_url, 0);
    }
    thief.gets_in(context, "the thief's copies open the door, for now")?;
    let seconds = lifetime_of(&bound).unwrap_or(600);
    world.wait(context, seconds + 1)?;
    let answer = thief.protected(context, Asking::edited("the thief comes again", "an expired bound cookie"))?;
    let pass = refused(world, &answer, &[Check::BoundCookieExpired.id()])?;
    world.refresh_well(context, Asking::twin("the browser refreshes"), &bound)?;
    world.gets_in(context, "the browser goes on")?;
    Ok(Pass {
        because: format!("{} After {seconds} s the copies were worth nothing; the browser went on.", pass.because),
        ..pass
    })
}

fn lifetime(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = world.bind(context)?;
    match lifetime_of(&bound) {
        Some(seconds) if seconds <= 3600 => Ok(Pass::plain(format!("{seconds} s"))),
        Some(seconds) => Err(Stop::fail("at most an hour", format!("{seconds} s"))),
        None => Err(Stop::fail("a cookie with a lifetime", "no lifetime")),
    }
}

/// How long the bound cookie lives, in seconds.
fn lifetime_of(bound: &Bound) -> Option<u64> {
    let name = &bound.instructions.credentials.first()?.name;
    let cookie = bound.answer.all("Set-Cookie").filter_map(SetCookie::parse).find(|cookie| cookie.name == *name)?;
    u64::try_from(cookie.attributes.max_age?).ok()
}

fn ends(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = bound(world, context)?;
    world.refresh_well(context, Asking::twin("refresh"), &bound)?;
    let challenge = world.ask(context, &bound)?;
    let thief = Bound { key: world.key(context)?, ..bound.clone() };
    let proof = world.refresh_draft(&thief, &challenge).text()?;
    let answer =
        world.refresh(context, Asking::edited("the thief refreshes", "signed by another key"), &thief, Some(&proof))?;
    let pass = refused(world, &answer, &[Check::Signature.id()])?;
    // Asking alone may already be refused now.
    let asked = world.refresh(context, Asking::probe("the browser asks for a challenge"), &bound, None)?;
    let Some(challenge) = super::steps::challenge_for(&asked, &bound.session.id).filter(|_| asked.status == 403) else {
        return Ok(Pass { because: format!("{} Then the session was over.", pass.because), ..pass });
    };
    let proof = world.refresh_draft(&bound, &challenge).text()?;
    let own = world.refresh(context, Asking::probe("the browser refreshes"), &bound, Some(&proof))?;
    if is_accepted(&own) {
        return Err(Stop::fail("the session is over", summary(world, &own)));
    }
    Ok(Pass { because: format!("{} Then the session was over.", pass.because), ..pass })
}

fn not_believed(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let bound = bound(world, context)?;
    for credential in &bound.instructions.credentials {
        world.browser.jar_mut().remove(&credential.name);
    }
    let skip = Skipped { reason: SkipReason::Unreachable, session_identifier: Some(bound.session.id) };
    let value = skipped::write(&[skip]).map_err(|error| Stop::broken(error.to_string()))?;
    let request = assay_client::dbsc::Request::get(world.url(&world.target.file.dbsc.protected)?)
        .header(Header::Skipped.name(), value);
    let answer = world.send(context, Asking::edited("come with an excuse", "Secure-Session-Skipped"), &request)?;
    refused(world, &answer, &[Check::BoundCookieMissing.id()])
}
