use assay_protocol::ctap2::client_pin::permission::{ACFG, CM, MC, PCMR};
use assay_protocol::ctap2::config::{Request, SetMinPinLength, SubCommand};
use assay_protocol::ctap2::{Command, Status};
use assay_protocol::pin_uv::Protocol;

use crate::attestation::Attestation;
use crate::config::{ConfigCommands, Enterprise, KeyConfig, Management, ResetConfig};
use crate::testing::{Bench, PIN, RP_ID, good_make, status};

fn enterprise() -> KeyConfig {
    let key = KeyConfig::ctap_2_3();
    let commands = ConfigCommands { vendor_commands: Some(vec![7]), ..key.management.config.clone().unwrap() };
    KeyConfig {
        enterprise: Some(Enterprise {
            attestation: Attestation::PackedSelf,
            rp_ids: Vec::new(),
            platform_managed: true,
        }),
        management: Management { config: Some(commands), ..key.management },
        ..KeyConfig::ctap_2_3()
    }
}

fn policy(policy: SetMinPinLength) -> Request {
    Request::set_min_pin_length(policy)
}

fn length(new: u64) -> Request {
    policy(SetMinPinLength { new_min_pin_length: Some(new), ..SetMinPinLength::default() })
}

fn every_one() -> Vec<Request> {
    vec![
        Request::new(SubCommand::EnableEnterpriseAttestation),
        Request::new(SubCommand::ToggleAlwaysUv),
        length(4),
        Request::new(SubCommand::EnableLongTouchForReset),
        Request::vendor_prototype(7),
    ]
}

#[test]
fn a_key_without_user_verification_wants_no_token() {
    for request in every_one() {
        assert_eq!(status(Bench::with(enterprise()).config(request.clone())), Status::OK, "{request:?}");
    }
}

#[test]
fn a_protected_key_wants_one() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = Bench::with_pin(enterprise());
        for request in every_one() {
            let token = bench.token(ACFG, None, protocol);
            let good = Request {
                pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
                pin_uv_auth_protocol: Some(protocol.number()),
                ..request.clone()
            };
            for (request, expected) in [
                (request.clone(), Status::PUAT_REQUIRED),
                (Request { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
                (Request { pin_uv_auth_protocol: Some(3), ..good.clone() }, Status::INVALID_PARAMETER),
                (Request { pin_uv_auth_param: Some(vec![1; 32]), ..good.clone() }, Status::PIN_AUTH_INVALID),
                (good.clone(), Status::OK),
            ] {
                assert_eq!(status(bench.config(request.clone())), expected, "{request:?}");
            }
            let token = bench.token(CM, None, protocol);
            assert_eq!(status(bench.config_by(&token, request)), Status::PIN_AUTH_INVALID);
        }
    }
}

#[test]
fn what_a_key_has_is_what_it_lists() {
    for (config, listed) in [
        (enterprise(), vec![1, 2, 3, 4, 255]),
        (KeyConfig::ctap_2_3(), vec![2, 3, 4]),
        (
            KeyConfig {
                management: Management { config: Some(ConfigCommands::default()), ..Management::default() },
                reset: ResetConfig::default(),
                ..KeyConfig::ctap_2_3()
            },
            vec![],
        ),
    ] {
        let mut bench = Bench::with(config);
        assert_eq!(bench.info().authenticator_config_commands, Some(listed.clone()));
        for request in every_one() {
            let known = listed.contains(&u64::from(request.sub_command.number()));
            let expected = if known { Status::OK } else { Status::INVALID_SUBCOMMAND };
            // alwaysUv, once on, wants a token for what follows.
            let mut bench = Bench::with(bench.key.config().clone());
            assert_eq!(status(bench.config(request.clone())), expected, "{request:?}");
        }
    }
    let mut bench = Bench::with(KeyConfig::security_key());
    assert_eq!(status(bench.config(length(4))), Status::INVALID_COMMAND);
    assert_eq!(bench.info().authenticator_config_commands, None);
}

