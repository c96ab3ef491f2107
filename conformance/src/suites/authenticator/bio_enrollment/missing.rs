//! Parameters that a subcommand cannot do without.

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{CAPTURE_NEXT, REMOVE, SET_NAME, authorized, begin, call, case, enroll, enroller, sub_command};
use crate::case::Case;
use crate::suites::authenticator::expect;
use crate::suites::authenticator::request::{map, text};
use crate::suites::authenticator::world::Key;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "bio-enrollment/missing/sample-template",
            "A sample needs the template that it is for",
            ["ctap_bio_needs_template"],
            "enrollCaptureNextSample without templateId",
            "MISSING_PARAMETER",
            |key, context| {
                let token = enroller(key, context)?;
                begin(key, context, &token)?;
                let request = authorized(sub_command(CAPTURE_NEXT, Some(map([]))), &token);
                expect(&call(key, context, "no templateId", &request)?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin("bio-enrollment/enroll/to-the-end"),
        case(
            "bio-enrollment/missing/name-template",
            "A name needs the template that it is for",
            ["ctap_bio_needs_template"],
            "setFriendlyName without templateId",
            "MISSING_PARAMETER",
            |key, context| {
                let token = enroller(key, context)?;
                enroll(key, context, &token)?;
                let request = authorized(sub_command(SET_NAME, Some(map([(2, text("thumb"))]))), &token);
                expect(&call(key, context, "no templateId", &request)?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin("bio-enrollment/templates/named"),
        case(
            "bio-enrollment/missing/name",
            "A template needs the name that it is given",
            ["ctap_bio_needs_name"],
            "setFriendlyName without templateFriendlyName",
            "MISSING_PARAMETER",
            |key, context| {
                let token = enroller(key, context)?;
                let id = enroll(key, context, &token)?;
                let request = authorized(sub_command(SET_NAME, Some(map([(1, Value::Bytes(id))]))), &token);
                expect(&call(key, context, "no name", &request)?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin("bio-enrollment/templates/named"),
        case(
            "bio-enrollment/missing/removed-template",
            "What is removed has to be named",
            ["ctap_bio_needs_template"],
            "removeEnrollment without templateId",
            "MISSING_PARAMETER",
            |key, context| {
                let token = enroller(key, context)?;
                enroll(key, context, &token)?;
                let request = authorized(sub_command(REMOVE, Some(map([]))), &token);
                expect(&call(key, context, "no templateId", &request)?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin("bio-enrollment/templates/removed"),
    ]
}
