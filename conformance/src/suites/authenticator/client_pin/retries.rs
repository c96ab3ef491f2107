//! Wrong PINs (CTAP 2.3 6.5.2.2).

use assay_protocol::ctap2::Status;

use super::platform::{permissions_offered, tries};
use super::{MC, Platform, case, same_retries};
use crate::case::Case;
use crate::suites::authenticator::expect;
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/retries/at-most-eight",
            "There are one to eight tries",
            "CTAP 2.3 6.5.2.2",
            ["ctap_pin_retries_max"],
            |key, context| match tries(key, context)? {
                1..=8 => Ok(Pass::plain("within one to eight")),
                other => Err(Stop::fail("1 to 8", other.to_string())),
            },
        ),
        case(
            "client-pin/retries/wrong-costs-one",
            "A wrong PIN costs one try, and the right one gives it back",
            "CTAP 2.3 6.5.5.7.2 steps 8 to 10",
            ["ctap_pin_retries", "ctap_pin_retries_restored"],
            |key, context| {
                permissions_offered(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let before = tries(key, context)?;
                expect(&platform.token_reply(key, context, "0000", MC)?, &[Status::PIN_INVALID])?;
                same_retries(key, context, before - 1)?;
                let platform = Platform::connect(key, context)?;
                platform.token(key, context, PIN, MC)?;
                same_retries(key, context, before)?;
                Ok(Pass::attributed("one down, then all back"))
            },
        ),
        case(
            "client-pin/retries/key-agreement-renewed",
            "After a wrong PIN the old shared secret is dead",
            "CTAP 2.3 6.5.5.7.2 step 9",
            ["ctap_key_agreement_renewed"],
            |key, context| {
                permissions_offered(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                expect(&platform.token_reply(key, context, "0000", MC)?, &[Status::PIN_INVALID])?;
                // The right PIN under the old secret decrypts to something else.
                let reply = platform.token_reply(key, context, PIN, MC)?;
                expect(&reply, &[Status::PIN_INVALID, Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/retries/wrong-costs-one"),
        case(
            "client-pin/retries/three-in-a-row",
            "Three wrong PINs in a row block until a power cycle, even the right one",
            "CTAP 2.3 6.5.2.2",
            ["ctap_pin_auth_blocked", "ctap_pin_auth_blocked_right"],
            |key, context| {
                permissions_offered(key, context)?;
                Platform::set_up(key, context, PIN)?;
                for status in [Status::PIN_INVALID, Status::PIN_INVALID, Status::PIN_AUTH_BLOCKED] {
                    let platform = Platform::connect(key, context)?;
                    expect(&platform.token_reply(key, context, "0000", MC)?, &[status])?;
                }
                let left = tries(key, context)?;
                let platform = Platform::connect(key, context)?;
                let pass = expect(&platform.token_reply(key, context, PIN, MC)?, &[Status::PIN_AUTH_BLOCKED])?;
                same_retries(key, context, left).map(|()| pass)
            },
        )
        .twin("client-pin/retries/wrong-costs-one"),
    ]
}
