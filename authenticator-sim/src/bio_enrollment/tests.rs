use assay_protocol::ctap2::bio_enrollment::{
    FINGERPRINT, Request, SampleStatus, SubCommand, SubCommandParams, TOUCH_SENSOR,
};
use assay_protocol::ctap2::client_pin::permission::{BE, CM};
use assay_protocol::ctap2::{Command, Status};
use assay_protocol::pin_uv::{Protocol, Token};

use crate::config::{KeyConfig, Sensor};
use crate::env::{Purpose, Scan};
use crate::testing::{Bench, status};

fn begin() -> Request {
    Request::new(SubCommand::EnrollBegin)
}

fn of(sub_command: SubCommand, id: &[u8]) -> Request {
    let params = SubCommandParams { template_id: Some(id.to_vec()), ..SubCommandParams::default() };
    Request::new(sub_command).with(params)
}

fn next(id: &[u8]) -> Request {
    of(SubCommand::EnrollCaptureNextSample, id)
}

fn named(id: &[u8], name: &str) -> Request {
    Request::new(SubCommand::SetFriendlyName).with(SubCommandParams {
        template_id: Some(id.to_vec()),
        template_friendly_name: Some(name.to_owned()),
        ..SubCommandParams::default()
    })
}

fn bench() -> (Bench, Token) {
    let mut bench = Bench::with_pin(KeyConfig::biometric_key());
    let token = bench.token(BE, None, Protocol::Two);
    (bench, token)
}

#[test]
fn what_nobody_is_asked_for() {
    let mut bench = Bench::with(KeyConfig::biometric_key());
    let modality = bench.bio(Request { get_modality: Some(true), ..Request::default() }).unwrap();
    assert_eq!(modality.modality, Some(FINGERPRINT));
    let info = bench.bio(Request::new(SubCommand::GetFingerprintSensorInfo)).unwrap();
    assert_eq!((info.fingerprint_kind, info.max_template_friendly_name), (Some(TOUCH_SENSOR), Some(64)));
    assert_eq!(info.max_capture_samples_required_for_enroll, Some(3));
    for (request, expected) in [
        (Request::default(), Status::MISSING_PARAMETER),
        (Request { modality: None, ..Request::new(SubCommand::GetFingerprintSensorInfo) }, Status::MISSING_PARAMETER),
        (
            Request { modality: Some(2), ..Request::new(SubCommand::GetFingerprintSensorInfo) },
            Status::INVALID_PARAMETER,
        ),
        (Request::new(SubCommand::CancelCurrentEnrollment), Status::OK),
    ] {
        assert_eq!(status(bench.bio(request.clone())), expected, "{request:?}");
    }
    assert_eq!(status(Bench::new().bio(begin())), Status::INVALID_COMMAND);
}

#[test]
fn a_finger_is_enrolled_sample_by_sample() {
    let (mut bench, token) = bench();
    assert_eq!((bench.info().option("bioEnroll"), bench.info().option("uv")), (Some(false), Some(false)));
    bench.person.take_asked();
    let seen = |status: SampleStatus, left: u64| (Some(status), Some(left));
    bench.person.push_scan(Scan::Finger(4));
    let begun = bench.bio_by(&token, begin()).unwrap();
    assert_eq!((begun.last_enroll_sample_status, begun.remaining_samples), seen(SampleStatus::GOOD, 2));
    let id = begun.template_id.unwrap();
    for (scan, expected) in [
        (Scan::Bad(SampleStatus::TOO_FAST), seen(SampleStatus::TOO_FAST, 2)),
        (Scan::Finger(5), seen(SampleStatus::MERGE_FAILURE, 2)),
        (Scan::TimedOut, seen(SampleStatus::NO_USER_ACTIVITY, 2)),
        (Scan::Finger(4), seen(SampleStatus::GOOD, 1)),
        (Scan::Finger(4), seen(SampleStatus::GOOD, 0)),
    ] {
        bench.person.push_scan(scan);
        let told = bench.bio_by(&token, next(&id)).unwrap();
        assert_eq!((told.last_enroll_sample_status, told.remaining_samples), expected, "{scan:?}");
    }
    assert!(bench.person.take_asked().iter().all(|prompt| prompt.purpose == Purpose::Enroll));
    assert_eq!((bench.info().option("bioEnroll"), bench.info().option("uv")), (Some(true), Some(true)));
    // The enrolment is over, and the finger is known.
    assert_eq!(status(bench.bio_by(&token, next(&id))), Status::INVALID_OPTION);
    bench.person.push_scan(Scan::Finger(4));
    let again = bench.bio_by(&token, begin()).unwrap();
    assert_eq!(again.last_enroll_sample_status, Some(SampleStatus::EXISTS));
    let mut after = Bench::open(KeyConfig::biometric_key(), bench.store.clone());
    assert_eq!(after.info().option("uv"), Some(true));
    after.send(Command::Reset).unwrap();
    assert_eq!(after.info().option("uv"), Some(false));
}

