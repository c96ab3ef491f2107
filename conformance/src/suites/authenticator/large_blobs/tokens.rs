//! Who may write (CTAP 2.3 6.10.2).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use ciborium::Value;

use super::{array, authorized, call, case, expect_array, first, initial, later, room, write};
use crate::case::Case;
use crate::case::Level;
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, RP_ID, int, set, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, read_made};
use crate::verdict::Pass;

const WRITES: &str = "large-blobs/token/writes";

/// What is wrong with the authorization of a write.
struct Flaw {
    slug: &'static str,
    title: &'static str,
    claim: &'static str,
    sends: &'static str,
    edit: fn(Value, &Token) -> Value,
    status: Status,
}

const FLAWS: &[Flaw] = &[
    Flaw {
        slug: "no-param",
        title: "With a PIN set, nobody writes without a token",
        claim: "ctap_lb_param_missing",
        sends: "set without pinUvAuthParam",
        edit: |request, _| without(without(request, 5), 6),
        status: Status::PUAT_REQUIRED,
    },
    Flaw {
        slug: "wrong-param",
        title: "A wrong pinUvAuthParam writes nothing",
        claim: "ctap_lb_token_param",
        sends: "set by a pinUvAuthParam of zeros",
        edit: |request, _| set(request, 5, Value::Bytes(vec![0; 32])),
        status: Status::PIN_AUTH_INVALID,
    },
    Flaw {
        slug: "other-fragment",
        title: "The pinUvAuthParam of one fragment writes no other",
        claim: "ctap_lb_token_param",
        sends: "set by the pinUvAuthParam for other bytes",
        edit: |request, token| authorized(request, token, &[0x80], 0),
        status: Status::PIN_AUTH_INVALID,
    },
    Flaw {
        slug: "no-protocol",
        title: "A pinUvAuthParam comes with its protocol",
        claim: "ctap_manage_protocol_missing",
        sends: "set with pinUvAuthParam and without pinUvAuthProtocol",
        edit: |request, _| without(request, 6),
        status: Status::MISSING_PARAMETER,
    },
    Flaw {
        slug: "unknown-protocol",
        title: "A protocol that nobody has writes nothing",
        claim: "ctap_manage_protocol_unsupported",
        sends: "set with pinUvAuthProtocol 99",
        edit: |request, _| set(request, 6, int(99)),
        status: Status::INVALID_PARAMETER,
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        case(
            WRITES,
            "A token with the permission lbw writes every fragment of an array",
            ["ctap_lb_token_once"],
            |key, context| {
                let (platform, room) = (Platform::set_up(key, context, PIN)?, room(key, context)?);
                let token = platform.token_for(key, context, PIN, permission::LBW, None)?;
                let array = array(context, 300);
                write(key, context, &array, 77, Some(&token))?;
                expect_array(key, context, &array, room).map(|()| Pass::plain("four fragments by one token"))
            },
        )
        .sends("set of an array of 300 bytes in four fragments by one token, and get")
        .expects("the array"),
        case(
            "large-blobs/token/no-permission",
            "A token without the permission lbw writes nothing",
            ["ctap_lb_token_permission"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.legacy_token(key, context, PIN)?;
                let array = array(context, 80);
                let request = authorized(first(&array, array.len()), &token, &array, 0);
                expect(&call(key, context, "set by a token of getPinToken", &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(WRITES)
        .sends("set by a token for registrations and sign-ins")
        .expects("PIN_AUTH_INVALID"),
        case(
            "large-blobs/token/other-offset",
            "The pinUvAuthParam of one offset writes at no other",
            ["ctap_lb_token_param", "ctap_lb_token_offset"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token_for(key, context, PIN, permission::LBW, None)?;
                let array = array(context, 80);
                let (start, rest) = array.split_at(40);
                let request = authorized(first(start, array.len()), &token, start, 0);
                call(key, context, "set, the first fragment", &request)?.ok()?;
                let request = authorized(later(rest, 40), &token, rest, 0);
                expect(&call(key, context, "set by a param for offset 0", &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(WRITES)
        .sends("a second fragment by the pinUvAuthParam for offset 0")
        .expects("PIN_AUTH_INVALID"),
        case(
            "large-blobs/token/after-registration",
            "The permission lbw outlives a registration by the same token, and is bound to no RP",
            ["ctap_lbw_spent", "ctap_lb_token_rp"],
            |key, context| {
                let (platform, room) = (Platform::set_up(key, context, PIN)?, room(key, context)?);
                let both = permission::MC | permission::LBW;
                let token = platform.token_for(key, context, PIN, both, Some(RP_ID))?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                read_made(&reply, &request::bytes_of(&request, 1))?;
                let array = array(context, 80);
                write(key, context, &array, room.fragment, Some(&token))?;
                expect_array(key, context, &array, room).map(|()| Pass::plain("written by the same token"))
            },
        )
        .sends("a registration, then set, by one token with the permissions mc and lbw")
        .expects("OK both times"),
    ];
    cases.extend(FLAWS.iter().map(flawed));
    cases
}

fn flawed(flaw: &'static Flaw) -> Case<Key> {
    let body = |key: &mut Key, context: &mut Context| {
        let (platform, room) = (Platform::set_up(key, context, PIN)?, room(key, context)?);
        let token = platform.token_for(key, context, PIN, permission::LBW, None)?;
        let array = array(context, 80);
        let request = authorized(first(&array, array.len()), &token, &array, 0);
        let reply = call(key, context, flaw.sends, &(flaw.edit)(request, &token))?;
        let pass = expect(&reply, &[flaw.status])?;
        expect_array(key, context, &initial(), room).map(|()| pass)
    };
    Case::new(format!("large-blobs/token/{}", flaw.slug), flaw.title, "CTAP 2.3 6.10.2", Level::Must, body)
        .needs([FRESH])
        .claims([flaw.claim])
        .twin(WRITES)
        .sends(flaw.sends)
        .expects(format!("{}, and nothing written", flaw.status))
}
