//! Levels of protection and a verified user, and levels that there are not.

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{ID, exactly, protected};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::extensions::{offered, registration, shown, told};
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, GET_ASSERTION, MAKE_CREDENTIAL, int, options, set};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion, make, make_from, read_made};
use crate::verdict::{Pass, Stop};

/// permissions mc and ga (CTAP 2.3 6.5.5.7).
const MC: u64 = 0x01;
const GA: u64 = 0x02;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = levels();
    cases.extend(verified().into_iter().map(|case| case.needs([FRESH])));
    cases
}

fn levels() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "extensions/cred-protect/not-asked",
            "A level that nobody asks for is not told",
            "CTAP 2.3 12.1",
            Level::Must,
            |key: &mut Key, context| {
                offered(key, context, ID)?;
                let made = make(key, context)?;
                match told(&made.data, ID) {
                    None => Ok(Pass::plain("not told")),
                    Some(_) => Err(Stop::fail("no credProtect", shown(&made.data, ID))),
                }
            },
        )
        .claims(["ctap_cred_protect_not_asked"])
        .sends("no extensions")
        .expects("no credProtect in the authenticator data"),
        Case::new(
            "extensions/cred-protect/level-four",
            "A level that there is not is given to no credential",
            "CTAP 2.3 12.1",
            Level::Must,
            |key: &mut Key, context| {
                offered(key, context, ID)?;
                let request = registration(context, ID, int(4));
                let reply = key.call(context, "credProtect 4", MAKE_CREDENTIAL, &request)?;
                match reply.status {
                    Status::OK => {}
                    Status::PUAT_REQUIRED => return Err(Stop::skip("a key without a PIN")),
                    // The text has no code for it.
                    refused => return Ok(Pass::plain(format!("refused: {refused}"))),
                }
                let made = read_made(&reply, &request::bytes_of(&request, 1))?;
                match told(&made.data, ID).map(|level| level.as_unsigned()) {
                    None => Ok(Pass::plain("made, without the extension")),
                    Some(Some(1..=3)) => Ok(Pass::plain(format!("made, level {}", shown(&made.data, ID)))),
                    Some(_) => Err(Stop::fail("an error, or level 1, 2 or 3", shown(&made.data, ID))),
                }
            },
        )
        .claims(["ctap_cred_protect_level"])
        .twin("extensions/cred-protect/told")
        .sends("credProtect 4")
        .expects("an error, or another level"),
        Case::new(
            "extensions/cred-protect/two-excluded",
            "A credential of level 2 excludes without user verification",
            "CTAP 2.3 6.1.2 step 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = exactly(protected(key, context, 2)?, 2)?;
                let request = excluding(context, &made);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::CREDENTIAL_EXCLUDED])
            },
        )
        .claims(["ctap_cred_protect_exclude_two"])
        .twin("extensions/cred-protect/two-listed")
        .sends("an excludeList with a credential of level 2, and no token")
        .expects("CREDENTIAL_EXCLUDED"),
        Case::new(
            "extensions/cred-protect/three-unlisted",
            "A credential of level 3 does not answer where nobody is named",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                discoverable(key, context, 3)?;
                let request = request::get_assertion(context, &[]);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::NO_CREDENTIALS])
            },
        )
        .needs([FRESH])
        .claims(["ctap_cred_protect_required"])
        .twin("get-assertion/discoverable/one")
        .sends("no allowList and no token, where the only credential has level 3")
        .expects("NO_CREDENTIALS"),
    ]
}

fn verified() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "extensions/cred-protect/two-unlisted-verified",
            "A credential of level 2 answers a verified user where nobody is named",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = discoverable(key, context, 2)?;
                signs(key, context, &made, &[])
            },
        )
        .claims(["ctap_cred_protect_two_verified"])
        .twin("extensions/cred-protect/two-listed")
        .sends("no allowList, and a token, where the only credential has level 2")
        .expects("an assertion with UV"),
        Case::new(
            "extensions/cred-protect/three-listed-verified",
            "A credential of level 3 answers a verified user",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = protected(key, context, 3)?;
                signs(key, context, &made, std::slice::from_ref(&made.attested.credential_id))
            },
        )
        .claims(["ctap_cred_protect_three_verified"])
        .twin("extensions/cred-protect/two-listed")
        .sends("an allowList with a credential of level 3, and a token")
        .expects("an assertion with UV"),
        Case::new(
            "extensions/cred-protect/three-unlisted-verified",
            "A credential of level 3 answers a verified user where nobody is named",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = discoverable(key, context, 3)?;
                signs(key, context, &made, &[])
            },
        )
        .claims(["ctap_cred_protect_three_verified"])
        .twin("extensions/cred-protect/two-listed")
        .sends("no allowList, and a token, where the only credential has level 3")
        .expects("an assertion with UV"),
        Case::new(
            "extensions/cred-protect/three-excluded-verified",
            "A credential of level 3 excludes for a verified user",
            "CTAP 2.3 6.1.2 step 12.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = protected(key, context, 3)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let request = with_token(excluding(context, &made), &token, 1, 8);
                let reply = key.call(context, "makeCredential with a token", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::CREDENTIAL_EXCLUDED])
            },
        )
        .claims(["ctap_cred_protect_exclude_verified"])
        .twin("client-pin/token/makes-uv")
        .sends("an excludeList with a credential of level 3, and a token")
        .expects("CREDENTIAL_EXCLUDED"),
    ]
}

/// A discoverable credential of exactly this level.
fn discoverable(key: &mut Key, context: &mut Context, level: i64) -> Result<Made, Stop> {
    offered(key, context, ID)?;
    get_assertion::offered(key, context)?;
    let request = set(registration(context, ID, int(level)), 7, options([("rk", true)]));
    exactly(make_from(key, context, &request)?, level)
}

/// A registration that this credential excludes.
fn excluding(context: &mut Context, made: &Made) -> Value {
    let entry = request::descriptor(&made.attested.credential_id);
    set(request::make_credential(context), 5, Value::Array(vec![entry]))
}

/// The credential signs for who has a token, with these ids in allowList.
fn signs(key: &mut Key, context: &mut Context, made: &Made, ids: &[Vec<u8>]) -> Result<Pass, Stop> {
    let platform = Platform::set_up(key, context, PIN)?;
    let token = platform.token(key, context, PIN, GA)?;
    let request = with_token(request::get_assertion(context, ids), &token, 2, 6);
    let assertion = get_assertion::assert_from(key, context, &request, made)?;
    if !assertion.data.flags.uv() {
        return Err(Stop::fail("UV set", "UV clear"));
    }
    Ok(Pass::plain("signed, UV set"))
}
