//! authenticatorClientPIN with PIN/UV auth protocol two (CTAP 2.3 6.5).

mod platform;

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

pub(super) use self::platform::Platform;
use super::request::{self, CLIENT_PIN, GET_ASSERTION, MAKE_CREDENTIAL, int, map, set, text, without};
use super::world::{Key, Reply};
use super::{FRESH, expect, get_assertion, get_info, make, read_made};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// permission mc (CTAP 2.3 6.5.5.7).
const MC: u64 = 0x01;
/// permission ga.
const GA: u64 = 0x02;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = setting();
    cases.extend(retries());
    cases.extend(tokens());
    cases.extend(MISSING.iter().map(missing));
    cases
}

type Body = fn(&mut Key, &mut Context) -> Result<Pass, Stop>;

fn case(id: &'static str, title: &'static str, clause: &'static str, claim: &'static str, body: Body) -> Case<Key> {
    Case::new(id, title, clause, Level::Must, body).needs([FRESH]).claims([claim]).expects(title)
}

fn setting() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/key-agreement/shape",
            "The key agreement key has exactly the five members and lies on the curve",
            "CTAP 2.3 6.5.5.4",
            "ctap_key_agreement",
            |key, context| {
                let reply = call(key, context, "getKeyAgreement", map([(1, int(2)), (2, int(2))]))?.ok()?;
                let answer = reply.map()?;
                let cose = answer.get(1).ok_or_else(|| Stop::fail("member 1", "none"))?;
                let members = cose.as_map().map_or(0, <[_]>::len);
                if members != 5
                    || cose.get(1).and_then(Node::as_int) != Some(2)
                    || cose.get(3).and_then(Node::as_int) != Some(-25)
                    || cose.get(-1).and_then(Node::as_int) != Some(1)
                {
                    return Err(Stop::fail("{1: 2, 3: -25, -1: 1, -2: x, -3: y}", cbor::diagnostic(cose)));
                }
                Platform::connect(key, context).map(|_| Pass::plain("a P-256 key"))
            },
        ),
        case(
            "client-pin/set/then-advertised",
            "setPIN makes clientPin true",
            "CTAP 2.3 6.5.5.5",
            "ctap_set_pin",
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "clientPin") != Some(false) {
                    return Err(Stop::fail("clientPin false on a fresh key", "another value"));
                }
                Platform::set_up(key, context, "1234")?;
                match get_info::option(&get_info::info(key, context)?, "clientPin") {
                    Some(true) => Ok(Pass::plain("clientPin true")),
                    other => Err(Stop::fail("clientPin true", format!("{other:?}"))),
                }
            },
        ),
        case(
            "client-pin/set/twice",
            "setPIN is refused where a PIN is set",
            "CTAP 2.3 6.5.5.5 step 3",
            "ctap_set_pin_twice",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let reply = platform.set_pin(key, context, "5678")?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/too-short",
            "A PIN of three characters is refused",
            "CTAP 2.3 6.5.5.5 step 9",
            "ctap_pin_length",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin(key, context, "123")?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/short-in-code-points",
            "Length counts code points, not bytes",
            "CTAP 2.3 6.5.1",
            "ctap_pin_code_points",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                // Three code points, six bytes.
                let reply = platform.set_pin(key, context, "\u{e9}\u{e9}\u{e9}")?;
                expect(&reply, &[Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/longest",
            "A PIN of 63 bytes is taken",
            "CTAP 2.3 6.5.1",
            "ctap_pin_longest",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                platform.set_pin(key, context, &"7".repeat(63))?.ok()?;
                Ok(Pass::plain("taken"))
            },
        ),
        case(
            "client-pin/set/bad-param",
            "setPIN with a wrong pinUvAuthParam is refused",
            "CTAP 2.3 6.5.5.5 step 5",
            "ctap_set_pin_param",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let request = set(platform.set_pin_request(context, "1234")?, 4, Value::Bytes(vec![0; 32]));
                let reply = call(key, context, "setPIN, wrong param", request)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/unpadded",
            "A new PIN that is not a block of 64 bytes is refused",
            "CTAP 2.3 6.5.5.5 step 7",
            "ctap_pin_block",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let reply = platform.set_pin_block(key, context, &[b'1'; 32])?;
                expect(&reply, &[Status::INVALID_PARAMETER, Status::PIN_POLICY_VIOLATION])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/set/off-curve",
            "A platform key off the curve is refused",
            "CTAP 2.3 6.5.5.5 step 4",
            "ctap_platform_key",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                let request = platform.set_pin_request(context, "1234")?;
                let bad = map([
                    (1, int(2)),
                    (3, int(-25)),
                    (-1, int(1)),
                    (-2, Value::Bytes(vec![1; 32])),
                    (-3, Value::Bytes(vec![1; 32])),
                ]);
                let reply = call(key, context, "setPIN, key off the curve", set(request, 3, bad))?;
                expect(&reply, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/set/then-advertised"),
        case(
            "client-pin/change/old-dies",
            "After changePIN the old PIN is wrong and the new one right",
            "CTAP 2.3 6.5.5.6",
            "ctap_change_pin",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                platform.change_pin(key, context, "1234", "56789")?.ok()?;
                let platform = Platform::connect(key, context)?;
                expect(&platform.token_reply(key, context, "1234", MC)?, &[Status::PIN_INVALID])?;
                let platform = Platform::connect(key, context)?;
                platform.token(key, context, "56789", MC).map(|_| Pass::plain("the new PIN holds"))
            },
        ),
        case(
            "client-pin/change/bad-param-costs-nothing",
            "changePIN with a wrong param costs no try",
            "CTAP 2.3 6.5.5.6 step 5",
            "ctap_change_pin_param",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let before = platform::retries(key, context)?;
                let request = set(platform.change_pin_request(context, "1234", "56789")?, 4, Value::Bytes(vec![0; 32]));
                let reply = call(key, context, "changePIN, wrong param", request)?;
                let pass = expect(&reply, &[Status::PIN_AUTH_INVALID])?;
                same_retries(key, context, before).map(|()| pass)
            },
        )
        .twin("client-pin/change/old-dies"),
    ]
}

