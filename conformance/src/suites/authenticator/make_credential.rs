//! authenticatorMakeCredential (CTAP 2.3 6.1).

use assay_protocol::cose::alg;
use assay_protocol::ctap2::Status;
use assay_protocol::digest::sha256;
use assay_protocol::tree::cbor;
use ciborium::Value;

use super::request::{self, MAKE_CREDENTIAL, RP_ID, int, options, set, set_inside, text, text_map, without};
use super::world::{self, Key};
use super::{expect, get_info, make, make_from};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The good request that every edit starts from.
const GOOD: &str = "make-credential/good/minimal";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            GOOD,
            "A minimal request makes a credential whose statement verifies",
            "CTAP 2.3 6.1.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                if made.data.rp_id_hash != sha256(RP_ID.as_bytes()) {
                    return Err(Stop::fail("the hash of the RP ID", "another"));
                }
                if !made.data.flags.up() || made.data.flags.uv() {
                    return Err(Stop::fail("UP set, UV clear", format!("flags {:#04x}", made.data.flags.0)));
                }
                if made.attested.credential_id.is_empty() || made.attested.credential_id.len() > 1023 {
                    return Err(Stop::fail(
                        "1 to 1023 bytes of credential id",
                        made.attested.credential_id.len().to_string(),
                    ));
                }
                Ok(Pass::plain(format!("a {} statement that verifies", made.fmt)))
            },
        )
        .claims(["ctap_rp_id_hash", "ctap_flags", "ctap_attestation"])
        .expects("authenticator data for this RP, UP set, a statement that verifies"),
        Case::new(
            "make-credential/good/canonical-answer",
            "The answer is one canonical CBOR map",
            "CTAP 2.3 8",
            Level::Must,
            |key: &mut Key, context| {
                let request = request::make_credential(context);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                match cbor::read(&reply.body).anomalies.first() {
                    None => Ok(Pass::plain("canonical")),
                    Some(anomaly) => Err(Stop::fail("canonical CBOR", anomaly.kind.code())),
                }
            },
        )
        .claims(["ctap_canonical_answer"])
        .expects("canonical order, shortest forms"),
        Case::new(
            "make-credential/good/two-are-different",
            "Two equal requests make two credentials",
            "CTAP 2.3 6.1.2",
            Level::Must,
            |key: &mut Key, context| {
                let request = request::make_credential(context);
                let first = make_from(key, context, &request)?;
                let second = make_from(key, context, &request)?;
                if first.attested.credential_id == second.attested.credential_id
                    || first.attested.public_key_cbor == second.attested.public_key_cbor
                {
                    return Err(Stop::fail("another id and another key", "the same"));
                }
                Ok(Pass::plain("different ids and keys"))
            },
        )
        .claims(["ctap_fresh_key"])
        .expects("another id and another key each time"),
        Case::new(
            "make-credential/exclude-list/own-credential",
            "An excluded credential of this key stops the request",
            "CTAP 2.3 6.1.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set(
                    request::make_credential(context),
                    5,
                    Value::Array(vec![request::descriptor(&made.attested.credential_id)]),
                );
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::CREDENTIAL_EXCLUDED])
            },
        )
        .claims(["ctap_exclude_list"])
        .twin("make-credential/exclude-list/unknown-id")
        .sends("a request that excludes a credential of this key")
        .expects("CREDENTIAL_EXCLUDED"),
        Case::new(
            "make-credential/exclude-list/other-rp",
            "A credential of another RP does not exclude",
            "CTAP 2.3 6.1.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set_inside(request::make_credential(context), 2, "id", Some(text("example.com")));
                let request = set(request, 5, Value::Array(vec![request::descriptor(&made.attested.credential_id)]));
                make_from(key, context, &request).map(|_| Pass::plain("made"))
            },
        )
        .claims(["ctap_exclude_other_rp"])
        .expects("a credential"),
        Case::new(
            "make-credential/extensions/unknown",
            "An unknown extension is ignored and not echoed",
            "CTAP 2.3 12",
            Level::Must,
            |key: &mut Key, context| {
                let request =
                    set(request::make_credential(context), 6, text_map([("org.example.unheard", Value::Bool(true))]));
                let made = make_from(key, context, &request)?;
                match made.data.extensions {
                    Some(map) if map.get_text("org.example.unheard").is_some() => {
                        Err(Stop::fail("no output", cbor::diagnostic(&map)))
                    }
                    _ => Ok(Pass::plain("ignored")),
                }
            },
        )
        .claims(["ctap_unknown_extension"])
        .expects("a credential without that extension's output"),
        Case::new(
            "make-credential/options/uv-without-uv",
            "uv is refused where the key has no built-in user verification",
            "CTAP 2.3 6.1.2 step 5.1",
            Level::Must,
            |key: &mut Key, context| {
                if get_info::option(&get_info::info(key, context)?, "uv") == Some(true) {
                    return Err(Stop::skip("a key without built-in user verification"));
                }
                let request = set(request::make_credential(context), 7, options([("uv", true)]));
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::INVALID_OPTION])
            },
        )
        .claims(["ctap_mc_uv"])
        .twin(GOOD)
        .sends("options.uv true")
        .expects("INVALID_OPTION"),
        Case::new(
            "make-credential/cbor/not-canonical",
            "An integer in a longer form than needed is refused",
            "CTAP 2.3 8",
            Level::Should,
            |key: &mut Key, context| {
                let good = world::request(MAKE_CREDENTIAL, &request::make_credential(context));
                // Map head, then key 1 as 0x18 0x01 instead of 0x01.
                let mut bytes = good.get(..2).unwrap_or_default().to_vec();
                bytes.push(0x18);
                bytes.extend(good.get(2..).unwrap_or_default());
                let reply = key.ctap(context, "key 1 in two bytes", &bytes)?;
                expect(&reply, &[Status::INVALID_CBOR])
            },
        )
        .claims(["ctap_canonical_request"])
        .twin(GOOD)
        .sends("the good request with its first key written in two bytes")
        .expects("INVALID_CBOR"),
        Case::new(
            "make-credential/cbor/truncated",
            "A request that ends early is refused",
            "CTAP 2.3 8.2",
            Level::Should,
            |key: &mut Key, context| {
                let mut bytes = world::request(MAKE_CREDENTIAL, &request::make_credential(context));
                bytes.truncate(bytes.len().saturating_sub(3));
                let reply = key.ctap(context, "three bytes short", &bytes)?;
                expect(&reply, &[Status::INVALID_CBOR])
            },
        )
        .claims(["ctap_well_formed_request"])
        .twin(GOOD)
        .sends("the good request without its last three bytes")
        .expects("INVALID_CBOR"),
        Case::new(
            "make-credential/cbor/duplicate-key",
            "A map with the same key twice is refused",
            "CTAP 2.3 8",
            Level::Should,
            |key: &mut Key, context| {
                let mut request = request::make_credential(context);
                if let Value::Map(members) = &mut request {
                    members.push((int(1), Value::Bytes(vec![0; 32])));
                }
                let reply = key.call(context, "clientDataHash twice", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::INVALID_CBOR])
            },
        )
        .claims(["ctap_duplicate_key"])
        .twin(GOOD)
        .sends("clientDataHash twice")
        .expects("INVALID_CBOR"),
    ];
    cases.extend(EDITS.iter().map(edited));
    cases.extend(wrong_types());
    cases
}

