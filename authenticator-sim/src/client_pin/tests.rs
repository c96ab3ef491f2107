use assay_protocol::ctap2::client_pin::permission::{ACFG, BE, CM, GA, LBW, MC, PCMR};
use assay_protocol::ctap2::client_pin::{Request, SubCommand};
use assay_protocol::ctap2::{Status, make_credential};
use assay_protocol::pin_uv::{Protocol, PublicKey, pin_hash};

use crate::config::{KeyConfig, PinConfig};
use crate::testing::{Bench, HASH, PIN, RP_ID, good_make, pin_request};

const BOTH: [Protocol; 2] = [Protocol::One, Protocol::Two];

fn with_pin() -> Bench {
    Bench::with_pin(KeyConfig::security_key())
}

#[track_caller]
fn outcome<T>(result: Result<T, Status>) -> Status {
    result.map_or_else(|status| status, |_| Status::OK)
}

/// Each of these members taken away from a good request is missed.
#[track_caller]
fn check_missing(bench: &mut Bench, good: &Request, members: &[&str]) {
    for member in members {
        let mut request = good.clone();
        match *member {
            "pinUvAuthProtocol" => request.pin_uv_auth_protocol = None,
            "keyAgreement" => request.key_agreement = None,
            "pinUvAuthParam" => request.pin_uv_auth_param = None,
            "newPinEnc" => request.new_pin_enc = None,
            "pinHashEnc" => request.pin_hash_enc = None,
            "permissions" => request.permissions = None,
            _ => request.rp_id = None,
        }
        assert_eq!(outcome(bench.pin(request)), Status::MISSING_PARAMETER, "{member}");
    }
    let request = Request { pin_uv_auth_protocol: Some(3), ..good.clone() };
    assert_eq!(outcome(bench.pin(request)), Status::INVALID_PARAMETER);
}

fn off_curve() -> PublicKey {
    PublicKey::new([1; 32], [1; 32])
}

#[test]
fn set_pin_good_and_with_one_edit() {
    for protocol in BOTH {
        let mut bench = Bench::new();
        let mut padded = [0; 64];
        padded[..4].copy_from_slice(b"1234");
        let good = bench.set_pin_request(&padded, protocol);
        check_missing(&mut bench, &good, &["pinUvAuthProtocol", "keyAgreement", "pinUvAuthParam", "newPinEnc"]);
        let edit = |change: fn(&mut Request)| {
            let mut request = good.clone();
            change(&mut request);
            request
        };
        let wrong_param = edit(|r| r.pin_uv_auth_param.as_mut().unwrap()[0] ^= 1);
        assert_eq!(outcome(bench.pin(wrong_param)), Status::PIN_AUTH_INVALID);
        let wrong_pin = edit(|r| r.new_pin_enc.as_mut().unwrap()[20] ^= 1);
        assert_eq!(outcome(bench.pin(wrong_pin)), Status::PIN_AUTH_INVALID);
        let wrong_key = edit(|r| r.key_agreement = Some(off_curve()));
        assert_eq!(outcome(bench.pin(wrong_key)), Status::INVALID_PARAMETER);
        assert_eq!(outcome(bench.pin(good.clone())), Status::OK);
        assert_eq!(outcome(bench.pin(good)), Status::PIN_AUTH_INVALID);
    }
}

#[test]
fn pins_are_neither_too_short_nor_too_long() {
    let padded = |text: &[u8], length: usize| {
        let mut block = text.to_vec();
        block.resize(length, 0);
        block
    };
    for (block, expected) in [
        (padded(b"123", 64), Status::PIN_POLICY_VIOLATION),
        (padded(b"1234", 64), Status::OK),
        (padded("äöü".as_bytes(), 64), Status::PIN_POLICY_VIOLATION),
        (padded("äöüß".as_bytes(), 64), Status::OK),
        (vec![b'1'; 64], Status::PIN_POLICY_VIOLATION),
        (padded(&[b'1'; 63], 64), Status::OK),
        (padded(&[0xff; 8], 64), Status::PIN_POLICY_VIOLATION),
        (padded(b"", 64), Status::PIN_POLICY_VIOLATION),
        (padded(b"1234", 32), Status::INVALID_PARAMETER),
        (padded(b"1234", 128), Status::INVALID_PARAMETER),
    ] {
        for protocol in BOTH {
            let mut bench = Bench::new();
            let request = bench.set_pin_request(&block, protocol);
            assert_eq!(outcome(bench.pin(request)), expected, "{block:?}");
            assert_eq!(bench.key.state().device.pin.is_some(), expected == Status::OK);
        }
    }
}

