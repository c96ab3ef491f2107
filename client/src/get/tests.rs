//! Authentications against a device that follows a script.

use std::sync::Arc;
use std::time::Duration;

use assay_protocol::ctap2::{Command, command};
use assay_protocol::webauthn;
use assay_transport::{Cancel, ChannelError, Error as TransportError};

use super::*;
use crate::error::{DomName, Unfit};
use crate::testing::{Device, Log, Person, client, heard};

fn options(allow: &[u8]) -> RequestOptions {
    let allow = allow.iter().map(|id| webauthn::Descriptor::new(vec![*id; 16], vec!["usb".to_owned()]));
    RequestOptions { allow_credentials: allow.collect(), ..RequestOptions::new(vec![9; 16]) }
}

fn run(device: Device, options: &RequestOptions, person: Person) -> (Result<AuthenticationResponse, ClientError>, Log) {
    let (mut channel, log) = device.plug_in();
    (client(person).get(options, &mut channel), log)
}

fn requests(log: &Log) -> Vec<get_assertion::Request> {
    let log = log.lock().unwrap();
    let request = |command: &Command| match command {
        Command::GetAssertion(request) => Some(request.clone()),
        _ => None,
    };
    log.iter().filter_map(request).collect()
}

#[test]
fn with_a_list_and_without() {
    let device = || Device::default().with_credentials(&[3]);
    for (allow, user_handle) in [(&[1, 3][..], None), (&[], Some(vec![3]))] {
        let mut device = device();
        device.info.max_credential_count_in_list = Some(8);
        let (outcome, log) = run(device, &options(allow), Person::default());
        let response = outcome.unwrap();
        assert_eq!((response.raw_id.as_slice(), &response.user_handle), (&[3; 16][..], &user_handle));
        let data = ClientData::parse(&response.client_data_json).unwrap();
        assert_eq!((data.kind.as_str(), data.cross_origin), ("webauthn.get", Some(false)));
        let requests = requests(&log);
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].client_data_hash, sha256(&response.client_data_json));
        assert_eq!(requests[0].allow_list.as_ref().map_or(0, Vec::len), allow.len());
        assert_eq!(requests[0].options, Options::default());
    }
}

#[test]
fn long_lists_are_looked_up_silently() {
    for (most, allow, lookups, found) in [
        (Some(2), &[1, 2, 5, 3][..], 2, true),
        (Some(2), &[3, 2, 5, 1], 1, true),
        (Some(2), &[1, 2, 5, 6], 2, false),
        (None, &[1, 3], 2, true),
    ] {
        let mut device = Device::default().with_credentials(&[3]);
        device.info.max_credential_count_in_list = most;
        let (outcome, log) = run(device, &options(allow), Person::default());
        let requests = requests(&log);
        let silent = requests.iter().filter(|request| request.options.up == Some(false)).count();
        assert_eq!((silent, outcome.is_ok()), (lookups, found), "{allow:?}");
        match outcome {
            Ok(response) => assert_eq!(response.raw_id, [3; 16]),
            Err(error) => assert_eq!((error.code(), error.name()), ("client_no_credentials", DomName::NotAllowedError)),
        }
    }
}

#[test]
fn lists_without_anything_usable() {
    let mut odd = options(&[1]);
    odd.allow_credentials[0].kind = "other".to_owned();
    let (outcome, log) = run(Device::default(), &odd, Person::default());
    assert_eq!(outcome.err(), Some(ClientError::NoKnownDescriptors));
    assert_eq!(heard(&log), Vec::<String>::new());

    let mut short = Device::default();
    short.info.max_credential_id_length = Some(8);
    let (outcome, _) = run(short, &options(&[1, 2]), Person::default());
    assert_eq!(outcome.err(), Some(ClientError::NoCredentials));
}

#[test]
fn the_person_takes_an_account() {
    for (account, expected) in [(Some(0), Some(7)), (Some(2), Some(9)), (Some(3), None), (None, None)] {
        let person = Person { account, ..Person::default() };
        let shown = Arc::clone(&person.shown);
        let (outcome, log) = run(Device::default().with_credentials(&[7, 8, 9]), &options(&[]), person);
        assert_eq!(heard(&log), ["GetInfo", "GetAssertion", "GetNextAssertion", "GetNextAssertion"]);
        let shown = shown.lock().unwrap();
        let names: Vec<Option<String>> = shown.iter().map(|account| account.user.clone().unwrap().name).collect();
        assert_eq!(names, ["user 7", "user 8", "user 9"].map(|name| Some(name.to_owned())));
        match outcome {
            Ok(response) => assert_eq!(response.user_handle, expected.map(|id| vec![id])),
            Err(error) => assert_eq!((error, expected), (ClientError::AccountDeclined, None)),
        }
    }
}

