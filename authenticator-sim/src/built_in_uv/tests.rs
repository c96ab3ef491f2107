//! Built-in user verification, and the ceremonies that ask for it.

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::bio_enrollment::SampleStatus;
use assay_protocol::ctap2::client_pin::{Request, SubCommand};
use assay_protocol::ctap2::{Options, Status, get_assertion, make_credential};
use assay_protocol::pin_uv::Protocol;

use crate::config::{KeyConfig, UvConfig};
use crate::env::{Purpose, Scan};
use crate::testing::{Bench, PIN, discoverable, good_get, good_make, id_of, status};

const FINGER: u64 = 3;

/// With a PIN and a finger.
fn bench() -> Bench {
    Bench::with_finger(KeyConfig::biometric_key(), FINGER)
}

fn platform() -> Bench {
    Bench::with(KeyConfig::platform_authenticator())
}

fn verified_make() -> make_credential::Request {
    make_credential::Request { options: Options { uv: Some(true), ..Options::default() }, ..good_make() }
}

fn verified_get(id: &[u8]) -> get_assertion::Request {
    get_assertion::Request { options: Options { uv: Some(true), ..Options::default() }, ..good_get(&[id]) }
}

fn uv_retries(bench: &mut Bench) -> u64 {
    bench.pin(Request::new(SubCommand::GetUvRetries)).unwrap().uv_retries.unwrap()
}

#[test]
fn the_right_finger_verifies_and_is_a_touch() {
    let mut bench = bench();
    bench.person.push_scan(Scan::Finger(FINGER));
    let made = bench.make(verified_make()).unwrap();
    assert_eq!((made.flags.uv(), made.flags.up()), (true, true));
    let asked = bench.person.take_asked();
    assert_eq!(asked.iter().map(|prompt| prompt.purpose).collect::<Vec<_>>(), [Purpose::Verify]);
    bench.person.push_scan(Scan::Finger(FINGER));
    let got = bench.get(verified_get(&id_of(&made))).unwrap();
    let flags = AuthenticatorData::parse(&got.auth_data).unwrap().flags;
    assert_eq!((flags.uv(), flags.up()), (true, true));
    assert_eq!(bench.info().uv_count_since_last_pin_entry, Some(2));
    bench.pin_token(PIN, Protocol::Two).unwrap();
    assert_eq!(bench.info().uv_count_since_last_pin_entry, Some(0));
}

#[test]
fn verification_that_is_no_touch_is_followed_by_one() {
    let key = KeyConfig::biometric_key();
    let uv = key.uv.clone().map(|uv| UvConfig { interaction: false, ..uv });
    let mut bench = Bench::with_finger(KeyConfig { uv, ..key }, FINGER);
    bench.person.push_scan(Scan::Finger(FINGER));
    assert!(bench.make(verified_make()).unwrap().flags.uv());
    let asked = bench.person.take_asked();
    assert_eq!(asked.iter().map(|prompt| prompt.purpose).collect::<Vec<_>>(), [Purpose::Verify, Purpose::Register]);
}

#[test]
fn wrong_fingers_are_tried_again_within_one_command() {
    let mut bench = bench();
    for scan in [Scan::Finger(9), Scan::Bad(SampleStatus::POOR_QUALITY), Scan::Finger(FINGER)] {
        bench.person.push_scan(scan);
    }
    assert_eq!((status(bench.make(verified_make())), uv_retries(&mut bench)), (Status::OK, 5));
    // Three tries are all that one command has.
    for _ in 0..3 {
        bench.person.push_scan(Scan::Finger(9));
    }
    assert_eq!((status(bench.make(verified_make())), uv_retries(&mut bench)), (Status::OPERATION_DENIED, 2));
    for scan in [Scan::Finger(9), Scan::Finger(9)] {
        bench.person.push_scan(scan);
    }
    assert_eq!((status(bench.make(verified_make())), uv_retries(&mut bench)), (Status::PIN_BLOCKED, 0));
    // Now nobody is even asked, and power does not help; the PIN does.
    bench.key.power_cycle();
    bench.person.take_asked();
    assert_eq!(status(bench.make(verified_make())), Status::PIN_BLOCKED);
    assert!(bench.person.take_asked().is_empty());
    bench.pin_token(PIN, Protocol::Two).unwrap();
    bench.person.push_scan(Scan::Finger(FINGER));
    assert_eq!((status(bench.make(verified_make())), uv_retries(&mut bench)), (Status::OK, 5));
}

