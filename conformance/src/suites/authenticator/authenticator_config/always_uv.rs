//! toggleAlwaysUv, and what a key owes while it is on (CTAP 2.3 6.11.2, 7.2).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{
    SET_MIN_PIN_LENGTH, TOGGLE_ALWAYS_UV, always_uv_is_off, case, config, configured, min_pin_length, new_length,
    unprotected,
};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::manage::{has_option, told};
use crate::suites::authenticator::request::{
    self, GET_ASSERTION, LARGE_BLOBS, MAKE_CREDENTIAL, int, map, options, set,
};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_assertion, get_info, make};
use crate::verdict::{Pass, Stop};

const ON: &str = "config/always-uv/on";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = switched();
    cases.extend(required());
    cases.extend(without_pin());
    cases.into_iter().map(|case| case.gate(always_uv_is_off)).collect()
}

fn switched() -> Vec<Case<Key>> {
    vec![
        case(
            ON,
            "alwaysUv is turned on, and makeCredUvNotRqd is off with it",
            "CTAP 2.3 6.11.2",
            ["ctap_config_toggle", "ctap_always_uv_not_rqd"],
            |key, context| {
                turn_on(key, context)?;
                match get_info::option(&get_info::info(key, context)?, "makeCredUvNotRqd") {
                    Some(true) => Err(Stop::fail("makeCredUvNotRqd false", "true")),
                    _ => Ok(Pass::plain("on")),
                }
            },
        )
        .sends("toggleAlwaysUv, and getInfo")
        .expects("alwaysUv true, makeCredUvNotRqd not true"),
        case(
            "config/always-uv/off",
            "alwaysUv is turned off again, or the key says that it cannot",
            "CTAP 2.3 6.11.2",
            ["ctap_config_toggle_off"],
            |key, context| {
                let (_, token) = configured(key, context)?;
                config(key, context, TOGGLE_ALWAYS_UV, None, Some(&token))?.ok()?;
                let reply = config(key, context, TOGGLE_ALWAYS_UV, None, Some(&token))?;
                let pass = expect(&reply, &[Status::OK, Status::OPERATION_DENIED])?;
                let on = get_info::option(&get_info::info(key, context)?, "alwaysUv");
                if on != Some(reply.status != Status::OK) {
                    return Err(Stop::fail("alwaysUv as the answer says", format!("{on:?} after {}", reply.status)));
                }
                Ok(pass)
            },
        )
        .sends("toggleAlwaysUv twice, and getInfo")
        .expects("OK and alwaysUv false, or OPERATION_DENIED and alwaysUv true"),
        case(
            "config/always-uv/u2f-version",
            "Under alwaysUv, CTAP1 is not among the versions",
            "CTAP 2.3 7.2",
            ["ctap_always_uv_u2f"],
            |key, context| {
                if !lists_u2f(&get_info::info(key, context)?) {
                    return Err(Stop::skip("U2F_V2"));
                }
                turn_on(key, context)?;
                let info = get_info::info(key, context)?;
                match lists_u2f(&info) {
                    true => Err(Stop::fail("versions without U2F_V2", told(info.get(1)))),
                    false => Ok(Pass::plain("withdrawn")),
                }
            },
        )
        .sends("toggleAlwaysUv, and getInfo")
        .expects("versions without U2F_V2"),
    ]
}

fn required() -> Vec<Case<Key>> {
    vec![
        case(
            "config/always-uv/registration",
            "Under alwaysUv, every registration needs a token",
            "CTAP 2.3 6.1.2 step 6",
            ["ctap_always_uv_mc"],
            |key, context| {
                turn_on(key, context)?;
                let request = request::make_credential(context);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PUAT_REQUIRED])
            },
        )
        .twin(ON)
        .sends("toggleAlwaysUv, and a registration without rk and without a token")
        .expects("PUAT_REQUIRED"),
        case(
            "config/always-uv/sign-in",
            "Under alwaysUv, a sign-in with a touch needs a token",
            "CTAP 2.3 6.2.2 step 5",
            ["ctap_always_uv_ga"],
            |key, context| {
                let made = make(key, context)?;
                turn_on(key, context)?;
                let request = request::get_assertion(context, &[made.attested.credential_id]);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::PUAT_REQUIRED])
            },
        )
        .twin(ON)
        .sends("toggleAlwaysUv, and a sign-in without a token")
        .expects("PUAT_REQUIRED"),
        case(
            "config/always-uv/silent",
            "Under alwaysUv, a sign-in without a touch needs no token",
            "CTAP 2.3 6.2.2 step 5",
            ["ctap_always_uv_silent"],
            |key, context| {
                let made = make(key, context)?;
                turn_on(key, context)?;
                let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
                let request = set(request, 5, options([("up", false)]));
                get_assertion::assert_from(key, context, &request, &made).map(|_| Pass::plain("signed"))
            },
        )
        .sends("toggleAlwaysUv, and a sign-in with up false and without a token")
        .expects("an assertion"),
    ]
}

