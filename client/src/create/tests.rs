//! Registrations against a device that follows a script.

use std::sync::Arc;

use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::{Command, command};
use assay_protocol::webauthn::{self, AuthenticatorSelection, RelyingParty, User};

use super::*;
use crate::error::{DomName, PinFailure};
use crate::testing::{Device, Log, NEW_ID, Person, client, heard};
use crate::user::PinReason;

fn options() -> CreationOptions {
    let rp = RelyingParty { id: Some("example.org".to_owned()), name: "Example".to_owned() };
    let user = User { id: vec![1; 8], name: "alice".to_owned(), display_name: "Alice".to_owned() };
    CreationOptions::new(rp, user, vec![9; 16], vec![webauthn::Parameter::new(-7)])
}

fn selecting(select: impl FnOnce(&mut AuthenticatorSelection)) -> CreationOptions {
    let mut selection = AuthenticatorSelection::default();
    select(&mut selection);
    CreationOptions { authenticator_selection: Some(selection), ..options() }
}

fn run(device: Device, options: &CreationOptions) -> (Result<RegistrationResponse, ClientError>, Log) {
    run_with(device, options, Person { pins: ["1234"].into(), ..Person::default() })
}

fn run_with(
    device: Device,
    options: &CreationOptions,
    person: Person,
) -> (Result<RegistrationResponse, ClientError>, Log) {
    let (mut channel, log) = device.plug_in();
    (client(person).create(options, &mut channel), log)
}

