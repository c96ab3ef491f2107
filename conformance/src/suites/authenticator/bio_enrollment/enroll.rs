//! Enrolling a finger (CTAP 2.3 6.7.4 to 6.7.5).

use assay_protocol::ctap2::Status;

use super::{CANCEL, begin, call, capture, case, enroll, enroller, enumerate, remaining, sub_command};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::world::{Key, Reply};
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

const WHOLE: &str = "bio-enrollment/enroll/to-the-end";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            WHOLE,
            "A finger is enrolled with its last sample, and getInfo then says so",
            ["ctap_bio_enrolled", "ctap_bio_remaining"],
            "enrollBegin, then enrollCaptureNextSample until no sample remains",
            "one remaining sample less with each good one; bioEnroll false before, bioEnroll and uv true after",
            |key, context| {
                set_up(key, context, false)?;
                let token = enroller(key, context)?;
                enroll(key, context, &token)?;
                set_up(key, context, true).map(|()| Pass::plain("enrolled"))
            },
        ),
        case(
            "bio-enrollment/enroll/half",
            "A finger of which samples remain is not enrolled",
            ["ctap_bio_half"],
            "enrollBegin alone",
            "bioEnroll false, and INVALID_OPTION for the list",
            |key, context| {
                let token = enroller(key, context)?;
                let (_, answer) = begin(key, context, &token)?;
                if remaining(&answer)?.1 == 0 {
                    return Err(Stop::skip("a sensor that takes more than one sample"));
                }
                set_up(key, context, false)?;
                expect(&enumerate(key, context, &token)?, &[Status::INVALID_OPTION])
            },
        )
        .twin(WHOLE),
        case(
            "bio-enrollment/enroll/cancelled",
            "An enrolment that is cancelled does not go on",
            ["ctap_bio_cancel"],
            "enrollBegin, cancelCurrentEnrollment, enrollCaptureNextSample",
            "OK, then an error",
            |key, context| {
                let token = enroller(key, context)?;
                let (id, answer) = begin(key, context, &token)?;
                if remaining(&answer)?.1 == 0 {
                    return Err(Stop::skip("a sensor that takes more than one sample"));
                }
                let reply = call(key, context, "cancelCurrentEnrollment", &sub_command(CANCEL, None))?;
                expect(&reply, &[Status::OK])?;
                over(&capture(key, context, &token, &id)?)
            },
        )
        .twin(WHOLE),
        case(
            "bio-enrollment/enroll/begun-anew",
            "An enrolment ends where another begins",
            ["ctap_bio_begun_anew"],
            "enrollBegin twice, then enrollCaptureNextSample with the first templateId",
            "an error",
            |key, context| {
                let token = enroller(key, context)?;
                let (first, answer) = begin(key, context, &token)?;
                if remaining(&answer)?.1 == 0 {
                    return Err(Stop::skip("a sensor that takes more than one sample"));
                }
                let (second, _) = begin(key, context, &token)?;
                if first == second {
                    return Err(Stop::fail("another templateId", "the same"));
                }
                over(&capture(key, context, &token, &first)?)
            },
        )
        .twin(WHOLE),
        case(
            "bio-enrollment/enroll/nothing-begun",
            "A sample without an enrolment is refused",
            ["ctap_bio_nothing_begun"],
            "enrollCaptureNextSample before any enrollBegin",
            "an error",
            |key, context| {
                let token = enroller(key, context)?;
                over(&capture(key, context, &token, &[7; 8])?)
            },
        )
        .twin(WHOLE),
    ]
}

/// Says getInfo that a finger is enrolled, or that none is? `uv` may be true without: there are other methods.
fn set_up(key: &mut Key, context: &mut Context, enrolled: bool) -> Result<(), Stop> {
    let info = get_info::info(key, context)?;
    for name in if enrolled { &["bioEnroll", "uv"][..] } else { &["bioEnroll"] } {
        if get_info::option(&info, name) != Some(enrolled) {
            let got = get_info::option(&info, name).map_or("none".to_owned(), |value| value.to_string());
            return Err(Stop::fail(format!("{name} {enrolled}"), got));
        }
    }
    Ok(())
}

/// An error; which one, the text does not say.
fn over(reply: &Reply) -> Result<Pass, Stop> {
    match reply.status {
        Status::OK => Err(Stop::fail("an error", "OK")),
        status => Ok(Pass::plain(status.to_string())),
    }
}
