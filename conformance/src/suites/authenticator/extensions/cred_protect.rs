//! `credProtect` (CTAP 2.3 12.1).

mod verified;

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::{offered, registration};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{self, GET_ASSERTION, int, options, set};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "credProtect";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = unverified();
    cases.extend(verified::cases());
    cases
}

fn unverified() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "extensions/cred-protect/told",
            "The level that a credential has is told",
            "CTAP 2.3 12.1",
            Level::Must,
            |key: &mut Key, context| {
                let made = protected(key, context, 2)?;
                let output = made.data.extensions.as_ref().and_then(|outputs| outputs.get_text(ID));
                match output.and_then(Node::as_int) {
                    // A key may protect better than it was asked to.
                    Some(level @ 2..=3) => Ok(Pass::plain(format!("level {level}"))),
                    _ => Err(Stop::fail("level 2 or 3", output.map_or("none".to_owned(), cbor::diagnostic))),
                }
            },
        )
        .claims(["ctap_cred_protect_output"])
        .sends("credProtect 2")
        .expects("credProtect 2 or 3 in the authenticator data"),
        Case::new(
            "extensions/cred-protect/two-listed",
            "A credential of level 2 answers where it is named",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = exactly(protected(key, context, 2)?, 2)?;
                get_assertion::assert(key, context, &made).map(|_| Pass::plain("signed without user verification"))
            },
        )
        .claims(["ctap_cred_protect_listed"])
        .sends("an allowList with a credential of level 2, and no token")
        .expects("an assertion that verifies"),
        Case::new(
            "extensions/cred-protect/two-unlisted",
            "A credential of level 2 does not answer where nobody is named",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                offered(key, context, ID)?;
                get_assertion::offered(key, context)?;
                let request = set(registration(context, ID, int(2)), 7, options([("rk", true)]));
                make_from(key, context, &request)?;
                let request = request::get_assertion(context, &[]);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::NO_CREDENTIALS])
            },
        )
        .needs([FRESH])
        .claims(["ctap_cred_protect_unlisted"])
        .twin("get-assertion/discoverable/one")
        .sends("no allowList and no token, where the only credential has level 2")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "extensions/cred-protect/three-listed",
            "A credential of level 3 does not answer without user verification",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = protected(key, context, 3)?;
                let request = request::get_assertion(context, &[made.attested.credential_id]);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::NO_CREDENTIALS])
            },
        )
        .claims(["ctap_cred_protect_required"])
        .twin("extensions/cred-protect/two-listed")
        .sends("an allowList with a credential of level 3, and no token")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "extensions/cred-protect/three-excluded",
            "A credential of level 3 does not exclude without user verification",
            "CTAP 2.3 6.1.2 step 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = protected(key, context, 3)?;
                let entry = request::descriptor(&made.attested.credential_id);
                let request = set(request::make_credential(context), 5, Value::Array(vec![entry]));
                make_from(key, context, &request).map(|_| Pass::plain("made, as if it were not there"))
            },
        )
        .claims(["ctap_cred_protect_exclude"])
        .sends("an excludeList with a credential of level 3, and no token")
        .expects("a credential"),
    ]
}

/// A credential of at least this level.
fn protected(key: &mut Key, context: &mut Context, level: i64) -> Result<Made, Stop> {
    offered(key, context, ID)?;
    let request = registration(context, ID, int(level));
    make_from(key, context, &request)
}

/// The credential, unless the key protects better than it was asked to.
fn exactly(made: Made, level: i64) -> Result<Made, Stop> {
    let output = made.data.extensions.as_ref().and_then(|outputs| outputs.get_text(ID)).and_then(Node::as_int);
    if output.is_some_and(|output| output > level) {
        return Err(Stop::skip(format!("credProtect {level}")));
    }
    Ok(made)
}