fn last_request(log: &Log) -> make_credential::Request {
    match log.lock().unwrap().last() {
        Some(Command::MakeCredential(request)) => request.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_least_registration() {
    let person = Person::default();
    let touches = Arc::clone(&person.touches);
    let (outcome, log) = run_with(Device::default(), &options(), person);
    let response = outcome.unwrap();
    assert_eq!(response.raw_id, NEW_ID);
    assert_eq!(response.transports, ["usb"]);
    assert_eq!(response.authenticator_attachment.as_deref(), Some("cross-platform"));
    assert!(response.client_extension_results.is_empty());
    let data = ClientData::parse(&response.client_data_json).unwrap();
    assert_eq!((data.kind.as_str(), data.origin.as_str()), ("webauthn.create", "https://example.org"));
    assert_eq!(heard(&log), ["GetInfo", "MakeCredential"]);
    let request = last_request(&log);
    assert_eq!(request.client_data_hash, sha256(&response.client_data_json));
    assert_eq!((request.rp.id.as_str(), request.user.id.len()), ("example.org", 8));
    assert_eq!((request.options, request.pin_uv_auth_param), (Options::default(), None));
    assert!(*touches.lock().unwrap() > 0);
}

#[test]
fn refused_before_any_message() {
    type Case = (&'static str, DomName, fn(&mut CreationOptions));
    let cases: [Case; 7] = [
        ("client_user_id_length", DomName::TypeError, |options| options.user.id.clear()),
        ("client_user_id_length", DomName::TypeError, |options| options.user.id = vec![0; 65]),
        ("rp_id_not_a_suffix", DomName::SecurityError, |options| options.rp.id = Some("example.com".to_owned())),
        ("rp_id_public_suffix", DomName::SecurityError, |options| options.rp.id = Some("org".to_owned())),
        ("rp_id_not_a_domain", DomName::SecurityError, |options| options.rp.id = Some(String::new())),
        ("client_no_known_parameters", DomName::NotSupportedError, |options| {
            options.pub_key_cred_params[0].kind = "other".to_owned();
        }),
        // The length comes before the RP ID.
        ("client_user_id_length", DomName::TypeError, |options| {
            options.user.id.clear();
            options.rp.id = Some("org".to_owned());
        }),
    ];
    for (code, name, edit) in cases {
        let mut options = options();
        edit(&mut options);
        let (outcome, log) = run(Device::default(), &options);
        let error = outcome.unwrap_err();
        assert_eq!((error.code(), error.name()), (code, name));
        assert_eq!(heard(&log), Vec::<String>::new());
    }
    let opaque = Client::new("null", Box::new(Person::default())).err().unwrap();
    assert_eq!(ClientError::from(opaque).name(), DomName::NotAllowedError);
}

#[test]
fn user_ids_of_every_allowed_length() {
    for len in [1, 64] {
        let mut options = options();
        options.user.id = vec![7; len];
        assert!(run(Device::default(), &options).0.is_ok(), "{len}");
    }
}

#[test]
fn parameters_reach_the_authenticator() {
    let other = webauthn::Parameter { kind: "other".to_owned(), ..webauthn::Parameter::new(-8) };
    for (sent, expected) in [
        (vec![], vec![-7, -257]),
        (vec![webauthn::Parameter::new(-8), webauthn::Parameter::new(-7)], vec![-8, -7]),
        (vec![other, webauthn::Parameter::new(-65535)], vec![-65535]),
    ] {
        let options = CreationOptions { pub_key_cred_params: sent, ..options() };
        let (outcome, log) = run(Device::default(), &options);
        outcome.unwrap();
        let algorithms: Vec<i64> =
            last_request(&log).pub_key_cred_params.entries.iter().map(|entry| entry.alg).collect();
        assert_eq!(algorithms, expected);
    }
}

#[test]
fn authenticators_that_do_not_fit() {
    let platform = selecting(|selection| selection.authenticator_attachment = Some("platform".to_owned()));
    let unknown = selecting(|selection| selection.authenticator_attachment = Some("orbital".to_owned()));
    let resident = selecting(|selection| selection.resident_key = Some("required".to_owned()));
    let level_1 = selecting(|selection| selection.require_resident_key = true);
    let verified = selecting(|selection| selection.user_verification = Some("required".to_owned()));
    let mut u2f = Device::default();
    u2f.info.versions = vec!["U2F_V2".to_owned()];
    for (device, options, expected) in [
        (u2f, options(), Some(Unfit::NotCtap2)),
        (Device::default(), platform.clone(), Some(Unfit::Attachment)),
        (Device::default().with_options(&["+plat"]), platform, None),
        (Device::default(), unknown, None),
        (Device::default(), resident.clone(), Some(Unfit::ResidentKey)),
        (Device::default(), level_1, Some(Unfit::ResidentKey)),
        (Device::default().with_options(&["+rk"]), resident, None),
        (Device::default().with_options(&["-clientPin"]), verified.clone(), Some(Unfit::UserVerification)),
        (Device::default().with_options(&["+uv"]), verified, None),
    ] {
        let (outcome, _) = run(device, &options);
        assert_eq!(outcome.err(), expected.map(ClientError::Unfit));
    }
    let error = ClientError::from(Unfit::ResidentKey);
    assert_eq!((error.name(), error.operation_name()), (DomName::NotAllowedError, DomName::ConstraintError));
}

#[test]
fn cred_props_tells_what_was_asked_of_the_authenticator() {
    for (device, wanted, rk) in [
        (Device::default().with_options(&["+rk"]), "preferred", true),
        (Device::default(), "preferred", false),
        (Device::default().with_options(&["+rk"]), "discouraged", false),
        (Device::default().with_options(&["+rk"]), "nonsense", false),
    ] {
        let mut options = selecting(|selection| selection.resident_key = Some(wanted.to_owned()));
        options.extensions.insert("credProps".to_owned(), true.into());
        let (outcome, log) = run(device, &options);
        assert_eq!(outcome.unwrap().client_extension_results.get("credProps"), Some(&json!({ "rk": rk })));
        assert_eq!(last_request(&log).options.rk, rk.then_some(true), "{wanted}");
    }
}

#[test]
fn attestation_is_conveyed_or_replaced() {
    let zero = |fmt, x5c| Device { fmt, x5c, aaguid: Aaguid::ZERO, ..Device::default() };
    for (device, conveyance, expected) in [
        (Device::default(), "none", "none"),
        (Device::default(), "nonsense", "none"),
        (Device::default(), "direct", "packed"),
        (Device::default(), "indirect", "packed"),
        (Device::default(), "enterprise", "packed"),
        (zero("packed", false), "none", "packed"),
        (zero("packed", true), "none", "none"),
        (zero("fido-u2f", true), "none", "none"),
        (Device { x5c: false, ..Device::default() }, "none", "none"),
        (Device { fmt: "none", ..Device::default() }, "direct", "none"),
    ] {
        let aaguid = device.aaguid;
        let options = CreationOptions { attestation: conveyance.to_owned(), ..options() };
        let object = AttestationObject::parse(&run(device, &options).0.unwrap().attestation_object).unwrap();
        assert_eq!(object.fmt, expected, "{conveyance}");
        assert_eq!(object.att_stmt.as_map().unwrap().is_empty(), expected == "none");
        let data = AuthenticatorData::parse(&object.auth_data).unwrap();
        assert_eq!(data.attested.unwrap().aaguid, aaguid);
    }
}

#[test]
fn formats_go_to_those_who_know_them() {
    let mut device = Device::default();
    device.info.attestation_formats = Some(vec!["packed".to_owned()]);
    let wishes = CreationOptions { attestation_formats: vec!["tpm".to_owned()], ..options() };
    let direct = CreationOptions { attestation: "direct".to_owned(), ..wishes.clone() };
    for (device, options, expected) in [
        (Device::default(), &wishes, None),
        (device.clone(), &wishes, Some(vec!["none".to_owned()])),
        (device, &direct, Some(vec!["tpm".to_owned()])),
    ] {
        let (_, log) = run(device, options);
        assert_eq!(last_request(&log).attestation_formats_preference, expected);
    }
}

#[test]
fn transports_are_sorted_and_unique() {
    let mut device = Device::default();
    device.info.transports = Some(["usb", "nfc", "usb", "hybrid"].map(str::to_owned).to_vec());
    assert_eq!(run(device, &options()).0.unwrap().transports, ["hybrid", "nfc", "usb"]);
}

#[test]
fn a_pin_gives_a_token() {
    for (extra, sub_commands, protocol) in [
        (Some("+pinUvAuthToken"), vec![1, 2, 9], 2),
        (None, vec![1, 2, 5], 2),
        (Some("+pinUvAuthToken"), vec![1, 2, 9], 1),
    ] {
        let options: Vec<&str> = ["+clientPin"].into_iter().chain(extra).collect();
        let mut device = Device::default().with_pin("1234").with_options(&options);
        device.info.pin_uv_auth_protocols = Some(if protocol == 2 { vec![1, 2] } else { vec![1] });
        let required = selecting(|selection| selection.user_verification = Some("required".to_owned()));
        let (outcome, log) = run(device, &required);
        outcome.unwrap();
        let request = last_request(&log);
        assert_eq!(request.pin_uv_auth_protocol, Some(protocol));
        let heard: Vec<u64> = log
            .lock()
            .unwrap()
            .iter()
            .filter_map(|command| match command {
                Command::ClientPin(request) => Some(request.sub_command.number()),
                _ => None,
            })
            .collect();
        assert_eq!(heard, sub_commands);
    }
}

#[test]
fn wrong_pins_are_asked_again_with_retries() {
    let device = || Device::default().with_pin("1234").with_options(&["+clientPin", "+pinUvAuthToken"]);
    let person = Person { pins: ["12", "9999", "1234"].into(), ..Person::default() };
    let asked = Arc::clone(&person.asked);
    run_with(device(), &options(), person).0.unwrap();
    let asked: Vec<(PinReason, Option<u64>)> =
        asked.lock().unwrap().iter().map(|request| (request.reason, request.retries)).collect();
    let too_short = assay_protocol::pin_uv::PinRefused::TooShort;
    assert_eq!(
        asked,
        [(PinReason::First, Some(8)), (PinReason::Refused(too_short), Some(8)), (PinReason::Wrong, Some(7)),]
    );

    for (device, expected) in [
        (device(), PinFailure::Declined),
        (Device { retries: 1, ..device() }, PinFailure::Blocked),
        (device().answering(command::CLIENT_PIN, [0x00, 0xa1, 0x04, 0xf5]), PinFailure::BlockedUntilPowerCycle),
        (device().answering(command::CLIENT_PIN, [0x34]), PinFailure::BlockedUntilPowerCycle),
    ] {
        let person = Person { pins: ["9999"].into(), ..Person::default() };
        let outcome = run_with(device, &options(), person).0;
        match outcome {
            Err(ClientError::Pin(failure)) => assert_eq!(failure, expected),
            Err(error) => assert_eq!(error.status(), Some(Status::PIN_AUTH_BLOCKED)),
            Ok(_) => panic!("no PIN, and yet a credential"),
        }
    }
    let mut forced = device();
    forced.info.force_pin_change = Some(true);
    assert_eq!(run(forced, &options()).0.err(), Some(ClientError::Pin(PinFailure::ChangeRequired)));
    let endless = Person { pins: vec!["1"; 100].into(), ..Person::default() };
    assert_eq!(run_with(device(), &options(), endless).0.err(), Some(ClientError::Pin(PinFailure::TooManyTries)));
}

#[test]
fn a_token_that_get_info_did_not_announce() {
    let discouraged = selecting(|selection| selection.user_verification = Some("discouraged".to_owned()));
    let device = Device::default()
        .with_pin("1234")
        .with_options(&["+clientPin", "+pinUvAuthToken", "+makeCredUvNotRqd"])
        .answering(command::MAKE_CREDENTIAL, [Status::PUAT_REQUIRED.0]);
    let (outcome, log) = run(device, &discouraged);
    outcome.unwrap();
    assert!(last_request(&log).pin_uv_auth_param.is_some());
    assert_eq!(heard(&log).iter().filter(|name| *name == "MakeCredential").count(), 2);
}

#[test]
fn excluded_credentials() {
    let listing = |ids: &[u8]| CreationOptions {
        exclude_credentials: ids.iter().map(|id| webauthn::Descriptor::new(vec![*id; 16], vec![])).collect(),
        ..options()
    };
    let device = |most| {
        let mut device = Device::default().with_credentials(&[3, 4]);
        device.info.max_credential_count_in_list = most;
        device
    };
    for (most, ids, lookups, sent, excluded) in [
        (Some(8), &[1, 2, 3][..], 0, Some(3), true),
        (Some(8), &[1, 2], 0, Some(2), false),
        (Some(2), &[1, 2, 5, 3], 2, Some(1), true),
        (Some(2), &[1, 2, 5, 6], 2, None, false),
        (None, &[1, 4, 3], 2, Some(1), true),
        (None, &[1], 0, Some(1), false),
    ] {
        let (outcome, log) = run(device(most), &listing(ids));
        assert_eq!(outcome.as_ref().err().map(ClientError::name), excluded.then_some(DomName::InvalidStateError));
        assert_eq!(heard(&log).iter().filter(|name| *name == "GetAssertion").count(), lookups, "{ids:?}");
        assert_eq!(last_request(&log).exclude_list.map(|list| list.len()), sent, "{ids:?}");
    }
}

#[test]
fn long_names_are_cut_only_where_they_must() {
    let mut options = options();
    options.user.display_name = "ä".repeat(100);
    let (_, log) = run(Device::default(), &options);
    assert_eq!(last_request(&log).user.display_name.map(|name| name.len()), Some(200));
    options.user.display_name = "€".repeat(500);
    let (_, log) = run(Device::default(), &options);
    assert_eq!(last_request(&log).user.display_name.map(|name| name.len()), Some(63));
    options.pub_key_cred_params = vec![webauthn::Parameter::new(-7); 100];
    assert_eq!(run(Device::default(), &options).0.err(), Some(ClientError::Unfit(Unfit::RequestTooLarge)));
}

#[test]
fn what_the_page_learns_of_the_authenticator() {
    for (status, name) in [
        (Status::CREDENTIAL_EXCLUDED, DomName::InvalidStateError),
        (Status::OPERATION_DENIED, DomName::NotAllowedError),
        (Status::USER_ACTION_TIMEOUT, DomName::NotAllowedError),
        (Status::KEEPALIVE_CANCEL, DomName::NotAllowedError),
        (Status::KEY_STORE_FULL, DomName::NotAllowedError),
        (Status::UNSUPPORTED_ALGORITHM, DomName::NotAllowedError),
        (Status(0xf3), DomName::NotAllowedError),
    ] {
        let error = run(Device::default().answering(command::MAKE_CREDENTIAL, [status.0]), &options()).0.unwrap_err();
        assert_eq!((error.name(), error.status()), (name, Some(status)));
    }
}

#[test]
fn results_that_make_no_sense() {
    let good = |edit: fn(&mut make_credential::Response)| {
        let (mut channel, _) = Device::default().plug_in();
        let mut page = client(Person::default());
        let mut authenticator =
            page.authenticator(&mut channel, std::time::Instant::now() + std::time::Duration::from_secs(20));
        let request = make_credential::Request {
            client_data_hash: [0; 32],
            rp: RpEntity::default(),
            user: UserEntity::default(),
            pub_key_cred_params: Parameters::default(),
            exclude_list: None,
            extensions: None,
            options: Options::default(),
            pin_uv_auth_param: None,
            pin_uv_auth_protocol: None,
            enterprise_attestation: None,
            attestation_formats_preference: None,
        };
        let mut response = authenticator.make_credential(request).unwrap();
        edit(&mut response);
        [&[0x00], response.to_cbor().as_slice()].concat()
    };
    for (reply, code) in [
        (good(|_| {}), ""),
        (good(|response| response.auth_data[0] ^= 1), "client_response_contradiction"),
        (good(|response| response.auth_data[32] &= !0x01), "client_response_contradiction"),
        (good(|response| response.auth_data.truncate(37)), "client_response_contradiction"),
        (
            good(|response| {
                response.auth_data.truncate(37);
                response.auth_data[32] = 0x01;
            }),
            "client_response_contradiction",
        ),
        (vec![], "client_authenticator_malformed"),
        (vec![0x00], "client_authenticator_malformed"),
        (vec![0x00, 0xa0], "client_authenticator_malformed"),
        (vec![0x00, 0xbf, 0xff], "client_authenticator_malformed"),
    ] {
        let outcome = run(Device::default().answering(command::MAKE_CREDENTIAL, reply), &options()).0;
        assert_eq!(outcome.as_ref().err().map_or("", ClientError::code), code);
        assert!(outcome.err().is_none_or(|error| error.name() == DomName::NotAllowedError));
    }
}
