//! What anybody may ask of the sensor.

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{CANCEL, ENUMERATE, FINGERPRINT, SENSOR_INFO, authorized, call, case, enroller, sub_command};
use crate::case::Case;
use crate::suites::authenticator::manage::{answer, number, told};
use crate::suites::authenticator::request::{int, map, set, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_info};
use crate::verdict::{Pass, Stop};

/// authenticatorBioEnrollment as a prototype.
const PREVIEW: u8 = 0x40;

const INFO: &str = "bio-enrollment/sensor/info";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "bio-enrollment/sensor/modality",
            "The modality is fingerprints",
            ["ctap_bio_modality"],
            "getModality true, and no subcommand",
            "modality 1",
            |key, context| {
                let reply = call(key, context, "getModality", &map([(6, Value::Bool(true))]))?;
                let modality = number(&answer(reply)?, 1, "modality")?;
                if modality != FINGERPRINT {
                    return Err(Stop::fail("modality 1", modality.to_string()));
                }
                Ok(Pass::plain("fingerprints"))
            },
        ),
        case(
            INFO,
            "The sensor tells its kind, and how many samples a finger takes",
            ["ctap_bio_sensor_info"],
            "getFingerprintSensorInfo",
            "modality 1, a kind that is 1 or 2, at least one sample, room for names where that is told",
            |key, context| {
                let info = answer(call(key, context, "getFingerprintSensorInfo", &sub_command(SENSOR_INFO, None))?)?;
                if number(&info, 1, "modality")? != FINGERPRINT {
                    return Err(Stop::fail("modality 1", told(info.get(1))));
                }
                if !(1..=2).contains(&number(&info, 2, "fingerprintKind")?) {
                    return Err(Stop::fail("fingerprintKind 1 or 2", told(info.get(2))));
                }
                if number(&info, 3, "maxCaptureSamplesRequiredForEnroll")? == 0 {
                    return Err(Stop::fail("at least one sample", "0"));
                }
                match info.get(8).map(Node::as_unsigned) {
                    None | Some(Some(1..)) => Ok(Pass::plain("a whole answer")),
                    Some(_) => Err(Stop::fail("maxTemplateFriendlyName, at least 1", told(info.get(8)))),
                }
            },
        ),
        case(
            "bio-enrollment/sensor/modality-missing",
            "The sensor tells nothing without a modality",
            ["ctap_bio_modality_missing"],
            "getFingerprintSensorInfo without modality",
            "MISSING_PARAMETER",
            |key, context| {
                let request = without(sub_command(SENSOR_INFO, None), 1);
                expect(&call(key, context, "no modality", &request)?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(INFO),
        case(
            "bio-enrollment/sensor/modality-unknown",
            "A modality that there is not is refused",
            ["ctap_bio_modality_unknown"],
            "enumerateEnrollments with modality 2",
            "INVALID_PARAMETER",
            |key, context| {
                let token = enroller(key, context)?;
                let request = authorized(set(sub_command(ENUMERATE, None), 1, int(2)), &token);
                // Which error it is, the text does not say.
                let statuses = [Status::INVALID_PARAMETER, Status::UNSUPPORTED_OPTION, Status::INVALID_OPTION];
                super::enroll(key, context, &token)?;
                expect(&call(key, context, "modality 2", &request)?, &statuses)
            },
        )
        .twin("bio-enrollment/templates/listed"),
        case(
            "bio-enrollment/sensor/cancel-idle",
            "Where no finger is being enrolled, cancelling is no error",
            ["ctap_bio_cancel_idle"],
            "cancelCurrentEnrollment with nothing to cancel",
            "OK",
            |key, context| {
                let reply = call(key, context, "cancelCurrentEnrollment", &sub_command(CANCEL, None))?;
                expect(&reply, &[Status::OK])
            },
        ),
        case(
            "bio-enrollment/sensor/subcommand-unassigned",
            "A subcommand that does not exist is refused",
            ["ctap_bio_subcommand"],
            "subcommand 0x08",
            "INVALID_SUBCOMMAND",
            |key, context| {
                expect(&call(key, context, "subcommand 0x08", &sub_command(8, None))?, &[Status::INVALID_SUBCOMMAND])
            },
        )
        .twin(INFO),
        case(
            "bio-enrollment/sensor/preview",
            "A key that offers the prototype knows it",
            ["ctap_bio_preview"],
            "getFingerprintSensorInfo by command 0x40",
            "as by command 0x09",
            |key, context| {
                if get_info::option(&get_info::info(key, context)?, "userVerificationMgmtPreview").is_none() {
                    return Err(Stop::skip("userVerificationMgmtPreview"));
                }
                let reply = key.call(context, "getFingerprintSensorInfo", PREVIEW, &sub_command(SENSOR_INFO, None))?;
                number(&answer(reply)?, 2, "fingerprintKind").map(|_| Pass::plain("a whole answer"))
            },
        )
        .twin(INFO),
    ]
}
