//! The extensions beside `hmac-secret` at sign-in and `credProtect`.

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::client_pin::permission::MC;
use assay_protocol::ctap2::config::{Request, SetMinPinLength};
use assay_protocol::ctap2::{Command, Extensions, Options, Status, get_assertion, make_credential};
use assay_protocol::pin_uv::Protocol;
use ciborium::Value;

use super::{SALTS, ask, input, output};
use crate::config::KeyConfig;
use crate::env::Scan;
use crate::testing::{Bench, RP_ID, by, discoverable, extended, get_by, good_get, good_make, id_of, status, user};

fn bench() -> Bench {
    Bench::with(KeyConfig::ctap_2_3())
}

fn asking(id: &str, value: impl Into<Value>) -> Extensions {
    Extensions::default().with(id, value)
}

fn getting(ids: &[&[u8]], extensions: Extensions) -> get_assertion::Request {
    get_assertion::Request { extensions: Some(extensions), ..good_get(ids) }
}

/// What a registration tells of an extension.
fn told(data: &AuthenticatorData, id: &str) -> Option<Value> {
    data.extensions.as_ref()?.get_text(id).map(|node| node.to_value())
}

fn told_by(response: &get_assertion::Response, id: &str) -> Option<Value> {
    told(&AuthenticatorData::parse(&response.auth_data).unwrap(), id)
}

fn whole(bench: &mut Bench, request: make_credential::Request) -> Result<make_credential::Response, Status> {
    let reply = bench.send(Command::MakeCredential(request))?;
    Ok(make_credential::Response::parse(&reply).unwrap())
}

#[test]
fn blobs_are_kept_with_discoverable_credentials() {
    let wanted = || asking("credBlob", true);
    for (request, length, kept) in
        [(discoverable(1), 32, true), (discoverable(1), 0, true), (discoverable(1), 33, false), (good_make(), 8, false)]
    {
        let mut bench = bench();
        assert_eq!(bench.info().max_cred_blob_length, Some(32));
        let blob = vec![7; length];
        let made = bench.make(extended(request, asking("credBlob", Value::Bytes(blob.clone())))).unwrap();
        assert_eq!(told(&made, "credBlob"), Some(Value::Bool(kept)), "{length}");
        let got = bench.get(getting(&[&id_of(&made)], wanted())).unwrap();
        assert_eq!(told_by(&got, "credBlob"), Some(Value::Bytes(if kept { blob } else { Vec::new() })));
        // Nobody is told who does not ask.
        let got = bench.get(good_get(&[&id_of(&made)])).unwrap();
        assert_eq!(told_by(&got, "credBlob"), None);
    }
    let mut bench = bench();
    assert_eq!(status(bench.make(extended(discoverable(1), wanted()))), Status::CBOR_UNEXPECTED_TYPE);
    let id = id_of(&bench.make(discoverable(1)).unwrap());
    assert_eq!(status(bench.get(getting(&[&id], asking("credBlob", 1)))), Status::CBOR_UNEXPECTED_TYPE);
    let got = bench.get(getting(&[&id], asking("credBlob", false))).unwrap();
    assert_eq!(told_by(&got, "credBlob"), None);
}

#[test]
fn a_large_blob_key_is_the_credentials_for_ever() {
    let mut bench = bench();
    let key = asking("largeBlobKey", true);
    let made = whole(&mut bench, extended(discoverable(1), key.clone())).unwrap();
    let data = AuthenticatorData::parse(&made.auth_data).unwrap();
    let secret = made.large_blob_key.unwrap();
    assert_eq!((secret.len(), data.extensions), (32, None));
    let other = whole(&mut bench, extended(discoverable(2), key.clone())).unwrap().large_blob_key.unwrap();
    assert_ne!(other, secret);
    // Both accounts, the newest first.
    let got = bench.get(getting(&[], key.clone())).unwrap();
    assert_eq!((got.large_blob_key, got.number_of_credentials), (Some(other), Some(2)));
    let next = bench.send(Command::GetNextAssertion).unwrap();
    assert_eq!(get_assertion::Response::parse(&next).unwrap().large_blob_key, Some(secret.clone()));
    assert_eq!(bench.get(good_get(&[])).unwrap().large_blob_key, None);
    let without = id_of(&bench.make(discoverable(3)).unwrap());
    assert_eq!(bench.get(getting(&[&without], key.clone())).unwrap().large_blob_key, None);
    for (request, expected) in [
        (extended(discoverable(4), key.clone()), Status::OK),
        (extended(good_make(), key), Status::INVALID_OPTION),
        (extended(discoverable(4), asking("largeBlobKey", false)), Status::INVALID_OPTION),
        (extended(discoverable(4), asking("largeBlobKey", 1)), Status::INVALID_OPTION),
    ] {
        assert_eq!(status(whole(&mut bench, request)), expected);
    }
    let refused = bench.get(getting(&[], asking("largeBlobKey", false)));
    assert_eq!(status(refused), Status::INVALID_OPTION);
}

