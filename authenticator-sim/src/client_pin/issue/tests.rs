use assay_protocol::ctap2::client_pin::permission::{ACFG, BE, CM, GA, LBW, MC, PCMR};
use assay_protocol::ctap2::client_pin::{Request, SubCommand};
use assay_protocol::ctap2::{Command, Status};
use assay_protocol::pin_uv::persistent::Secret;
use assay_protocol::pin_uv::{Protocol, PublicKey};

use crate::config::{KeyConfig, PinConfig, UvConfig};
use crate::env::{Purpose, Scan};
use crate::testing::{Bench, PIN, RP_ID, by, get_by, good_get, good_make, id_of, status};

const FINGER: u64 = 3;

fn bench() -> Bench {
    Bench::with_finger(KeyConfig::biometric_key(), FINGER)
}

fn with_uv(change: fn(&mut UvConfig)) -> Bench {
    let mut config = KeyConfig::biometric_key();
    config.uv.as_mut().map(change).unwrap();
    Bench::with_finger(config, FINGER)
}

#[test]
fn every_permission_goes_with_its_feature() {
    const NEVER: Status = Status::UNAUTHORIZED_PERMISSION;
    for protocol in [Protocol::One, Protocol::Two] {
        for (permission, rp_id, by_pin, by_plain_pin, by_uv) in [
            (MC, Some(RP_ID), Status::OK, Status::OK, Status::OK),
            (GA, Some(RP_ID), Status::OK, Status::OK, Status::OK),
            (MC | GA, None, Status::MISSING_PARAMETER, Status::MISSING_PARAMETER, Status::MISSING_PARAMETER),
            (CM, None, Status::OK, NEVER, Status::OK),
            (BE, None, Status::OK, NEVER, Status::OK),
            (LBW, None, Status::OK, NEVER, Status::OK),
            (ACFG, None, Status::OK, NEVER, Status::OK),
            (PCMR, None, Status::OK, NEVER, Status::OK),
            (PCMR | CM, None, NEVER, NEVER, NEVER),
            (PCMR | GA, Some(RP_ID), NEVER, NEVER, NEVER),
            (CM | BE | LBW | ACFG, None, Status::OK, NEVER, Status::OK),
            (0, None, Status::INVALID_PARAMETER, Status::INVALID_PARAMETER, Status::INVALID_PARAMETER),
            // Bits without a meaning are passed over.
            (0x80 | GA, Some(RP_ID), Status::OK, Status::OK, Status::OK),
        ] {
            let mut full = bench();
            let (request, _) = full.token_request(PIN, permission, rp_id, protocol);
            assert_eq!(status(full.pin(request)), by_pin, "{permission:#x} by PIN");
            let mut plain = Bench::with_pin(KeyConfig::security_key());
            let (request, _) = plain.token_request(PIN, permission, rp_id, protocol);
            assert_eq!(status(plain.pin(request)), by_plain_pin, "{permission:#x} by PIN, plain");
            full.person.push_scan(Scan::Finger(FINGER));
            assert_eq!(status(full.uv_token(permission, rp_id, protocol)), by_uv, "{permission:#x} by finger");
        }
    }
    for permission in [BE, ACFG] {
        let mut bench = with_uv(|uv| (uv.enrollment_tokens, uv.config_tokens) = (false, false));
        assert_eq!(status(bench.uv_token(permission, None, Protocol::Two)), NEVER);
        let (request, _) = bench.token_request(PIN, permission, None, Protocol::Two);
        assert_eq!(status(bench.pin(request)), Status::OK);
    }
}

#[test]
fn a_token_by_finger_is_verified_and_touched() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = bench();
        bench.person.push_scan(Scan::Finger(FINGER));
        let token = bench.uv_token(MC | GA, Some(RP_ID), protocol).unwrap();
        let asked = bench.person.take_asked();
        assert_eq!((asked[0].purpose, asked[0].rp_id.as_deref()), (Purpose::Verify, Some(RP_ID)));
        let made = bench.make(by(&token, good_make())).unwrap();
        assert!(made.flags.uv() && made.flags.up() && bench.person.take_asked().is_empty());
        // The touch has spent it.
        assert_eq!(status(bench.get(get_by(&token, good_get(&[&id_of(&made)])))), Status::PIN_AUTH_INVALID);
    }
    // The touch of a token is old after half a minute.
    let mut bench = bench();
    let id = id_of(&bench.make(good_make()).unwrap());
    bench.person.push_scan(Scan::Finger(FINGER));
    let token = bench.uv_token(GA | CM, Some(RP_ID), Protocol::Two).unwrap();
    bench.advance(20);
    let request = assay_protocol::ctap2::credential_management::Request::new(
        assay_protocol::ctap2::credential_management::SubCommand::GetCredsMetadata,
    );
    let _ = bench.manage_by(&token, request);
    bench.advance(11);
    bench.person.take_asked();
    assert_eq!(status(bench.get(get_by(&token, good_get(&[&id])))), Status::OK);
    assert_eq!(bench.person.take_asked()[0].purpose, Purpose::SignIn);
}

