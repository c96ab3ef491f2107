//! The commands that manage an authenticator: both ways, and what is authenticated.

use ciborium::Value;

use super::edits::{Edit, edited, status};
use super::*;
use crate::ctap2::bio_enrollment::{SampleStatus, TemplateInfo};
use crate::ctap2::config::SetMinPinLength;
use crate::tree::cbor;

fn cred_mgmt() -> credential_management::Request {
    let params = credential_management::SubCommandParams {
        rp_id_hash: Some([7; 32]),
        credential_id: Some(Descriptor::public_key(vec![9; 16])),
        user: Some(UserEntity { id: vec![1], name: Some("ada".to_owned()), display_name: None }),
    };
    credential_management::Request {
        pin_uv_auth_protocol: Some(2),
        pin_uv_auth_param: Some(vec![3; 32]),
        ..credential_management::Request::new(credential_management::SubCommand::UpdateUserInformation).with(params)
    }
}

fn bio() -> bio_enrollment::Request {
    let params = bio_enrollment::SubCommandParams {
        template_id: Some(vec![1, 2]),
        template_friendly_name: Some("thumb".to_owned()),
        timeout_milliseconds: Some(10_000),
    };
    bio_enrollment::Request {
        pin_uv_auth_protocol: Some(1),
        pin_uv_auth_param: Some(vec![3; 16]),
        get_modality: Some(false),
        ..bio_enrollment::Request::new(bio_enrollment::SubCommand::SetFriendlyName).with(params)
    }
}

fn policy() -> config::Request {
    config::Request {
        pin_uv_auth_protocol: Some(2),
        pin_uv_auth_param: Some(vec![3; 32]),
        ..config::Request::set_min_pin_length(SetMinPinLength {
            new_min_pin_length: Some(6),
            min_pin_length_rp_ids: Some(vec!["example.org".to_owned()]),
            force_change_pin: Some(true),
            pin_complexity_policy: Some(false),
        })
    }
}

fn blobs() -> large_blobs::Request {
    large_blobs::Request {
        get: Some(17),
        set: Some(vec![1, 2, 3]),
        offset: Some(0),
        length: Some(1024),
        pin_uv_auth_param: Some(vec![5; 32]),
        pin_uv_auth_protocol: Some(2),
    }
}

#[test]
fn requests() {
    for command in [
        Command::CredentialManagement(cred_mgmt()),
        Command::CredentialManagementPreview(cred_mgmt()),
        Command::BioEnrollment(bio()),
        Command::BioEnrollmentPreview(bio()),
        Command::BioEnrollment(bio_enrollment::Request { get_modality: Some(true), ..Default::default() }),
        Command::Config(policy()),
        Command::Config(config::Request::vendor_prototype(7)),
        Command::Config(config::Request::new(config::SubCommand::ToggleAlwaysUv)),
        Command::LargeBlobs(blobs()),
    ] {
        let bytes = command.to_bytes();
        assert_eq!(Command::parse(&bytes), Ok(command.clone()), "{command}");
        assert!(cbor::read(&bytes[1..]).is_canonical());
    }
    for (number, all) in [(0x07, credential_management::SubCommand::ALL.len()), (0x07, 7)] {
        assert_eq!(all, number);
    }
    assert!((1..=7).all(|n| bio_enrollment::SubCommand::from_number(n).is_some_and(|s| u64::from(s.number()) == n)));
    let known: Vec<u64> = (0..=0x1ff).filter(|number| config::SubCommand::from_number(*number).is_some()).collect();
    assert_eq!(known, [1, 2, 3, 4, 0xff]);
}