#[test]
fn change_pin_good_and_with_one_edit() {
    for protocol in BOTH {
        let mut bench = with_pin();
        let good = bench.change_pin_request(PIN, "5678", protocol);
        let members = ["pinUvAuthProtocol", "keyAgreement", "pinUvAuthParam", "newPinEnc", "pinHashEnc"];
        check_missing(&mut bench, &good, &members);
        // A wrong parameter costs no retry, a wrong PIN does.
        let mut wrong = good.clone();
        wrong.pin_uv_auth_param.as_mut().unwrap()[0] ^= 1;
        assert_eq!((outcome(bench.pin(wrong)), bench.retries()), (Status::PIN_AUTH_INVALID, 8));
        let wrong = bench.change_pin_request("0000", "5678", protocol);
        assert_eq!((outcome(bench.pin(wrong)), bench.retries()), (Status::PIN_INVALID, 7));
        // The key agreement is a new one now.
        assert_eq!(outcome(bench.pin(good)), Status::PIN_AUTH_INVALID);
        let token = bench.token(MC, Some(RP_ID), protocol);
        let good = bench.change_pin_request(PIN, "5678", protocol);
        assert_eq!((outcome(bench.pin(good)), bench.retries()), (Status::OK, 8));
        let request = make_credential::Request {
            pin_uv_auth_param: Some(token.authenticate(&HASH)),
            pin_uv_auth_protocol: Some(protocol.number()),
            ..good_make()
        };
        assert_eq!(outcome(bench.make(request)), Status::PIN_AUTH_INVALID);
        assert_eq!(outcome(bench.pin_token("5678", protocol)), Status::OK);
    }
}

#[test]
fn without_a_pin_there_is_nothing_to_change_or_get() {
    let mut bench = Bench::new();
    let request = bench.change_pin_request(PIN, "5678", Protocol::Two);
    assert_eq!(outcome(bench.pin(request)), Status::PIN_NOT_SET);
    assert_eq!(outcome(bench.pin_token(PIN, Protocol::Two)), Status::PIN_NOT_SET);
    assert_eq!(bench.retries(), 8);
}

#[test]
fn the_ladder_goes_down_by_power_cycles() {
    let mut bench = with_pin();
    let wrong = |bench: &mut Bench| outcome(bench.pin_token("0000", Protocol::Two));
    assert_eq!(wrong(&mut bench), Status::PIN_INVALID);
    assert_eq!(wrong(&mut bench), Status::PIN_INVALID);
    assert_eq!(wrong(&mut bench), Status::PIN_AUTH_BLOCKED);
    // Even the right PIN is not looked at now, and costs nothing.
    assert_eq!((outcome(bench.pin_token(PIN, Protocol::One)), bench.retries()), (Status::PIN_AUTH_BLOCKED, 5));
    let retries = bench.pin(Request::new(SubCommand::GetPinRetries)).unwrap();
    assert_eq!(retries.power_cycle_state, Some(true));
    bench.key.power_cycle();
    assert_eq!(bench.pin(Request::new(SubCommand::GetPinRetries)).unwrap().power_cycle_state, None);
    for expected in [Status::PIN_INVALID, Status::PIN_INVALID, Status::PIN_AUTH_BLOCKED] {
        assert_eq!(wrong(&mut bench), expected);
    }
    // The retries are the store's, not the session's.
    let mut bench = Bench::open(KeyConfig::security_key(), bench.store.clone());
    assert_eq!(bench.retries(), 2);
    assert_eq!(wrong(&mut bench), Status::PIN_INVALID);
    assert_eq!(wrong(&mut bench), Status::PIN_BLOCKED);
    assert_eq!(outcome(bench.pin_token(PIN, Protocol::Two)), Status::PIN_BLOCKED);
    bench.key.power_cycle();
    assert_eq!((outcome(bench.pin_token(PIN, Protocol::Two)), bench.retries()), (Status::PIN_BLOCKED, 0));
    let change = bench.change_pin_request(PIN, "5678", Protocol::Two);
    assert_eq!(outcome(bench.pin(change)), Status::PIN_BLOCKED);
}

#[test]
fn a_right_pin_restores_the_retries() {
    let mut bench = with_pin();
    for _ in 0..5 {
        for _ in 0..2 {
            assert_eq!(outcome(bench.pin_token("0000", Protocol::One)), Status::PIN_INVALID);
        }
        assert_eq!(bench.retries(), 6);
        assert_eq!(outcome(bench.pin_token(PIN, Protocol::Two)), Status::OK);
        assert_eq!(bench.retries(), 8);
    }
}

#[test]
fn a_retry_is_spent_before_the_pin_is_looked_at() {
    let mut bench = with_pin();
    let (mut request, _) = bench.token_request(PIN, MC, Some(RP_ID), Protocol::Two);
    request.pin_hash_enc = Some(vec![1; 5]);
    assert_eq!(outcome(bench.pin(request)), Status::PIN_INVALID);
    let kept = Bench::open(KeyConfig::security_key(), bench.store.clone());
    assert_eq!(kept.key.state().device.pin_retries, 7);
}

