//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 6.2, 6.3).

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::Status;
use assay_protocol::digest::sha256;
use assay_protocol::signature;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::request::{
    self, GET_ASSERTION, GET_INFO, GET_NEXT_ASSERTION, MAKE_CREDENTIAL, RP_ID, int, options, set, text, text_map,
    without,
};
use super::world::{Key, Reply};
use super::{FRESH, Made, expect, make, make_from};
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
        .claims(["ctap_assertion_signature", "ctap_flags", "ctap_rp_id_hash"])
        .expects("37 bytes of authenticator data and a signature of the credential's key"),
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
        .claims(["ctap_counter"])
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
                assert_from(key, context, &request, &made).map(|_| Pass::plain("found"))
            },
        )
        .claims(["ctap_allow_list"])
        .expects("an assertion by the known credential"),
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
        .claims(["ctap_discoverable_user"])
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
        .claims(["ctap_number_of_credentials", "ctap_newest_first", "ctap_next_exhausted"])
        .expects("numberOfCredentials, newest first, NOT_ALLOWED past the end"),
        Case::new(
            "get-assertion/discoverable/overwritten",
            "A second credential for the same RP and user replaces the first",
            "CTAP 2.3 6.1.2 step 17",
            Level::Must,
            |key: &mut Key, context| {
                let request = set(request::make_credential(context), 7, options([("rk", true)]));
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
        .claims(["ctap_next_without_state"])
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
    ];
    cases.extend(EDITS.iter().map(edited));
    cases
}

struct Edit {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    level: Level,
    claim: &'static str,
    edit: fn(Value) -> Value,
    statuses: &'static [Status],
}

const TYPE: &[Status] = &[Status::CBOR_UNEXPECTED_TYPE, Status::INVALID_CBOR, Status::MISSING_PARAMETER];

const EDITS: &[Edit] = &[
    Edit {
        id: "get-assertion/missing/rp-id",
        title: "rpId is required",
        clause: "CTAP 2.3 6.2.1",
        level: Level::Must,
        claim: "ctap_ga_rp_id",
        edit: |r| without(r, 1),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "get-assertion/missing/client-data-hash",
        title: "clientDataHash is required",
        clause: "CTAP 2.3 6.2.1",
        level: Level::Must,
        claim: "ctap_ga_client_data_hash",
        edit: |r| without(r, 2),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "get-assertion/type/rp-id",
        title: "rpId that is no text is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_ga_types",
        edit: |r| set(r, 1, int(7)),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/type/client-data-hash",
        title: "clientDataHash that is not bytes is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_ga_types",
        edit: |r| set(r, 2, text("hash")),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/type/allow-list",
        title: "An allowList that is no array is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_ga_types",
        edit: |r| set(r, 3, text_map([])),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/options/rk",
        title: "rk has no meaning here and is refused",
        clause: "CTAP 2.3 6.2.2 step 4",
        level: Level::Must,
        claim: "ctap_ga_rk",
        edit: |r| set(r, 5, options([("rk", true)])),
        statuses: &[Status::UNSUPPORTED_OPTION],
    },
    Edit {
        id: "get-assertion/options/unknown",
        title: "An unknown option is ignored",
        clause: "CTAP 2.3 6.2.2 step 4",
        level: Level::Must,
        claim: "ctap_ga_unknown_option",
        edit: |r| set(r, 5, options([("banana", true)])),
        statuses: &[],
    },
    Edit {
        id: "get-assertion/extensions/unknown",
        title: "An unknown extension is ignored",
        clause: "CTAP 2.3 12",
        level: Level::Must,
        claim: "ctap_unknown_extension",
        edit: |r| set(r, 4, text_map([("org.example.unheard", Value::Bool(true))])),
        statuses: &[],
    },
    Edit {
        id: "get-assertion/pin/param-without-protocol",
        title: "pinUvAuthParam without its protocol is refused",
        clause: "CTAP 2.3 6.2.2 step 2",
        level: Level::Must,
        claim: "ctap_pin_protocol_missing",
        edit: |r| set(r, 6, Value::Bytes(vec![1; 32])),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "get-assertion/pin/protocol-unsupported",
        title: "An unsupported PIN/UV auth protocol is refused",
        clause: "CTAP 2.3 6.2.2 step 2",
        level: Level::Must,
        claim: "ctap_pin_protocol_unsupported",
        edit: |r| set(set(r, 6, Value::Bytes(vec![1; 32])), 7, int(99)),
        statuses: &[Status::INVALID_PARAMETER],
    },
];

fn edited(row: &'static Edit) -> Case<Key> {
    let expects = match row.statuses {
        [] => "an assertion that verifies".to_owned(),
        list => list.iter().map(Status::to_string).collect::<Vec<_>>().join(" or "),
    };
    let case = Case::new(row.id, row.title, row.clause, row.level, move |key: &mut Key, context| {
        let made = make(key, context)?;
        let request = (row.edit)(request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id)));
        if row.statuses.is_empty() {
            return assert_from(key, context, &request, &made).map(|_| Pass::plain("signed"));
        }
        let reply = key.call(context, row.title, GET_ASSERTION, &request)?;
        let pass = expect(&reply, row.statuses)?;
        assert(key, context, &made).map(|_| pass)
    })
    .claims([row.claim])
    .sends(row.title)
    .expects(expects);
    if row.statuses.is_empty() { case } else { case.twin(GOOD) }
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

fn read(reply: &Reply, client_data_hash: &[u8], made: &Made) -> Result<Assertion, Stop> {
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
    let reply = key.call(context, "makeCredential, discoverable", MAKE_CREDENTIAL, &request)?.ok()?;
    let made = super::read_made(&reply, &request::bytes_of(&request, 1))?;
    Ok((made, user))
}

fn expect_user(assertion: &Assertion, user: &[u8]) -> Result<(), Stop> {
    match assertion.map.get(4).and_then(|user| user.get_text("id")).and_then(Node::as_bytes) {
        Some(id) if id == user => Ok(()),
        other => Err(Stop::fail("the user's id", format!("{other:?}"))),
    }
}