fn without_pin() -> Vec<Case<Key>> {
    vec![
        case(
            "config/always-uv/no-pin",
            "Under alwaysUv and without a PIN, nothing is registered",
            "CTAP 2.3 6.1.2 step 6",
            ["ctap_always_uv_no_pin"],
            |key, context| {
                turn_on_without_pin(key, context)?;
                let request = request::make_credential(context);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PUAT_REQUIRED])
            },
        )
        .twin(ON)
        .sends("toggleAlwaysUv to a key without a PIN, and a registration")
        .expects("PUAT_REQUIRED"),
        case(
            "config/always-uv/escape",
            "Without a PIN, alwaysUv is turned off without a token",
            "CTAP 2.3 6.11 step 3",
            ["ctap_config_escape"],
            |key, context| {
                turn_on_without_pin(key, context)?;
                let reply = config(key, context, TOGGLE_ALWAYS_UV, None, None)?;
                expect(&reply, &[Status::OK, Status::OPERATION_DENIED])
            },
        )
        .sends("toggleAlwaysUv twice to a key without a PIN")
        .expects("OK, or OPERATION_DENIED where it cannot be turned off"),
        case(
            "config/always-uv/other-subcommand",
            "Under alwaysUv and without a PIN, nothing else is configured",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_always_uv"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                turn_on_without_pin(key, context)?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), None)?;
                expect(&reply, &[Status::PUAT_REQUIRED])
            },
        )
        .twin("config/always-uv/escape")
        .sends("toggleAlwaysUv, then setMinPINLength, to a key without a PIN")
        .expects("PUAT_REQUIRED"),
        case(
            "config/always-uv/large-blobs",
            "Under alwaysUv and without a PIN, no large blobs are written",
            "CTAP 2.3 6.10.2",
            ["ctap_lb_always_uv"],
            |key, context| {
                has_option(key, context, "largeBlobs")?;
                turn_on_without_pin(key, context)?;
                let array =
                    Value::Bytes(b"\x80\x76\xbe\x8b\x52\x8d\x00\x75\xf7\xaa\xe9\x8d\x6f\xa5\x7a\x6d\x3c".to_vec());
                let request = map([(2, array), (3, int(0)), (4, int(17))]);
                expect(&key.call(context, "set", LARGE_BLOBS, &request)?, &[Status::PUAT_REQUIRED])
            },
        )
        .twin("config/always-uv/escape")
        .sends("toggleAlwaysUv to a key without a PIN, and set of an empty array")
        .expects("PUAT_REQUIRED"),
    ]
}

/// Sets a PIN, and turns alwaysUv on.
fn turn_on(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    let (_, token) = configured(key, context)?;
    config(key, context, TOGGLE_ALWAYS_UV, None, Some(&token))?.ok()?;
    is_on(key, context)
}

fn turn_on_without_pin(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    unprotected(key, context)?;
    config(key, context, TOGGLE_ALWAYS_UV, None, None)?.ok()?;
    is_on(key, context)
}

fn is_on(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, "alwaysUv") {
        Some(true) => Ok(()),
        other => Err(Stop::fail("alwaysUv true", format!("{other:?}"))),
    }
}

fn lists_u2f(info: &Node) -> bool {
    let versions = info.get(1).and_then(Node::as_array).unwrap_or_default();
    versions.iter().any(|version| version.as_text() == Some("U2F_V2"))
}