#[test]
fn enrolments_that_end_early() {
    let (mut bench, token) = bench();
    let id = bench.bio_by(&token, begin()).unwrap().template_id.unwrap();
    assert_eq!(status(bench.bio_by(&token, next(&[9; 8]))), Status::INVALID_OPTION);
    let id = {
        assert_eq!(status(bench.bio_by(&token, next(&id))), Status::INVALID_OPTION);
        bench.bio_by(&token, begin()).unwrap().template_id.unwrap()
    };
    bench.bio(Request::new(SubCommand::CancelCurrentEnrollment)).unwrap();
    assert_eq!(status(bench.bio_by(&token, next(&id))), Status::INVALID_OPTION);
    for (scan, expected) in [(Scan::Denied, Status::OPERATION_DENIED), (Scan::Cancelled, Status::KEEPALIVE_CANCEL)] {
        bench.person.push_scan(scan);
        assert_eq!(status(bench.bio_by(&token, begin())), expected);
    }
}

#[test]
fn templates_are_listed_named_and_removed() {
    let (mut bench, token) = bench();
    let list = || Request::new(SubCommand::EnumerateEnrollments);
    assert_eq!(status(bench.bio_by(&token, list())), Status::INVALID_OPTION);
    let ids = [bench.enroll(&token, 1), bench.enroll(&token, 2)];
    for (request, expected) in [
        (named(&ids[1], "thumb"), Status::OK),
        (named(&ids[1], &"n".repeat(64)), Status::OK),
        (named(&ids[1], &"n".repeat(65)), Status::INVALID_LENGTH),
        (named(&[9; 8], "thumb"), Status::INVALID_OPTION),
        (of(SubCommand::SetFriendlyName, &ids[0]), Status::MISSING_PARAMETER),
        (Request::new(SubCommand::RemoveEnrollment), Status::MISSING_PARAMETER),
        (of(SubCommand::RemoveEnrollment, &[9; 8]), Status::INVALID_OPTION),
    ] {
        assert_eq!(status(bench.bio_by(&token, request.clone())), expected, "{request:?}");
    }
    let listed = bench.bio_by(&token, list()).unwrap().template_infos.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|info| (info.template_id, info.template_friendly_name)).collect();
    assert_eq!(listed, [(ids[0].clone(), None), (ids[1].clone(), Some("n".repeat(64)))]);
    for (id, left) in ids.iter().zip([true, false]) {
        bench.bio_by(&token, of(SubCommand::RemoveEnrollment, id)).unwrap();
        assert_eq!(bench.info().option("bioEnroll"), Some(left));
    }
}

#[test]
fn there_is_room_for_so_many_fingers() {
    let (mut bench, token) = bench();
    for finger in 1..=5 {
        bench.enroll(&token, finger);
    }
    assert_eq!(status(bench.bio_by(&token, begin())), Status::FP_DATABASE_FULL);
}

#[test]
fn one_edit_one_status() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = Bench::with_pin(KeyConfig::biometric_key());
        let setup = bench.token(BE, None, protocol);
        let id = bench.enroll(&setup, 1);
        let list = Request::new(SubCommand::EnumerateEnrollments);
        for request in [begin(), list, named(&id, "thumb"), of(SubCommand::RemoveEnrollment, &id)] {
            let token = bench.token(BE, None, protocol);
            let good = Request {
                pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
                pin_uv_auth_protocol: Some(protocol.number()),
                ..request.clone()
            };
            for (request, expected) in [
                (Request { pin_uv_auth_param: None, ..good.clone() }, Status::PUAT_REQUIRED),
                (Request { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
                (Request { modality: None, ..good.clone() }, Status::MISSING_PARAMETER),
                (Request { modality: Some(2), ..good.clone() }, Status::INVALID_PARAMETER),
                (Request { pin_uv_auth_protocol: Some(7), ..good.clone() }, Status::INVALID_PARAMETER),
                (Request { pin_uv_auth_param: Some(vec![0; 32]), ..good.clone() }, Status::PIN_AUTH_INVALID),
                (good, Status::OK),
            ] {
                assert_eq!(status(bench.bio(request.clone())), expected, "{request:?}");
            }
            let token = bench.token(CM, None, protocol);
            assert_eq!(status(bench.bio_by(&token, request)), Status::PIN_AUTH_INVALID);
        }
    }
}

#[test]
fn the_prototype_is_the_same_under_another_byte() {
    let mut bench = Bench::with(KeyConfig::biometric_key());
    let request = Request { get_modality: Some(true), ..Request::default() };
    assert_eq!(status(bench.send(Command::BioEnrollmentPreview(request.clone()))), Status::OK);
    let mut config = KeyConfig::biometric_key();
    if let Some(Sensor::Fingerprints(bio)) = config.uv.as_mut().map(|uv| &mut uv.sensor) {
        bio.preview = false;
    }
    let outcome = Bench::with(config).send(Command::BioEnrollmentPreview(request));
    assert_eq!(status(outcome), Status::INVALID_COMMAND);
}
