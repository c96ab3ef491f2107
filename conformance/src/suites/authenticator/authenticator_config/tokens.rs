//! Who may configure a key, and the form of what it is told (CTAP 2.3 6.11).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;

use super::{SET_MIN_PIN_LENGTH, case, config, configured, min_pin_length, name, new_length, prefix, unprotected};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{Flaw, PIN, authorized, sub_command, with_param};
use crate::suites::authenticator::request::{CONFIG, RP_ID, map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect};
use crate::verdict::Pass;

const GOOD: &str = "config/token/reused";

/// How a request is authorized wrongly, and what the case is called.
const FLAWS: &[(Flaw, &str, &str, &str)] = &[
    (Flaw::NoParam, "no-param", "without pinUvAuthParam", "ctap_config_param_missing"),
    (Flaw::WrongParam, "wrong-param", "by a pinUvAuthParam that does not verify", "ctap_config_token_param"),
    (Flaw::NoProtocol, "no-protocol", "without pinUvAuthProtocol", "ctap_manage_protocol_missing"),
    (Flaw::UnknownProtocol, "unknown-protocol", "by a protocol that nobody has", "ctap_manage_protocol_unsupported"),
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases: Vec<Case<Key>> = FLAWS.iter().map(flawed).collect();
    cases.extend(tokens());
    cases.extend(form());
    cases
}

fn flawed(flaw: &'static (Flaw, &str, &str, &str)) -> Case<Key> {
    let (flaw, slug, how, claim) = *flaw;
    let title = format!("With a PIN set, {} is refused {how}", name(SET_MIN_PIN_LENGTH));
    let body = move |key: &mut Key, context: &mut Context| {
        let length = min_pin_length(key, context)?;
        let (_, token) = configured(key, context)?;
        let request = sub_command(SET_MIN_PIN_LENGTH, Some(new_length(length)));
        let request = flaw.put_into(authorized(request, &token, &prefix()));
        expect(&key.call(context, how, CONFIG, &request)?, &[flaw.status()])
    };
    Case::new(format!("config/token/{slug}"), title, "CTAP 2.3 6.11 step 4", Level::Must, body)
        .needs([FRESH])
        .claims([claim])
        .twin(GOOD)
        .sends(format!("{} {how}", name(SET_MIN_PIN_LENGTH)))
        .expects(flaw.status().to_string())
}

fn tokens() -> Vec<Case<Key>> {
    vec![
        case(
            GOOD,
            "A token with the permission acfg configures as often as it is used",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_token_once"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let (_, token) = configured(key, context)?;
                for _ in 0..2 {
                    config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), Some(&token))?.ok()?;
                }
                Ok(Pass::plain("twice by one token"))
            },
        )
        .sends("setMinPINLength twice by one token")
        .expects("OK twice"),
        case(
            "config/token/bound",
            "A token with the permission acfg configures whichever RP it is bound to",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_token_rp"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let both = permission::GA | permission::ACFG;
                let token = platform.token_for(key, context, PIN, both, Some(RP_ID))?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), Some(&token))?;
                expect(&reply, &[Status::OK])
            },
        )
        .sends("setMinPINLength by a token with the permissions ga and acfg, which is bound to an RP ID")
        .expects("OK"),
        case(
            "config/token/no-permission",
            "A token without the permission acfg configures nothing",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_token_permission"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.legacy_token(key, context, PIN)?;
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), Some(&token))?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(GOOD)
        .sends("setMinPINLength by a token for registrations and sign-ins")
        .expects("PIN_AUTH_INVALID"),
        case(
            "config/token/other-params",
            "A pinUvAuthParam is one for the parameters too",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_token_param", "ctap_config_token_params"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                let (_, token) = configured(key, context)?;
                let message = [prefix(), vec![0x03]].concat();
                let request = sub_command(SET_MIN_PIN_LENGTH, Some(new_length(length)));
                let request = with_param(request, token.authenticate(&message), &token);
                expect(&key.call(context, "setMinPINLength", CONFIG, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(GOOD)
        .sends("setMinPINLength with parameters, by a pinUvAuthParam for it without any")
        .expects("PIN_AUTH_INVALID"),
        case(
            "config/token/not-needed",
            "Where nothing protects the key, no token is needed",
            "CTAP 2.3 6.11 step 4",
            ["ctap_config_needs_token"],
            |key, context| {
                unprotected(key, context)?;
                let length = min_pin_length(key, context)?;
                expect(&config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(length)), None)?, &[Status::OK])
            },
        )
        .sends("setMinPINLength without a token to a key without a PIN")
        .expects("OK"),
    ]
}

fn form() -> Vec<Case<Key>> {
    vec![
        case(
            "config/subcommand/missing",
            "What is to be configured has to be said",
            "CTAP 2.3 6.11 step 1",
            ["ctap_config_needs_subcommand"],
            |key, context| {
                unprotected(key, context)?;
                expect(&key.call(context, "no subcommand", CONFIG, &map([]))?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin("config/token/not-needed")
        .sends("a request without subCommand")
        .expects("MISSING_PARAMETER"),
        case(
            "config/subcommand/unassigned",
            "A subcommand that does not exist is refused",
            "CTAP 2.3 8.1, 6.11 step 2",
            ["ctap_config_subcommand"],
            |key, context| {
                unprotected(key, context)?;
                let reply = config(key, context, 0x7f, None, None)?;
                expect(&reply, &[Status::INVALID_SUBCOMMAND, Status::INVALID_PARAMETER])
            },
        )
        .twin("config/token/not-needed")
        .sends("subCommand 0x7f")
        .expects("INVALID_SUBCOMMAND, or INVALID_PARAMETER as 6.11 has it"),
    ]
}