/// The good request, one edit, the statuses that answer it (none: it must succeed).
struct Edit {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    level: Level,
    claim: &'static str,
    edit: fn(Value) -> Value,
    statuses: &'static [Status],
}

const EDITS: &[Edit] = &[
    Edit {
        id: "make-credential/missing/client-data-hash",
        title: "clientDataHash is required",
        clause: "CTAP 2.3 6.1.1",
        level: Level::Must,
        claim: "ctap_mc_client_data_hash",
        edit: |r| without(r, 1),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/missing/rp",
        title: "rp is required",
        clause: "CTAP 2.3 6.1.1",
        level: Level::Must,
        claim: "ctap_mc_rp",
        edit: |r| without(r, 2),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/missing/user",
        title: "user is required",
        clause: "CTAP 2.3 6.1.1",
        level: Level::Must,
        claim: "ctap_mc_user",
        edit: |r| without(r, 3),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/missing/pub-key-cred-params",
        title: "pubKeyCredParams is required",
        clause: "CTAP 2.3 6.1.1",
        level: Level::Must,
        claim: "ctap_mc_params",
        edit: |r| without(r, 4),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/missing/rp-id",
        title: "rp.id is required",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_mc_rp_id",
        edit: |r| set_inside(r, 2, "id", None),
        statuses: &[Status::CBOR_UNEXPECTED_TYPE, Status::MISSING_PARAMETER, Status::INVALID_CBOR],
    },
    Edit {
        id: "make-credential/missing/user-id",
        title: "user.id is required",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_mc_user_id",
        edit: |r| set_inside(r, 3, "id", None),
        statuses: &[Status::CBOR_UNEXPECTED_TYPE, Status::MISSING_PARAMETER, Status::INVALID_CBOR],
    },
    Edit {
        id: "make-credential/params/unknown-algorithm",
        title: "No supported algorithm among those offered",
        clause: "CTAP 2.3 6.1.2 step 3",
        level: Level::Must,
        claim: "ctap_mc_algorithm",
        edit: |r| set(r, 4, Value::Array(vec![request::parameter(-65000)])),
        statuses: &[Status::UNSUPPORTED_ALGORITHM],
    },
    Edit {
        id: "make-credential/params/empty",
        title: "An empty list of algorithms offers none",
        clause: "CTAP 2.3 6.1.2 step 3",
        level: Level::Must,
        claim: "ctap_mc_algorithm",
        edit: |r| set(r, 4, Value::Array(Vec::new())),
        statuses: &[Status::UNSUPPORTED_ALGORITHM],
    },
    Edit {
        id: "make-credential/params/unknown-type-only",
        title: "A known algorithm of an unknown type is not supported",
        clause: "CTAP 2.3 6.1.2 step 3",
        level: Level::Must,
        claim: "ctap_mc_params_type",
        edit: |r| set(r, 4, Value::Array(vec![text_map([("alg", int(alg::ES256)), ("type", text("banana"))])])),
        statuses: &[Status::UNSUPPORTED_ALGORITHM],
    },
    Edit {
        id: "make-credential/params/without-type",
        title: "An element without type stops the request",
        clause: "CTAP 2.3 6.1.2 step 3",
        level: Level::Must,
        claim: "ctap_mc_params_members",
        edit: |r| set(r, 4, Value::Array(vec![request::parameter(alg::ES256), text_map([("alg", int(alg::ES256))])])),
        statuses: &[Status::INVALID_CBOR, Status::CBOR_UNEXPECTED_TYPE, Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/params/unknown-first",
        title: "Unknown algorithms and types before a good one are passed over",
        clause: "CTAP 2.3 6.1.2 step 3",
        level: Level::Must,
        claim: "ctap_mc_params_skipped",
        edit: |r| {
            set(
                r,
                4,
                Value::Array(vec![
                    request::parameter(-65000),
                    text_map([("alg", int(alg::ES256)), ("type", text("banana"))]),
                    request::parameter(alg::ES256),
                ]),
            )
        },
        statuses: &[],
    },
    Edit {
        id: "make-credential/options/up-false",
        title: "up false is refused",
        clause: "CTAP 2.3 6.1.2 step 5.3",
        level: Level::Must,
        claim: "ctap_mc_up",
        edit: |r| set(r, 7, options([("up", false)])),
        statuses: &[Status::INVALID_OPTION],
    },
    Edit {
        id: "make-credential/options/unknown",
        title: "An unknown option is ignored",
        clause: "CTAP 2.3 6.1.2 step 5",
        level: Level::Must,
        claim: "ctap_mc_unknown_option",
        edit: |r| set(r, 7, options([("banana", true)])),
        statuses: &[],
    },
    Edit {
        id: "make-credential/options/rk-false",
        title: "rk false makes a credential",
        clause: "CTAP 2.3 6.1.2 step 18",
        level: Level::Must,
        claim: "ctap_mc_rk",
        edit: |r| set(r, 7, options([("rk", false)])),
        statuses: &[],
    },
    Edit {
        id: "make-credential/options/rk-true",
        title: "rk true makes a discoverable credential",
        clause: "CTAP 2.3 6.1.2 step 17",
        level: Level::Must,
        claim: "ctap_mc_rk",
        edit: |r| set(r, 7, options([("rk", true)])),
        statuses: &[],
    },
    Edit {
        id: "make-credential/exclude-list/unknown-id",
        title: "An unknown id in the exclude list does not matter",
        clause: "CTAP 2.3 6.1.2 step 12",
        level: Level::Must,
        claim: "ctap_exclude_unknown",
        edit: |r| set(r, 5, Value::Array(vec![request::descriptor(&[0x55; 32])])),
        statuses: &[],
    },
    Edit {
        id: "make-credential/unknown-member",
        title: "An unknown parameter is ignored",
        clause: "CTAP 2.3 8",
        level: Level::Must,
        claim: "ctap_unknown_parameter",
        edit: |r| set(r, 0x66, text("whatever")),
        statuses: &[],
    },
    Edit {
        id: "make-credential/pin/param-without-protocol",
        title: "pinUvAuthParam without its protocol is refused",
        clause: "CTAP 2.3 6.1.2 step 2",
        level: Level::Must,
        claim: "ctap_pin_protocol_missing",
        edit: |r| set(r, 8, Value::Bytes(vec![1; 32])),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/pin/protocol-unsupported",
        title: "An unsupported PIN/UV auth protocol is refused",
        clause: "CTAP 2.3 6.1.2 step 2",
        level: Level::Must,
        claim: "ctap_pin_protocol_unsupported",
        edit: |r| set(set(r, 8, Value::Bytes(vec![1; 32])), 9, int(99)),
        statuses: &[Status::INVALID_PARAMETER],
    },
    Edit {
        id: "make-credential/pin/protocol-before-algorithm",
        title: "The protocol is looked at before the algorithms",
        clause: "CTAP 2.3 6.1.2 step 2",
        level: Level::Must,
        claim: "ctap_pin_protocol_unsupported",
        edit: |r| {
            set(
                set(set(r, 4, Value::Array(vec![request::parameter(-65000)])), 8, Value::Bytes(vec![1; 32])),
                9,
                int(99),
            )
        },
        statuses: &[Status::INVALID_PARAMETER],
    },
];

fn edited(row: &'static Edit) -> Case<Key> {
    let case = Case::new(row.id, row.title, row.clause, row.level, move |key: &mut Key, context| {
        let request = (row.edit)(request::make_credential(context));
        if row.statuses.is_empty() {
            return make_from(key, context, &request).map(|_| Pass::plain("made"));
        }
        let reply = key.call(context, row.title, MAKE_CREDENTIAL, &request)?;
        let pass = expect(&reply, row.statuses)?;
        twin(key, context)?;
        Ok(pass)
    })
    .claims([row.claim])
    .sends(row.title)
    .expects(described(row.statuses));
    if row.statuses.is_empty() { case } else { case.twin(GOOD) }
}

/// Every required parameter with a value of another type.
fn wrong_types() -> Vec<Case<Key>> {
    const MEMBERS: [(i64, &str); 4] = [(1, "client-data-hash"), (2, "rp"), (3, "user"), (4, "pub-key-cred-params")];
    MEMBERS
        .into_iter()
        .map(|(member, name)| {
            Case::new(
                format!("make-credential/type/{name}"),
                format!("{name} of any other type is refused"),
                "CTAP 2.3 8.2",
                Level::Should,
                move |key: &mut Key, context: &mut Context| {
                    let mut last = None;
                    for value in others(member) {
                        let request = set(request::make_credential(context), member, value);
                        let reply = key.call(context, "another type", MAKE_CREDENTIAL, &request)?;
                        last = Some(expect(
                            &reply,
                            &[Status::CBOR_UNEXPECTED_TYPE, Status::INVALID_CBOR, Status::MISSING_PARAMETER],
                        )?);
                    }
                    twin(key, context)?;
                    last.ok_or_else(|| Stop::broken("no type to try"))
                },
            )
            .claims(["ctap_mc_types"])
            .twin(GOOD)
            .sends(format!("{name} as an integer, bytes, a text, an array, a map, a boolean"))
            .expects("CBOR_UNEXPECTED_TYPE or its family each time")
        })
        .collect()
}

/// Values of every major type but the one that the member has.
fn others(member: i64) -> Vec<Value> {
    let right = match member {
        1 => "bytes",
        4 => "array",
        _ => "map",
    };
    [
        ("integer", int(7)),
        ("bytes", Value::Bytes(vec![1, 2, 3])),
        ("text", text("seven")),
        ("array", Value::Array(vec![int(7)])),
        ("map", Value::Map(vec![(int(7), int(7))])),
        ("boolean", Value::Bool(true)),
    ]
    .into_iter()
    .filter(|(kind, _)| *kind != right)
    .map(|(_, value)| value)
    .collect()
}

/// A key that refused must still do its work.
fn twin(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    make(key, context).map(|_| ())
}

fn described(statuses: &[Status]) -> String {
    match statuses {
        [] => "a credential whose statement verifies".to_owned(),
        list => list.iter().map(Status::to_string).collect::<Vec<_>>().join(" or "),
    }
}