#[test]
fn enterprise_attestation_is_enabled_until_a_reset() {
    let mut bench = Bench::with(enterprise());
    assert_eq!(bench.info().option("ep"), Some(false));
    for _ in 0..2 {
        bench.config(Request::new(SubCommand::EnableEnterpriseAttestation)).unwrap();
        assert_eq!(bench.info().option("ep"), Some(true));
    }
    bench.send(Command::Reset).unwrap();
    assert_eq!(bench.info().option("ep"), Some(false));
}

#[test]
fn always_uv_is_turned_on_and_off() {
    let toggle = || Request::new(SubCommand::ToggleAlwaysUv);
    let mut bench = Bench::with(KeyConfig::ctap_2_3());
    let told = |bench: &mut Bench| {
        let info = bench.info();
        (info.option("alwaysUv"), info.option("makeCredUvNotRqd"))
    };
    assert_eq!(told(&mut bench), (Some(false), Some(true)));
    bench.config(toggle()).unwrap();
    assert_eq!(told(&mut bench), (Some(true), Some(false)));
    assert_eq!(status(bench.make(good_make())), Status::PUAT_REQUIRED);
    // Every other subcommand wants a token now, though none can be had.
    assert_eq!(status(bench.config(length(4))), Status::PUAT_REQUIRED);
    bench.config(toggle()).unwrap();
    assert_eq!(told(&mut bench), (Some(false), Some(true)));
    assert_eq!(status(bench.make(good_make())), Status::OK);
    // With a PIN, the way out wants a token too.
    bench.config(toggle()).unwrap();
    bench.set_pin(PIN, Protocol::Two).unwrap();
    assert_eq!(status(bench.config(toggle())), Status::PUAT_REQUIRED);
    let token = bench.token(ACFG, None, Protocol::Two);
    bench.config_by(&token, toggle()).unwrap();
    assert_eq!(told(&mut bench).0, Some(false));
}

#[test]
fn the_minimum_rises_and_never_falls() {
    let mut bench = Bench::with(KeyConfig::ctap_2_3());
    for (new, expected, after) in [
        (3, Status::PIN_POLICY_VIOLATION, 4),
        (4, Status::OK, 4),
        (6, Status::OK, 6),
        (5, Status::PIN_POLICY_VIOLATION, 6),
        (64, Status::PIN_POLICY_VIOLATION, 6),
        (u64::MAX, Status::PIN_POLICY_VIOLATION, 6),
    ] {
        assert_eq!(status(bench.config(length(new))), expected, "{new}");
        assert_eq!(bench.info().min_pin_length, Some(after));
    }
    assert_eq!(status(bench.config(Request::new(SubCommand::SetMinPinLength))), Status::OK);
    assert_eq!(status(bench.set_pin("12395", Protocol::Two)), Status::PIN_POLICY_VIOLATION);
    assert_eq!(status(bench.set_pin("123956", Protocol::Two)), Status::OK);
    let mut bench = Bench::open(KeyConfig::ctap_2_3(), bench.store.clone());
    assert_eq!(bench.info().min_pin_length, Some(6));
    bench.send(Command::Reset).unwrap();
    assert_eq!(bench.info().min_pin_length, Some(4));
}

#[test]
fn a_pin_that_is_too_short_now_has_to_be_changed() {
    let force = || policy(SetMinPinLength { force_change_pin: Some(true), ..SetMinPinLength::default() });
    assert_eq!(status(Bench::with(KeyConfig::ctap_2_3()).config(force())), Status::PIN_NOT_SET);
    for request in [length(6), force()] {
        let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
        let persistent = bench.token(PCMR, None, Protocol::Two);
        let token = bench.token(ACFG, None, Protocol::Two);
        assert_eq!(bench.info().force_pin_change, Some(false));
        bench.config_by(&token, request).unwrap();
        assert_eq!(bench.info().force_pin_change, Some(true));
        // All tokens are void, and the right PIN gives none.
        assert_eq!(status(bench.config_by(&token, length(6))), Status::PIN_AUTH_INVALID);
        let (message, protocol) = (b"message", Protocol::Two);
        assert!(!bench.key.persistent_verifies(protocol, message, &persistent.authenticate(message)));
        assert_eq!(status(bench.pin_token(PIN, Protocol::Two)), Status::PIN_INVALID);
        let (wanted, _) = bench.token_request(PIN, MC, Some(RP_ID), Protocol::Two);
        assert_eq!(status(bench.pin(wanted)), Status::PIN_POLICY_VIOLATION);
        assert_eq!(bench.retries(), 8);
        let same = bench.change_pin_request(PIN, PIN, Protocol::Two);
        assert_eq!(status(bench.pin(same)), Status::PIN_POLICY_VIOLATION);
        let other = bench.change_pin_request(PIN, "192837", Protocol::Two);
        assert_eq!(status(bench.pin(other)), Status::OK);
        assert_eq!(bench.info().force_pin_change, Some(false));
        assert_eq!(status(bench.pin_token("192837", Protocol::Two)), Status::OK);
    }
}

