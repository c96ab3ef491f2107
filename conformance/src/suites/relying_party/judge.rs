//! The verdict on an answer.

use crate::target::{Answer, Source};
use crate::verdict::{Pass, Stop};

use super::world::World;

/// The server must refuse, for one of `codes`. A stated code that is another one is a failure
/// where codes are part of the contract; a mapped one, or none, is a pass that nobody can attribute.
pub(super) fn refused(world: &World, answer: &Answer, codes: &[&str]) -> Result<Pass, Stop> {
    let expected = match codes {
        [] => String::from("refused"),
        _ => format!("refused, for {}", codes.join(" or ")),
    };
    if answer.accepted {
        return Err(Stop::fail(expected, answer.summary()));
    }
    let Some(reason) = &answer.reason else {
        return Ok(Pass::unattributed(format!("It {}, without a reason that can be read.", answer.summary())));
    };
    if reason.is_any(codes) {
        return Ok(Pass::attributed(format!("It {}, as expected.", answer.summary())));
    }
    if codes.is_empty() {
        return Ok(Pass::plain(format!("It {}.", answer.summary())));
    }
    if reason.source == Source::Stated && world.is_assay() {
        return Err(Stop::fail_because(
            expected,
            answer.summary(),
            "It refused for another reason, so it may not have noticed what is wrong.",
        ));
    }
    Ok(Pass::unattributed(format!("It {}, which is another reason than {}.", answer.summary(), codes.join(" or "))))
}

/// The server must accept.
pub(super) fn accepted(answer: &Answer) -> Result<Pass, Stop> {
    if answer.accepted {
        return Ok(Pass::plain(format!("It {}.", answer.summary())));
    }
    Err(Stop::fail("accepted", answer.summary()))
}

/// Adds what became of the good twin. Where that is refused too, the refusal before it says nothing.
pub(super) fn with_twin(pass: Pass, twin: &Answer) -> Result<Pass, Stop> {
    if !twin.accepted {
        return Err(Stop::broken(format!(
            "the good twin is not accepted either ({}), so the refusal before it says nothing",
            twin.summary()
        )));
    }
    Ok(Pass { because: format!("{} The good twin was accepted afterwards.", pass.because), ..pass })
}
