//! One key, two protocols: what one has made, the other can use (CTAP 2.3 10).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use assay_protocol::u2f::{Request, StatusWord};
use ciborium::Value;

use super::wire::{self, refused};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{self, CONFIG, MAKE_CREDENTIAL, RESET, int, map, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion, get_info, make, make_from};
use crate::verdict::{Pass, Stop};

/// CTAP1's name among the versions.
const U2F_V2: &str = "U2F_V2";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = shared();
    cases.extend(protected());
    cases
}

fn shared() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "u2f/interop/listed",
            "A key that takes CTAP1 messages lists U2F_V2",
            "CTAP 2.3 6.4",
            Level::Must,
            |key: &mut Key, context| {
                let info = get_info::info(key, context)?;
                if get_info::option(&info, "alwaysUv") == Some(true) {
                    return Err(Stop::skip("alwaysUv turned off"));
                }
                match lists_u2f(&info) {
                    true => Ok(Pass::plain("listed")),
                    false => Err(Stop::fail("U2F_V2 in versions", "other versions only")),
                }
            },
        )
        .claims(["ctap_info_u2f"])
        .expects("U2F_V2 among the versions of getInfo"),
        Case::new(
            "u2f/interop/registered-signs",
            "What CTAP1 has registered signs by getAssertion",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = registered(key, context)?;
                get_assertion::assert(key, context, &made).map(|_| Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_u2f_apart"])
        .twin("u2f/authenticate/verifies")
        .sends("REGISTER for the hash of an RP ID, then getAssertion with the key handle in allowList")
        .expects("an assertion by the registered key"),
        Case::new(
            "u2f/interop/registered-excludes",
            "What CTAP1 has registered is excluded by makeCredential",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = registered(key, context)?;
                let entry = request::descriptor(&made.attested.credential_id);
                let request = set(request::make_credential(context), 5, Value::Array(vec![entry]));
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::CREDENTIAL_EXCLUDED])
            },
        )
        .claims(["ctap_u2f_apart"])
        .twin("u2f/authenticate/verifies")
        .sends("REGISTER, then makeCredential with the key handle in excludeList")
        .expects("CREDENTIAL_EXCLUDED"),
        Case::new(
            "u2f/interop/created-authenticates",
            "What makeCredential has made signs by AUTHENTICATE",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                wire::authenticate(key, context, &made).map(|_| Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_u2f_apart"])
        .twin("u2f/authenticate/verifies")
        .sends("makeCredential, then AUTHENTICATE with the credential id for a key handle")
        .expects("a signature by the credential's key"),
        Case::new(
            "u2f/interop/reset",
            "After a reset no key handle is known",
            "CTAP 2.3 6.6",
            Level::Must,
            |key: &mut Key, context| {
                let made = credential(key, context)?;
                key.ctap(context, "reset", &[RESET])?.ok()?;
                refused(&wire::check(key, context, &made)?, &[StatusWord::WRONG_DATA])
            },
        )
        .needs([FRESH])
        .claims(["ctap_reset_plain"])
        .twin("u2f/authenticate/check-only")
        .sends("a credential, reset, AUTHENTICATE with P1 0x07")
        .expects(StatusWord::WRONG_DATA.to_string()),
    ]
}

fn protected() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "u2f/interop/cred-protect-two",
            "A credential of level 2 signs by AUTHENTICATE, which names it",
            "CTAP 2.3 12.1",
            Level::Must,
            |key: &mut Key, context| {
                let made = of_level(key, context, 2)?;
                wire::authenticate(key, context, &made).map(|_| Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_u2f_apart"])
        .sends("AUTHENTICATE by a credential of level 2")
        .expects("a signature by the credential's key"),
        Case::new(
            "u2f/interop/cred-protect-three",
            "A credential of level 3 is not known to CTAP1, which verifies nobody",
            "CTAP 2.3 12.1",
            Level::Must,
            |key: &mut Key, context| {
                let made = of_level(key, context, 3)?;
                refused(&wire::check(key, context, &made)?, &[StatusWord::WRONG_DATA])
            },
        )
        .claims(["ctap_u2f_cred_protect"])
        .twin("u2f/interop/cred-protect-two")
        .sends("AUTHENTICATE with P1 0x07 by a credential of level 3")
        .expects(StatusWord::WRONG_DATA.to_string()),
        Case::new(
            "u2f/interop/always-uv",
            "Where users are always verified, CTAP1 neither registers nor is listed",
            "CTAP 2.3 7.2.4",
            Level::Must,
            |key: &mut Key, context| {
                always_verified(key, context)?;
                if lists_u2f(&get_info::info(key, context)?) {
                    return Err(Stop::fail("versions without U2F_V2", "U2F_V2 among them"));
                }
                let request = Request::Register { challenge: context.random.block(), application: wire::application() };
                let answer = wire::apdu(key, context, "REGISTER", &request.to_bytes())?;
                refused(&answer, &[StatusWord::COMMAND_NOT_ALLOWED])
            },
        )
        .needs([FRESH])
        .claims(["ctap_u2f_always_uv", "ctap_always_uv_u2f"])
        .twin("u2f/register/verifies")
        .sends("toggleAlwaysUv, getInfo, REGISTER")
        .expects("versions without U2F_V2, and COMMAND_NOT_ALLOWED (0x6986)"),
        Case::new(
            "u2f/interop/always-uv-authenticate",
            "Where users are always verified, no key handle signs",
            "CTAP 2.3 7.2.4",
            Level::Must,
            |key: &mut Key, context| {
                let made = credential(key, context)?;
                always_verified(key, context)?;
                refused(&wire::check(key, context, &made)?, &[StatusWord::COMMAND_NOT_ALLOWED])
            },
        )
        .needs([FRESH])
        .claims(["ctap_u2f_always_uv"])
        .twin("u2f/authenticate/check-only")
        .sends("a credential, toggleAlwaysUv, AUTHENTICATE")
        .expects(StatusWord::COMMAND_NOT_ALLOWED.to_string()),
    ]
}

/// A credential that CTAP1 knows on a key that has CTAP2 too.
fn credential(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    get_info::info(key, context)?;
    wire::credential(key, context)
}

/// A registration by CTAP1 on a key that has CTAP2 too.
fn registered(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    get_info::info(key, context)?;
    wire::register(key, context)
}

/// A credential of exactly this level of protection.
fn of_level(key: &mut Key, context: &mut Context, level: i64) -> Result<Made, Stop> {
    if !get_info::has_extension(&get_info::info(key, context)?, "credProtect") {
        return Err(Stop::skip("credProtect"));
    }
    let request = set(request::make_credential(context), 6, text_map([("credProtect", int(level))]));
    let made = make_from(key, context, &request)?;
    match made.data.extensions.as_ref().and_then(|outputs| outputs.get_text("credProtect")).and_then(Node::as_int) {
        Some(told) if told != level => Err(Stop::skip(format!("credProtect {level}"))),
        _ => Ok(made),
    }
}

/// Turns alwaysUv on, which a key without a PIN lets anybody do.
fn always_verified(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    let info = get_info::info(key, context)?;
    if get_info::option(&info, "authnrCfg") != Some(true) || get_info::option(&info, "alwaysUv") != Some(false) {
        return Err(Stop::skip("toggleAlwaysUv"));
    }
    key.call(context, "toggleAlwaysUv", CONFIG, &map([(1, int(2))]))?.ok().map(|_| ())
}

fn lists_u2f(info: &Node) -> bool {
    let versions = info.get(1).and_then(Node::as_array).unwrap_or_default();
    versions.iter().any(|version| version.as_text() == Some(U2F_V2))
}
