//! The good request with one edit each.

use assay_protocol::cose::alg;
use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GOOD, described, twin};
use crate::case::{Case, Level};
use crate::suites::authenticator::request::{
    self, MAKE_CREDENTIAL, int, options, set, set_inside, text, text_map, without,
};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, make_from};
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
        claim: "ctap_mc_params_empty",
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
        claim: "ctap_mc_rk_false",
        edit: |r| set(r, 7, options([("rk", false)])),
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
        id: "make-credential/exclude-list/without-id",
        title: "An entry of the exclude list without an id stops the request",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_exclude_members",
        edit: |r| set(r, 5, Value::Array(vec![text_map([("type", text("public-key"))])])),
        statuses: &[Status::CBOR_UNEXPECTED_TYPE, Status::MISSING_PARAMETER, Status::INVALID_CBOR],
    },
    Edit {
        id: "make-credential/type/option",
        title: "An option that is no boolean is refused",
        clause: "CTAP 2.3 8.2",
        level: Level::Should,
        claim: "ctap_mc_type_option",
        edit: |r| set(r, 7, text_map([("up", int(1))])),
        statuses: &[Status::CBOR_UNEXPECTED_TYPE, Status::INVALID_CBOR],
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
        claim: "ctap_mc_pin_protocol_missing",
        edit: |r| set(r, 8, Value::Bytes(vec![1; 32])),
        statuses: &[Status::MISSING_PARAMETER],
    },
    Edit {
        id: "make-credential/pin/protocol-unsupported",
        title: "An unsupported PIN/UV auth protocol is refused",
        clause: "CTAP 2.3 6.1.2 step 2",
        level: Level::Must,
        claim: "ctap_mc_pin_protocol_unsupported",
        edit: |r| set(set(r, 8, Value::Bytes(vec![1; 32])), 9, int(99)),
        statuses: &[Status::INVALID_PARAMETER],
    },
    Edit {
        id: "make-credential/pin/protocol-before-algorithm",
        title: "The protocol is looked at before the algorithms",
        clause: "CTAP 2.3 6.1.2 step 2",
        level: Level::Must,
        claim: "ctap_mc_step_order",
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
