mod others;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::client_pin::permission::GA;
use assay_protocol::ctap2::{Extensions, Options, Status, get_assertion, make_credential};
use assay_protocol::pin_uv::{Protocol, SharedSecret};
use ciborium::Value;

use crate::config::{KeyConfig, PinConfig};
use crate::testing::{Bench, HASH, PIN, RP_ID, discoverable, good_get, good_make, id_of};

const SALTS: [u8; 64] = [0x5a; 64];

/// A good input, its members open to edits, and the secret that opens the output.
fn input(bench: &mut Bench, protocol: Protocol, salts: &[u8]) -> (Vec<(Value, Value)>, SharedSecret) {
    let (base, shared) = bench.agree(protocol);
    let salt_enc = shared.encrypt([7; 16], salts).unwrap();
    let salt_auth = shared.authenticate(&salt_enc);
    let members = vec![
        (1.into(), base.key_agreement.unwrap().to_value()),
        (2.into(), Value::Bytes(salt_enc)),
        (3.into(), Value::Bytes(salt_auth)),
        (4.into(), protocol.number().into()),
    ];
    (members, shared)
}

fn ask(id: &[u8], members: Vec<(Value, Value)>) -> get_assertion::Request {
    let extensions = Some(Extensions::default().with("hmac-secret", Value::Map(members)));
    get_assertion::Request { extensions, ..good_get(&[id]) }
}

fn output(response: &get_assertion::Response, shared: &SharedSecret) -> Vec<u8> {
    let data = AuthenticatorData::parse(&response.auth_data).unwrap();
    let extensions = data.extensions.unwrap();
    shared.decrypt(extensions.get_text("hmac-secret").unwrap().as_bytes().unwrap()).unwrap()
}

/// An authenticator with a credential, and its id.
fn registered() -> (Bench, Vec<u8>) {
    let mut bench = Bench::new();
    let extensions = Some(Extensions::default().with("hmac-secret", true));
    let made = bench.make(make_credential::Request { extensions, ..good_make() }).unwrap();
    let told = made.extensions.as_ref().and_then(|map| map.get_text("hmac-secret")?.as_bool());
    assert_eq!((made.flags.ed(), told), (true, Some(true)));
    (bench, id_of(&made))
}

#[test]
fn secrets_repeat_and_differ_by_salt() {
    let (mut bench, id) = registered();
    let mut seen = Vec::new();
    for protocol in [Protocol::One, Protocol::Two] {
        let (members, shared) = input(&mut bench, protocol, &SALTS[..32]);
        let one = output(&bench.get(ask(&id, members)).unwrap(), &shared);
        let (members, shared) = input(&mut bench, protocol, &[&SALTS[..32], &[1; 32]].concat());
        let two = output(&bench.get(ask(&id, members)).unwrap(), &shared);
        assert_eq!((one.len(), two.len()), (32, 64));
        assert_eq!(one, two[..32]);
        assert_ne!(two[..32], two[32..]);
        seen.push(one);
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn the_verified_have_another_secret() {
    let (mut bench, id) = registered();
    bench.set_pin(PIN, Protocol::Two).unwrap();
    let (members, shared) = input(&mut bench, Protocol::Two, &SALTS);
    let without = output(&bench.get(ask(&id, members)).unwrap(), &shared);
    let token = bench.token(GA, Some(RP_ID), Protocol::Two);
    let (members, shared) = input(&mut bench, Protocol::Two, &SALTS);
    let request = get_assertion::Request {
        pin_uv_auth_param: Some(token.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(2),
        ..ask(&id, members)
    };
    assert_ne!(output(&bench.get(request).unwrap(), &shared), without);
}

#[test]
fn one_edit_one_status() {
    let (mut bench, id) = registered();
    let mut check = |edit: fn(&mut Vec<(Value, Value)>), expected: Status| {
        let (mut members, _) = input(&mut bench, Protocol::Two, &SALTS);
        edit(&mut members);
        let outcome = bench.get(ask(&id, members)).map_or_else(|status| status, |_| Status::OK);
        assert_eq!(outcome, expected);
    };
    check(|_| {}, Status::OK);
    check(|m| drop(m.remove(0)), Status::MISSING_PARAMETER);
    check(|m| drop(m.remove(1)), Status::MISSING_PARAMETER);
    check(|m| drop(m.remove(2)), Status::MISSING_PARAMETER);
    check(|m| m[3].1 = 3.into(), Status::INVALID_PARAMETER);
    check(|m| m[2].1 = Value::Bytes(vec![0; 32]), Status::PIN_AUTH_INVALID);
    check(|m| m[1].1 = Value::Bytes(vec![0; 5]), Status::PIN_AUTH_INVALID);
    check(|m| m[1].1 = "text".into(), Status::CBOR_UNEXPECTED_TYPE);
    check(|m| m[0].1 = Value::Map(Vec::new()), Status::CBOR_UNEXPECTED_TYPE);
    // Protocol one is meant where none is named, and this is not its secret.
    check(|m| m.truncate(3), Status::PIN_AUTH_INVALID);
}

#[test]
fn salts_are_one_or_two() {
    let (mut bench, id) = registered();
    for (length, expected) in
        [(16, Status::INVALID_PARAMETER), (48, Status::INVALID_PARAMETER), (96, Status::INVALID_PARAMETER)]
    {
        let (members, _) = input(&mut bench, Protocol::Two, &vec![1; length]);
        assert_eq!(bench.get(ask(&id, members)).unwrap_err(), expected);
    }
}

#[test]
fn nobody_there_no_secret() {
    let (mut bench, id) = registered();
    let (members, _) = input(&mut bench, Protocol::Two, &SALTS);
    let options = Options { up: Some(false), ..Options::default() };
    let outcome = bench.get(get_assertion::Request { options, ..ask(&id, members) });
    assert_eq!(outcome.unwrap_err(), Status::UNSUPPORTED_OPTION);
}

#[test]
fn without_protocol_one_a_protocol_must_be_named() {
    let pin = PinConfig { protocols: vec![Protocol::Two], ..PinConfig::default() };
    let mut bench = Bench::with(KeyConfig { pin, ..KeyConfig::security_key() });
    let id = id_of(&bench.make(good_make()).unwrap());
    let (mut members, _) = input(&mut bench, Protocol::Two, &SALTS);
    members.truncate(3);
    assert_eq!(bench.get(ask(&id, members)).unwrap_err(), Status::PIN_AUTH_INVALID);
}

#[test]
fn every_account_has_its_own_secret() {
    let mut bench = Bench::new();
    bench.make(discoverable(1)).unwrap();
    bench.make(discoverable(2)).unwrap();
    let (members, shared) = input(&mut bench, Protocol::Two, &SALTS);
    let mut request = ask(&[], members);
    request.allow_list = None;
    let first = output(&bench.get(request).unwrap(), &shared);
    let reply = bench.send(assay_protocol::ctap2::Command::GetNextAssertion).unwrap();
    let second = output(&get_assertion::Response::parse(&reply).unwrap(), &shared);
    assert_ne!(first, second);
}

#[test]
fn make_credential_takes_a_boolean() {
    let mut bench = Bench::new();
    for (value, expected) in [(Value::Bool(false), Ok(false)), (Value::from(1), Err(Status::CBOR_UNEXPECTED_TYPE))] {
        let extensions = Some(Extensions::default().with("hmac-secret", value));
        let made = bench.make(make_credential::Request { extensions, ..good_make() });
        assert_eq!(made.map(|data| data.flags.ed()), expected);
    }
}
