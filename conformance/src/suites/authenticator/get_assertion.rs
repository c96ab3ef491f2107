//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 6.2, 6.3).

mod discoverable;
mod edits;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::Status;
use assay_protocol::digest::sha256;
use assay_protocol::signature;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::request::{self, GET_ASSERTION, RP_ID, options, set, text, text_map};
use super::world::{Key, Reply};
use super::{Made, expect, get_info, make};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const GOOD: &str = "get-assertion/good/allow-list";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            GOOD,
            "An allowed credential signs, and the signature verifies",
            "CTAP 2.3 6.2.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let assertion = assert(key, context, &made)?;
                if assertion.data.rp_id_hash != sha256(RP_ID.as_bytes()) {
                    return Err(Stop::fail("the hash of the RP ID", "another"));
                }
                if assertion.data.attested.is_some() || assertion.data.flags.at() {
                    return Err(Stop::fail("no attested credential data", "the AT flag"));
                }
                if !assertion.data.flags.up() || assertion.data.flags.uv() {
                    return Err(Stop::fail("UP set, UV clear", format!("flags {:#04x}", assertion.data.flags.0)));
                }
                if assertion.map.get(5).is_some() {
                    return Err(Stop::fail("no numberOfCredentials with an allow list", "one"));
                }
                Ok(Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_ga_signature", "ctap_ga_flags", "ctap_ga_rp_id_hash", "ctap_allow_number"])
        .expects("37 bytes of authenticator data and a signature of the credential's key"),
        Case::new(
            "get-assertion/good/canonical-answer",
            "The answer is one canonical CBOR map",
            "CTAP 2.3 8",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = request::get_assertion(context, &[made.attested.credential_id]);
                let reply = key.call(context, "getAssertion", GET_ASSERTION, &request)?.ok()?;
                match cbor::read(&reply.body).anomalies.first() {
                    None => Ok(Pass::plain("canonical")),
                    Some(anomaly) => Err(Stop::fail("canonical CBOR", anomaly.kind.code())),
                }
            },
        )
        .claims(["ctap_ga_canonical"])
        .expects("canonical order, shortest forms"),
        Case::new(
            "get-assertion/good/backup-flags",
            "Backup eligibility never changes, and no backup is without it",
            "WebAuthn L3 6.1.3",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let assertion = assert(key, context, &made)?;
                for flags in [made.data.flags, assertion.data.flags] {
                    if flags.bs() && !flags.be() {
                        return Err(Stop::fail("BS only with BE", format!("flags {:#04x}", flags.0)));
                    }
                }
                match (made.data.flags.be(), assertion.data.flags.be()) {
                    (before, now) if before == now => Ok(Pass::plain(format!("BE {now}"))),
                    (before, now) => Err(Stop::fail(format!("BE {before}, as registered"), format!("BE {now}"))),
                }
            },
        )
        .claims(["ctap_backup_state", "ctap_backup_eligible"])
        .expects("BE as at registration, BS only with BE"),
        Case::new(
            "get-assertion/good/counter-rises",
            "The counter rises, or is always zero",
            "WebAuthn L3 6.1.1",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let first = assert(key, context, &made)?.data.sign_count;
                let second = assert(key, context, &made)?.data.sign_count;
                if (made.data.sign_count, first, second) == (0, 0, 0)
                    || (first > made.data.sign_count || made.data.sign_count == 0) && second > first
                {
                    return Ok(Pass::plain(format!("{} then {first} then {second}", made.data.sign_count)));
                }
                Err(Stop::fail("a rising counter", format!("{} then {first} then {second}", made.data.sign_count)))
            },
        )
        .claims(["ctap_ga_counter"])
        .expects("each assertion's counter above the one before"),
        Case::new(
            "get-assertion/allow-list/among-strangers",
            "One known id among strange ones is found",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request =
                    request::get_assertion(context, &[vec![1; 32], made.attested.credential_id.clone(), vec![2; 48]]);
                let assertion = assert_from(key, context, &request, &made)?;
                if assertion.map.get(1).is_none() {
                    return Err(Stop::fail("the credential, which is one of three", "none"));
                }
                Ok(Pass::plain("found, and named"))
            },
        )
        .claims(["ctap_allow_list", "ctap_ga_credential"])
        .sends("an allow list of three, the second of which is known")
        .expects("an assertion by the known credential, which is named"),
        Case::new(
            "get-assertion/allow-list/corrupted-id",
            "An id with one bit changed is nobody's",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let mut id = made.attested.credential_id.clone();
                if let Some(last) = id.last_mut() {
                    *last ^= 1;
                }
                let request = request::get_assertion(context, &[id]);
                let reply = key.call(context, "getAssertion", GET_ASSERTION, &request)?;
                let pass = expect(&reply, &[Status::NO_CREDENTIALS])?;
                assert(key, context, &made).map(|_| pass)
            },
        )
        .claims(["ctap_credential_lookup"])
        .twin(GOOD)
        .sends("the credential's id with its last bit changed")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "get-assertion/allow-list/other-rp",
            "A credential answers to its own RP only",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set(
                    request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id)),
                    1,
                    text("example.com"),
                );
                let reply = key.call(context, "getAssertion for another RP", GET_ASSERTION, &request)?;
                let pass = expect(&reply, &[Status::NO_CREDENTIALS])?;
                assert(key, context, &made).map(|_| pass)
            },
        )
        .claims(["ctap_rp_binding"])
        .twin(GOOD)
        .sends("the credential's id under another RP ID")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "get-assertion/allow-list/unknown-type",
            "An entry of a type that nobody knows is nobody's",
            "CTAP 2.3 6.2.2 step 7",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let id = Value::Bytes(made.attested.credential_id.clone());
                let entry = text_map([("id", id), ("type", text("banana"))]);
                let request = set(request::get_assertion(context, &[]), 3, Value::Array(vec![entry]));
                let reply = key.call(context, "getAssertion of a banana", GET_ASSERTION, &request)?;
                let pass = expect(&reply, &[Status::NO_CREDENTIALS])?;
                assert(key, context, &made).map(|_| pass)
            },
        )
        .claims(["ctap_allow_type"])
        .twin(GOOD)
        .sends("the credential's id, as that of a banana")
        .expects("NO_CREDENTIALS"),
        Case::new(
            "get-assertion/options/uv-without-uv",
            "uv is refused where the key has no built-in user verification",
            "CTAP 2.3 6.2.2 step 4",
            Level::Must,
            |key: &mut Key, context| {
                if get_info::option(&get_info::info(key, context)?, "uv") == Some(true) {
                    return Err(Stop::skip("a key without built-in user verification"));
                }
                let made = make(key, context)?;
                let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
                let request = set(request, 5, options([("uv", true)]));
                let reply = key.call(context, "getAssertion", GET_ASSERTION, &request)?;
                let pass = expect(&reply, &[Status::INVALID_OPTION])?;
                assert(key, context, &made).map(|_| pass)
            },
        )
        .claims(["ctap_ga_uv"])
        .twin(GOOD)
        .sends("options.uv true")
        .expects("INVALID_OPTION"),
        Case::new(
            "get-assertion/options/up-false",
            "Without a touch the UP flag is clear",
            "CTAP 2.3 6.2.2 step 9",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set(
                    request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id)),
                    5,
                    options([("up", false)]),
                );
                let assertion = assert_from(key, context, &request, &made)?;
                if assertion.data.flags.up() {
                    return Err(Stop::fail("UP clear", "UP set"));
                }
                Ok(Pass::plain("UP clear"))
            },
        )
        .claims(["ctap_ga_up"])
        .expects("an assertion with UP clear"),
    ];
    cases.extend(discoverable::cases());
    cases.extend(edits::cases());
    cases
}

