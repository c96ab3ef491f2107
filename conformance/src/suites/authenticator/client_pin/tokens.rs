//! Tokens: what they are good for, and for how long (CTAP 2.3 6.5.5.7).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GA, MC, Platform, call, case, with_token};
use crate::case::Case;
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, GET_ASSERTION, MAKE_CREDENTIAL, int, options, set, text};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_assertion, get_info, make, read_made};
use crate::verdict::{Pass, Stop};

/// permission cm (CTAP 2.3 6.5.5.7).
const CM: u64 = 0x04;
/// permission lbw.
const LBW: u64 = 0x10;
/// permission acfg.
const ACFG: u64 = 0x20;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/token/no-pin-set",
            "Without a PIN there is no token",
            "CTAP 2.3 6.5.5.7.2",
            ["ctap_pin_not_set"],
            |key, context| {
                let platform = Platform::connect(key, context)?;
                expect(&platform.token_reply(key, context, PIN, MC)?, &[Status::PIN_NOT_SET])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/makes-uv",
            "A token verifies the user in makeCredential and getAssertion",
            "CTAP 2.3 6.1.2 step 11",
            ["ctap_mc_token_uv", "ctap_ga_token_uv"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential with a token", MAKE_CREDENTIAL, &request)?.ok()?;
                let made = read_made(&reply, &request::bytes_of(&request, 1))?;
                if !made.data.flags.uv() {
                    return Err(Stop::fail("UV set", "UV clear"));
                }
                let token = platform.token(key, context, PIN, GA)?;
                let request = with_token(
                    request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id)),
                    &token,
                    2,
                    6,
                );
                let assertion = get_assertion::assert_from(key, context, &request, &made)?;
                if !assertion.data.flags.uv() {
                    return Err(Stop::fail("UV set", "UV clear"));
                }
                Ok(Pass::plain("UV in both"))
            },
        ),
        case(
            "client-pin/token/required",
            "With a PIN set, a discoverable credential needs a token",
            "CTAP 2.3 6.1.2 steps 7 and 8",
            ["ctap_token_required"],
            |key, context| {
                Platform::set_up(key, context, PIN)?;
                let request = set(request::make_credential(context), 7, options([("rk", true)]));
                let reply = key.call(context, "makeCredential without a token", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PUAT_REQUIRED])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-param",
            "A wrong pinUvAuthParam is refused",
            "CTAP 2.3 6.1.2 step 11.1.a",
            ["ctap_mc_token_param"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                platform.token(key, context, PIN, MC)?;
                let request = set(set(request::make_credential(context), 8, Value::Bytes(vec![0; 32])), 9, int(2));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-permission",
            "A token for getAssertion does not make credentials",
            "CTAP 2.3 6.1.2 step 11.1.b",
            ["ctap_mc_token_permission"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-permission-assertion",
            "A token for makeCredential makes no assertions",
            "CTAP 2.3 6.2.2 step 6.1",
            ["ctap_ga_token_permission"],
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let request = with_token(request::get_assertion(context, &[made.attested.credential_id]), &token, 2, 6);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/other-rp",
            "A token is bound to its RP ID",
            "CTAP 2.3 6.1.2 step 11.1.c",
            ["ctap_mc_token_rp"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let request =
                    request::set_inside(request::make_credential(context), 2, "id", Some(text("example.com")));
                let request = with_token(request, &token, 1, 8);
                expect(
                    &key.call(context, "makeCredential for another RP", MAKE_CREDENTIAL, &request)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/used-twice",
            "A touch spends the token's permissions",
            "CTAP 2.3 6.1.2 step 14",
            ["ctap_mc_token_spent"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                expect(
                    &key.call(context, "makeCredential again", MAKE_CREDENTIAL, &request)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-param-assertion",
            "A wrong pinUvAuthParam signs nothing",
            "CTAP 2.3 6.2.2 step 6.1",
            ["ctap_ga_token_param"],
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                platform.token(key, context, PIN, GA)?;
                let request = request::get_assertion(context, &[made.attested.credential_id]);
                let request = set(set(request, 6, Value::Bytes(vec![0; 32])), 7, int(2));
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/other-rp-assertion",
            "A token bound to one RP ID signs for no other",
            "CTAP 2.3 6.2.2 step 6.1",
            ["ctap_ga_token_rp"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                let request = set(request::get_assertion(context, &[vec![1; 32]]), 1, text("example.com"));
                let request = with_token(request, &token, 2, 6);
                expect(
                    &key.call(context, "getAssertion for another RP", GET_ASSERTION, &request)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/used-twice-assertion",
            "A touch spends the token's permissions in getAssertion too",
            "CTAP 2.3 6.2.2 step 9",
            ["ctap_ga_token_spent"],
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                let ids = [made.attested.credential_id.clone()];
                let request = with_token(request::get_assertion(context, &ids), &token, 2, 6);
                get_assertion::assert_from(key, context, &request, &made)?;
                let request = with_token(request::get_assertion(context, &ids), &token, 2, 6);
                expect(&key.call(context, "getAssertion again", GET_ASSERTION, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/silent-use",
            "Without a touch a token is not spent",
            "CTAP 2.3 6.2.2 step 9",
            ["ctap_ga_token_silent"],
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                let ids = [made.attested.credential_id.clone()];
                let silent = set(request::get_assertion(context, &ids), 5, options([("up", false)]));
                get_assertion::assert_from(key, context, &with_token(silent, &token, 2, 6), &made)?;
                let request = with_token(request::get_assertion(context, &ids), &token, 2, 6);
                get_assertion::assert_from(key, context, &request, &made).map(|_| Pass::plain("signed twice"))
            },
        ),
        case(
            "client-pin/token/newer-kills-older",
            "A new token ends the one before",
            "CTAP 2.3 6.5.5.7.2 step 13",
            ["ctap_token_reset"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let old = platform.token(key, context, PIN, MC)?;
                platform.token(key, context, PIN, MC)?;
                let request = with_token(request::make_credential(context), &old, 1, 8);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/no-permissions",
            "A token without permissions is refused",
            "CTAP 2.3 6.5.5.7.2 step 3",
            ["ctap_permissions_zero"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                expect(&platform.token_reply(key, context, PIN, 0)?, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/unsupported-permission",
            "A permission for what the key cannot do is refused",
            "CTAP 2.3 6.5.5.7.2 step 4",
            ["ctap_permissions_unknown"],
            |key, context| {
                let info = get_info::info(key, context)?;
                let lacks = |name| get_info::option(&info, name) != Some(true);
                let permission = [(CM, "credMgmt"), (LBW, "largeBlobs"), (ACFG, "authnrCfg")];
                let Some((permission, name)) = permission.into_iter().find(|(_, name)| lacks(name)) else {
                    return Err(Stop::skip("a key without credMgmt, largeBlobs or authnrCfg"));
                };
                let platform = Platform::set_up(key, context, PIN)?;
                expect(&platform.token_reply(key, context, PIN, permission)?, &[Status::UNAUTHORIZED_PERMISSION])
                    .map(|pass| Pass { because: format!("{} without {name}", pass.because), ..pass })
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/legacy-binds",
            "A token of no RP is bound by its first use",
            "CTAP 2.3 6.2.2 step 6.1",
            ["ctap_token_binding"],
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.legacy_token(key, context, PIN)?;
                // Without a touch, which would spend it.
                let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
                let silent = set(request, 5, options([("up", false)]));
                get_assertion::assert_from(key, context, &with_token(silent.clone(), &token, 2, 6), &made)?;
                let elsewhere = with_token(set(silent, 1, text("example.com")), &token, 2, 6);
                expect(
                    &key.call(context, "getAssertion for another RP", GET_ASSERTION, &elsewhere)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/legacy"),
        case(
            "client-pin/token/legacy-with-permissions",
            "getPinToken takes no permissions",
            "CTAP 2.3 6.5.5.7.1 step 3",
            ["ctap_legacy_permissions"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let request = set(platform.token_request(context, PIN, MC)?, 2, int(5));
                expect(&call(key, context, "getPinToken with permissions", request)?, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/token/legacy"),
        case(
            "client-pin/token/legacy",
            "getPinToken still gives a token for both ceremonies",
            "CTAP 2.3 6.5.5.7.1",
            ["ctap_legacy_token"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.legacy_token(key, context, PIN)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                read_made(&reply, &request::bytes_of(&request, 1)).map(|_| Pass::plain("made"))
            },
        ),
    ]
}
