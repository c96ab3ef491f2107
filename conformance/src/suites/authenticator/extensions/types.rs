//! Inputs of extensions that are of another type (CTAP 2.3 8.2).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{offered, registration};
use crate::case::{Case, Level};
use crate::suites::authenticator::expect;
use crate::suites::authenticator::request::{MAKE_CREDENTIAL, int, text};
use crate::suites::authenticator::world::Key;
use crate::verdict::Stop;

/// What stands for a wrong type: the text of each extension leaves the code open.
const STATUSES: &[Status] =
    &[Status::CBOR_UNEXPECTED_TYPE, Status::INVALID_CBOR, Status::INVALID_PARAMETER, Status::INVALID_OPTION];

struct Row {
    id: &'static str,
    title: &'static str,
    extension: &'static str,
    sends: &'static str,
    input: fn() -> Value,
}

const ROWS: &[Row] = &[
    Row {
        id: "extensions/type/cred-protect",
        title: "A level of protection that is no number is refused",
        extension: "credProtect",
        sends: "credProtect \"2\"",
        input: || text("2"),
    },
    Row {
        id: "extensions/type/hmac-secret",
        title: "hmac-secret at registration is a boolean",
        extension: "hmac-secret",
        sends: "hmac-secret 1",
        input: || int(1),
    },
    Row {
        id: "extensions/type/cred-blob",
        title: "A blob is a byte string",
        extension: "credBlob",
        sends: "credBlob true at registration",
        input: || Value::Bool(true),
    },
    Row {
        id: "extensions/type/third-party-payment",
        title: "thirdPartyPayment is a boolean",
        extension: "thirdPartyPayment",
        sends: "thirdPartyPayment 1",
        input: || int(1),
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    ROWS.iter().map(case).collect()
}

fn case(row: &'static Row) -> Case<Key> {
    Case::new(row.id, row.title, "CTAP 2.3 8.2", Level::Must, |key: &mut Key, context| {
        offered(key, context, row.extension)?;
        let request = registration(context, row.extension, (row.input)());
        let reply = key.call(context, row.sends, MAKE_CREDENTIAL, &request)?;
        if reply.status == Status::PUAT_REQUIRED {
            return Err(Stop::skip("a key without a PIN"));
        }
        expect(&reply, STATUSES)
    })
    .claims(["ctap_extension_type"])
    .twin("make-credential/good/minimal")
    .sends(row.sends)
    .expects(Status::CBOR_UNEXPECTED_TYPE.to_string())
}