/// An assertion, its signature verified.
pub(super) struct Assertion {
    pub(super) data: AuthenticatorData,
    pub(super) map: Node,
}

/// An assertion by this credential, from an allow list of one.
pub(super) fn assert(key: &mut Key, context: &mut Context, made: &Made) -> Result<Assertion, Stop> {
    let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
    assert_from(key, context, &request, made)
}

/// An assertion from this request, which `made` must have signed.
pub(super) fn assert_from(
    key: &mut Key,
    context: &mut Context,
    request: &Value,
    made: &Made,
) -> Result<Assertion, Stop> {
    let reply = key.call(context, "getAssertion", GET_ASSERTION, request)?.ok()?;
    read(&reply, &request::bytes_of(request, 2), made)
}

/// The assertion in an answer, which `made` must have signed.
pub(super) fn read(reply: &Reply, client_data_hash: &[u8], made: &Made) -> Result<Assertion, Stop> {
    let map = reply.map()?;
    let bytes = map.get(2).and_then(Node::as_bytes).ok_or_else(|| Stop::fail("authData, bytes", "none"))?;
    let data = AuthenticatorData::parse(bytes).map_err(|error| Stop::fail("authenticator data", error.to_string()))?;
    let signature = map.get(3).and_then(Node::as_bytes).ok_or_else(|| Stop::fail("signature, bytes", "none"))?;
    let message = [bytes, client_data_hash].concat();
    let key = &made.attested.credential_public_key;
    signature::verify(key.alg, &key.key, &message, signature)
        .map_err(|error| Stop::fail("a signature by the credential's key", error.to_string()))?;
    match map.get(1).and_then(|credential| credential.get_text("id")).and_then(Node::as_bytes) {
        Some(id) if id != made.attested.credential_id => Err(Stop::fail("the credential's id", "another id")),
        _ => Ok(Assertion { data, map }),
    }
}

/// A discoverable credential and its user's id.
pub(super) fn discoverable(key: &mut Key, context: &mut Context) -> Result<(Made, Vec<u8>), Stop> {
    let request = set(request::make_credential(context), 7, options([("rk", true)]));
    let user = request::member(&request, 3)
        .and_then(Value::as_map)
        .and_then(|members| members.iter().find(|(name, _)| *name == text("id")))
        .and_then(|(_, id)| id.as_bytes())
        .cloned()
        .unwrap_or_default();
    offered(key, context)?;
    Ok((super::make_from(key, context, &request)?, user))
}

/// Discoverable credentials are offered, or there is nothing to ask.
pub(super) fn offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, "rk") {
        Some(true) => Ok(()),
        _ => Err(Stop::skip("discoverable credentials")),
    }
}
