//! A challenge is answered once, in time, in its own session and its own ceremony.

use std::thread;
use std::time::{Duration, Instant};

use assay_mint::edits::ClientDataEdit;
use serde_json::{Value, json};

use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{
    Sending, assertion_forge, authentication_request, begin_authentication, begin_registration, register,
    registration_forge, registration_request, send_authentication, send_registration,
};
use crate::suites::relying_party::judge;
use crate::suites::relying_party::world::World;
use crate::target::Answer;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "WebAuthn L3 13.5.3";
const GONE: [&str; 3] = ["challenge_reused", "challenge_unknown", "challenge_mismatch"];

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let cases = [
        row(
            "registration-replayed",
            "The same registration again",
            Level::Must,
            &["challenge_reused"],
            replay_registration,
            [
                "a user who has just registered",
                "the same registration, byte by byte, once more",
                "A challenge is answered once.",
            ],
        ),
        row(
            "registration-reused",
            "A second registration to the same challenge",
            Level::Must,
            &["challenge_reused"],
            reuse_registration,
            [
                "a user who has just registered",
                "a good registration of another credential, to the same challenge",
                "A challenge is answered once, whatever the answer brings.",
            ],
        ),
        row(
            "registration-reused-after-failure",
            "A good registration after a bad one, to the same challenge",
            Level::Should,
            &["challenge_reused"],
            reuse_after_failed_registration,
            [
                "a user whose registration was just refused",
                "a good registration to the same challenge",
                "A challenge is gone with the first answer, also with a bad one: nobody may try until one is right.",
            ],
        ),
        row(
            "authentication-replayed",
            "The same authentication again",
            Level::Must,
            &["challenge_reused"],
            replay_authentication,
            [
                "a user who has just authenticated",
                "the same authentication, byte by byte, once more",
                "A challenge is answered once: otherwise whoever has seen one answer is let in for ever.",
            ],
        ),
        row(
            "authentication-reused",
            "A second authentication to the same challenge",
            Level::Must,
            &["challenge_reused"],
            reuse_authentication,
            [
                "a user who has just authenticated",
                "a good authentication with the next counter, to the same challenge",
                "A challenge is answered once.",
            ],
        ),
        row(
            "authentication-reused-after-failure",
            "A good authentication after a bad one, to the same challenge",
            Level::Should,
            &["challenge_reused"],
            reuse_after_failed_authentication,
            [
                "a user whose authentication was just refused",
                "a good authentication to the same challenge",
                "A challenge is gone with the first answer, also with a bad one.",
            ],
        ),
        row(
            "registration-of-another-session",
            "A registration to another session's challenge",
            Level::Must,
            &["challenge_mismatch"],
            registration_of_another_session,
            [
                "two sessions, each with creation options of its own",
                "in the second, a good answer to the first one's challenge",
                "A challenge belongs to the session that it was issued to.",
            ],
        ),
        row(
            "authentication-of-another-session",
            "An authentication to another session's challenge",
            Level::Must,
            &["challenge_mismatch"],
            authentication_of_another_session,
            [
                "two sessions, each with request options of its own for the same user",
                "in the second, a good answer to the first one's challenge",
                "A challenge belongs to the session that it was issued to: a stolen answer opens no session.",
            ],
        ),
        row(
            "authentication-to-a-registration",
            "An authentication to a registration's challenge",
            Level::Must,
            &["challenge_other_ceremony"],
            authentication_to_a_registration,
            [
                "a user with a credential, and creation options",
                "a good authentication to the challenge of the creation options",
                "A challenge belongs to the ceremony that it was issued for.",
            ],
        ),
        row(
            "registration-to-an-authentication",
            "A registration to an authentication's challenge",
            Level::Must,
            &["challenge_other_ceremony"],
            registration_to_an_authentication,
            [
                "a user with a credential, and request options",
                "a good registration to the challenge of the request options",
                "A challenge belongs to the ceremony that it was issued for.",
            ],
        ),
        row(
            "registration-unasked",
            "A registration that nobody asked for",
            Level::Must,
            &[],
            registration_unasked,
            [
                "a session without any options",
                "a registration to a challenge that was never issued",
                "Challenges are the server's own.",
            ],
        ),
        row(
            "registration-too-late",
            "A registration after the challenge's time",
            Level::Should,
            &["challenge_expired"],
            registration_too_late,
            [
                "a server whose clock can be moved, or whose options last five seconds or less",
                "a good registration after that time",
                "A challenge lives about as long as the client was given.",
            ],
        ),
        row(
            "authentication-too-late",
            "An authentication after the challenge's time",
            Level::Should,
            &["challenge_expired"],
            authentication_too_late,
            [
                "a server whose clock can be moved, or whose options last five seconds or less",
                "a good authentication after that time",
                "A challenge lives about as long as the client was given.",
            ],
        ),
    ];
    cases.into_iter().map(|case| (Basis::Normative, case)).collect()
}

