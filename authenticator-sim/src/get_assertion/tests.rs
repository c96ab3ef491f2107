use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::cose::CoseKey;
use assay_protocol::ctap2::client_pin::permission::{GA, MC};
use assay_protocol::ctap2::get_assertion::{Request, Response};
use assay_protocol::ctap2::{Command, Extensions, Options, Status, UserEntity, make_credential};
use assay_protocol::pin_uv::Protocol;
use assay_protocol::signature::verify;

use crate::config::{Counter, KeyConfig};
use crate::env::Touch;
use crate::testing::{Bench, HASH, PIN, RP_ID, discoverable, good_get, good_make, id_of, user};

/// An authenticator with one credential that is not discoverable, and its id.
fn registered(config: KeyConfig) -> (Bench, Vec<u8>) {
    let mut bench = Bench::with(config);
    let id = id_of(&bench.make(good_make()).unwrap());
    (bench, id)
}

#[track_caller]
fn check(bench: &mut Bench, ids: &[&[u8]], edit: impl FnOnce(&mut Request), expected: Status) {
    let mut request = good_get(ids);
    edit(&mut request);
    let outcome = bench.get(request).map_or_else(|status| status, |_| Status::OK);
    assert_eq!(outcome, expected);
}

#[track_caller]
fn verifies(response: &Response, key: &CoseKey) -> AuthenticatorData {
    let message = [response.auth_data.as_slice(), &HASH].concat();
    verify(key.alg, &key.key, &message, &response.signature).unwrap();
    AuthenticatorData::parse(&response.auth_data).unwrap()
}

fn next(bench: &mut Bench) -> Result<Response, Status> {
    bench.send(Command::GetNextAssertion).map(|reply| Response::parse(&reply).unwrap())
}

#[test]
fn a_good_assertion_verifies() {
    for request in [good_make(), discoverable(1)] {
        for alg in [-7, -8] {
            let mut bench = Bench::new();
            let params = [assay_protocol::ctap2::Parameter::public_key(alg)].into_iter().collect();
            let made = bench.make(make_credential::Request { pub_key_cred_params: params, ..request.clone() }).unwrap();
            let response = bench.get(good_get(&[&id_of(&made)])).unwrap();
            let data = verifies(&response, &made.attested.unwrap().credential_public_key);
            assert_eq!((data.flags.0, data.sign_count, response.auth_data.len()), (0x01, 1, 37));
            assert_eq!(response.number_of_credentials, None);
            assert_eq!(response.user.is_some(), request.options.rk == Some(true));
        }
    }
}

#[test]
fn one_edit_one_status() {
    let (mut bench, id) = registered(KeyConfig::security_key());
    let (bench, ids): (&mut Bench, &[&[u8]]) = (&mut bench, &[&id]);
    check(bench, ids, |_| {}, Status::OK);
    check(bench, &[], |_| {}, Status::NO_CREDENTIALS);
    check(bench, &[&[1; 62]], |_| {}, Status::NO_CREDENTIALS);
    check(bench, &[&[1; 62], &id, &[2; 16]], |_| {}, Status::OK);
    check(bench, ids, |r| r.rp_id = "example.com".into(), Status::NO_CREDENTIALS);
    check(bench, ids, |r| r.allow_list.as_mut().unwrap()[0].kind = "other".into(), Status::NO_CREDENTIALS);
    check(bench, &[[1; 16].as_slice(); 17], |_| {}, Status::LIMIT_EXCEEDED);
    check(bench, ids, |r| r.options.rk = Some(true), Status::UNSUPPORTED_OPTION);
    check(bench, ids, |r| r.options.rk = Some(false), Status::UNSUPPORTED_OPTION);
    check(bench, ids, |r| r.options.uv = Some(true), Status::INVALID_OPTION);
    check(bench, ids, |r| r.options.uv = Some(false), Status::OK);
    check(bench, ids, |r| r.options.up = Some(false), Status::OK);
    check(bench, ids, |r| r.extensions = Some(Extensions::default().with("unknown", 1)), Status::OK);
    check(bench, ids, |r| r.pin_uv_auth_param = Some(vec![1; 32]), Status::MISSING_PARAMETER);
    check(bench, ids, |r| r.pin_uv_auth_param = Some(Vec::new()), Status::PIN_NOT_SET);
    let unsupported = |r: &mut Request| {
        r.pin_uv_auth_param = Some(vec![1; 32]);
        r.pin_uv_auth_protocol = Some(9);
    };
    check(bench, ids, unsupported, Status::INVALID_PARAMETER);
}

