//! setMinPINLength: the length itself, a long touch, rules for PINs (CTAP 2.3 6.11.4, 7.4, 7.5, 7.7).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{LONG_TOUCH, SET_MIN_PIN_LENGTH, case, config, min_pin_length, new_length, pin_of, unprotected};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{has_option, told};
use crate::suites::authenticator::request::map;
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

const RAISED: &str = "config/min-pin-length/raised";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        case(
            RAISED,
            "The least length of a PIN is raised",
            "CTAP 2.3 6.11.4",
            ["ctap_config_min_pin"],
            |key, context| {
                let raised = raise(key, context)?;
                match min_pin_length(key, context)? {
                    length if length == raised => Ok(Pass::plain(format!("{length}"))),
                    length => Err(Stop::fail(format!("minPINLength {raised}"), length.to_string())),
                }
            },
        )
        .sends("setMinPINLength with two more than minPINLength, and getInfo")
        .expects("the new minPINLength"),
        case(
            "config/min-pin-length/lowered",
            "The least length of a PIN is never lowered",
            "CTAP 2.3 6.11.4 step 3",
            ["ctap_config_min_pin_lowered"],
            |key, context| {
                let raised = raise(key, context)?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(raised - 1)), None)?;
                let pass = expect(&reply, &[Status::PIN_POLICY_VIOLATION])?;
                match min_pin_length(key, context)? {
                    length if length == raised => Ok(pass),
                    length => Err(Stop::fail(format!("minPINLength {raised}"), length.to_string())),
                }
            },
        )
        .twin(RAISED)
        .sends("setMinPINLength with two more than minPINLength, then with one less than that")
        .expects("PIN_POLICY_VIOLATION, and minPINLength as it was"),
        case(
            "config/min-pin-length/equal",
            "The least length of a PIN may be set to what it is",
            "CTAP 2.3 6.11.4 step 3",
            ["ctap_config_min_pin_equal"],
            |key, context| {
                unprotected(key, context)?;
                let length = min_pin_length(key, context)?;
                expect(&config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), None)?, &[Status::OK])
            },
        )
        .sends("setMinPINLength with minPINLength as it is")
        .expects("OK"),
        case(
            "config/min-pin-length/absent",
            "Where no length is given, the one that there is stays",
            "CTAP 2.3 6.11.4 step 1",
            ["ctap_config_min_pin_absent"],
            |key, context| {
                let raised = raise(key, context)?;
                let params = map([(3, Value::Bool(false))]);
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), None)?.ok()?;
                match min_pin_length(key, context)? {
                    length if length == raised => Ok(Pass::plain(format!("{length}"))),
                    length => Err(Stop::fail(format!("minPINLength {raised}"), length.to_string())),
                }
            },
        )
        .sends("setMinPINLength with two more than minPINLength, then without newMinPINLength, and getInfo")
        .expects("OK, and the length of the first time"),
        case(
            "config/min-pin-length/shorter-pin",
            "No PIN is set that is shorter than the new length",
            "CTAP 2.3 6.5.5.5 step 9",
            ["ctap_config_min_pin_enforced"],
            |key, context| {
                let raised = raise(key, context)?;
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin(key, context, &pin_of(raised - 1))?;
                let pass = expect(&reply, &[Status::PIN_POLICY_VIOLATION])?;
                platform.set_pin(key, context, &pin_of(raised))?.ok().map(|_| pass)
            },
        )
        .twin(RAISED)
        .sends("setMinPINLength with two more than minPINLength, then setPIN with one character less, and with as many")
        .expects("PIN_POLICY_VIOLATION, then OK"),
        case(
            "config/pin-complexity/on",
            "Rules for PINs are turned on",
            "CTAP 2.3 6.11.4 step 5",
            ["ctap_config_pin_complexity"],
            |key, context| {
                has_option(key, context, "setMinPINLength")?;
                unprotected(key, context)?;
                if get_info::info(key, context)?.get(0x1b).and_then(Node::as_bool) != Some(false) {
                    return Err(Stop::skip("pinComplexityPolicy, turned off"));
                }
                let params = map([(4, Value::Bool(true))]);
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), None)?.ok()?;
                expect_true(key, context, 0x1b, "pinComplexityPolicy")
            },
        )
        .sends("setMinPINLength with pinComplexityPolicy true, and getInfo")
        .expects("pinComplexityPolicy true"),
    ];
    cases.push(
        case(
            "config/long-touch/on",
            "A long touch for resets is turned on",
            "CTAP 2.3 7.7",
            ["ctap_config_long_touch"],
            |key, context| {
                unprotected(key, context)?;
                let info = get_info::info(key, context)?;
                let listed = info.get(0x1f).and_then(Node::as_array).unwrap_or_default();
                let offered = listed.iter().any(|number| number.as_int() == Some(LONG_TOUCH));
                if !offered || info.get(0x18).and_then(Node::as_bool) != Some(false) {
                    return Err(Stop::skip("longTouchForReset, turned off"));
                }
                config(key, context, LONG_TOUCH, None, None)?.ok()?;
                expect_true(key, context, 0x18, "longTouchForReset")
            },
        )
        .sends("enableLongTouchForReset, and getInfo")
        .expects("longTouchForReset true"),
    );
    cases
}

/// Raises the least length by two, where nothing protects the key; the new one.
fn raise(key: &mut Key, context: &mut Context) -> Result<i64, Stop> {
    unprotected(key, context)?;
    let raised = min_pin_length(key, context)? + 2;
    config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(raised)), None)?.ok()?;
    Ok(raised)
}

fn expect_true(key: &mut Key, context: &mut Context, member: i64, name: &str) -> Result<Pass, Stop> {
    let info = get_info::info(key, context)?;
    match info.get(member).and_then(Node::as_bool) {
        Some(true) => Ok(Pass::plain(format!("{name} true"))),
        _ => Err(Stop::fail(format!("{name} true"), told(info.get(member)))),
    }
}
