//! Assertions without an allow list, and those that come after them.

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{Assertion, assert, assert_from, discoverable, offered, read};
use crate::case::{Case, Level};
use crate::suites::authenticator::request::{
    self, GET_ASSERTION, GET_INFO, GET_NEXT_ASSERTION, options, set, set_inside, text,
};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, make, make_from};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "get-assertion/discoverable/none",
            "Without a discoverable credential there is nobody",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                make(key, context)?;
                let request = request::get_assertion(context, &[]);
                let reply = key.call(context, "getAssertion", GET_ASSERTION, &request)?;
                expect(&reply, &[Status::NO_CREDENTIALS])
            },
        )
        .needs([FRESH])
        .claims(["ctap_discoverable"])
        .twin("get-assertion/discoverable/one")
        .sends("no allow list, where only a non-discoverable credential exists")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "get-assertion/discoverable/one",
            "A discoverable credential is found by the RP ID and names its user",
            "CTAP 2.3 6.2.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let (made, user) = discoverable(key, context)?;
                let request = request::get_assertion(context, &[]);
                let assertion = assert_from(key, context, &request, &made)?;
                expect_user(&assertion, &user)?;
                if assertion.map.get(4).and_then(|user| user.get_text("name")).is_some() {
                    return Err(Stop::fail("no user name without user verification", "a name"));
                }
                Ok(Pass::plain("found, and named by id alone"))
            },
        )
        .needs([FRESH])
        .claims(["ctap_discoverable_user", "ctap_user_name"])
        .expects("the user's id, and no name without user verification"),
        Case::new(
            "get-assertion/discoverable/newest-first",
            "Several accounts come newest first, the rest by getNextAssertion",
            "CTAP 2.3 6.2.2 step 12, 6.3",
            Level::Must,
            |key: &mut Key, context| {
                let first = discoverable(key, context)?;
                let second = discoverable(key, context)?;
                let third = discoverable(key, context)?;
                let request = request::get_assertion(context, &[]);
                let assertion = assert_from(key, context, &request, &third.0)?;
                expect_user(&assertion, &third.1)?;
                match assertion.map.get(5).and_then(Node::as_int) {
                    Some(3) => {}
                    other => return Err(Stop::fail("numberOfCredentials 3", format!("{other:?}"))),
                }
                for (made, user) in [&second, &first] {
                    let reply = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?.ok()?;
                    let next = read(&reply, &request::bytes_of(&request, 2), made)?;
                    expect_user(&next, user)?;
                    if next.map.get(5).is_some() {
                        return Err(Stop::fail("numberOfCredentials in the first answer only", "again"));
                    }
                }
                let past = key.ctap(context, "getNextAssertion past the end", &[GET_NEXT_ASSERTION])?;
                expect(&past, &[Status::NOT_ALLOWED])
            },
        )
        .needs([FRESH])
        .claims(["ctap_number_of_credentials", "ctap_newest_first", "ctap_next_number", "ctap_next_exhausted"])
        .expects("numberOfCredentials, newest first, NOT_ALLOWED past the end"),
        Case::new(
            "get-assertion/discoverable/overwritten",
            "A second credential for the same RP and user replaces the first",
            "CTAP 2.3 6.1.2 step 17",
            Level::Must,
            |key: &mut Key, context| {
                let request = set(request::make_credential(context), 7, options([("rk", true)]));
                offered(key, context)?;
                make_from(key, context, &request)?;
                let again = set(request, 1, Value::Bytes(context.random.bytes(32)));
                let second = make_from(key, context, &again)?;
                let request = request::get_assertion(context, &[]);
                let assertion = assert_from(key, context, &request, &second)?;
                match assertion.map.get(5) {
                    None => Ok(Pass::plain("one account")),
                    Some(_) => Err(Stop::fail("one credential", "numberOfCredentials")),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_overwrite"])
        .expects("only the second credential is left"),
        Case::new(
            "get-assertion/discoverable/same-user-elsewhere",
            "A credential for another RP and the same user replaces nothing",
            "CTAP 2.3 6.1.2 step 17",
            Level::Must,
            |key: &mut Key, context| {
                offered(key, context)?;
                let request = set(request::make_credential(context), 7, options([("rk", true)]));
                let first = make_from(key, context, &request)?;
                let elsewhere = set_inside(request, 2, "id", Some(text("example.com")));
                make_from(key, context, &elsewhere)?;
                let request = request::get_assertion(context, &[]);
                assert_from(key, context, &request, &first).map(|_| Pass::plain("both are kept"))
            },
        )
        .needs([FRESH])
        .claims(["ctap_overwrite_other_rp"])
        .sends("one user id for two RPs, then a sign-in at the first")
        .expects("an assertion by the first credential"),
        Case::new(
            "get-assertion/discoverable/other-rp",
            "A discoverable credential is not found by another RP",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                discoverable(key, context)?;
                let request = set(request::get_assertion(context, &[]), 1, text("example.com"));
                let reply = key.call(context, "getAssertion for another RP", GET_ASSERTION, &request)?;
                expect(&reply, &[Status::NO_CREDENTIALS])
            },
        )
        .needs([FRESH])
        .claims(["ctap_discoverable_rp"])
        .twin("get-assertion/discoverable/one")
        .sends("no allow list, and another RP ID")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "get-next-assertion/without-state",
            "getNextAssertion without getAssertion is refused",
            "CTAP 2.3 6.3 step 1",
            Level::Must,
            |key: &mut Key, context| {
                let reply = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?;
                expect(&reply, &[Status::NOT_ALLOWED])
            },
        )
        .claims(["ctap_next_without_state"])
        .twin("get-assertion/discoverable/newest-first")
        .expects("NOT_ALLOWED"),
        Case::new(
            "get-next-assertion/after-allow-list",
            "An assertion from an allow list leaves nothing to continue",
            "CTAP 2.3 6.2.2 step 11",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                assert(key, context, &made)?;
                let reply = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?;
                expect(&reply, &[Status::NOT_ALLOWED])
            },
        )
        .claims(["ctap_next_after_list"])
        .expects("NOT_ALLOWED"),
        Case::new(
            "get-next-assertion/state-may-go",
            "Another command in between ends the sequence, or leaves it right",
            "CTAP 2.3 6",
            Level::May,
            |key: &mut Key, context| {
                let first = discoverable(key, context)?;
                let second = discoverable(key, context)?;
                let request = request::get_assertion(context, &[]);
                assert_from(key, context, &request, &second.0)?;
                key.ctap(context, "getInfo in between", &[GET_INFO])?.ok()?;
                let reply = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?;
                if reply.status == Status::OK {
                    read(&reply, &request::bytes_of(&request, 2), &first.0)?;
                    return Ok(Pass::plain("the state was kept, and right"));
                }
                expect(&reply, &[Status::NOT_ALLOWED])
            },
        )
        .needs([FRESH])
        .claims(["ctap_next_state"])
        .expects("NOT_ALLOWED, or the right next assertion"),
    ]
}

fn expect_user(assertion: &Assertion, user: &[u8]) -> Result<(), Stop> {
    match assertion.map.get(4).and_then(|user| user.get_text("id")).and_then(Node::as_bytes) {
        Some(id) if id == user => Ok(()),
        other => Err(Stop::fail("the user's id", format!("{other:?}"))),
    }
}