fn row(
    name: &str,
    title: &str,
    level: Level,
    claims: &[&'static str],
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
    [given, sends, expects]: [&'static str; 3],
) -> Case<World> {
    Case::new(format!("session/challenge/{name}"), title, CLAUSE, level, run)
        .claims(claims.iter().copied())
        .given(given)
        .sends(sends)
        .expects(expects)
        .twin(if name.starts_with("registration") {
            "registration/accepted/none"
        } else {
            "authentication/accepted/es256"
        })
}

/// A step that only leads to the question: without it the case says nothing.
fn led(answer: &Answer, wanted: bool) -> Result<(), Stop> {
    if answer.accepted == wanted {
        return Ok(());
    }
    Err(Stop::broken(format!("on the way there the server {}", answer.summary())))
}

fn replay_registration(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &request)?;
    let forge = registration_forge(world, Base::None, &offer);
    let (first, _) = send_registration(world, context, &Sending::setup("register", &forge), &[])?;
    led(&first, true)?;
    let (again, _) = send_registration(world, context, &Sending::probe("the same once more", &forge), &[])?;
    let codes = [GONE.as_slice(), &["credential_already_registered"]].concat();
    judge::refused(world, &again, &codes)
}

fn reuse_registration(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    // An account that is there already, so that nothing but the challenge is in the way.
    let (request, _) = register(world, context, Base::None, |_| {})?;
    let offer = begin_registration(world, context, &request)?;
    let forge = registration_forge(world, Base::None, &offer);
    let sending = Sending::setup("register a second credential", &forge);
    let (first, _) = send_registration(world, context, &sending, &[])?;
    led(&first, true)?;
    let mut other = forge.clone();
    other.credential_id = forge.seed.derive("another credential").stream(32);
    let (again, _) = send_registration(world, context, &Sending::probe("register a third credential", &other), &[])?;
    judge::refused(world, &again, &GONE)
}

fn reuse_after_failed_registration(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &request)?;
    let good = registration_forge(world, Base::None, &offer);
    let bad = good.clone().edited(ClientDataEdit::OriginOther);
    let (first, _) = send_registration(world, context, &Sending::setup("register from another origin", &bad), &[])?;
    led(&first, false)?;
    let (again, _) = send_registration(world, context, &Sending::probe("register as it should be", &good), &[])?;
    judge::refused(world, &again, &GONE)
}

fn replay_authentication(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let offer = begin_authentication(world, context, &authentication_request(&registered.username))?;
    let forge = assertion_forge(world, &credential, &offer);
    let (first, _) = send_authentication(world, context, &Sending::setup("authenticate", &forge))?;
    led(&first, true)?;
    let (again, _) = send_authentication(world, context, &Sending::probe("the same once more", &forge))?;
    let codes = [GONE.as_slice(), &["sign_count_not_increased"]].concat();
    judge::refused(world, &again, &codes)
}

fn reuse_authentication(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let offer = begin_authentication(world, context, &authentication_request(&registered.username))?;
    let mut forge = assertion_forge(world, &credential, &offer);
    let (first, _) = send_authentication(world, context, &Sending::setup("authenticate", &forge))?;
    led(&first, true)?;
    forge.sign_count += 1;
    let (again, _) = send_authentication(world, context, &Sending::probe("answer the same challenge again", &forge))?;
    judge::refused(world, &again, &GONE)
}

fn reuse_after_failed_authentication(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let offer = begin_authentication(world, context, &authentication_request(&registered.username))?;
    let good = assertion_forge(world, &credential, &offer);
    let bad = good.clone().edited(ClientDataEdit::OriginOther);
    let (first, _) = send_authentication(world, context, &Sending::setup("authenticate from another origin", &bad))?;
    led(&first, false)?;
    let (again, _) = send_authentication(world, context, &Sending::probe("authenticate as it should be", &good))?;
    judge::refused(world, &again, &GONE)
}

fn registration_of_another_session(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &request)?;
    let forge = registration_forge(world, Base::None, &offer);
    let mut other = world.other_session()?;
    let own = registration_request(&other, context, Base::None);
    begin_registration(&mut other, context, &own)?;
    let sending = Sending::probe("answer the first session's challenge in the second", &forge);
    let (answer, _) = send_registration(&mut other, context, &sending, &[])?;
    let pass = judge::refused(world, &answer, &GONE)?;
    let (twin, _) = send_registration(world, context, &Sending::twin("answer it where it was issued", &forge), &[])?;
    judge::with_twin(pass, &twin)
}

