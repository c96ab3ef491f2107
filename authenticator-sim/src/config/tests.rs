//! The personas: what each says of itself, and that each does what it is there for.

use assay_mint::lab::Lab;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::client_pin::permission::{GA, MC};
use assay_protocol::ctap2::get_info::Response;
use assay_protocol::ctap2::{Command, Options, Status, make_credential};
use assay_protocol::pin_uv::Protocol;

use super::KeyConfig;
use crate::attestation::{Attestation, U2fAttestation};
use crate::env::Scan;
use crate::testing::{Bench, PIN, RP_ID, by, discoverable, get_by, good_get, good_make, status};

fn check_rules_of_ctap_2_3(name: &str, info: &Response) {
    let option = |id: &str| info.option(id);
    let extension = |id: &str| info.has_extension(id);
    let rules = [
        ("FIDO_2_2 was never defined", !info.has_version("FIDO_2_2")),
        ("rk comes with a way to verify", option("rk") != Some(true) || option("clientPin").or(option("uv")).is_some()),
        ("rk comes with credMgmt", option("rk") != Some(true) || option("credMgmt") == Some(true)),
        ("hmac-secret", extension("hmac-secret")),
        ("tokens", option("pinUvAuthToken") == Some(true)),
        ("credProtect", extension("credProtect")),
        ("protocol two", info.has_pin_uv_auth_protocol(2)),
        ("setMinPINLength tells", option("setMinPINLength") != Some(true) || extension("minPinLength")),
        ("hmac-secret-mc", !extension("hmac-secret-mc") || extension("hmac-secret")),
        ("largeBlobKey", !extension("largeBlobKey") || option("largeBlobs") == Some(true)),
        (
            "large blobs have a size",
            (option("largeBlobs") == Some(true)) == info.max_serialized_large_blob_array.is_some(),
        ),
        ("credBlob has a size", extension("credBlob") == info.max_cred_blob_length.is_some()),
        ("a minimum of PINs", option("clientPin").is_some() == info.min_pin_length.is_some()),
        ("a list of subcommands", (option("authnrCfg") == Some(true)) == info.authenticator_config_commands.is_some()),
        ("pcmr opens something", option("perCredMgmtRO") != Some(true) || info.enc_identifier.is_some()),
    ];
    for (rule, kept) in rules {
        assert!(kept, "{name}: {rule}");
    }
}

#[test]
fn keys_of_ctap_2_3_keep_its_rules() {
    for config in [KeyConfig::ctap_2_3(), KeyConfig::biometric_key()] {
        let mut bench = Bench::with(config.clone());
        let info = bench.info();
        assert!(info.has_version("FIDO_2_3"));
        check_rules_of_ctap_2_3(&config.name, &info);
        assert_eq!(Response::parse(&info.to_cbor()), Ok(info));
    }
}

#[test]
fn each_persona_says_what_it_is() {
    for (config, versions, client_pin, uv, plat) in [
        (KeyConfig::security_key(), &["FIDO_2_0", "FIDO_2_1"][..], Some(false), None, false),
        (KeyConfig::ctap_2_3(), &["FIDO_2_0", "FIDO_2_1", "FIDO_2_3"], Some(false), None, false),
        (KeyConfig::ctap_2_0(), &["FIDO_2_0"], Some(false), None, false),
        (
            KeyConfig::biometric_key(),
            &["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"],
            Some(false),
            Some(false),
            false,
        ),
        (KeyConfig::platform_authenticator(), &["FIDO_2_0", "FIDO_2_1"], None, Some(true), true),
        (KeyConfig::synced_passkey_provider(), &["FIDO_2_0", "FIDO_2_1"], None, Some(true), true),
    ] {
        let name = config.name.clone();
        let info = Bench::with(config).info();
        assert_eq!(info.versions, versions, "{name}");
        assert_eq!(
            (info.option("clientPin"), info.option("uv"), info.option("plat")),
            (client_pin, uv, Some(plat)),
            "{name}"
        );
    }
}

#[test]
fn each_persona_registers_and_signs_in() {
    for config in [
        KeyConfig::security_key(),
        KeyConfig::ctap_2_3(),
        KeyConfig::ctap_2_0(),
        KeyConfig::biometric_key(),
        KeyConfig::platform_authenticator(),
        KeyConfig::synced_passkey_provider(),
    ] {
        let name = config.name.clone();
        let synced = name == KeyConfig::synced_passkey_provider().name;
        let mut bench = Bench::with(config.clone());
        let verified = Options { uv: config.uv.as_ref().and(Some(true)), ..Options::default() };
        let (made, got) = if config.pin.supported {
            bench.set_pin(PIN, config.pin.protocols[0]).unwrap();
            let token = |bench: &mut Bench| match config.pin.token_permissions {
                true => bench.token(MC | GA, Some(RP_ID), Protocol::Two),
                false => bench.pin_token(PIN, Protocol::One).unwrap(),
            };
            let first = token(&mut bench);
            let made = bench.make(by(&first, discoverable(1))).unwrap();
            let second = token(&mut bench);
            (made, bench.get(get_by(&second, good_get(&[]))).unwrap())
        } else {
            bench.person.push_scan(Scan::Finger(crate::env::OWNER));
            let options = Options { rk: Some(true), ..verified };
            let made = bench.make(make_credential::Request { options, ..discoverable(1) }).unwrap();
            let request = assay_protocol::ctap2::get_assertion::Request { options: verified, ..good_get(&[]) };
            (made, bench.get(request).unwrap())
        };
        let flags = AuthenticatorData::parse(&got.auth_data).unwrap().flags;
        assert!(made.flags.uv() && flags.uv(), "{name}");
        assert_eq!(
            (made.flags.be(), made.flags.bs(), flags.be(), flags.bs()),
            (synced, synced, synced, synced),
            "{name}"
        );
    }
}

#[test]
fn the_first_edition_answers_as_it_did() {
    let mut bench = Bench::with(KeyConfig::ctap_2_0());
    let info = bench.info();
    assert_eq!((info.option("makeCredUvNotRqd"), info.option("pinUvAuthToken")), (None, None));
    assert_eq!(bench.send(Command::Selection), Err(Status::INVALID_COMMAND));
    let up = Options { up: Some(true), ..Options::default() };
    assert_eq!(status(bench.make(make_credential::Request { options: up, ..good_make() })), Status::INVALID_OPTION);
    let ignored = make_credential::Request { enterprise_attestation: Some(1), ..good_make() };
    assert_eq!(status(bench.make(ignored)), Status::OK);
    bench.set_pin(PIN, Protocol::One).unwrap();
    assert_eq!(status(bench.set_pin(PIN, Protocol::One)), Status::NOT_ALLOWED);
    // Every registration wants the PIN now.
    assert_eq!(status(bench.make(good_make())), Status::PUAT_REQUIRED);
    let empty =
        make_credential::Request { pin_uv_auth_param: Some(Vec::new()), pin_uv_auth_protocol: Some(1), ..good_make() };
    assert_eq!(status(bench.make(empty)), Status::PIN_AUTH_INVALID);
}

#[test]
fn names_and_formats() {
    let u2f = U2fAttestation::new(&Lab::new([1; 32], 1_795_000_000).u2f("persona")).unwrap();
    assert!(!KeyConfig::u2f_only(u2f).ctap2);
    assert_eq!((Attestation::None.fmt(), Attestation::PackedSelf.fmt()), ("none", "packed"));
}
