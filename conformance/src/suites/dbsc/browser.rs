//! Whole lives of sessions, with a browser that does everything by itself.

use assay_client::dbsc::{Event, Request, Settings};
use assay_dbsc::client::Audience;
use assay_dbsc::headers::Form;

use super::judge::summary;
use super::world::{Asking, World};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

pub(super) fn cases() -> Vec<Case<World>> {
    let like_specified = Settings::default();
    let like_chromium = Settings { form: Form::Bare, ..like_specified };
    let with_audience = Settings { audience: Audience::Endpoint, ..like_specified };
    vec![
        life("dbsc/browser/specification", "A browser that quotes its headers, as specified", like_specified),
        life("dbsc/browser/chromium-156", "A browser that does not quote, as Chromium 156", like_chromium),
        life("dbsc/browser/audience", "A browser whose proofs name their endpoint", with_audience),
        Case::new(
            "dbsc/browser/without-dbsc",
            "A browser without DBSC signs in and gets in",
            "DBSC server-considerations",
            Level::Should,
            without,
        )
        .sends("a sign-in whose offer is ignored, then a request")
        .expects("accepted, and not called bound"),
    ]
}

fn life(id: &'static str, title: &'static str, settings: Settings) -> Case<World> {
    Case::new(id, title, "DBSC algo-session-request", Level::Must, move |world: &mut World, context: &mut Context| {
        set(world, settings);
        lives(world, context)
    })
    .sends("what such a browser sends: registration, a page, then the loss of the bound cookie and a page")
    .expects("a session, a refresh before the second page, and its user gets in")
}

fn set(world: &mut World, settings: Settings) {
    world.browser.set_settings(settings);
}

fn lives(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = match world.target.file.dbsc.sign_in.clone() {
        Some(how) => world.sign_in_request(context, &how)?,
        None => {
            let (path, body) = world.assertion(context)?;
            world.post(&path, &body)?
        }
    };
    world.fetch(context, Asking::probe("sign in and register"), request)?;
    let events = world.browser.take_events();
    let registered = |event: &Event| matches!(event, Event::Registered { .. });
    if !events.iter().any(registered) {
        return Err(Stop::fail("a session", format!("{events:?}")));
    }
    gets_in(world, context, "a page")?;
    let names: Vec<String> = world
        .browser
        .sessions()
        .iter()
        .flat_map(|bound| &bound.session.cravings)
        .map(|craving| craving.name.clone())
        .collect();
    for name in &names {
        world.browser.jar_mut().remove(name);
    }
    world.browser.take_events();
    gets_in(world, context, "a page after the bound cookie is lost")?;
    let events = world.browser.take_events();
    if !events.iter().any(|event| matches!(event, Event::Refreshed { .. })) {
        return Err(Stop::fail("a refresh", format!("{events:?}")));
    }
    Ok(Pass::plain("The session was registered, refreshed and its user got in."))
}

fn gets_in(world: &mut World, context: &mut Context, label: &str) -> Result<(), Stop> {
    let request = Request::get(world.url(&world.target.file.dbsc.protected)?);
    let answer = world.fetch(context, Asking::probe(label), request)?;
    if answer.status == 200 {
        return Ok(());
    }
    Err(Stop::fail("HTTP 200", summary(world, &answer)))
}

fn without(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    world.sign_in(context)?;
    let answer = world.protected(context, Asking::probe("ask for what only a user gets"))?;
    if answer.status != 200 {
        return Err(Stop::fail("HTTP 200", summary(world, &answer)));
    }
    let bound = answer.json().and_then(|body| body.get("bound")?.as_bool());
    if world.is_assay() && bound != Some(false) {
        return Err(Stop::fail("bound: false", format!("bound: {bound:?}")));
    }
    Ok(Pass::plain("The session goes on unbound."))
}
