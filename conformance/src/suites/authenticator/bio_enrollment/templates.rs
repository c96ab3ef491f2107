//! What becomes of fingers that are enrolled (CTAP 2.3 6.7.6 to 6.7.8).

use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{REMOVE, SENSOR_INFO, SET_NAME, authorized, call, case, enroll, enroller, enumerate, listed, sub_command};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::manage::answer;
use crate::suites::authenticator::request::{map, text};
use crate::suites::authenticator::world::{Key, Reply};
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

const LISTED: &str = "bio-enrollment/templates/listed";
const NAMED: &str = "bio-enrollment/templates/named";
const REMOVED: &str = "bio-enrollment/templates/removed";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = listing();
    cases.extend(changing());
    cases
}

fn listing() -> Vec<Case<Key>> {
    vec![
        case(
            LISTED,
            "An enrolled finger is listed by its id",
            ["ctap_bio_listed"],
            "an enrolment, then enumerateEnrollments",
            "the templateId of enrollBegin, alone",
            |key, context| {
                let token = enroller(key, context)?;
                let id = enroll(key, context, &token)?;
                let ids: Vec<Vec<u8>> = listed(key, context, &token)?.into_iter().map(|template| template.id).collect();
                if ids != [id] {
                    return Err(Stop::fail("the templateId of enrollBegin, alone", format!("{ids:02x?}")));
                }
                Ok(Pass::plain("listed"))
            },
        ),
        case(
            "bio-enrollment/templates/none",
            "Where no finger is enrolled, none is listed",
            ["ctap_bio_none"],
            "enumerateEnrollments before any enrolment",
            "INVALID_OPTION",
            |key, context| {
                let token = enroller(key, context)?;
                expect(&enumerate(key, context, &token)?, &[Status::INVALID_OPTION])
            },
        )
        .twin(LISTED),
    ]
}

fn changing() -> Vec<Case<Key>> {
    vec![
        case(
            NAMED,
            "A finger is listed with the name that it is given",
            ["ctap_bio_named"],
            "setFriendlyName, then enumerateEnrollments",
            "the name",
            |key, context| {
                let token = enroller(key, context)?;
                let id = enroll(key, context, &token)?;
                name(key, context, &token, &id, "thumb")?.ok()?;
                let told = listed(key, context, &token)?.into_iter().find_map(|template| template.name);
                match told.as_deref() {
                    Some("thumb") => Ok(Pass::plain("named")),
                    other => Err(Stop::fail("\"thumb\"", format!("{other:?}"))),
                }
            },
        ),
        case(
            "bio-enrollment/templates/name-too-long",
            "A name that is too long is refused",
            ["ctap_bio_name_length"],
            "setFriendlyName with one byte more than maxTemplateFriendlyName",
            "an error, such as INVALID_LENGTH",
            |key, context| {
                let info = answer(call(key, context, "getFingerprintSensorInfo", &sub_command(SENSOR_INFO, None))?)?;
                let longest = info.get(8).and_then(Node::as_unsigned).and_then(|length| usize::try_from(length).ok());
                let Some(longest) = longest else { return Err(Stop::skip("maxTemplateFriendlyName")) };
                let token = enroller(key, context)?;
                let id = enroll(key, context, &token)?;
                match name(key, context, &token, &id, &"n".repeat(longest.saturating_add(1)))?.status {
                    Status::OK => Err(Stop::fail("an error", "OK")),
                    status => Ok(Pass::plain(status.to_string())),
                }
            },
        )
        .twin(NAMED),
        case(
            "bio-enrollment/templates/name-unknown",
            "A finger that is not enrolled is given no name",
            ["ctap_bio_unknown"],
            "setFriendlyName with an unknown templateId",
            "INVALID_OPTION",
            |key, context| {
                let token = enroller(key, context)?;
                enroll(key, context, &token)?;
                expect(&name(key, context, &token, &[7; 5], "thumb")?, &[Status::INVALID_OPTION])
            },
        )
        .twin(NAMED),
        case(
            REMOVED,
            "A finger that is removed is enrolled no longer, and getInfo says so",
            ["ctap_bio_removed"],
            "removeEnrollment, getInfo, enumerateEnrollments",
            "OK, bioEnroll false, INVALID_OPTION",
            |key, context| {
                let token = enroller(key, context)?;
                let id = enroll(key, context, &token)?;
                remove(key, context, &token, &id)?.ok()?;
                if get_info::option(&get_info::info(key, context)?, "bioEnroll") != Some(false) {
                    return Err(Stop::fail("bioEnroll false", "another value"));
                }
                expect(&enumerate(key, context, &token)?, &[Status::INVALID_OPTION])
            },
        )
        .twin(LISTED),
        case(
            "bio-enrollment/templates/remove-unknown",
            "A finger that is not enrolled is not removed",
            ["ctap_bio_unknown"],
            "removeEnrollment with an unknown templateId",
            "INVALID_OPTION",
            |key, context| {
                let token = enroller(key, context)?;
                enroll(key, context, &token)?;
                expect(&remove(key, context, &token, &[7; 5])?, &[Status::INVALID_OPTION])
            },
        )
        .twin(REMOVED),
    ]
}

/// setFriendlyName.
fn name(key: &mut Key, context: &mut Context, token: &Token, id: &[u8], name: &str) -> Result<Reply, Stop> {
    let params = map([(1, Value::Bytes(id.to_vec())), (2, text(name))]);
    call(key, context, "setFriendlyName", &authorized(sub_command(SET_NAME, Some(params)), token))
}

/// removeEnrollment.
fn remove(key: &mut Key, context: &mut Context, token: &Token, id: &[u8]) -> Result<Reply, Stop> {
    let params = map([(1, Value::Bytes(id.to_vec()))]);
    call(key, context, "removeEnrollment", &authorized(sub_command(REMOVE, Some(params)), token))
}