fn retries() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/retries/at-most-eight",
            "There are one to eight tries",
            "CTAP 2.3 6.5.2.2",
            "ctap_retries_max",
            |key, context| match platform::retries(key, context)? {
                1..=8 => Ok(Pass::plain("within one to eight")),
                other => Err(Stop::fail("1 to 8", other.to_string())),
            },
        ),
        case(
            "client-pin/retries/wrong-costs-one",
            "A wrong PIN costs one try and renews the key agreement; the right one restores",
            "CTAP 2.3 6.5.5.7.2 steps 8 to 10",
            "ctap_retries",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let before = platform::retries(key, context)?;
                expect(&platform.token_reply(key, context, "0000", MC)?, &[Status::PIN_INVALID])?;
                same_retries(key, context, before - 1)?;
                let platform = Platform::connect(key, context)?;
                platform.token(key, context, "1234", MC)?;
                same_retries(key, context, before)?;
                Ok(Pass::attributed("one down, then all back"))
            },
        ),
        case(
            "client-pin/retries/key-agreement-renewed",
            "After a wrong PIN the old shared secret is dead",
            "CTAP 2.3 6.5.5.7.2 step 9",
            "ctap_key_agreement_renewed",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                expect(&platform.token_reply(key, context, "0000", MC)?, &[Status::PIN_INVALID])?;
                // The right PIN under the old secret decrypts to something else.
                let reply = platform.token_reply(key, context, "1234", MC)?;
                expect(&reply, &[Status::PIN_INVALID, Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/retries/wrong-costs-one"),
        case(
            "client-pin/retries/three-in-a-row",
            "Three wrong PINs in a row block until a power cycle, even the right one",
            "CTAP 2.3 6.5.2.2",
            "ctap_pin_auth_blocked",
            |key, context| {
                Platform::set_up(key, context, "1234")?;
                for status in [Status::PIN_INVALID, Status::PIN_INVALID, Status::PIN_AUTH_BLOCKED] {
                    let platform = Platform::connect(key, context)?;
                    expect(&platform.token_reply(key, context, "0000", MC)?, &[status])?;
                }
                let left = platform::retries(key, context)?;
                let platform = Platform::connect(key, context)?;
                let pass = expect(&platform.token_reply(key, context, "1234", MC)?, &[Status::PIN_AUTH_BLOCKED])?;
                same_retries(key, context, left).map(|()| pass)
            },
        )
        .twin("client-pin/retries/wrong-costs-one"),
        case(
            "client-pin/token/no-pin-set",
            "Without a PIN there is no token",
            "CTAP 2.3 6.5.5.7.2",
            "ctap_pin_not_set",
            |key, context| {
                let platform = Platform::connect(key, context)?;
                expect(&platform.token_reply(key, context, "1234", MC)?, &[Status::PIN_NOT_SET])
            },
        )
        .twin("client-pin/token/makes-uv"),
    ]
}

fn tokens() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/token/makes-uv",
            "A token verifies the user in makeCredential and getAssertion",
            "CTAP 2.3 6.1.2 step 11",
            "ctap_token_uv",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let token = platform.token(key, context, "1234", MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential with a token", MAKE_CREDENTIAL, &request)?.ok()?;
                let made = read_made(&reply, &request::bytes_of(&request, 1))?;
                if !made.data.flags.uv() {
                    return Err(Stop::fail("UV set", "UV clear"));
                }
                let token = platform.token(key, context, "1234", GA)?;
                let request = with_token(
                    request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id)),
                    &token,
                    2,
                    6,
                );
                let assertion = get_assertion::assert_from(key, context, &request, &made)?;
                if !assertion.data.flags.uv() {
                    return Err(Stop::fail("UV set", "UV clear"));
                }
                Ok(Pass::plain("UV in both"))
            },
        ),
        case(
            "client-pin/token/required",
            "With a PIN set, a discoverable credential needs a token",
            "CTAP 2.3 6.1.2 steps 7 and 8",
            "ctap_token_required",
            |key, context| {
                Platform::set_up(key, context, "1234")?;
                let request = set(request::make_credential(context), 7, request::options([("rk", true)]));
                let reply = key.call(context, "makeCredential without a token", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::PUAT_REQUIRED])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-param",
            "A wrong pinUvAuthParam is refused",
            "CTAP 2.3 6.1.2 step 11.1.a",
            "ctap_token_param",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                platform.token(key, context, "1234", MC)?;
                let request = set(set(request::make_credential(context), 8, Value::Bytes(vec![0; 32])), 9, int(2));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-permission",
            "A token for getAssertion does not make credentials",
            "CTAP 2.3 6.1.2 step 11.1.b",
            "ctap_token_permission",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let token = platform.token(key, context, "1234", GA)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/wrong-permission-assertion",
            "A token for makeCredential makes no assertions",
            "CTAP 2.3 6.2.2 step 6.1",
            "ctap_token_permission",
            |key, context| {
                let made = make(key, context)?;
                let platform = Platform::set_up(key, context, "1234")?;
                let token = platform.token(key, context, "1234", MC)?;
                let request = with_token(request::get_assertion(context, &[made.attested.credential_id]), &token, 2, 6);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/other-rp",
            "A token is bound to its RP ID",
            "CTAP 2.3 6.1.2 step 11.1.c",
            "ctap_token_rp",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let token = platform.token(key, context, "1234", MC)?;
                let request =
                    request::set_inside(request::make_credential(context), 2, "id", Some(text("example.com")));
                let request = with_token(request, &token, 1, 8);
                expect(
                    &key.call(context, "makeCredential for another RP", MAKE_CREDENTIAL, &request)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/used-twice",
            "A touch spends the token's permissions",
            "CTAP 2.3 6.1.2 step 14",
            "ctap_token_spent",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let token = platform.token(key, context, "1234", MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                expect(
                    &key.call(context, "makeCredential again", MAKE_CREDENTIAL, &request)?,
                    &[Status::PIN_AUTH_INVALID],
                )
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/newer-kills-older",
            "A new token ends the one before",
            "CTAP 2.3 6.5.5.7.2 step 13",
            "ctap_token_reset",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let old = platform.token(key, context, "1234", MC)?;
                platform.token(key, context, "1234", MC)?;
                let request = with_token(request::make_credential(context), &old, 1, 8);
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/no-permissions",
            "A token without permissions is refused",
            "CTAP 2.3 6.5.5.7.2 step 3",
            "ctap_permissions_zero",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                expect(&platform.token_reply(key, context, "1234", 0)?, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/token/legacy-with-permissions",
            "getPinToken takes no permissions",
            "CTAP 2.3 6.5.5.7.1 step 3",
            "ctap_legacy_permissions",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let request = set(platform.token_request(context, "1234", MC)?, 2, int(5));
                expect(&call(key, context, "getPinToken with permissions", request)?, &[Status::INVALID_PARAMETER])
            },
        )
        .twin("client-pin/token/legacy"),
        case(
            "client-pin/token/legacy",
            "getPinToken still gives a token for both ceremonies",
            "CTAP 2.3 6.5.5.7.1",
            "ctap_legacy_token",
            |key, context| {
                let platform = Platform::set_up(key, context, "1234")?;
                let request = without(without(set(platform.token_request(context, "1234", MC)?, 2, int(5)), 9), 10);
                let reply = call(key, context, "getPinToken", request)?;
                let token = platform.open_token(&reply)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                read_made(&reply, &request::bytes_of(&request, 1)).map(|_| Pass::plain("made"))
            },
        ),
        case(
            "client-pin/zero-length/no-pin",
            "An empty pinUvAuthParam asks for a touch and says that no PIN is set",
            "CTAP 2.3 6.1.2 step 1",
            "ctap_zero_length_param",
            |key, context| {
                let request = set(set(request::make_credential(context), 8, Value::Bytes(Vec::new())), 9, int(2));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_NOT_SET])
            },
        )
        .twin("make-credential/good/minimal"),
        case(
            "client-pin/zero-length/pin-set",
            "An empty pinUvAuthParam asks for a touch and says that a PIN is set",
            "CTAP 2.3 6.1.2 step 1",
            "ctap_zero_length_param",
            |key, context| {
                Platform::set_up(key, context, "1234")?;
                let request = set(set(request::make_credential(context), 8, Value::Bytes(Vec::new())), 9, int(2));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_INVALID])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/subcommand/unassigned",
            "A subcommand that does not exist is refused",
            "CTAP 2.3 8.1",
            "ctap_subcommand",
            |key, context| {
                expect(
                    &call(key, context, "subcommand 0x08", map([(1, int(2)), (2, int(8))]))?,
                    &[Status::INVALID_SUBCOMMAND],
                )
            },
        )
        .twin("client-pin/key-agreement/shape"),
        case(
            "client-pin/protocol/unsupported",
            "A protocol that the key does not list is refused",
            "CTAP 2.3 6.5.5.4",
            "ctap_pin_protocol",
            |key, context| {
                expect(
                    &call(key, context, "getKeyAgreement, protocol 99", map([(1, int(99)), (2, int(2))]))?,
                    &[Status::INVALID_PARAMETER],
                )
            },
        )
        .twin("client-pin/key-agreement/shape"),
    ]
}