#[test]
fn responses() {
    let managed = credential_management::Response {
        existing_resident_credentials_count: Some(1),
        max_possible_remaining_resident_credentials_count: Some(2),
        rp: Some(RpEntity { id: "example.org".to_owned(), name: None }),
        rp_id_hash: Some([1; 32]),
        total_rps: Some(3),
        user: Some(UserEntity { id: vec![1], ..UserEntity::default() }),
        credential_id: Some(Descriptor::public_key(vec![2])),
        public_key: Some(Value::Map(vec![(Value::from(1), Value::from(2))])),
        total_credentials: Some(4),
        cred_protect: Some(3),
        large_blob_key: Some(vec![5; 32]),
        third_party_payment: Some(true),
    };
    assert_eq!(credential_management::Response::parse(&managed.to_cbor()), Ok(managed));
    let enrolled = bio_enrollment::Response {
        modality: Some(1),
        fingerprint_kind: Some(bio_enrollment::TOUCH_SENSOR),
        max_capture_samples_required_for_enroll: Some(4),
        template_id: Some(vec![1]),
        last_enroll_sample_status: Some(SampleStatus::TOO_FAST),
        remaining_samples: Some(3),
        template_infos: Some(vec![
            TemplateInfo { template_id: vec![1], template_friendly_name: Some("thumb".to_owned()) },
            TemplateInfo { template_id: vec![2], template_friendly_name: None },
        ]),
        max_template_friendly_name: Some(64),
    };
    assert_eq!(bio_enrollment::Response::parse(&enrolled.to_cbor()), Ok(enrolled));
    let read = large_blobs::Response { config: Some(large_blobs::INITIAL.to_vec()) };
    assert_eq!(large_blobs::Response::parse(&read.to_cbor()), Ok(read));
    for nothing in [
        credential_management::Response::default().to_cbor(),
        bio_enrollment::Response::default().to_cbor(),
        large_blobs::Response::default().to_cbor(),
    ] {
        assert_eq!(nothing, Vec::<u8>::new());
    }
    assert_eq!(credential_management::Response::parse(&[]), Ok(Default::default()));
    assert_eq!(bio_enrollment::Response::parse(&[]), Ok(Default::default()));
    assert_eq!(large_blobs::Response::parse(&[]), Ok(Default::default()));
}

#[test]
fn one_edit_one_status() {
    const OK: Status = Status::OK;
    const TYPE: Status = Status::CBOR_UNEXPECTED_TYPE;
    const MISSING: Status = Status::MISSING_PARAMETER;
    let (managed, enrolled) = (cred_mgmt().to_cbor(), bio().to_cbor());
    let (policy, blobs) = (policy().to_cbor(), blobs().to_cbor());
    let wrong = || Some(Value::Bool(true));
    let edits: &[(u8, &[u8], Edit, Status)] = &[
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["99"], wrong()), OK),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["1"], None), MISSING),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["1"], Some(Value::from(8))), Status::INVALID_SUBCOMMAND),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["1"], wrong()), TYPE),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["2"], wrong()), TYPE),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["2", "1"], wrong()), TYPE),
        (
            command::CREDENTIAL_MANAGEMENT,
            &managed,
            (&["2", "1"], Some(Value::from(vec![0_u8; 31]))),
            Status::INVALID_LENGTH,
        ),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["2", "2", "id"], None), TYPE),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["2", "3", "id"], None), TYPE),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["3"], wrong()), TYPE),
        (command::CREDENTIAL_MANAGEMENT, &managed, (&["4"], wrong()), TYPE),
        (command::CREDENTIAL_MANAGEMENT_PREVIEW, &managed, (&["1"], None), MISSING),
        (command::BIO_ENROLLMENT, &enrolled, (&["99"], wrong()), OK),
        (command::BIO_ENROLLMENT, &enrolled, (&["1"], None), OK),
        (command::BIO_ENROLLMENT, &enrolled, (&["1"], wrong()), TYPE),
        (command::BIO_ENROLLMENT, &enrolled, (&["2"], Some(Value::from(0))), Status::INVALID_SUBCOMMAND),
        (command::BIO_ENROLLMENT, &enrolled, (&["3", "1"], wrong()), TYPE),
        (command::BIO_ENROLLMENT, &enrolled, (&["3", "2"], Some(Value::from(1))), TYPE),
        (command::BIO_ENROLLMENT, &enrolled, (&["3", "3"], wrong()), TYPE),
        (command::BIO_ENROLLMENT, &enrolled, (&["6"], Some(Value::from(1))), TYPE),
        (command::BIO_ENROLLMENT_PREVIEW, &enrolled, (&["4"], wrong()), TYPE),
        (command::CONFIG, &policy, (&["99"], wrong()), OK),
        (command::CONFIG, &policy, (&["1"], None), MISSING),
        (command::CONFIG, &policy, (&["1"], Some(Value::from(5))), Status::INVALID_SUBCOMMAND),
        (command::CONFIG, &policy, (&["2", "1"], wrong()), TYPE),
        (command::CONFIG, &policy, (&["2", "2", "0"], wrong()), TYPE),
        (command::CONFIG, &policy, (&["2", "3"], Some(Value::from(1))), TYPE),
        (command::CONFIG, &policy, (&["2", "4"], Some(Value::from(1))), TYPE),
        (command::CONFIG, &policy, (&["2", "5"], wrong()), OK),
        (command::LARGE_BLOBS, &blobs, (&["99"], wrong()), OK),
        (command::LARGE_BLOBS, &blobs, (&["3"], None), OK),
        (command::LARGE_BLOBS, &blobs, (&["1"], wrong()), TYPE),
        (command::LARGE_BLOBS, &blobs, (&["2"], wrong()), TYPE),
        (command::LARGE_BLOBS, &blobs, (&["3"], Some(Value::from(-1))), TYPE),
        (command::LARGE_BLOBS, &blobs, (&["4"], wrong()), TYPE),
        (command::LARGE_BLOBS, &blobs, (&["5"], wrong()), TYPE),
        (command::LARGE_BLOBS, &blobs, (&["6"], wrong()), TYPE),
    ];
    for (command, good, edit, expected) in edits {
        assert_eq!(status(*command, &edited(good, edit)), *expected, "{command:#x} {:?}", edit.0);
    }
}

