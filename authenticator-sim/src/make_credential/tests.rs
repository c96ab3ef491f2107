mod making;

use assay_mint::lab::{Lab, MODEL};
use assay_protocol::ctap2::client_pin::permission::{GA, MC};
use assay_protocol::ctap2::make_credential::{Request, Response};
use assay_protocol::ctap2::{Command, Descriptor, Extensions, Options, Parameter, Status};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::Protocol;
use assay_protocol::signature::verify;

use crate::attestation::Attestation;
use crate::config::{Backup, KeyConfig, Limits, PinConfig};
use crate::env::Touch;
use crate::testing::{Bench, HASH, RP_ID, discoverable, good_get, good_make, id_of};

/// The good request with one edit, and what it comes to.
#[track_caller]
fn check(bench: &mut Bench, edit: impl FnOnce(&mut Request), expected: Status) {
    let mut request = good_make();
    edit(&mut request);
    let outcome = bench.make(request).map_or_else(|status| status, |_| Status::OK);
    assert_eq!(outcome, expected);
}

fn options(rk: Option<bool>, up: Option<bool>, uv: Option<bool>) -> Options {
    Options { rk, up, uv }
}

#[test]
fn a_good_registration_verifies() {
    let chain = Lab::new([2; 32], 1_795_000_000).model(MODEL);
    for (attestation, x5c) in [(Attestation::PackedSelf, false), (Attestation::packed(&chain).unwrap(), true)] {
        for alg in [-7, -8] {
            let mut bench = Bench::with(KeyConfig { attestation: attestation.clone(), ..KeyConfig::security_key() });
            let pub_key_cred_params = [Parameter::public_key(alg)].into_iter().collect();
            let reply = bench.send(Command::MakeCredential(Request { pub_key_cred_params, ..good_make() })).unwrap();
            let response = Response::parse(&reply).unwrap();
            let data = assay_protocol::authenticator_data::AuthenticatorData::parse(&response.auth_data).unwrap();
            assert_eq!((data.flags.0, data.rp_id_hash), (0x41, sha256(RP_ID.as_bytes())));
            let attested = data.attested.unwrap();
            assert_eq!((attested.aaguid, attested.credential_public_key.alg), (MODEL, alg));
            let statement = response.att_stmt.unwrap();
            let sig = statement.as_map().unwrap().iter().find(|(key, _)| key.as_text() == Some("sig")).unwrap();
            let message = [response.auth_data.as_slice(), &HASH].concat();
            let (alg, key) = match x5c {
                true => (chain.leaf.key.alg(), chain.leaf.key.public_key()),
                false => (alg, attested.credential_public_key.key),
            };
            verify(alg, &key, &message, sig.1.as_bytes().unwrap()).unwrap();
        }
    }
}

#[test]
fn one_edit_one_status() {
    let mut bench = Bench::new();
    let bench = &mut bench;
    check(bench, |_| {}, Status::OK);
    check(bench, |r| r.pub_key_cred_params = Default::default(), Status::UNSUPPORTED_ALGORITHM);
    check(bench, |r| r.pub_key_cred_params.entries[0].alg = -65_000, Status::UNSUPPORTED_ALGORITHM);
    check(bench, |r| r.pub_key_cred_params.entries[0].kind = "private-key".into(), Status::UNSUPPORTED_ALGORITHM);
    check(bench, |r| r.pub_key_cred_params.entries.insert(0, Parameter::public_key(-257)), Status::OK);
    check(bench, |r| r.options = options(None, Some(true), None), Status::OK);
    check(bench, |r| r.options = options(None, Some(false), None), Status::INVALID_OPTION);
    check(bench, |r| r.options = options(Some(true), None, Some(false)), Status::OK);
    check(bench, |r| r.options = options(None, None, Some(true)), Status::INVALID_OPTION);
    check(bench, |r| r.enterprise_attestation = Some(1), Status::INVALID_PARAMETER);
    check(bench, |r| r.enterprise_attestation = Some(3), Status::INVALID_PARAMETER);
    check(bench, |r| r.user.id = vec![0; 64], Status::OK);
    check(bench, |r| r.user.id = vec![0; 65], Status::INVALID_LENGTH);
    check(bench, |r| r.exclude_list = Some(vec![Descriptor::public_key([1; 16]); 16]), Status::OK);
    check(bench, |r| r.exclude_list = Some(vec![Descriptor::public_key([1; 16]); 17]), Status::LIMIT_EXCEEDED);
    check(bench, |r| r.extensions = Some(Extensions::default().with("unknown", true)), Status::OK);
    check(bench, |r| r.extensions = Some(Extensions::default().with("credProtect", 4)), Status::INVALID_OPTION);
    check(bench, |r| r.pin_uv_auth_param = Some(vec![1; 32]), Status::MISSING_PARAMETER);
    let with_protocol = |number| {
        move |r: &mut Request| {
            r.pin_uv_auth_param = Some(vec![1; 32]);
            r.pin_uv_auth_protocol = Some(number);
        }
    };
    check(bench, with_protocol(3), Status::INVALID_PARAMETER);
    // Without a PIN there is nothing to verify, and the parameter is ignored.
    check(bench, with_protocol(2), Status::OK);
    check(bench, |r| r.pin_uv_auth_param = Some(Vec::new()), Status::PIN_NOT_SET);
}

