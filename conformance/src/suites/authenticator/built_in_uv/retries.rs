//! The tries of built-in user verification (CTAP 2.3 6.5.3.1, 6.5.5.7.3).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GA, case, giving_tokens, set_up};
use crate::case::{Case, Need};
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{self, PIN};
use crate::suites::authenticator::request::{self, CLIENT_PIN, MAKE_CREDENTIAL, int, map, set_inside};
use crate::suites::authenticator::world::{Key, Reply};
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

/// Whoever is to be verified is somebody else than who was enrolled.
pub const OTHER_FINGER: Need = Need::new("other-finger");

/// The most tries that there may be (CTAP 2.3 6.5.2.2).
const MOST: i64 = 25;

const COUNTED: &str = "built-in-uv/retries/counted";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![case(
        "built-in-uv/retries/told",
        "There are one to twenty-five tries",
        "CTAP 2.3 6.5.2.2",
        ["ctap_uv_retries_max"],
        "getUVRetries",
        "1 to 25",
        |key, context| {
            set_up(key, context)?;
            match tries(key, context)? {
                left @ 1..=MOST => Ok(Pass::plain(left.to_string())),
                left => Err(Stop::fail("1 to 25", left.to_string())),
            }
        },
    )];
    cases.extend(by_another().into_iter().map(|case| case.needs([OTHER_FINGER])));
    cases
}

fn by_another() -> Vec<Case<Key>> {
    vec![
        case(
            COUNTED,
            "Another finger is refused, and takes tries",
            "CTAP 2.3 6.5.3.1",
            ["ctap_uv_anybody", "ctap_uv_retries_free"],
            "a request for a token, and a finger that is not enrolled",
            "UV_INVALID, and fewer tries than before",
            |key, context| {
                let platform = giving_tokens(key, context)?;
                let before = tries(key, context)?;
                expect(&ask(key, context, &platform)?, &[Status::UV_INVALID])?;
                match tries(key, context)? {
                    left if left < before => Ok(Pass::plain(format!("{left} of {before} left"))),
                    left => Err(Stop::fail(format!("fewer than {before} tries"), left.to_string())),
                }
            },
        ),
        case(
            "built-in-uv/retries/blocked",
            "After the last try, built-in user verification is blocked",
            "CTAP 2.3 6.5.5.7.3",
            ["ctap_uv_blocked"],
            "requests for a token by another finger until no try is left, then one more",
            "UV_BLOCKED for the last two",
            |key, context| {
                let platform = giving_tokens(key, context)?;
                exhaust(key, context, &platform)?;
                expect(&ask(key, context, &platform)?, &[Status::UV_BLOCKED])
            },
        )
        .twin(COUNTED),
        case(
            "built-in-uv/retries/pin-restores",
            "The right PIN gives the tries of built-in user verification back",
            "CTAP 2.3 6.5.2.2",
            ["ctap_uv_restored"],
            "another finger until no try is left, then a token by PIN",
            "as many tries as at first",
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "clientPin").is_none() {
                    return Err(Stop::skip("clientPin"));
                }
                let platform = giving_tokens(key, context)?;
                let all = tries(key, context)?;
                exhaust(key, context, &platform)?;
                platform.token(key, context, PIN, GA)?;
                match tries(key, context)? {
                    left if left == all => Ok(Pass::plain(format!("{all} tries"))),
                    left => Err(Stop::fail(format!("{all} tries"), left.to_string())),
                }
            },
        )
        .twin(COUNTED),
        case(
            "built-in-uv/retries/option",
            "Another finger registers nothing by the option uv",
            "CTAP 2.3 6.1.2 step 11.2",
            ["ctap_uv_anybody"],
            "makeCredential with uv true, and a finger that is not enrolled",
            "OPERATION_DENIED",
            |key, context| {
                set_up(key, context)?;
                let request = set_inside(request::make_credential(context), 7, "uv", Some(Value::Bool(true)));
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::OPERATION_DENIED, Status::PIN_BLOCKED, Status::PUAT_REQUIRED])
            },
        ),
    ]
}

/// The tries that are left.
fn tries(key: &mut Key, context: &mut Context) -> Result<i64, Stop> {
    let reply = key.call(context, "getUVRetries", CLIENT_PIN, &map([(2, int(7))]))?;
    manage::number(&manage::answer(reply)?, 5, "uvRetries")
}

/// Asks for a token.
fn ask(key: &mut Key, context: &mut Context, platform: &Platform) -> Result<Reply, Stop> {
    let request = platform.uv_token_request(GA);
    key.call(context, "getPinUvAuthTokenUsingUvWithPermissions", CLIENT_PIN, &request)
}

/// Asks until no try is left; the last answer must say so.
fn exhaust(key: &mut Key, context: &mut Context, platform: &Platform) -> Result<(), Stop> {
    for _ in 0..MOST {
        let reply = ask(key, context, platform)?;
        if tries(key, context)? == 0 {
            return expect(&reply, &[Status::UV_BLOCKED]).map(|_| ());
        }
        expect(&reply, &[Status::UV_INVALID])?;
    }
    Err(Stop::fail("no tries left", "some, after 25 wrong fingers"))
}