#[test]
fn the_rules_of_pins_are_told_to_those_who_are_listed() {
    let both = || asking("minPinLength", true).with("pinComplexityPolicy", true);
    let mut bench = bench();
    let made = bench.make(extended(good_make(), both())).unwrap();
    assert_eq!((told(&made, "minPinLength"), told(&made, "pinComplexityPolicy")), (None, None));
    let listed = SetMinPinLength {
        new_min_pin_length: Some(6),
        min_pin_length_rp_ids: Some(vec![RP_ID.to_owned()]),
        pin_complexity_policy: Some(true),
        ..SetMinPinLength::default()
    };
    bench.config(Request::set_min_pin_length(listed)).unwrap();
    let made = bench.make(extended(good_make(), both())).unwrap();
    assert_eq!(told(&made, "minPinLength"), Some(Value::from(6)));
    assert_eq!(told(&made, "pinComplexityPolicy"), Some(Value::Bool(true)));
    let made = bench.make(extended(good_make(), asking("minPinLength", false))).unwrap();
    assert_eq!(told(&made, "minPinLength"), None);
    for id in ["minPinLength", "pinComplexityPolicy"] {
        let outcome = bench.make(extended(good_make(), asking(id, 1)));
        assert_eq!(status(outcome), Status::CBOR_UNEXPECTED_TYPE, "{id}");
    }
    // A key can have a list of its own.
    let mut own = KeyConfig::ctap_2_3();
    own.management.config.as_mut().unwrap().own_rp_ids = vec![RP_ID.to_owned()];
    let made = Bench::with(own).make(extended(good_make(), both())).unwrap();
    assert_eq!(told(&made, "minPinLength"), Some(Value::from(4)));
}

#[test]
fn payments_are_for_the_credentials_that_were_made_for_them() {
    let pays = || asking("thirdPartyPayment", true);
    for request in [good_make(), discoverable(1)] {
        for (wanted, expected) in [(true, true), (false, false)] {
            let mut bench = bench();
            let extensions = asking("thirdPartyPayment", wanted);
            let made = bench.make(extended(request.clone(), extensions)).unwrap();
            assert_eq!(told(&made, "thirdPartyPayment"), None);
            let got = bench.get(getting(&[&id_of(&made)], pays())).unwrap();
            assert_eq!(told_by(&got, "thirdPartyPayment"), Some(Value::Bool(expected)));
        }
    }
    let outcome = bench().make(extended(good_make(), asking("thirdPartyPayment", 1)));
    assert_eq!(status(outcome), Status::CBOR_UNEXPECTED_TYPE);
}

#[test]
fn salts_at_registration_are_answered_as_at_sign_in() {
    for protocol in [Protocol::One, Protocol::Two] {
        for salts in [&SALTS[..32], &SALTS[..]] {
            for request in [good_make(), discoverable(1)] {
                let mut bench = bench();
                let (members, shared) = input(&mut bench, protocol, salts);
                let extensions = asking("hmac-secret", true).with("hmac-secret-mc", Value::Map(members));
                let made = bench.make(extended(request, extensions)).unwrap();
                assert_eq!(told(&made, "hmac-secret"), Some(Value::Bool(true)));
                let Some(Value::Bytes(sealed)) = told(&made, "hmac-secret-mc") else { panic!("no output") };
                let first = shared.decrypt(&sealed).unwrap();
                let (members, shared) = input(&mut bench, protocol, salts);
                let got = bench.get(ask(&id_of(&made), members)).unwrap();
                assert_eq!(output(&got, &shared), first);
            }
        }
    }
}

