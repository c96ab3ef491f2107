//! Requests that are not canonical CBOR, or whose members are of other types (CTAP 2.3 8).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor;
use ciborium::Value;

use super::{GOOD, twin};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::expect;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, int, set, text};
use crate::suites::authenticator::world::{self, Key};
use crate::verdict::Stop;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases: Vec<Case<Key>> = FORMS.iter().map(form).collect();
    cases.extend(wrong_types());
    cases
}

/// The good request in another form.
struct Form {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    claim: &'static str,
    sends: &'static str,
    write: fn(Value) -> Vec<u8>,
}

const FORMS: &[Form] = &[
    Form {
        id: "make-credential/cbor/longer-integer",
        title: "An integer in a longer form than needed is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_minimal",
        sends: "the good request with its first key written in two bytes",
        // Command and map head, then key 1 as 0x18 0x01 instead of 0x01.
        write: |request| {
            let good = canonical(&request);
            [good.get(..2).unwrap_or_default(), &[0x18], good.get(2..).unwrap_or_default()].concat()
        },
    },
    Form {
        id: "make-credential/cbor/wrong-order",
        title: "A map whose keys are out of order is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_order",
        sends: "the good request with its last parameter first",
        write: |request| match request {
            Value::Map(mut members) => {
                members.reverse();
                [vec![MAKE_CREDENTIAL], cbor::to_bytes(&Value::Map(members))].concat()
            }
            other => canonical(&other),
        },
    },
    Form {
        id: "make-credential/cbor/indefinite-length",
        title: "A map of indefinite length is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_indefinite",
        sends: "the good request in a map that a break ends",
        write: |request| [&[MAKE_CREDENTIAL, 0xbf], canonical(&request).get(2..).unwrap_or_default(), &[0xff]].concat(),
    },
    Form {
        id: "make-credential/cbor/duplicate-key",
        title: "A map with the same key twice is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_duplicate",
        sends: "clientDataHash twice",
        write: |request| match request {
            Value::Map(mut members) => {
                members.push((int(1), Value::Bytes(vec![0; 32])));
                canonical(&Value::Map(members))
            }
            other => canonical(&other),
        },
    },
    Form {
        id: "make-credential/cbor/trailing-byte",
        title: "A byte behind the parameters is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_trailing",
        sends: "the good request and a zero",
        write: |request| [canonical(&request), vec![0]].concat(),
    },
    Form {
        id: "make-credential/cbor/truncated",
        title: "A request that ends early is refused",
        clause: "CTAP 2.3 8.2",
        claim: "ctap_cbor_truncated",
        sends: "the good request without its last three bytes",
        write: |request| {
            let mut bytes = canonical(&request);
            bytes.truncate(bytes.len().saturating_sub(3));
            bytes
        },
    },
    Form {
        id: "make-credential/cbor/invalid-utf8",
        title: "A text that is no UTF-8 is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_utf8",
        sends: "a displayName that ends in 0xff",
        write: |request| {
            let mut bytes = canonical(&request);
            let name = b"Ada Lovelace";
            let end = bytes.windows(name.len()).position(|window| window == name).map(|at| at + name.len() - 1);
            if let Some(last) = end.and_then(|end| bytes.get_mut(end)) {
                *last = 0xff;
            }
            bytes
        },
    },
    Form {
        id: "make-credential/cbor/tagged",
        title: "A tag is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_tag",
        sends: "clientDataHash behind tag 2",
        // Command, map head and key 1, then the tag.
        write: |request| {
            let good = canonical(&request);
            [good.get(..3).unwrap_or_default(), &[0xc2], good.get(3..).unwrap_or_default()].concat()
        },
    },
    Form {
        id: "make-credential/cbor/nested",
        title: "A request nested five levels deep is refused",
        clause: "CTAP 2.3 8",
        claim: "ctap_cbor_nesting",
        sends: "an unknown parameter that is an array in an array in an array in an array",
        write: |request| {
            let deep = (0..3).fold(Value::Array(Vec::new()), |inner, _| Value::Array(vec![inner]));
            canonical(&set(request, 0x66, deep))
        },
    },
];

fn form(row: &'static Form) -> Case<Key> {
    Case::new(row.id, row.title, row.clause, Level::Should, move |key: &mut Key, context: &mut Context| {
        let bytes = (row.write)(request::make_credential(context));
        let pass = expect(&key.ctap(context, row.sends, &bytes)?, &[Status::INVALID_CBOR])?;
        twin(key, context)?;
        Ok(pass)
    })
    .claims([row.claim])
    .twin(GOOD)
    .sends(row.sends)
    .expects("INVALID_CBOR")
}

fn canonical(request: &Value) -> Vec<u8> {
    world::request(MAKE_CREDENTIAL, request)
}

/// Every required parameter with a value of another type.
fn wrong_types() -> Vec<Case<Key>> {
    const MEMBERS: [(i64, &str, &str); 4] = [
        (1, "client-data-hash", "ctap_mc_type_client_data_hash"),
        (2, "rp", "ctap_mc_type_rp"),
        (3, "user", "ctap_mc_type_user"),
        (4, "pub-key-cred-params", "ctap_mc_type_params"),
    ];
    MEMBERS
        .into_iter()
        .map(|(member, name, claim)| {
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
            .claims([claim])
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
