//! `largeBlobKey` (CTAP 2.3 12.3).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::manage::told;
use crate::suites::authenticator::request::{
    self, GET_ASSERTION, GET_NEXT_ASSERTION, MAKE_CREDENTIAL, options, set, text_map,
};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion, make_from, read_made};
use crate::verdict::{Pass, Stop};

const ID: &str = "largeBlobKey";
const REGISTERED: &str = "extensions/large-blob-key/registered";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = given();
    cases.extend(refused());
    cases
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    claims: [&'static str; N],
    body: fn(&mut Key, &mut Context) -> Result<Pass, Stop>,
) -> Case<Key> {
    let gated = move |key: &mut Key, context: &mut Context| {
        offered(key, context, ID)?;
        get_assertion::offered(key, context)?;
        body(key, context)
    };
    Case::new(id, title, "CTAP 2.3 12.3", Level::Must, gated).needs([FRESH]).claims(claims).expects(title)
}

fn given() -> Vec<Case<Key>> {
    vec![
        case(
            REGISTERED,
            "A registration gives a key of 32 bytes beside the authenticator data, not in them",
            ["ctap_lbk_registered", "ctap_lbk_length", "ctap_lbk_output"],
            |key, context| {
                let (made, _) = with_key(key, context)?;
                match made.data.extensions.as_ref().and_then(|outputs| outputs.get_text(ID)) {
                    None => Ok(Pass::plain("32 bytes in member 0x05")),
                    output => Err(Stop::fail("no output in the authenticator data", told(output))),
                }
            },
        )
        .sends("largeBlobKey true, with rk")
        .expects("32 bytes in member 0x05, and no output in the authenticator data"),
        case(
            "extensions/large-blob-key/signed-in",
            "A sign-in gives the key of the registration",
            ["ctap_lbk_signed_in", "ctap_lbk_another"],
            |key, context| {
                let (made, secret) = with_key(key, context)?;
                match asked(key, context, &made, Some(true))? {
                    Some(given) if given == secret => Ok(Pass::plain("the same key")),
                    given => Err(Stop::fail("the key of the registration", described(given.as_deref()))),
                }
            },
        )
        .sends("a sign-in with largeBlobKey true")
        .expects("the 32 bytes of the registration in member 0x07"),
        case(
            "extensions/large-blob-key/not-asked",
            "A sign-in that does not ask for the key is not given it",
            ["ctap_lbk_not_asked"],
            |key, context| {
                let (made, _) = with_key(key, context)?;
                match asked(key, context, &made, None)? {
                    None => Ok(Pass::plain("no key")),
                    given => Err(Stop::fail("no member 0x07", described(given.as_deref()))),
                }
            },
        )
        .sends("a sign-in without largeBlobKey")
        .expects("no member 0x07"),
        case(
            "extensions/large-blob-key/none",
            "A credential that was made without a key has none",
            ["ctap_lbk_none"],
            |key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                match asked(key, context, &made, Some(true))? {
                    None => Ok(Pass::plain("no key")),
                    given => Err(Stop::fail("no member 0x07", described(given.as_deref()))),
                }
            },
        )
        .sends("a registration without largeBlobKey, and a sign-in with it")
        .expects("no member 0x07"),
        case(
            "extensions/large-blob-key/next",
            "Each of several accounts comes with its own key",
            ["ctap_lbk_next"],
            |key, context| {
                let (_, older) = with_key(key, context)?;
                let (_, newer) = with_key(key, context)?;
                let request = set(request::get_assertion(context, &[]), 4, text_map([(ID, Value::Bool(true))]));
                let first = key.call(context, "getAssertion", GET_ASSERTION, &request)?.ok()?.map()?;
                let second = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?.ok()?.map()?;
                for (answer, secret) in [(&first, &newer), (&second, &older)] {
                    if answer.get(7).and_then(Node::as_bytes) != Some(secret.as_slice()) {
                        return Err(Stop::fail("the key of this account", told(answer.get(7))));
                    }
                }
                Ok(Pass::plain("both keys"))
            },
        )
        .sends("getAssertion with largeBlobKey true and no allowList, and getNextAssertion")
        .expects("each account's key in member 0x07"),
        case(
            "extensions/large-blob-key/one-each",
            "Each credential has a key of its own",
            ["ctap_lbk_one_each"],
            |key, context| {
                let (_, first) = with_key(key, context)?;
                let (_, second) = with_key(key, context)?;
                if first == second {
                    return Err(Stop::fail("another key for another credential", "the same"));
                }
                Ok(Pass::plain("two keys"))
            },
        )
        .sends("two registrations with largeBlobKey")
        .expects("two keys"),
    ]
}

fn refused() -> Vec<Case<Key>> {
    vec![
        case(
            "extensions/large-blob-key/without-rk",
            "A credential that is not discoverable gets no key",
            ["ctap_lbk_without_rk"],
            |key, context| {
                let request = registration(context, ID, Value::Bool(true));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::INVALID_OPTION])
            },
        )
        .twin(REGISTERED)
        .sends("largeBlobKey true, without rk")
        .expects("INVALID_OPTION"),
        case(
            "extensions/large-blob-key/false",
            "A registration asks for a key, or not at all",
            ["ctap_lbk_false"],
            |key, context| {
                let request = set(registration(context, ID, Value::Bool(false)), 7, options([("rk", true)]));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::INVALID_OPTION])
            },
        )
        .twin(REGISTERED)
        .sends("largeBlobKey false, with rk")
        .expects("INVALID_OPTION"),
        case(
            "extensions/large-blob-key/false-sign-in",
            "A sign-in asks for a key, or not at all",
            ["ctap_lbk_false_sign_in"],
            |key, context| {
                let (made, _) = with_key(key, context)?;
                let request = asking(context, &made, Some(false));
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::INVALID_OPTION])
            },
        )
        .twin("extensions/large-blob-key/signed-in")
        .sends("a sign-in with largeBlobKey false")
        .expects("INVALID_OPTION"),
    ]
}

/// A discoverable credential with a key, and the key.
fn with_key(key: &mut Key, context: &mut Context) -> Result<(Made, Vec<u8>), Stop> {
    let request = set(registration(context, ID, Value::Bool(true)), 7, options([("rk", true)]));
    let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
    if reply.status == Status::PUAT_REQUIRED {
        // Whatever the reason is, it is that of every registration.
        make_from(key, context, &request)?;
    }
    let reply = reply.ok()?;
    let map = reply.map()?;
    let secret = map.get(5).and_then(Node::as_bytes).filter(|secret| secret.len() == 32).map(<[u8]>::to_vec);
    let secret = secret.ok_or_else(|| Stop::fail("largeBlobKey, 32 bytes", told(map.get(5))))?;
    Ok((read_made(&reply, &request::bytes_of(&request, 1))?, secret))
}

/// A sign-in by this credential, with this input.
fn asking(context: &mut Context, made: &Made, input: Option<bool>) -> Value {
    let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
    match input {
        Some(input) => set(request, 4, text_map([(ID, Value::Bool(input))])),
        None => request,
    }
}

/// The key that such a sign-in gives.
fn asked(key: &mut Key, context: &mut Context, made: &Made, input: Option<bool>) -> Result<Option<Vec<u8>>, Stop> {
    let request = asking(context, made, input);
    let assertion = get_assertion::assert_from(key, context, &request, made)?;
    Ok(assertion.map.get(7).and_then(Node::as_bytes).map(<[u8]>::to_vec))
}

fn described(given: Option<&[u8]>) -> String {
    given.map_or_else(|| "none".to_owned(), |given| format!("{} bytes", given.len()))
}