#[test]
fn what_else_can_happen() {
    for (scan, expected) in [
        (Scan::Finger(FINGER), [Status::OK, Status::OK]),
        (Scan::TimedOut, [Status::USER_ACTION_TIMEOUT; 2]),
        (Scan::Cancelled, [Status::KEEPALIVE_CANCEL; 2]),
        // A sign-in can go on with a token of the PIN; for a registration no text says so.
        (Scan::Denied, [Status::OPERATION_DENIED, Status::PUAT_REQUIRED]),
    ] {
        let mut bench = bench();
        let id = id_of(&bench.make(good_make()).unwrap());
        bench.person.push_scan(scan);
        let made = status(bench.make(verified_make()));
        bench.person.push_scan(scan);
        assert_eq!([made, status(bench.get(verified_get(&id)))], expected, "{scan:?}");
    }
    // Without a PIN there is nothing to go on with.
    let mut bench = platform();
    let id = id_of(&bench.make(verified_make()).unwrap());
    bench.person.push_scan(Scan::Denied);
    assert_eq!(status(bench.get(verified_get(&id))), Status::OPERATION_DENIED);
}

#[test]
fn a_key_whose_verification_is_not_set_up() {
    let mut bench = Bench::with_pin(KeyConfig::biometric_key());
    assert_eq!(status(bench.make(verified_make())), Status::INVALID_OPTION);
    assert_eq!(status(bench.get(verified_get(&[1; 32]))), Status::INVALID_OPTION);
    let (request, _) = bench.uv_token_request(1, Some("example.org"), Protocol::Two);
    assert_eq!(status(bench.pin(request)), Status::NOT_ALLOWED);
}

/// What a request without parameter and without `uv` comes to.
#[test]
fn a_verified_platform_wants_to_be_asked() {
    let mut bench = platform();
    assert_eq!(bench.info().option("uv"), Some(true));
    // makeCredUvNotRqd lets a credential that is not discoverable through, and no other.
    assert_eq!(status(bench.make(good_make())), Status::OK);
    assert_eq!(status(bench.make(discoverable(1))), Status::OPERATION_DENIED);
    // alwaysUv asks by itself, but for an assertion without a touch.
    let mut bench = Bench::with(KeyConfig { always_uv: true, ..KeyConfig::platform_authenticator() });
    let made = bench.make(good_make()).unwrap();
    assert!(made.flags.uv());
    let id = id_of(&made);
    let got = bench.get(good_get(&[&id])).unwrap();
    assert!(AuthenticatorData::parse(&got.auth_data).unwrap().flags.uv());
    let silent = Options { up: Some(false), ..Options::default() };
    let got = bench.get(get_assertion::Request { options: silent, ..good_get(&[&id]) }).unwrap();
    let flags = AuthenticatorData::parse(&got.auth_data).unwrap().flags;
    assert_eq!((flags.uv(), flags.up()), (false, false));
}

#[test]
fn a_blocked_pin_is_no_way_around() {
    let mut bench = bench();
    for _ in 0..3 {
        for _ in 0..3 {
            let _ = bench.pin_token("0000", Protocol::Two);
        }
        bench.key.power_cycle();
    }
    assert_eq!(bench.retries(), 0);
    bench.person.push_scan(Scan::Finger(FINGER));
    assert_eq!((status(bench.make(verified_make())), uv_retries(&mut bench)), (Status::PIN_BLOCKED, 0));
}