#[test]
fn silent_assertions_ask_nobody() {
    let (mut bench, id) = registered(KeyConfig::security_key());
    bench.person.take_asked();
    bench.person.push(Touch::Denied);
    let options = Options { up: Some(false), ..Options::default() };
    let response = bench.get(Request { options, ..good_get(&[&id]) }).unwrap();
    assert_eq!(AuthenticatorData::parse(&response.auth_data).unwrap().flags.0, 0);
    assert!(bench.person.take_asked().is_empty());
    check(&mut bench, &[&id], |_| {}, Status::OPERATION_DENIED);
}

#[test]
fn nothing_to_offer_is_told_without_a_touch() {
    let mut bench = Bench::new();
    check(&mut bench, &[], |_| {}, Status::NO_CREDENTIALS);
    assert!(bench.person.take_asked().is_empty());
}

#[test]
fn accounts_come_newest_first() {
    let mut bench = Bench::new();
    for account in 1..=3 {
        bench.make(discoverable(account)).unwrap();
    }
    let first = bench.get(good_get(&[])).unwrap();
    assert_eq!(first.number_of_credentials, Some(3));
    let only_id = |account: u8| Some(UserEntity { id: user(account).id, name: None, display_name: None });
    assert_eq!(first.user, only_id(3));
    let asked = bench.person.take_asked().len();
    for account in [2, 1] {
        let response = next(&mut bench).unwrap();
        assert_eq!((response.user, response.number_of_credentials), (only_id(account), None));
        let kept = &bench.key.state().credentials;
        assert!(kept.iter().any(|kept| kept.id.0 == response.credential.as_ref().unwrap().id));
    }
    assert!(asked > 0 && bench.person.take_asked().is_empty());
    assert_eq!(next(&mut bench).unwrap_err(), Status::NOT_ALLOWED);
}

