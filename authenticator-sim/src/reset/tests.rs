use assay_protocol::ctap2::client_pin::permission::MC;
use assay_protocol::ctap2::{Command, Status, make_credential};
use assay_protocol::pin_uv::Protocol;

use crate::config::KeyConfig;
use crate::env::{Purpose, Touch};
use crate::testing::{Bench, HASH, PIN, RP_ID, discoverable, good_get, good_make, id_of};

#[test]
fn a_reset_forgets_everything() {
    let mut bench = Bench::new();
    let kept = id_of(&bench.make(discoverable(1)).unwrap());
    let sealed = id_of(&bench.make(good_make()).unwrap());
    bench.set_pin(PIN, Protocol::Two).unwrap();
    assert_eq!(bench.pin_token("0000", Protocol::Two).unwrap_err(), Status::PIN_INVALID);
    let token = bench.token(MC, Some(RP_ID), Protocol::Two);
    bench.person.take_asked();
    assert_eq!(bench.send(Command::Reset), Ok(Vec::new()));
    assert_eq!(bench.person.take_asked()[0].purpose, Purpose::Reset);
    for id in [kept, sealed] {
        assert_eq!(bench.get(good_get(&[&id])).unwrap_err(), Status::NO_CREDENTIALS);
    }
    assert_eq!(bench.retries(), 8);
    bench.set_pin("5678", Protocol::Two).unwrap();
    let request = make_credential::Request {
        pin_uv_auth_param: Some(token.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(2),
        ..good_make()
    };
    assert_eq!(bench.make(request).unwrap_err(), Status::PIN_AUTH_INVALID);
    let again = Bench::open(KeyConfig::security_key(), bench.store.clone());
    assert!(again.key.state().credentials.is_empty());
}

#[test]
fn resets_are_taken_early_and_with_a_touch() {
    for (seconds, touch, expected) in [
        (10, Touch::Given, Status::OK),
        (11, Touch::Given, Status::NOT_ALLOWED),
        (0, Touch::Denied, Status::OPERATION_DENIED),
        (0, Touch::TimedOut, Status::USER_ACTION_TIMEOUT),
        (0, Touch::Cancelled, Status::KEEPALIVE_CANCEL),
    ] {
        let mut bench = Bench::new();
        bench.make(discoverable(1)).unwrap();
        bench.advance(seconds);
        bench.person.push(touch);
        let outcome = bench.send(Command::Reset).map_or_else(|status| status, |_| Status::OK);
        assert_eq!(outcome, expected);
        assert_eq!(bench.key.state().credentials.is_empty(), expected == Status::OK);
    }
}

#[test]
fn power_opens_the_window_again_and_a_reset_does_not() {
    let mut bench = Bench::new();
    bench.advance(8);
    bench.send(Command::Reset).unwrap();
    bench.advance(8);
    assert_eq!(bench.send(Command::Reset), Err(Status::NOT_ALLOWED));
    bench.key.power_cycle();
    assert_eq!(bench.send(Command::Reset), Ok(Vec::new()));
}

#[test]
fn selection_is_a_touch() {
    for (touch, expected) in [
        (Touch::Given, Ok(Vec::new())),
        (Touch::Denied, Err(Status::OPERATION_DENIED)),
        (Touch::TimedOut, Err(Status::USER_ACTION_TIMEOUT)),
        (Touch::Cancelled, Err(Status::KEEPALIVE_CANCEL)),
    ] {
        let mut bench = Bench::new();
        bench.person.push(touch);
        assert_eq!(bench.send(Command::Selection), expected);
    }
}