#[test]
fn verification_by_pin_or_built_in() {
    let wanting = |wanted: &str| RequestOptions { user_verification: Some(wanted.to_owned()), ..options(&[]) };
    let pin =
        || Device::default().with_pin("1234").with_options(&["+clientPin", "+pinUvAuthToken"]).with_credentials(&[3]);
    let built_in = || Device::default().with_options(&["+uv"]).with_credentials(&[3]);
    let person = || Person { pins: ["1234"].into(), ..Person::default() };
    for (device, wanted, token, uv) in [
        (pin(), "required", true, None),
        (pin(), "preferred", true, None),
        (pin(), "nonsense", true, None),
        (pin(), "discouraged", false, None),
        (built_in(), "required", false, Some(true)),
        (built_in(), "discouraged", false, None),
        (pin().answering(command::GET_ASSERTION, [Status::PUAT_REQUIRED.0]), "discouraged", true, None),
    ] {
        let (outcome, log) = run(device, &wanting(wanted), person());
        outcome.unwrap();
        let request = requests(&log).pop().unwrap();
        assert_eq!((request.pin_uv_auth_param.is_some(), request.options.uv), (token, uv), "{wanted}");
    }
    let (outcome, _) = run(Device::default().with_credentials(&[3]), &wanting("required"), person());
    assert_eq!(outcome.err(), Some(ClientError::Unfit(Unfit::UserVerification)));
}

#[test]
fn results_that_make_no_sense() {
    let answer = |edit: fn(&mut get_assertion::Response)| {
        let (mut channel, _) = Device::default().with_credentials(&[3]).plug_in();
        let mut page = client(Person::default());
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        let request = get_assertion::Request {
            rp_id: String::new(),
            client_data_hash: [0; 32],
            allow_list: None,
            extensions: None,
            options: Options::default(),
            pin_uv_auth_param: None,
            pin_uv_auth_protocol: None,
        };
        let mut response = page.authenticator(&mut channel, deadline).get_assertion(request).unwrap();
        edit(&mut response);
        [&[0x00], response.to_cbor().as_slice()].concat()
    };
    let contradiction = "client_response_contradiction";
    for (reply, allow, code) in [
        (answer(|_| {}), &[3][..], ""),
        (answer(|response| response.credential = None), &[3], ""),
        (answer(|response| response.credential = None), &[], contradiction),
        (answer(|response| response.credential = None), &[3, 4], contradiction),
        (answer(|_| {}), &[4], contradiction),
        (answer(|response| response.auth_data[0] ^= 1), &[3], contradiction),
        (answer(|response| response.auth_data[32] = 0), &[3], contradiction),
        (answer(|response| response.auth_data.push(0)), &[3], contradiction),
        (answer(|response| response.number_of_credentials = Some(u64::MAX)), &[], "client_authenticator_refused"),
        (vec![0x00, 0xa0], &[3], "client_authenticator_malformed"),
        (vec![0x2e], &[3], "client_authenticator_refused"),
    ] {
        let mut device = Device::default().answering(command::GET_ASSERTION, reply);
        device.info.max_credential_count_in_list = Some(8);
        let (outcome, _) = run(device, &options(allow), Person::default());
        assert_eq!(outcome.err().map_or("", |error| error.code()), code, "{allow:?}");
    }
}

#[test]
fn refused_before_any_message() {
    for rp_id in ["example.com", "org", "www.example.org", ""] {
        let options = RequestOptions { rp_id: Some(rp_id.to_owned()), ..options(&[]) };
        let (outcome, log) = run(Device::default(), &options, Person::default());
        assert_eq!(outcome.unwrap_err().name(), DomName::SecurityError, "{rp_id}");
        assert_eq!(heard(&log), Vec::<String>::new());
    }
}

#[test]
fn cancelled_and_too_late() {
    let (mut channel, log) = Device::default().with_credentials(&[3]).plug_in();
    let mut page = client(Person::default());
    page.cancel.cancel();
    let error = page.get(&options(&[]), &mut channel).unwrap_err();
    assert_eq!(error, ClientError::Channel(ChannelError::Transport(TransportError::Cancelled)));
    assert_eq!(error.name(), DomName::AbortError);
    page.cancel = Cancel::new();
    let late = RequestOptions { timeout: Some(0), ..options(&[]) };
    let error = page.get(&late, &mut channel).unwrap_err();
    assert_eq!((error.code(), error.name()), ("transport_timeout", DomName::NotAllowedError));
    assert_eq!(heard(&log), Vec::<String>::new());
    // The channel is none the worse for it.
    assert!(page.get(&options(&[]), &mut channel).is_ok());
}
