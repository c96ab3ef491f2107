//! The good request with one edit each.

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GOOD, assert, assert_from};
use crate::case::{Case, Level};
use crate::suites::authenticator::request::{self, GET_ASSERTION, int, options, set, text, text_map, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, make};
use crate::verdict::Pass;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    EDITS.iter().map(edited).collect()
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
        claim: "ctap_ga_type_rp_id",
        edit: |r| set(r, 1, int(7)),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/type/client-data-hash",
        title: "clientDataHash that is not bytes is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_ga_type_client_data_hash",
        edit: |r| set(r, 2, text("hash")),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/type/allow-list",
        title: "An allowList that is no array is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_ga_type_allow_list",
        edit: |r| set(r, 3, text_map([])),
        statuses: TYPE,
    },
    Edit {
        id: "get-assertion/allow-list/without-id",
        title: "An entry of the allow list without an id stops the request",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_allow_members",
        edit: |r| {
            let mut list = request::member(&r, 3).and_then(Value::as_array).cloned().unwrap_or_default();
            list.push(text_map([("type", text("public-key"))]));
            set(r, 3, Value::Array(list))
        },
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
        claim: "ctap_ga_unknown_extension",
        edit: |r| set(r, 4, text_map([("org.example.unheard", Value::Bool(true))])),
        statuses: &[],
    },
    Edit {
        id: "get-assertion/pin/param-without-protocol",
        title: "pinUvAuthParam without its protocol is refused",
        clause: "CTAP 2.3 6.2.2 step 2",
        level: Level::Must,
        claim: "ctap_ga_pin_protocol_missing",
        edit: |r| set(r, 6, Value::Bytes(vec![1; 32])),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "get-assertion/pin/protocol-unsupported",
        title: "An unsupported PIN/UV auth protocol is refused",
        clause: "CTAP 2.3 6.2.2 step 2",
        level: Level::Must,
        claim: "ctap_ga_pin_protocol_unsupported",
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