#[test]
fn legacy_tokens_take_no_permissions() {
    for protocol in BOTH {
        let mut bench = with_pin();
        let (base, shared) = bench.agree(protocol);
        let pin_hash_enc = Some(shared.encrypt([1; 16], &pin_hash(PIN)).unwrap());
        let good = Request { sub_command: SubCommand::GetPinToken, pin_hash_enc, ..base };
        check_missing(&mut bench, &good, &["pinUvAuthProtocol", "keyAgreement", "pinHashEnc"]);
        let with_permissions = Request { permissions: Some(MC), ..good.clone() };
        assert_eq!(outcome(bench.pin(with_permissions)), Status::INVALID_PARAMETER);
        let with_rp_id = Request { rp_id: Some(RP_ID.to_owned()), ..good.clone() };
        assert_eq!(outcome(bench.pin(with_rp_id)), Status::INVALID_PARAMETER);
        let wrong_key = Request { key_agreement: Some(off_curve()), ..good.clone() };
        assert_eq!((outcome(bench.pin(wrong_key)), bench.retries()), (Status::INVALID_PARAMETER, 8));
        assert_eq!(outcome(bench.pin(good)), Status::OK);
    }
}

#[test]
fn permissions_are_granted_as_far_as_they_exist() {
    for (permissions, rp_id, expected) in [
        (MC, Some(RP_ID), Status::OK),
        (GA, Some(RP_ID), Status::OK),
        (MC | GA, Some(RP_ID), Status::OK),
        (MC, None, Status::MISSING_PARAMETER),
        (GA, None, Status::MISSING_PARAMETER),
        (0, Some(RP_ID), Status::INVALID_PARAMETER),
        (CM, None, Status::UNAUTHORIZED_PERMISSION),
        (BE, None, Status::UNAUTHORIZED_PERMISSION),
        (LBW, None, Status::UNAUTHORIZED_PERMISSION),
        (ACFG, None, Status::UNAUTHORIZED_PERMISSION),
        (PCMR, None, Status::UNAUTHORIZED_PERMISSION),
        (MC | CM, Some(RP_ID), Status::UNAUTHORIZED_PERMISSION),
        // Bits without a meaning are ignored.
        (0x80 | MC, Some(RP_ID), Status::OK),
    ] {
        for protocol in BOTH {
            let mut bench = with_pin();
            let (request, _) = bench.token_request(PIN, permissions, rp_id, protocol);
            assert_eq!((outcome(bench.pin(request)), bench.retries()), (expected, 8), "{permissions:#x}");
        }
    }
    let mut bench = with_pin();
    let (good, _) = bench.token_request(PIN, MC, Some(RP_ID), Protocol::Two);
    let members = ["pinUvAuthProtocol", "keyAgreement", "pinHashEnc", "permissions", "rpId"];
    check_missing(&mut bench, &good, &members);
}

#[test]
fn a_new_token_ends_the_others() {
    let mut bench = with_pin();
    let old = bench.token(MC, Some(RP_ID), Protocol::One);
    bench.token(MC, Some(RP_ID), Protocol::Two);
    let request = make_credential::Request {
        pin_uv_auth_param: Some(old.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(1),
        ..good_make()
    };
    assert_eq!(outcome(bench.make(request)), Status::PIN_AUTH_INVALID);
}

#[test]
fn no_mc_ga_permissions() {
    let pin = PinConfig { no_mc_ga_permissions: true, ..PinConfig::default() };
    let mut bench = Bench::with_pin(KeyConfig { pin, ..KeyConfig::security_key() });
    let (request, _) = bench.token_request(PIN, MC, Some(RP_ID), Protocol::Two);
    assert_eq!(outcome(bench.pin(request)), Status::UNAUTHORIZED_PERMISSION);
    let token = bench.pin_token(PIN, Protocol::Two).unwrap();
    let request = make_credential::Request {
        pin_uv_auth_param: Some(token.authenticate(&HASH)),
        pin_uv_auth_protocol: Some(2),
        ..good_make()
    };
    assert_eq!(outcome(bench.make(request)), Status::PIN_AUTH_INVALID);
}

#[test]
fn what_is_not_supported() {
    let mut bench = with_pin();
    for sub_command in [SubCommand::GetUvRetries, SubCommand::GetPinUvAuthTokenUsingUvWithPermissions] {
        assert_eq!(outcome(bench.pin(pin_request(sub_command, Protocol::Two))), Status::INVALID_SUBCOMMAND);
    }
    assert_eq!(bench.raw(b"\x06\xa1\x02\x08").unwrap_err(), Status::INVALID_SUBCOMMAND);
    let agreement = Request::new(SubCommand::GetKeyAgreement);
    assert_eq!(outcome(bench.pin(agreement)), Status::MISSING_PARAMETER);
    let only_two = PinConfig { protocols: vec![Protocol::Two], ..PinConfig::default() };
    let mut bench = Bench::with(KeyConfig { pin: only_two, ..KeyConfig::security_key() });
    assert_eq!(outcome(bench.pin(pin_request(SubCommand::GetKeyAgreement, Protocol::One))), Status::INVALID_PARAMETER);
    let none = PinConfig { supported: false, ..PinConfig::default() };
    let mut bench = Bench::with(KeyConfig { pin: none, ..KeyConfig::security_key() });
    assert_eq!(outcome(bench.pin(Request::new(SubCommand::GetPinRetries))), Status::INVALID_SUBCOMMAND);
}
