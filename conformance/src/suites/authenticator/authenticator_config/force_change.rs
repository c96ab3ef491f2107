//! forcePINChange: how it comes, what it forbids, how it goes (CTAP 2.3 6.11.4, 6.5.5.6, 6.5.5.7).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use ciborium::Value;

use super::{
    SET_MIN_PIN_LENGTH, case, config, min_pin_length, new_length, pin_change_is_forced, pin_of, token, unprotected,
};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::expect;
use crate::suites::authenticator::request::map;
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

const FORCED: &str = "config/force-pin-change/asked-for";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = coming();
    cases.extend(standing());
    cases
}

fn coming() -> Vec<Case<Key>> {
    vec![
        case(
            FORCED,
            "A PIN that is to be changed is one that has to be changed",
            "CTAP 2.3 6.11.4 step 4",
            ["ctap_config_force"],
            |key, context| {
                forced(key, context)?;
                expect_forced(key, context, true)
            },
        )
        .sends("setMinPINLength with forceChangePin true, and getInfo")
        .expects("forcePINChange true"),
        case(
            "config/force-pin-change/short-pin",
            "A PIN that is shorter than the new least length has to be changed",
            "CTAP 2.3 6.11.4 step 6",
            ["ctap_config_force_short"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let (_, token) = with_pin(key, context, length)?;
                let params = new_length(length + 2);
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), Some(&token))?.ok()?;
                expect_forced(key, context, true)
            },
        )
        .sends("a PIN of minPINLength, setMinPINLength with two more, and getInfo")
        .expects("forcePINChange true"),
        case(
            "config/force-pin-change/long-pin",
            "A PIN that is as long as the new least length need not be changed",
            "CTAP 2.3 6.11.4 step 6",
            ["ctap_config_force_always"],
            |key, context| {
                let length = min_pin_length(key, context)? + 2;
                let (platform, first) = with_pin(key, context, length)?;
                config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), Some(&first))?.ok()?;
                expect_forced(key, context, false)?;
                token(&platform, key, context, &pin_of(length)).map(|_| Pass::plain("a token as before"))
            },
        )
        .sends("a PIN of two more than minPINLength, setMinPINLength with its length, and a request for a token")
        .expects("forcePINChange not true, and a token"),
        case(
            "config/force-pin-change/no-pin",
            "Where no PIN is set, none can be changed",
            "CTAP 2.3 6.11.4 step 4",
            ["ctap_force_no_pin"],
            |key, context| {
                min_pin_length(key, context)?;
                unprotected(key, context)?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(force()), None)?;
                expect(&reply, &[Status::PIN_NOT_SET])
            },
        )
        .twin(FORCED)
        .sends("setMinPINLength with forceChangePin true to a key without a PIN")
        .expects("PIN_NOT_SET"),
    ]
}

fn standing() -> Vec<Case<Key>> {
    vec![
        case(
            "config/force-pin-change/token",
            "A PIN that has to be changed gives no token",
            "CTAP 2.3 6.5.5.7.2 step 11",
            ["ctap_force_token"],
            |key, context| {
                let (platform, pin) = forced(key, context)?;
                let reply = platform.token_for_reply(key, context, &pin, permission::ACFG, None)?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin(FORCED)
        .sends("the right PIN, which has to be changed, and permissions")
        .expects("PIN_POLICY_VIOLATION"),
        case(
            "config/force-pin-change/legacy-token",
            "A PIN that has to be changed gives no token by getPinToken",
            "CTAP 2.3 6.5.5.7.1 step 10",
            ["ctap_force_legacy_token"],
            |key, context| {
                let (platform, pin) = forced(key, context)?;
                expect(&platform.legacy_token_reply(key, context, &pin)?, &[Status::PIN_INVALID])
            },
        )
        .twin(FORCED)
        .sends("getPinToken with the right PIN, which has to be changed")
        .expects("PIN_INVALID"),
        case(
            "config/force-pin-change/ends-tokens",
            "Tokens of a PIN that has to be changed are void",
            "CTAP 2.3 6.11.4 step 7",
            ["ctap_force_tokens"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let (_, token) = with_pin(key, context, length)?;
                config(key, context, SET_MIN_PIN_LENGTH, Some(force()), Some(&token))?.ok()?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), Some(&token))?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(FORCED)
        .sends("setMinPINLength with forceChangePin true, then setMinPINLength again by the same token")
        .expects("PIN_AUTH_INVALID"),
        case(
            "config/force-pin-change/same-pin",
            "A PIN that has to be changed is not changed into itself",
            "CTAP 2.3 6.5.5.6 step 13",
            ["ctap_force_same_pin"],
            |key, context| {
                let (platform, pin) = forced(key, context)?;
                expect(&platform.change_pin(key, context, &pin, &pin)?, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("config/force-pin-change/changed")
        .sends("changePIN with the PIN that has to be changed as the new one")
        .expects("PIN_POLICY_VIOLATION"),
        case(
            "config/force-pin-change/changed",
            "Once the PIN is changed, there are tokens again",
            "CTAP 2.3 6.5.5.6 step 15",
            ["ctap_force_cleared"],
            |key, context| {
                let (platform, pin) = forced(key, context)?;
                let new = format!("{pin}8");
                platform.change_pin(key, context, &pin, &new)?.ok()?;
                expect_forced(key, context, false)?;
                token(&platform, key, context, &new).map(|_| Pass::plain("a token by the new PIN"))
            },
        )
        .sends("changePIN with another PIN, and a request for a token")
        .expects("forcePINChange not true, and a token"),
    ]
}

/// Sets a PIN of so many code points, and gets a token with the permission acfg.
fn with_pin(key: &mut Key, context: &mut Context, length: i64) -> Result<(Platform, Token), Stop> {
    let platform = Platform::set_up(key, context, &pin_of(length))?;
    let token = token(&platform, key, context, &pin_of(length))?;
    Ok((platform, token))
}

/// Sets a PIN that then has to be changed.
fn forced(key: &mut Key, context: &mut Context) -> Result<(Platform, String), Stop> {
    let length = min_pin_length(key, context)?;
    let (platform, token) = with_pin(key, context, length)?;
    config(key, context, SET_MIN_PIN_LENGTH, Some(force()), Some(&token))?.ok()?;
    Ok((platform, pin_of(length)))
}

fn force() -> Value {
    map([(3, Value::Bool(true))])
}

fn expect_forced(key: &mut Key, context: &mut Context, wanted: bool) -> Result<Pass, Stop> {
    match pin_change_is_forced(key, context)? {
        forced if forced == wanted => Ok(Pass::plain(format!("forcePINChange {forced}"))),
        forced => Err(Stop::fail(format!("forcePINChange {wanted}"), forced.to_string())),
    }
}