#[test]
fn one_edit_one_status() {
    let mut bench = bench();
    let (good, _) = bench.uv_token_request(CM, None, Protocol::Two);
    let off_curve = Some(PublicKey::new([1; 32], [1; 32]));
    for (request, expected) in [
        (Request { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Request { key_agreement: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Request { permissions: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Request { pin_uv_auth_protocol: Some(3), ..good.clone() }, Status::INVALID_PARAMETER),
        (Request { key_agreement: off_curve, ..good.clone() }, Status::INVALID_PARAMETER),
        (good, Status::OK),
    ] {
        bench.person.push_scan(Scan::Finger(FINGER));
        assert_eq!(status(bench.pin(request.clone())), expected, "{request:?}");
        let retries = bench.pin(Request::new(SubCommand::GetUvRetries)).unwrap();
        assert_eq!(retries.uv_retries, Some(5));
        // What nobody asked for stays on the sensor until the next one.
    }
}

#[test]
fn wrong_fingers_are_counted() {
    let wrong = Scan::Finger(9);
    // Each call is one try, as the platform is to ask several times.
    let mut bench = with_uv(|uv| uv.preferred_platform_attempts = Some(3));
    for expected in [Status::UV_INVALID; 4].into_iter().chain([Status::UV_BLOCKED; 2]) {
        bench.person.push_scan(wrong);
        assert_eq!(status(bench.uv_token(CM, None, Protocol::Two)), expected);
    }
    // The tries are the store's, not the session's.
    let config = bench.key.config().clone();
    let mut bench = Bench::open(config, bench.store.clone());
    assert_eq!(status(bench.uv_token(CM, None, Protocol::Two)), Status::UV_BLOCKED);
    bench.pin_token(PIN, Protocol::Two).unwrap();
    bench.person.push_scan(Scan::Finger(FINGER));
    assert_eq!(status(bench.uv_token(CM, None, Protocol::Two)), Status::OK);
    // Tries within one call.
    let mut bench = with_uv(|uv| uv.preferred_platform_attempts = None);
    for scan in [wrong, wrong, Scan::Finger(FINGER), Scan::TimedOut, Scan::Cancelled] {
        bench.person.push_scan(scan);
    }
    for expected in [Status::OK, Status::USER_ACTION_TIMEOUT, Status::KEEPALIVE_CANCEL] {
        assert_eq!(status(bench.uv_token(CM, None, Protocol::Two)), expected);
    }
}

#[test]
fn keys_without_a_sensor_or_without_permissions() {
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    assert_eq!(status(bench.uv_token(CM, None, Protocol::Two)), Status::INVALID_SUBCOMMAND);
    let pin = PinConfig { token_permissions: false, ..PinConfig::default() };
    let mut bench = Bench::with(KeyConfig { pin, ..KeyConfig::platform_authenticator() });
    assert_eq!(status(bench.uv_token(GA, Some(RP_ID), Protocol::Two)), Status::INVALID_SUBCOMMAND);
    // A platform without a PIN gives tokens by its own verification alone.
    let mut bench = Bench::with(KeyConfig::platform_authenticator());
    assert_eq!(status(bench.uv_token(GA, Some(RP_ID), Protocol::Two)), Status::OK);
    let (request, _) = bench.token_request(PIN, GA, Some(RP_ID), Protocol::Two);
    assert_eq!(status(bench.pin(request)), Status::INVALID_SUBCOMMAND);
}

#[test]
fn the_persistent_token_reads_get_info() {
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    let token = bench.token(PCMR, None, Protocol::Two);
    let read = |bench: &mut Bench| {
        let info = bench.info();
        let open = |secret: Secret, member: Option<Vec<u8>>| secret.open(token.as_bytes(), &member.unwrap()).unwrap();
        (open(Secret::Identifier, info.enc_identifier), open(Secret::CredStoreState, info.enc_cred_store_state))
    };
    let first = read(&mut bench);
    assert_ne!(bench.info().enc_identifier, bench.info().enc_identifier, "a new vector each time");
    bench.key.power_cycle();
    assert_eq!(read(&mut bench), first);
    let mc = bench.token(MC, Some(RP_ID), Protocol::Two);
    bench.make(by(&mc, crate::testing::discoverable(1))).unwrap();
    let second = read(&mut bench);
    assert_eq!((second.0 == first.0, second.1 == first.1), (true, false));
    let identifier = bench.key.state().device.identifier.clone();
    bench.send(Command::Reset).unwrap();
    assert_ne!(bench.key.state().device.identifier, identifier);
    let told = bench.info().enc_identifier.unwrap();
    assert_ne!(Secret::Identifier.open(token.as_bytes(), &told), Ok(first.0));
}
