//! The members of the input of `hmac-secret`, its protocols, and more than one account (CTAP 2.3 12.7).

use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Protocol;
use ciborium::Value;

use super::super::offered;
use super::{ID, ONE, OTHER, answer, answer_to, asking, opened, with_secret};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, lists};
use crate::suites::authenticator::request::{
    self, GET_ASSERTION, GET_NEXT_ASSERTION, int, options, set, text_map, without,
};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, get_assertion, get_info, make_from};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            "extensions/hmac-secret/protocol-one",
            "A salt has one answer by either protocol",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                let preferred = answer(key, context, &made, &ONE, None)?;
                let platform = by_protocol_one(key, context)?;
                let input = platform.salts(context, &ONE)?;
                if answer_to(key, context, &made, &platform, input, None)? != preferred {
                    return Err(Stop::fail("the same 32 bytes by protocol 1", "others"));
                }
                Ok(Pass::plain("the same answer"))
            },
        )
        .claims(["ctap_hmac_secret_protocol_one"])
        .twin("extensions/hmac-secret/same-salt")
        .sends("a salt by the preferred protocol, then by protocol 1")
        .expects("the same answer"),
        Case::new(
            "extensions/hmac-secret/protocol-absent",
            "Where no protocol is named, protocol one is meant",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                let platform = by_protocol_one(key, context)?;
                let input = without(platform.salts(context, &ONE)?, 4);
                answer_to(key, context, &made, &platform, input, None).map(|_| Pass::plain("answered by protocol 1"))
            },
        )
        .claims(["ctap_hmac_secret_protocol_absent"])
        .twin("extensions/hmac-secret/protocol-one")
        .sends("a salt by protocol 1, without pinUvAuthProtocol")
        .expects("an answer by protocol 1"),
        Case::new(
            "extensions/hmac-secret/every-account",
            "Every account answers the salts by its own secret",
            "CTAP 2.3 6.3",
            Level::Must,
            every_account,
        )
        .needs([FRESH])
        .claims(["ctap_hmac_secret_next"])
        .twin("get-assertion/discoverable/newest-first")
        .sends("two salts without an allowList, then getNextAssertion")
        .expects("from each account what it answers where it is named alone"),
    ];
    cases.extend(refused());
    cases
}

fn every_account(key: &mut Key, context: &mut Context) -> Result<Pass, Stop> {
    offered(key, context, ID)?;
    get_assertion::offered(key, context)?;
    let mut made = Vec::new();
    for _ in 0..2 {
        let request = set(super::registration(context, ID, Value::Bool(true)), 7, options([("rk", true)]));
        made.push(make_from(key, context, &request)?);
    }
    let salts = [ONE, OTHER].concat();
    let alone = made.iter().map(|made| answer(key, context, made, &salts, None)).collect::<Result<Vec<_>, _>>()?;
    let platform = Platform::connect(key, context)?;
    let input = platform.salts(context, &salts)?;
    let request = set(request::get_assertion(context, &[]), 4, text_map([(ID, input)]));
    let hash = request::bytes_of(&request, 2);
    let first = key.call(context, "getAssertion", GET_ASSERTION, &request)?.ok()?;
    let next = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?.ok()?;
    for ((reply, made), alone) in [first, next].iter().zip(made.iter().rev()).zip(alone.iter().rev()) {
        let assertion = get_assertion::read(reply, &hash, made)?;
        if opened(&platform, &assertion.data, ID)? != *alone {
            return Err(Stop::fail("what the account answers alone", "other bytes"));
        }
    }
    Ok(Pass::plain("each as alone"))
}

fn refused() -> Vec<Case<Key>> {
    let refusal = |id, title, claim, sends, edit: fn(Value) -> Value, status: Status| {
        Case::new(id, title, "CTAP 2.3 12.7", Level::Must, move |key: &mut Key, context: &mut Context| {
            let made = with_secret(key, context)?;
            let platform = Platform::connect(key, context)?;
            let input = edit(platform.salts(context, &ONE)?);
            let request = asking(context, &made, input);
            expect(&key.call(context, sends, GET_ASSERTION, &request)?, &[status])
        })
        .claims([claim])
        .twin("extensions/hmac-secret/same-salt")
        .sends(sends)
        .expects(status.to_string())
    };
    vec![
        refusal(
            "extensions/hmac-secret/missing-key-agreement",
            "A salt without the platform's key is refused",
            "ctap_hmac_secret_needs_key_agreement",
            "a salt without keyAgreement",
            |input| without(input, 1),
            Status::MISSING_PARAMETER,
        ),
        refusal(
            "extensions/hmac-secret/missing-salt",
            "An input without a salt is refused",
            "ctap_hmac_secret_needs_salt",
            "hmac-secret without saltEnc",
            |input| without(input, 2),
            Status::MISSING_PARAMETER,
        ),
        refusal(
            "extensions/hmac-secret/missing-salt-auth",
            "A salt without saltAuth is refused",
            "ctap_hmac_secret_needs_auth",
            "a salt without saltAuth",
            |input| without(input, 3),
            Status::MISSING_PARAMETER,
        ),
        refusal(
            "extensions/hmac-secret/protocol-unsupported",
            "A salt by a protocol that the key does not list is refused",
            "ctap_hmac_secret_protocol",
            "a salt with pinUvAuthProtocol 99",
            |input| set(input, 4, int(99)),
            Status::INVALID_PARAMETER,
        ),
    ]
}

/// A platform by protocol one, where the key lists it.
fn by_protocol_one(key: &mut Key, context: &mut Context) -> Result<Platform, Stop> {
    if !lists(&get_info::info(key, context)?, Protocol::One) {
        return Err(Stop::skip("PIN/UV auth protocol 1"));
    }
    Platform::connect_by(Protocol::One, key, context)
}