#[test]
fn what_is_authenticated_is_what_was_received() {
    let known = cred_mgmt();
    let edit: Edit = (&["2", "99"], Some(Value::Float(1.0)));
    let bytes = edited(&known.to_cbor(), &edit);
    let received = credential_management::Request::parse(&bytes).unwrap();
    assert_eq!(received.params.as_ref().unwrap().value(), known.params.as_ref().unwrap().value());
    let message = received.authenticated_message();
    assert_ne!(message, known.authenticated_message());
    let start = bytes.windows(message.len() - 1).position(|window| window == &message[1..]);
    assert_eq!((message[0], start.is_some()), (7, true));
    // Read from a tree, there is no message to cut from.
    let node = cbor::read(&bytes).root.unwrap();
    assert_eq!(credential_management::Request::from_node(&node), Ok(received));

    assert_eq!(bio().authenticated_message()[..2], [1, 5]);
    let message = policy().authenticated_message();
    assert_eq!((&message[..32], &message[32..34]), (&[0xff; 32][..], &[0x0d, 3][..]));
    let message = large_blobs::Request::authenticated_message(0x0102, b"fragment");
    assert_eq!((&message[32..38], message.len()), (&[0x0c, 0, 2, 1, 0, 0][..], 70));
}

#[test]
fn large_blob_arrays_end_in_their_hash() {
    assert_eq!(large_blobs::sealed(&[0x80]), large_blobs::INITIAL);
    assert!(large_blobs::is_sealed(&large_blobs::INITIAL));
    let mut damaged = large_blobs::INITIAL;
    damaged[0] = 0x81;
    assert!(!large_blobs::is_sealed(&damaged));
    assert!(!large_blobs::is_sealed(&[0; 15]));
}

#[test]
fn damaged_messages_never_panic() {
    let mut random = XorShift::new(9);
    let good = [
        Command::CredentialManagement(cred_mgmt()).to_bytes(),
        Command::BioEnrollment(bio()).to_bytes(),
        Command::Config(policy()).to_bytes(),
        Command::LargeBlobs(blobs()).to_bytes(),
    ];
    for round in 0..3_000 {
        let mut message = good[round % good.len()].clone();
        for _ in 0..=random.next() % 4 {
            let at = usize::try_from(random.next()).unwrap() % message.len();
            message[at] = random.byte();
        }
        message.truncate(message.len() - usize::from(random.byte()) % 8);
        let _ = Command::parse(&message);
        let _ = credential_management::Response::parse(&message[1..]);
        let _ = bio_enrollment::Response::parse(&message[1..]);
        let _ = large_blobs::Response::parse(&message[1..]);
    }
}