#[test]
fn bytes_that_are_no_request() {
    let mut bench = Bench::new();
    let good = Command::MakeCredential(good_make()).to_bytes();
    for length in 1..good.len() {
        assert_eq!(bench.raw(&good[..length]), Err(Status::INVALID_CBOR), "{length}");
    }
    assert_eq!(bench.raw(&[good.clone(), vec![0]].concat()), Err(Status::INVALID_CBOR));
    assert_eq!(bench.raw(&[good, vec![0; 2048]].concat()), Err(Status::REQUEST_TOO_LARGE));
}

#[test]
fn a_touch_is_needed() {
    for (touch, status) in [
        (Touch::Denied, Status::OPERATION_DENIED),
        (Touch::TimedOut, Status::OPERATION_DENIED),
        (Touch::Cancelled, Status::KEEPALIVE_CANCEL),
    ] {
        let mut bench = Bench::new();
        bench.person.push(touch);
        assert_eq!(bench.make(discoverable(1)).unwrap_err(), status);
        assert!(bench.key.state().credentials.is_empty());
        assert_eq!(bench.person.take_asked().len(), 1);
    }
}

#[test]
fn verification_is_demanded_by_the_book() {
    let base = KeyConfig::security_key();
    let strict = KeyConfig { make_cred_uv_not_rqd: false, ..base.clone() };
    let always = KeyConfig { always_uv: true, ..base.clone() };
    let no_mc_ga = PinConfig { no_mc_ga_permissions: true, ..PinConfig::default() };
    let other = KeyConfig { pin: no_mc_ga, make_cred_uv_not_rqd: false, ..base.clone() };
    let (ok, puat, denied) = (Status::OK, Status::PUAT_REQUIRED, Status::OPERATION_DENIED);
    for (config, pin_set, rk, expected) in [
        (&base, false, false, ok),
        (&base, false, true, ok),
        (&base, true, false, ok),
        (&base, true, true, puat),
        (&strict, false, true, ok),
        (&strict, true, false, puat),
        (&strict, true, true, puat),
        (&always, false, false, puat),
        (&always, true, false, puat),
        (&other, true, false, denied),
    ] {
        let mut bench = if pin_set { Bench::with_pin(config.clone()) } else { Bench::with(config.clone()) };
        check(&mut bench, |r| r.options.rk = Some(rk), expected);
    }
}

#[test]
fn tokens_are_checked_and_spent() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = Bench::with_pin(KeyConfig::security_key());
        let with = |token: &assay_protocol::pin_uv::Token| Request {
            pin_uv_auth_param: Some(token.authenticate(&HASH)),
            pin_uv_auth_protocol: Some(protocol.number()),
            ..discoverable(1)
        };
        let token = bench.token(MC, Some(RP_ID), protocol);
        let mut wrong = with(&token);
        wrong.pin_uv_auth_param.as_mut().unwrap()[0] ^= 1;
        assert_eq!(bench.make(wrong).unwrap_err(), Status::PIN_AUTH_INVALID);
        assert_eq!(bench.make(with(&token)).unwrap().flags.0, 0x45);
        assert_eq!(bench.make(with(&token)).unwrap_err(), Status::PIN_AUTH_INVALID);

        let token = bench.token(GA, Some(RP_ID), protocol);
        assert_eq!(bench.make(with(&token)).unwrap_err(), Status::PIN_AUTH_INVALID);
        let token = bench.token(MC, Some("example.com"), protocol);
        assert_eq!(bench.make(with(&token)).unwrap_err(), Status::PIN_AUTH_INVALID);
        let token = bench.token(MC, Some(RP_ID), protocol);
        bench.advance(31);
        assert_eq!(bench.make(with(&token)).unwrap_err(), Status::PIN_AUTH_INVALID);
        // The parameter outdoes the option.
        let token = bench.pin_token(crate::testing::PIN, protocol).unwrap();
        let mut request = with(&token);
        request.options.uv = Some(true);
        assert!(bench.make(request).is_ok());
    }
}

