//! What a token by built-in user verification is good for, and the option `uv`.

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{GA, MC, case, giving_tokens, set_up, token};
use crate::case::Case;
use crate::suites::authenticator::bio_enrollment::{self, BE};
use crate::suites::authenticator::client_pin::with_token;
use crate::suites::authenticator::extensions::uvm;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, options, set, set_inside, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_assertion, get_info, make_from};
use crate::verdict::{Pass, Stop};

const GOOD: &str = "built-in-uv/token/makes-uv";
const CLAUSE: &str = "CTAP 2.3 6.5.5.7.3";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = by_token();
    cases.extend(by_option());
    cases
}

fn by_token() -> Vec<Case<Key>> {
    vec![
        case(
            GOOD,
            "A token by built-in user verification verifies the user in makeCredential and getAssertion",
            CLAUSE,
            ["ctap_mc_token_uv", "ctap_ga_token_uv"],
            "makeCredential and getAssertion by a token each",
            "UV set in both",
            |key, context| {
                let platform = giving_tokens(key, context)?;
                let token = platform.uv_token(key, context, MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let made = make_from(key, context, &request)?;
                let token = platform.uv_token(key, context, GA)?;
                let ids = std::slice::from_ref(&made.attested.credential_id);
                let request = with_token(request::get_assertion(context, ids), &token, 2, 6);
                let assertion = get_assertion::assert_from(key, context, &request, &made)?;
                if !made.data.flags.uv() || !assertion.data.flags.uv() {
                    return Err(Stop::fail("UV set in both", "UV clear"));
                }
                Ok(Pass::plain("UV in both"))
            },
        ),
        case(
            "built-in-uv/token/wrong-permission",
            "A token by built-in user verification allows what it was asked for, and nothing else",
            CLAUSE,
            ["ctap_mc_token_permission"],
            "makeCredential by a token with the permission ga",
            "PIN_AUTH_INVALID",
            |key, context| {
                let token = token(key, context, GA)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(GOOD),
        case(
            "built-in-uv/token/used-twice",
            "A token by built-in user verification is used up by a registration",
            "CTAP 2.3 6.1.2 step 14",
            ["ctap_mc_token_spent"],
            "makeCredential twice by one token",
            "PIN_AUTH_INVALID the second time",
            |key, context| {
                let token = token(key, context, MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                make_from(key, context, &request)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential again", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(GOOD),
        case(
            "built-in-uv/token/ends-the-last",
            "A token by built-in user verification ends the token before it",
            CLAUSE,
            ["ctap_token_reset"],
            "makeCredential by the first of two tokens",
            "PIN_AUTH_INVALID",
            |key, context| {
                let platform = giving_tokens(key, context)?;
                let first = platform.uv_token(key, context, MC)?;
                platform.uv_token(key, context, MC)?;
                let request = with_token(request::make_credential(context), &first, 1, 8);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(GOOD),
        case(
            "built-in-uv/token/enrols",
            "Where uvBioEnroll is true, built-in user verification gives a token that enrols",
            CLAUSE,
            ["ctap_uv_enrollment_token"],
            "a token with the permission be, then enumerateEnrollments",
            "the fingers",
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "uvBioEnroll") != Some(true) {
                    return Err(Stop::skip("uvBioEnroll"));
                }
                let token = token(key, context, BE)?;
                match bio_enrollment::listed(key, context, &token)?.len() {
                    0 => Err(Stop::fail("a finger", "none")),
                    fingers => Ok(Pass::plain(format!("{fingers} fingers"))),
                }
            },
        )
        .twin(GOOD),
    ]
}

fn by_option() -> Vec<Case<Key>> {
    vec![
        case(
            "built-in-uv/option/registration",
            "With the option uv, makeCredential verifies the user",
            "CTAP 2.3 6.1.2 step 11.2",
            ["ctap_mc_token_uv"],
            "makeCredential with uv true, and no token",
            "UV set",
            |key, context| {
                set_up(key, context)?;
                let request = set_inside(request::make_credential(context), 7, "uv", Some(Value::Bool(true)));
                match make_from(key, context, &request)?.data.flags.uv() {
                    true => Ok(Pass::plain("UV set")),
                    false => Err(Stop::fail("UV set", "UV clear")),
                }
            },
        ),
        case(
            "built-in-uv/option/sign-in",
            "With the option uv, getAssertion verifies the user",
            "CTAP 2.3 6.2.2 step 6.2",
            ["ctap_ga_token_uv"],
            "getAssertion with uv true, and no token",
            "UV set",
            |key, context| {
                set_up(key, context)?;
                let verified = set_inside(request::make_credential(context), 7, "uv", Some(Value::Bool(true)));
                let made = make_from(key, context, &verified)?;
                let ids = std::slice::from_ref(&made.attested.credential_id);
                let request = set(request::get_assertion(context, ids), 5, options([("uv", true)]));
                match get_assertion::assert_from(key, context, &request, &made)?.data.flags.uv() {
                    true => Ok(Pass::plain("UV set")),
                    false => Err(Stop::fail("UV set", "UV clear")),
                }
            },
        ),
        case(
            "built-in-uv/option/uvm",
            "Who was verified by the key is said to be, by a method that getInfo has",
            "WebAuthn L2 10.3",
            ["ctap_uvm_method"],
            "getAssertion with uv true, and uvm true",
            "a method of uvModality, with two protections",
            |key, context| {
                let info = get_info::info(key, context)?;
                if !get_info::has_extension(&info, uvm::ID) {
                    return Err(Stop::skip("uvm"));
                }
                set_up(key, context)?;
                let modality = info.get(0x12).and_then(Node::as_unsigned);
                let modality = modality.ok_or_else(|| Stop::fail("uvModality", "none"))?;
                let methods: Vec<u64> = (0..64).map(|bit| 1 << bit).filter(|bit| modality & bit != 0).collect();
                let verified = set_inside(request::make_credential(context), 7, "uv", Some(Value::Bool(true)));
                let made = make_from(key, context, &verified)?;
                let ids = std::slice::from_ref(&made.attested.credential_id);
                let request = set(request::get_assertion(context, ids), 5, options([("uv", true)]));
                let request = set(request, 4, text_map([(uvm::ID, Value::Bool(true))]));
                uvm::only(&get_assertion::assert_from(key, context, &request, &made)?.data, &methods)
            },
        )
        .twin("built-in-uv/option/sign-in"),
    ]
}