/// A subcommand, and a parameter that it cannot do without.
struct Missing {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    subcommand: i64,
    member: i64,
}

const MISSING: &[Missing] = &[
    Missing {
        id: "client-pin/missing/subcommand",
        title: "subCommand is required",
        clause: "CTAP 2.3 6.5.5",
        subcommand: 2,
        member: 2,
    },
    Missing {
        id: "client-pin/missing/protocol",
        title: "getKeyAgreement needs a protocol",
        clause: "CTAP 2.3 6.5.5.4",
        subcommand: 2,
        member: 1,
    },
    Missing {
        id: "client-pin/missing/set-key-agreement",
        title: "setPIN needs keyAgreement",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 3,
    },
    Missing {
        id: "client-pin/missing/set-param",
        title: "setPIN needs pinUvAuthParam",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 4,
    },
    Missing {
        id: "client-pin/missing/set-new-pin",
        title: "setPIN needs newPinEnc",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 5,
    },
    Missing {
        id: "client-pin/missing/change-pin-hash",
        title: "changePIN needs pinHashEnc",
        clause: "CTAP 2.3 6.5.5.6 step 1",
        subcommand: 4,
        member: 6,
    },
    Missing {
        id: "client-pin/missing/token-pin-hash",
        title: "A token needs pinHashEnc",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 6,
    },
    Missing {
        id: "client-pin/missing/token-permissions",
        title: "A token needs permissions",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 9,
    },
    Missing {
        id: "client-pin/missing/token-rp-id",
        title: "A token for mc needs an RP ID",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 10,
    },
];