#[test]
fn an_empty_parameter_asks_which_authenticator() {
    let mut bench = Bench::with_pin(KeyConfig::security_key());
    check(&mut bench, |r| r.pin_uv_auth_param = Some(Vec::new()), Status::PIN_INVALID);
    bench.person.push(Touch::Denied);
    check(&mut bench, |r| r.pin_uv_auth_param = Some(Vec::new()), Status::OPERATION_DENIED);
    // It comes before everything else.
    let unsupported = |r: &mut Request| {
        r.pin_uv_auth_param = Some(Vec::new());
        r.pub_key_cred_params = Default::default();
    };
    check(&mut bench, unsupported, Status::PIN_INVALID);
}

#[test]
fn excluded_credentials_are_told_after_a_touch_given_or_not() {
    let mut bench = Bench::new();
    for request in [good_make(), discoverable(2)] {
        let id = id_of(&bench.make(request).unwrap());
        bench.person.take_asked();
        for touch in [Touch::Given, Touch::Denied, Touch::TimedOut] {
            bench.person.push(touch);
            check(
                &mut bench,
                |r| r.exclude_list = Some(vec![Descriptor::public_key(id.clone())]),
                Status::CREDENTIAL_EXCLUDED,
            );
            assert_eq!(bench.person.take_asked().len(), 1);
        }
        let other_kind = Descriptor { kind: "private-key".into(), ..Descriptor::public_key(id.clone()) };
        check(&mut bench, |r| r.exclude_list = Some(vec![other_kind]), Status::OK);
        let other_rp = |r: &mut Request| {
            r.rp.id = "example.com".into();
            r.exclude_list = Some(vec![Descriptor::public_key(id.clone())]);
        };
        check(&mut bench, other_rp, Status::OK);
    }
}

#[test]
fn well_protected_credentials_are_excluded_for_the_verified_alone() {
    let mut bench = Bench::new();
    let protected = Request { extensions: Some(Extensions::default().with("credProtect", 3)), ..good_make() };
    let id = id_of(&bench.make(protected).unwrap());
    check(&mut bench, |r| r.exclude_list = Some(vec![Descriptor::public_key(id)]), Status::OK);
}

#[test]
fn one_discoverable_credential_an_account() {
    let limits = Limits { discoverable_credentials: 2, ..Limits::default() };
    let mut bench = Bench::with(KeyConfig { limits, ..KeyConfig::security_key() });
    let first = id_of(&bench.make(discoverable(1)).unwrap());
    let second = id_of(&bench.make(discoverable(1)).unwrap());
    assert_ne!(first, second);
    assert_eq!(bench.key.state().credentials.len(), 1);
    assert_eq!(bench.get(good_get(&[&first])).unwrap_err(), Status::NO_CREDENTIALS);
    bench.make(discoverable(2)).unwrap();
    assert_eq!(bench.make(discoverable(3)).unwrap_err(), Status::KEY_STORE_FULL);
    bench.make(discoverable(2)).unwrap();
    // What is not discoverable needs no room.
    bench.make(good_make()).unwrap();
}

#[test]
fn no_discoverable_credentials_here() {
    let mut bench = Bench::with(KeyConfig { discoverable: false, ..KeyConfig::security_key() });
    check(&mut bench, |r| r.options.rk = Some(true), Status::UNSUPPORTED_OPTION);
    check(&mut bench, |r| r.options.rk = Some(false), Status::OK);
}

#[test]
fn the_platform_may_want_no_attestation() {
    let mut bench = Bench::new();
    for (formats, fmt) in
        [(&["none"][..], "none"), (&["none", "packed"], "packed"), (&["tpm"], "packed"), (&[], "packed")]
    {
        let preference = formats.iter().map(|fmt| (*fmt).to_owned()).collect();
        let request = Request { attestation_formats_preference: Some(preference), ..good_make() };
        let reply = bench.send(Command::MakeCredential(request)).unwrap();
        assert_eq!(Response::parse(&reply).unwrap().fmt, fmt);
    }
    let mut bench = Bench::with(KeyConfig { attestation: Attestation::None, ..KeyConfig::security_key() });
    let reply = bench.send(Command::MakeCredential(good_make())).unwrap();
    assert_eq!(Response::parse(&reply).unwrap().fmt, "none");
}

#[test]
fn backup_flags_are_the_makes() {
    for (backup, flags) in [(Backup::Never, 0x41), (Backup::Eligible, 0x49), (Backup::BackedUp, 0x59)] {
        let mut bench = Bench::with(KeyConfig { backup, ..KeyConfig::security_key() });
        assert_eq!(bench.make(good_make()).unwrap().flags.0, flags);
    }
}

#[test]
fn seeded_authenticators_repeat_to_the_byte() {
    let run = || {
        let mut bench = Bench::new();
        [
            Command::MakeCredential(discoverable(1)),
            Command::MakeCredential(good_make()),
            Command::GetAssertion(good_get(&[])),
        ]
        .map(|command| bench.send(command).unwrap())
    };
    assert_eq!(run(), run());
}
