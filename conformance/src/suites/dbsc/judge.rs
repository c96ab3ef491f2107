//! The verdict on an answer.

use assay_client::dbsc::Response;
use serde_json::Value;

use super::world::World;
use crate::target::{Reason, Source};
use crate::verdict::{Pass, Stop};

/// Does the answer give the session what it asked for? An answer that ends it does not.
pub(super) fn is_accepted(answer: &Response) -> bool {
    let ends = answer.json().is_some_and(|body| body.get("continue") == Some(&Value::Bool(false)));
    (200..300).contains(&answer.status) && !ends
}

/// The answer in a few words.
pub(super) fn summary(world: &World, answer: &Response) -> String {
    let word = if is_accepted(answer) { "accepted" } else { "refused" };
    match reason(world, answer) {
        Some(reason) => format!("{word} (HTTP {}, {})", answer.status, reason.code),
        None => format!("{word} (HTTP {})", answer.status),
    }
}

/// The server must refuse, for one of `codes`. A stated code that is another one is a failure
/// where codes are part of the contract; a mapped one, or none, is a pass that nobody can attribute.
pub(super) fn refused(world: &World, answer: &Response, codes: &[&str]) -> Result<Pass, Stop> {
    let expected =
        if codes.is_empty() { String::from("refused") } else { format!("refused, for {}", codes.join(" or ")) };
    let got = summary(world, answer);
    if is_accepted(answer) {
        return Err(Stop::fail(expected, got));
    }
    if codes.is_empty() {
        return Ok(Pass::plain(format!("It {got}.")));
    }
    match reason(world, answer) {
        None => Ok(Pass::unattributed(format!("It {got}, without a reason that can be read."))),
        Some(reason) if reason.is_any(codes) => Ok(Pass::attributed(format!("It {got}, as expected."))),
        Some(reason) if reason.source == Source::Stated && world.is_assay() => Err(Stop::fail_because(
            expected,
            got,
            "It refused for another reason, so it may not have noticed what is wrong.",
        )),
        Some(_) => Ok(Pass::unattributed(format!("It {got}, which is another reason."))),
    }
}

/// The server must accept.
pub(super) fn accepted(world: &World, answer: &Response) -> Result<Pass, Stop> {
    let got = summary(world, answer);
    if is_accepted(answer) {
        return Ok(Pass::plain(format!("It {got}.")));
    }
    Err(Stop::fail("accepted", got))
}

/// What must be accepted before a refusal says anything.
pub(super) fn good(world: &World, what: &str, answer: &Response) -> Result<(), Stop> {
    if is_accepted(answer) {
        return Ok(());
    }
    Err(Stop::broken(format!("{what} is not accepted: {}", summary(world, answer))))
}

fn reason(world: &World, answer: &Response) -> Option<Reason> {
    let body = answer.json();
    let message = world.reasons.message(body.as_ref(), &String::from_utf8_lossy(&answer.body));
    world.reasons.reason(body.as_ref(), &message)
}