#[test]
fn simple_pins_are_refused_once_the_policy_says_so() {
    let complex = || policy(SetMinPinLength { pin_complexity_policy: Some(true), ..SetMinPinLength::default() });
    let mut bench = Bench::with(KeyConfig::ctap_2_3());
    assert_eq!(bench.info().pin_complexity_policy, Some(false));
    assert!(bench.info().pin_complexity_policy_url.is_some());
    bench.config(complex()).unwrap();
    assert_eq!(bench.info().pin_complexity_policy, Some(true));
    for (pin, expected) in [
        ("1111", Status::PIN_POLICY_VIOLATION),
        ("4567", Status::PIN_POLICY_VIOLATION),
        ("dcba", Status::PIN_POLICY_VIOLATION),
        ("1357", Status::OK),
    ] {
        assert_eq!(status(bench.set_pin(pin, Protocol::Two)), expected, "{pin}");
    }
    // A PIN that was there before may be simple.
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    let token = bench.token(ACFG, None, Protocol::Two);
    bench.config_by(&token, complex()).unwrap();
    assert_eq!(bench.info().force_pin_change, Some(true));
    let simple = bench.change_pin_request(PIN, "5555", Protocol::Two);
    assert_eq!(status(bench.pin(simple)), Status::PIN_POLICY_VIOLATION);
    // A key without such a policy passes it over.
    let mut plain = KeyConfig::ctap_2_3();
    plain.pin.complexity = None;
    let mut bench = Bench::with(plain);
    bench.config(complex()).unwrap();
    assert_eq!(bench.info().pin_complexity_policy, None);
    assert_eq!(status(bench.set_pin("1111", Protocol::Two)), Status::OK);
}

#[test]
fn rp_ids_that_may_learn_the_minimum() {
    let list = |rp_ids: &[&str]| {
        let rp_ids = rp_ids.iter().map(|rp_id| (*rp_id).to_owned()).collect();
        policy(SetMinPinLength { min_pin_length_rp_ids: Some(rp_ids), ..SetMinPinLength::default() })
    };
    let mut bench = Bench::with(KeyConfig::ctap_2_3());
    assert_eq!(bench.info().max_rp_ids_for_set_min_pin_length, Some(4));
    for (rp_ids, expected) in [
        (&["a"][..], Status::OK),
        (&["a", "b", "c", "d"], Status::OK),
        (&["a", "b", "c", "d", "e"], Status::KEY_STORE_FULL),
        (&[], Status::OK),
    ] {
        assert_eq!(status(bench.config(list(rp_ids))), expected, "{rp_ids:?}");
    }
    // An empty list and one that does not fit leave it as it was.
    assert!(bench.key.tells_pin_rules("d") && !bench.key.tells_pin_rules("e"));
    let mut silent = KeyConfig::ctap_2_3();
    silent.extensions.retain(|id| id != "minPinLength" && id != "pinComplexityPolicy");
    assert_eq!(status(Bench::with(silent).config(list(&["a"]))), Status::INVALID_PARAMETER);
}

#[test]
fn vendor_commands() {
    let mut bench = Bench::with(enterprise());
    assert_eq!(bench.info().vendor_prototype_config_commands, Some(vec![7]));
    for (request, expected) in [
        (Request::vendor_prototype(7), Status::OK),
        (Request::vendor_prototype(8), Status::INVALID_PARAMETER),
        (Request::new(SubCommand::VendorPrototype), Status::MISSING_PARAMETER),
    ] {
        assert_eq!(status(bench.config(request)), expected);
    }
}