#[test]
fn the_next_assertion_needs_an_unbroken_beginning() {
    let two = || {
        let mut bench = Bench::new();
        bench.make(discoverable(1)).unwrap();
        bench.make(discoverable(2)).unwrap();
        bench
    };
    assert_eq!(next(&mut two()).unwrap_err(), Status::NOT_ALLOWED);

    let mut interrupted = two();
    interrupted.get(good_get(&[])).unwrap();
    interrupted.send(Command::GetInfo).unwrap();
    assert_eq!(next(&mut interrupted).unwrap_err(), Status::NOT_ALLOWED);

    for (seconds, expected) in [(30, Ok(())), (31, Err(Status::NOT_ALLOWED))] {
        let mut late = two();
        late.get(good_get(&[])).unwrap();
        late.advance(seconds);
        assert_eq!(next(&mut late).map(drop), expected);
    }

    let mut named = two();
    let ids: Vec<Vec<u8>> = named.key.state().credentials.iter().map(|kept| kept.id.0.clone()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    assert_eq!(named.get(good_get(&ids)).unwrap().number_of_credentials, None);
    assert_eq!(next(&mut named).unwrap_err(), Status::NOT_ALLOWED);

    let mut cycled = two();
    cycled.get(good_get(&[])).unwrap();
    cycled.key.power_cycle();
    assert_eq!(next(&mut cycled).unwrap_err(), Status::NOT_ALLOWED);
}

#[test]
fn names_are_for_the_verified() {
    let mut bench = Bench::new();
    bench.make(discoverable(1)).unwrap();
    bench.set_pin(PIN, Protocol::Two).unwrap();
    for protocol in [Protocol::One, Protocol::Two] {
        let token = bench.token(GA, Some(RP_ID), protocol);
        let request = Request {
            pin_uv_auth_param: Some(token.authenticate(&HASH)),
            pin_uv_auth_protocol: Some(protocol.number()),
            ..good_get(&[])
        };
        let response = bench.get(request.clone()).unwrap();
        assert_eq!(AuthenticatorData::parse(&response.auth_data).unwrap().flags.0, 0x05);
        assert_eq!(response.user, Some(user(1)));
        assert_eq!(bench.get(request).unwrap_err(), Status::PIN_AUTH_INVALID);
    }
    let token = bench.token(MC, Some(RP_ID), Protocol::Two);
    let request =
        Request { pin_uv_auth_param: Some(token.authenticate(&HASH)), pin_uv_auth_protocol: Some(2), ..good_get(&[]) };
    assert_eq!(bench.get(request).unwrap_err(), Status::PIN_AUTH_INVALID);
}

#[test]
fn a_silent_assertion_does_not_spend_the_token() {
    let (mut bench, id) = registered(KeyConfig::security_key());
    bench.set_pin(PIN, Protocol::Two).unwrap();
    let token = bench.token(GA, Some(RP_ID), Protocol::Two);
    let request = Request {
        pin_uv_auth_param: Some(token.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(2),
        options: Options { up: Some(false), ..Options::default() },
        ..good_get(&[&id])
    };
    for _ in 0..2 {
        assert_eq!(AuthenticatorData::parse(&bench.get(request.clone()).unwrap().auth_data).unwrap().flags.0, 0x04);
    }
}

#[test]
fn the_next_assertion_dies_with_the_token() {
    for (seconds, expected) in [(4, Ok(0x05)), (6, Err(Status::NOT_ALLOWED))] {
        let mut bench = Bench::new();
        bench.make(discoverable(1)).unwrap();
        bench.make(discoverable(2)).unwrap();
        bench.set_pin(PIN, Protocol::Two).unwrap();
        let token = bench.token(GA, Some(RP_ID), Protocol::Two);
        let request = Request {
            pin_uv_auth_param: Some(token.authenticate(&HASH)),
            pin_uv_auth_protocol: Some(2),
            ..good_get(&[])
        };
        // Used silently at once, the token lives for ten minutes.
        let silent = Options { up: Some(false), ..Options::default() };
        bench.get(Request { options: silent, ..request.clone() }).unwrap();
        bench.advance(595);
        assert_eq!(bench.get(request).unwrap().number_of_credentials, Some(2));
        bench.advance(seconds);
        let flags = next(&mut bench).map(|response| AuthenticatorData::parse(&response.auth_data).unwrap().flags.0);
        assert_eq!(flags, expected);
    }
}

#[test]
fn protection_hides_credentials() {
    for (level, named, unnamed) in [
        (1, Status::OK, Status::OK),
        (2, Status::OK, Status::NO_CREDENTIALS),
        (3, Status::NO_CREDENTIALS, Status::NO_CREDENTIALS),
    ] {
        let mut bench = Bench::new();
        let extensions = Some(Extensions::default().with("credProtect", level));
        let made = bench.make(make_credential::Request { extensions, ..discoverable(1) }).unwrap();
        let output = made.extensions.as_ref().unwrap().get_text("credProtect").unwrap().as_int();
        assert_eq!((made.flags.ed(), output), (true, Some(level)));
        let id = id_of(&made);
        check(&mut bench, &[&id], |_| {}, named);
        check(&mut bench, &[], |_| {}, unnamed);
        bench.set_pin(PIN, Protocol::Two).unwrap();
        let token = bench.token(GA, Some(RP_ID), Protocol::Two);
        let verified = |r: &mut Request| {
            r.pin_uv_auth_param = Some(token.authenticate(&HASH));
            r.pin_uv_auth_protocol = Some(2);
        };
        check(&mut bench, &[], verified, Status::OK);
    }
}

#[test]
fn counters_count_as_configured() {
    for (counter, expected) in
        [(Counter::Global, [1, 2, 3]), (Counter::PerCredential, [1, 1, 2]), (Counter::Zero, [0, 0, 0])]
    {
        let mut bench = Bench::with(KeyConfig { counter, ..KeyConfig::security_key() });
        let a = id_of(&bench.make(discoverable(1)).unwrap());
        let b = id_of(&bench.make(discoverable(2)).unwrap());
        let counts = [&a, &b, &a].map(|id| {
            let response = bench.get(good_get(&[id])).unwrap();
            AuthenticatorData::parse(&response.auth_data).unwrap().sign_count
        });
        assert_eq!(counts, expected);
    }
}

#[test]
fn always_uv_spares_silent_assertions() {
    let mut bench = Bench::with_pin(KeyConfig { always_uv: true, ..KeyConfig::security_key() });
    let token = bench.token(MC, Some(RP_ID), Protocol::Two);
    let made = bench.make(make_credential::Request {
        pin_uv_auth_param: Some(token.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(2),
        ..good_make()
    });
    let id = id_of(&made.unwrap());
    check(&mut bench, &[&id], |_| {}, Status::PUAT_REQUIRED);
    check(&mut bench, &[&id], |r| r.options.up = Some(false), Status::OK);
}

#[test]
fn credentials_outlive_power_and_the_authenticator() {
    let (mut bench, id) = registered(KeyConfig::security_key());
    let kept = id_of(&bench.make(discoverable(1)).unwrap());
    bench.key.power_cycle();
    let mut again = Bench::open(KeyConfig::security_key(), bench.store.clone());
    for bench in [&mut bench, &mut again] {
        check(bench, &[&id], |_| {}, Status::OK);
        check(bench, &[&kept], |_| {}, Status::OK);
    }
}
