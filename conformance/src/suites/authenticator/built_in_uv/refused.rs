//! Requests for a token by built-in user verification that are refused (CTAP 2.3 6.5.5.7.3).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GA, MC, case, giving_tokens};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::bio_enrollment::BE;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::request::{CLIENT_PIN, int, set, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, get_info};
use crate::verdict::Stop;

const GOOD: &str = "built-in-uv/token/makes-uv";
const CLAUSE: &str = "CTAP 2.3 6.5.5.7.3";

/// A good request with one edit.
struct Row {
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    sends: &'static str,
    edit: fn(Value) -> Value,
    status: Status,
}

const ROWS: &[Row] = &[
    Row {
        id: "built-in-uv/refused/missing-protocol",
        title: "A token by built-in user verification needs a protocol",
        claim: "ctap_uv_token_needs_protocol",
        sends: "no pinUvAuthProtocol",
        edit: |request| without(request, 1),
        status: Status::MISSING_PARAMETER,
    },
    Row {
        id: "built-in-uv/refused/missing-key-agreement",
        title: "A token by built-in user verification needs the platform's key",
        claim: "ctap_uv_token_needs_key_agreement",
        sends: "no keyAgreement",
        edit: |request| without(request, 3),
        status: Status::MISSING_PARAMETER,
    },
    Row {
        id: "built-in-uv/refused/missing-permissions",
        title: "A token by built-in user verification needs permissions",
        claim: "ctap_uv_token_needs_permissions",
        sends: "no permissions",
        edit: |request| without(request, 9),
        status: Status::MISSING_PARAMETER,
    },
    Row {
        id: "built-in-uv/refused/missing-rp-id",
        title: "A token for registrations by built-in user verification needs an RP ID",
        claim: "ctap_token_needs_rp_id",
        sends: "the permission mc, and no rpId",
        edit: |request| without(request, 10),
        status: Status::MISSING_PARAMETER,
    },
    Row {
        id: "built-in-uv/refused/protocol-unsupported",
        title: "A token by a protocol that the key does not list is refused",
        claim: "ctap_pin_protocol",
        sends: "pinUvAuthProtocol 99",
        edit: |request| set(request, 1, int(99)),
        status: Status::INVALID_PARAMETER,
    },
    Row {
        id: "built-in-uv/refused/permissions-zero",
        title: "A token for nothing is refused",
        claim: "ctap_permissions_zero",
        sends: "permissions 0",
        edit: |request| set(request, 9, int(0)),
        status: Status::INVALID_PARAMETER,
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases: Vec<Case<Key>> = ROWS.iter().map(row).collect();
    cases.push(
        case(
            "built-in-uv/refused/enrolment",
            "Where uvBioEnroll is not true, built-in user verification gives no token that enrols",
            CLAUSE,
            ["ctap_permissions_unknown"],
            "the permission be",
            "UNAUTHORIZED_PERMISSION",
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "uvBioEnroll") == Some(true) {
                    return Err(Stop::skip("a key without uvBioEnroll"));
                }
                asked(key, context, BE)
            },
        )
        .twin(GOOD),
    );
    cases.push(
        case(
            "built-in-uv/refused/not-set-up",
            "Where no finger is enrolled, there is no token by built-in user verification",
            CLAUSE,
            ["ctap_uv_not_set_up"],
            "the permission ga, before any enrolment",
            "NOT_ALLOWED",
            |key, context| {
                let info = get_info::info(key, context)?;
                if get_info::option(&info, "uv") != Some(false)
                    || get_info::option(&info, "pinUvAuthToken") != Some(true)
                {
                    return Err(Stop::skip("built-in user verification that is not set up"));
                }
                let request = Platform::connect(key, context)?.uv_token_request(GA);
                let reply = key.call(context, "getPinUvAuthTokenUsingUvWithPermissions", CLIENT_PIN, &request)?;
                expect(&reply, &[Status::NOT_ALLOWED])
            },
        )
        .twin(GOOD),
    );
    cases
}

fn asked(key: &mut Key, context: &mut Context, permissions: u64) -> Result<crate::verdict::Pass, Stop> {
    let request = giving_tokens(key, context)?.uv_token_request(permissions);
    let reply = key.call(context, "getPinUvAuthTokenUsingUvWithPermissions", CLIENT_PIN, &request)?;
    expect(&reply, &[Status::UNAUTHORIZED_PERMISSION])
}

fn row(row: &'static Row) -> Case<Key> {
    Case::new(row.id, row.title, CLAUSE, Level::Must, |key: &mut Key, context| {
        let request = (row.edit)(giving_tokens(key, context)?.uv_token_request(MC));
        expect(&key.call(context, row.sends, CLIENT_PIN, &request)?, &[row.status])
    })
    .needs([FRESH])
    .claims([row.claim])
    .twin(GOOD)
    .sends(row.sends)
    .expects(row.status.to_string())
}
