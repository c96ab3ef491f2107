//! Key agreement, setPIN and changePIN (CTAP 2.3 6.5.5.4 to 6.5.5.6).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::platform::{permissions_offered, preferred, tries};
use super::{MC, Platform, call, case, same_retries, with_token};
use crate::case::Case;
use crate::suites::authenticator::manage::{OTHER_PIN, PIN};
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, int, map, set};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

/// The cases of key agreement, which needs no PIN.
pub(super) fn key_agreement() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/key-agreement/shape",
            "The key agreement key has exactly the five members and lies on the curve",
            "CTAP 2.3 6.5.5.4",
            ["ctap_pin_key_agreement"],
            |key, context| {
                let number = Value::from(preferred(key, context)?.number());
                let reply = call(key, context, "getKeyAgreement", map([(1, number), (2, int(2))]))?.ok()?;
                let answer = reply.map()?;
                let cose = answer.get(1).ok_or_else(|| Stop::fail("member 1", "none"))?;
                let members = cose.as_map().map_or(0, <[_]>::len);
                if members != 5
                    || cose.get(1).and_then(Node::as_int) != Some(2)
                    || cose.get(3).and_then(Node::as_int) != Some(-25)
                    || cose.get(-1).and_then(Node::as_int) != Some(1)
                {
                    return Err(Stop::fail("{1: 2, 3: -25, -1: 1, -2: x, -3: y}", cbor::diagnostic(cose)));
                }
                Platform::connect(key, context).map(|_| Pass::plain("a P-256 key"))
            },
        ),
        case(
            "client-pin/key-agreement/canonical",
            "The answer is one canonical CBOR map",
            "CTAP 2.3 8",
            ["ctap_pin_canonical"],
            |key, context| {
                let number = Value::from(preferred(key, context)?.number());
                let reply = call(key, context, "getKeyAgreement", map([(1, number), (2, int(2))]))?.ok()?;
                match cbor::read(&reply.body).anomalies.first() {
                    None => Ok(Pass::plain("canonical")),
                    Some(anomaly) => Err(Stop::fail("canonical CBOR", anomaly.kind.code())),
                }
            },
        ),
    ]
}

/// The cases of setPIN and changePIN.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/set/then-advertised",
            "setPIN makes clientPin true",
            "CTAP 2.3 6.5.5.5",
            ["ctap_set_pin"],
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "clientPin") != Some(false) {
                    return Err(Stop::fail("clientPin false on a fresh key", "another value"));
                }
                Platform::set_up(key, context, PIN)?;
                match get_info::option(&get_info::info(key, context)?, "clientPin") {
                    Some(true) => Ok(Pass::plain("clientPin true")),
                    other => Err(Stop::fail("clientPin true", format!("{other:?}"))),
                }
            },
        ),
        case(
            "client-pin/set/twice",
            "setPIN is refused where a PIN is set",
            "CTAP 2.3 6.5.5.5 step 3",
            ["ctap_set_pin_twice"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let reply = platform.set_pin(key, context, OTHER_PIN)?;
                let of_2_0 = !get_info::is_past_2_0(&get_info::info(key, context)?);
                expect(&reply, &[if of_2_0 { Status::NOT_ALLOWED } else { Status::PIN_AUTH_INVALID }])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/too-short",
            "A PIN of three characters is refused",
            "CTAP 2.3 6.5.5.5 step 9",
            ["ctap_pin_length"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin(key, context, "123")?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/short-in-code-points",
            "Length counts code points, not bytes",
            "CTAP 2.3 6.5.1",
            ["ctap_pin_code_points"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                // Three code points, six bytes.
                let reply = platform.set_pin(key, context, "\u{e9}\u{e9}\u{e9}")?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/longest",
            "A PIN of 63 bytes is taken",
            "CTAP 2.3 6.5.1",
            ["ctap_pin_longest"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                platform.set_pin(key, context, &"7".repeat(63))?.ok()?;
                Ok(Pass::plain("taken"))
            },
        ),
        case(
            "client-pin/set/too-long",
            "A PIN of 64 bytes is refused",
            "CTAP 2.3 6.5.1",
            ["ctap_pin_too_long"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin_block(key, context, &[b'7'; 64])?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/longest"),
        case(
            "client-pin/set/bad-param",
            "setPIN with a wrong pinUvAuthParam is refused",
            "CTAP 2.3 6.5.5.5 step 5",
            ["ctap_set_pin_param"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let request = set(platform.set_pin_request(context, PIN)?, 4, Value::Bytes(vec![0; 32]));
                let reply = call(key, context, "setPIN, wrong param", request)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/unpadded",
            "A new PIN that is not a block of 64 bytes is refused",
            "CTAP 2.3 6.5.5.5 step 7",
            ["ctap_pin_block"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin_block(key, context, &[b'1'; 32])?;
                expect(&reply, &[Status::INVALID_PARAMETER, Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/off-curve",
            "A platform key off the curve is refused",
            "CTAP 2.3 6.5.5.5 step 4",
            ["ctap_platform_key"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let request = platform.set_pin_request(context, PIN)?;
                let bad = map([
                    (1, int(2)),
                    (3, int(-25)),
                    (-1, int(1)),
                    (-2, Value::Bytes(vec![1; 32])),
                    (-3, Value::Bytes(vec![1; 32])),
                ]);
                let reply = call(key, context, "setPIN, key off the curve", set(request, 3, bad))?;
                expect(&reply, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/change/old-dies",
            "After changePIN the old PIN is wrong and the new one right",
            "CTAP 2.3 6.5.5.6",
            ["ctap_change_pin"],
            |key, context| {
                permissions_offered(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                platform.change_pin(key, context, PIN, OTHER_PIN)?.ok()?;
                let platform = Platform::connect(key, context)?;
                expect(&platform.token_reply(key, context, PIN, MC)?, &[Status::PIN_INVALID])?;
                let platform = Platform::connect(key, context)?;
                platform.token(key, context, OTHER_PIN, MC).map(|_| Pass::plain("the new PIN holds"))
            },
        ),
        case(
            "client-pin/change/bad-param-costs-nothing",
            "changePIN with a wrong param costs no try",
            "CTAP 2.3 6.5.5.6 step 5",
            ["ctap_change_pin_param", "ctap_change_pin_param_cost"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let before = tries(key, context)?;
                let request = set(platform.change_pin_request(context, PIN, OTHER_PIN)?, 4, Value::Bytes(vec![0; 32]));
                let reply = call(key, context, "changePIN, wrong param", request)?;
                let pass = expect(&reply, &[Status::PIN_AUTH_INVALID])?;
                same_retries(key, context, before).map(|()| pass)
            },
        )
        .twin("client-pin/change/old-dies"),
        case(
            "client-pin/change/wrong-pin-costs-one",
            "changePIN with a wrong PIN costs a try",
            "CTAP 2.3 6.5.5.6 step 6",
            ["ctap_change_pin_retries"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let before = tries(key, context)?;
                let reply = platform.change_pin(key, context, "0000", OTHER_PIN)?;
                let pass = expect(&reply, &[Status::PIN_INVALID])?;
                same_retries(key, context, before - 1).map(|()| pass)
            },
        )
        .twin("client-pin/change/old-dies"),
        case(
            "client-pin/change/ends-tokens",
            "changePIN ends the tokens of the PIN before",
            "CTAP 2.3 6.5.5.6",
            ["ctap_change_pin_tokens"],
            |key, context| {
                permissions_offered(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                platform.change_pin(key, context, PIN, OTHER_PIN)?.ok()?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
    ]
}