fn missing(row: &'static Missing) -> Case<Key> {
    Case::new(row.id, row.title, row.clause, Level::Must, move |key: &mut Key, context| {
        let platform = if row.subcommand == 3 {
            Platform::connect(key, context)?
        } else {
            Platform::set_up(key, context, "1234")?
        };
        let good = match row.subcommand {
            3 => platform.set_pin_request(context, "1234")?,
            4 => platform.change_pin_request(context, "1234", "56789")?,
            9 => platform.token_request(context, "1234", MC)?,
            other => map([(1, int(2)), (2, int(other))]),
        };
        let reply = call(key, context, row.title, without(good, row.member))?;
        expect(&reply, &[Status::MISSING_PARAMETER])
    })
    .needs([FRESH])
    .claims(["ctap_pin_missing"])
    .sends(format!("subcommand {:#04x} without member {:#04x}", row.subcommand, row.member))
    .expects("MISSING_PARAMETER")
}

fn call(key: &mut Key, context: &mut Context, label: &str, request: Value) -> Result<Reply, Stop> {
    key.call(context, label, CLIENT_PIN, &request)
}

/// The request with the param of its client data hash (member `hash`) at `param`, protocol behind it.
fn with_token(request: Value, token: &assay_protocol::pin_uv::Token, hash: i64, param: i64) -> Value {
    let tag = token.authenticate(&request::bytes_of(&request, hash));
    set(set(request, param, Value::Bytes(tag)), param + 1, int(2))
}

fn same_retries(key: &mut Key, context: &mut Context, expected: i64) -> Result<(), Stop> {
    match platform::retries(key, context)? {
        left if left == expected => Ok(()),
        left => Err(Stop::fail(format!("{expected} tries left"), left.to_string())),
    }
}
