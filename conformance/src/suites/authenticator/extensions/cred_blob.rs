//! `credBlob` (CTAP 2.3 12.2).

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration, shown, told};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{self, GET_ASSERTION, GET_NEXT_ASSERTION, options, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, get_assertion, get_info, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "credBlob";

const GOOD: &str = "extensions/cred-blob/kept";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = discoverable();
    cases.push(
        Case::new(
            "extensions/cred-blob/not-discoverable",
            "What is said at registration of the blob of a credential that is not discoverable holds at sign-in",
            "CTAP 2.3 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let request = registration(context, ID, Value::Bytes(blob(1)));
                let made = make_from(key, context, &request)?;
                let kept = told(&made.data, ID).and_then(Node::as_bool);
                let kept = kept.ok_or_else(|| Stop::fail("true or false", shown(&made.data, ID)))?;
                same(&asked(key, context, &made)?, if kept { blob(1) } else { Vec::new() })?;
                Ok(Pass::plain(if kept { "kept" } else { "not kept" }))
            },
        )
        .claims(["ctap_cred_blob_all"])
        .twin(GOOD)
        .sends("eight bytes of credBlob without rk, then a sign-in")
        .expects("the blob if true was told, no bytes if false was"),
    );
    cases.into_iter().map(|case| case.gate(|key, context| offered(key, context, ID))).collect()
}

fn discoverable() -> Vec<Case<Key>> {
    let cases = vec![
        Case::new(
            GOOD,
            "A blob of the greatest length is kept, and told at sign-in",
            "CTAP 2.3 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let blob = vec![0xb1; longest(key, context)?];
                let made = with_blob(key, context, blob.clone())?;
                output(&made, true)?;
                same(&asked(key, context, &made)?, blob).map(|()| Pass::plain("kept, and told"))
            },
        )
        .claims(["ctap_cred_blob_output", "ctap_cred_blob_kept"])
        .sends("maxCredBlobLength bytes of credBlob with rk, then credBlob true at sign-in")
        .expects("true, then the bytes"),
        Case::new(
            "extensions/cred-blob/too-long",
            "A blob that is too long is not kept, and is no error",
            "CTAP 2.3 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let blob = vec![0xb1; longest(key, context)? + 1];
                let made = with_blob(key, context, blob)?;
                output(&made, false)?;
                same(&asked(key, context, &made)?, Vec::new()).map(|()| Pass::plain("made, and not kept"))
            },
        )
        .claims(["ctap_cred_blob_too_long", "ctap_cred_blob_all"])
        .twin(GOOD)
        .sends("one byte more than maxCredBlobLength, then credBlob true at sign-in")
        .expects("a credential and false, then no bytes"),
        Case::new(
            "extensions/cred-blob/none",
            "A credential without a blob tells no bytes",
            "CTAP 2.3 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                same(&asked(key, context, &made)?, Vec::new()).map(|()| Pass::plain("no bytes"))
            },
        )
        .claims(["ctap_cred_blob_none"])
        .twin(GOOD)
        .sends("credBlob true at sign-in by a credential that was made without")
        .expects("h''"),
        Case::new(
            "extensions/cred-blob/each-its-own",
            "Each credential tells its own blob",
            "CTAP 2.3 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = [with_blob(key, context, blob(1))?, with_blob(key, context, blob(2))?];
                for (made, number) in made.iter().zip(1..) {
                    same(&asked(key, context, made)?, blob(number))?;
                }
                Ok(Pass::plain("each its own"))
            },
        )
        .claims(["ctap_cred_blob_own"])
        .twin(GOOD)
        .sends("two accounts with a blob each, then a sign-in by each")
        .expects("the blob of each"),
        Case::new(
            "extensions/cred-blob/every-account",
            "Every account tells its blob where nobody is named",
            "CTAP 2.3 6.3",
            Level::Must,
            |key: &mut Key, context| {
                let made = [with_blob(key, context, blob(1))?, with_blob(key, context, blob(2))?];
                let request = set(request::get_assertion(context, &[]), 4, text_map([(ID, Value::Bool(true))]));
                let hash = request::bytes_of(&request, 2);
                let first = key.call(context, "getAssertion", GET_ASSERTION, &request)?.ok()?;
                let next = key.ctap(context, "getNextAssertion", &[GET_NEXT_ASSERTION])?.ok()?;
                for ((reply, made), number) in [first, next].iter().zip(made.iter().rev()).zip([2, 1]) {
                    let assertion = get_assertion::read(reply, &hash, made)?;
                    same(&assertion.data, blob(number))?;
                }
                Ok(Pass::plain("each its own"))
            },
        )
        .claims(["ctap_cred_blob_own"])
        .twin(GOOD)
        .sends("credBlob true without an allowList, then getNextAssertion")
        .expects("the blob of each"),
        Case::new(
            "extensions/cred-blob/not-asked",
            "A blob is not told where nobody asks",
            "CTAP 2.3 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_blob(key, context, blob(1))?;
                let assertion = get_assertion::assert(key, context, &made)?;
                match told(&assertion.data, ID) {
                    None => Ok(Pass::plain("not told")),
                    Some(_) => Err(Stop::fail("no credBlob", shown(&assertion.data, ID))),
                }
            },
        )
        .claims(["ctap_cred_blob_not_asked"])
        .twin(GOOD)
        .sends("a sign-in without extensions by a credential with a blob")
        .expects("no credBlob"),
    ];
    cases.into_iter().map(|case| case.needs([FRESH])).collect()
}

/// Eight bytes.
fn blob(number: u8) -> Vec<u8> {
    vec![number; 8]
}

/// maxCredBlobLength.
fn longest(key: &mut Key, context: &mut Context) -> Result<usize, Stop> {
    let told = get_info::info(key, context)?.get(0x0f).and_then(Node::as_unsigned);
    told.and_then(|length| usize::try_from(length).ok()).ok_or_else(|| Stop::fail("maxCredBlobLength", "none"))
}

/// A discoverable credential, made with this blob.
fn with_blob(key: &mut Key, context: &mut Context, blob: Vec<u8>) -> Result<Made, Stop> {
    get_assertion::offered(key, context)?;
    let request = set(registration(context, ID, Value::Bytes(blob)), 7, options([("rk", true)]));
    make_from(key, context, &request)
}

fn output(made: &Made, kept: bool) -> Result<(), Stop> {
    match told(&made.data, ID).and_then(Node::as_bool) {
        Some(said) if said == kept => Ok(()),
        _ => Err(Stop::fail(format!("credBlob {kept}"), shown(&made.data, ID))),
    }
}

/// A sign-in that asks for the blob.
fn asked(key: &mut Key, context: &mut Context, made: &Made) -> Result<AuthenticatorData, Stop> {
    let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
    let request = set(request, 4, text_map([(ID, Value::Bool(true))]));
    Ok(get_assertion::assert_from(key, context, &request, made)?.data)
}

fn same(data: &AuthenticatorData, blob: Vec<u8>) -> Result<(), Stop> {
    match told(data, ID).and_then(Node::as_bytes) {
        Some(told) if told == blob => Ok(()),
        _ => Err(Stop::fail(format!("{} bytes, as they were given", blob.len()), shown(data, ID))),
    }
}