#[test]
fn salts_at_registration_one_edit_one_status() {
    let mut bench = bench();
    let (good, _) = input(&mut bench, Protocol::Two, &SALTS[..32]);
    let edited = |edit: fn(&mut Vec<(Value, Value)>)| {
        let mut members = good.clone();
        edit(&mut members);
        asking("hmac-secret", true).with("hmac-secret-mc", Value::Map(members))
    };
    for (extensions, expected) in [
        (edited(|_| {}), Status::OK),
        (asking("hmac-secret-mc", Value::Map(good.clone())), Status::MISSING_PARAMETER),
        (asking("hmac-secret", false).with("hmac-secret-mc", Value::Map(good.clone())), Status::MISSING_PARAMETER),
        (asking("hmac-secret", true).with("hmac-secret-mc", true), Status::CBOR_UNEXPECTED_TYPE),
        (edited(|members| drop(members.remove(0))), Status::MISSING_PARAMETER),
        (edited(|members| drop(members.remove(1))), Status::MISSING_PARAMETER),
        (edited(|members| drop(members.remove(2))), Status::MISSING_PARAMETER),
        (edited(|members| members[3].1 = Value::from(3)), Status::INVALID_PARAMETER),
        (edited(|members| members[2].1.as_bytes_mut().unwrap()[0] ^= 1), Status::PIN_AUTH_INVALID),
        (edited(|members| members[1].1.as_bytes_mut().unwrap()[0] ^= 1), Status::PIN_AUTH_INVALID),
    ] {
        let kept = bench.key.state().credentials.len();
        let outcome = status(bench.make(extended(discoverable(1), extensions)));
        assert_eq!(outcome, expected);
        // What is refused leaves nothing behind.
        let more = usize::from(expected == Status::OK && kept == 0);
        assert_eq!(bench.key.state().credentials.len(), kept + more);
    }
}

#[test]
fn how_the_user_was_verified() {
    let uvm = || asking("uvm", true);
    let methods =
        |method: u64| Some(Value::Array(vec![Value::Array(vec![Value::from(method), Value::from(1), Value::from(1)])]));
    let mut bench = Bench::with_finger(KeyConfig::biometric_key(), 1);
    let made = bench.make(extended(good_make(), uvm())).unwrap();
    assert_eq!(told(&made, "uvm"), methods(0x01));
    let token = bench.token(MC, Some(RP_ID), Protocol::Two);
    let by_pin = bench.make(extended(by(&token, good_make()), uvm())).unwrap();
    assert_eq!(told(&by_pin, "uvm"), methods(0x0800));
    bench.person.push_scan(Scan::Finger(1));
    let options = Options { uv: Some(true), ..Options::default() };
    let got = bench.get(get_assertion::Request { options, ..getting(&[&id_of(&made)], uvm()) }).unwrap();
    assert_eq!(told_by(&got, "uvm"), methods(0x02));
    bench.person.push_scan(Scan::Finger(1));
    let token = bench.uv_token(2, Some(RP_ID), Protocol::Two).unwrap();
    let got = bench.get(get_by(&token, getting(&[&id_of(&made)], uvm()))).unwrap();
    assert_eq!(told_by(&got, "uvm"), methods(0x02));
    assert_eq!(status(bench.make(extended(good_make(), asking("uvm", 1)))), Status::CBOR_UNEXPECTED_TYPE);
}

#[test]
fn a_key_answers_the_extensions_that_it_has() {
    let mut plain = Bench::new();
    let all = asking("credBlob", Value::Bytes(vec![1]))
        .with("largeBlobKey", true)
        .with("minPinLength", true)
        .with("thirdPartyPayment", true)
        .with("uvm", true)
        .with("hmac-secret-mc", 1);
    let made = whole(&mut plain, extended(discoverable(1), all)).unwrap();
    let data = AuthenticatorData::parse(&made.auth_data).unwrap();
    assert_eq!((data.extensions, made.large_blob_key), (None, None));
    assert_eq!(plain.key.state().credentials.find(&data.attested.unwrap().credential_id).unwrap().user(), user(1));
}