fn authentication_of_another_session(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let request = authentication_request(&registered.username);
    let offer = begin_authentication(world, context, &request)?;
    let forge = assertion_forge(world, &credential, &offer);
    let mut other = world.other_session()?;
    begin_authentication(&mut other, context, &request)?;
    let sending = Sending::probe("answer the first session's challenge in the second", &forge);
    let (answer, _) = send_authentication(&mut other, context, &sending)?;
    let pass = judge::refused(world, &answer, &GONE)?;
    let (twin, _) = send_authentication(world, context, &Sending::twin("answer it where it was issued", &forge))?;
    judge::with_twin(pass, &twin)
}

fn authentication_to_a_registration(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let mut session = world.other_session()?;
    let created = begin_registration(&mut session, context, &registered)?;
    let mut forge = assay_mint::assertion::AssertionForge::new(&credential, &created.options.challenge);
    forge.rp_id = world.rp_id(created.options.rp.id.as_deref());
    let sending = Sending::probe("authenticate to the creation options' challenge", &forge);
    let (answer, _) = send_authentication(&mut session, context, &sending)?;
    let codes = [GONE.as_slice(), &["challenge_other_ceremony"]].concat();
    judge::refused(world, &answer, &codes)
}

fn registration_to_an_authentication(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, _) = register(world, context, Base::None, |_| {})?;
    let mut session = world.other_session()?;
    let request = authentication_request(&registered.username);
    let requested = begin_authentication(&mut session, context, &request)?;
    let rp_id = world.rp_id(requested.options.rp_id.as_deref());
    let mut forge = Base::None.forge(&world.lab, &rp_id, &requested.options.challenge);
    forge.origin.clone_from(&world.origin);
    let sending = Sending::probe("register to the request options' challenge", &forge);
    let (answer, _) = send_registration(&mut session, context, &sending, &[])?;
    let codes = [GONE.as_slice(), &["challenge_other_ceremony"]].concat();
    judge::refused(world, &answer, &codes)
}

fn registration_unasked(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let challenge = context.random.bytes(32);
    let rp_id = world.rp_id(None);
    let mut forge = Base::None.forge(&world.lab, &rp_id, &challenge);
    forge.origin.clone_from(&world.origin);
    let sending = Sending::probe("register to a challenge of our own", &forge);
    let (answer, _) = send_registration(world, context, &sending, &[])?;
    judge::refused(world, &answer, &GONE)
}

fn registration_too_late(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut request = registration_request(world, context, Base::None);
    request.requirements = short_lived(world);
    let offer = begin_registration(world, context, &request)?;
    let forge = registration_forge(world, Base::None, &offer);
    wait(world, context, offer.options.timeout)?;
    let (answer, _) = send_registration(world, context, &Sending::probe("register, too late", &forge), &[])?;
    judge::refused(world, &answer, &["challenge_expired", "challenge_unknown", "challenge_mismatch"])
}

fn authentication_too_late(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let mut request = authentication_request(&registered.username);
    request.requirements = short_lived(world);
    let offer = begin_authentication(world, context, &request)?;
    let forge = assertion_forge(world, &credential, &offer);
    wait(world, context, offer.options.timeout)?;
    let (answer, _) = send_authentication(world, context, &Sending::probe("authenticate, too late", &forge))?;
    judge::refused(world, &answer, &["challenge_expired", "challenge_unknown", "challenge_mismatch"])
}

/// A server that honours requirements is asked for a challenge that is worth waiting for.
fn short_lived(world: &World) -> Option<Value> {
    world.is_assay().then(|| json!({ "challenge_ms": 50 }))
}

/// Waits until the options' time is over, where that is soon enough to be waited for, or moves the
/// server's clock.
fn wait(world: &World, context: &Context, timeout: Option<u64>) -> Result<(), Stop> {
    const PATIENCE: u64 = 5_000;
    const SLACK: u64 = 1_500;
    let timeout = timeout.ok_or_else(|| Stop::skip("options that say how long they last"))?;
    if let Some(clock) = &world.clock {
        clock.advance(Duration::from_millis(timeout + SLACK));
        return Ok(());
    }
    if timeout > PATIENCE {
        return Err(Stop::skip("challenges that last five seconds or less, or a clock that can be moved"));
    }
    let until = Instant::now() + Duration::from_millis(timeout + SLACK);
    while Instant::now() < until {
        context.check_time()?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
