//! Every algorithm, every format, and who is told which device it is.

use assay_mint::lab::{ANDROID, Lab, MODEL, TPM_MODEL};
use assay_mint::statement::Format;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::cose::{CoseKey, alg};
use assay_protocol::ctap2::client_pin::permission::{ACFG, GA, MC};
use assay_protocol::ctap2::config::{Request as ConfigRequest, SubCommand};
use assay_protocol::ctap2::make_credential::{Request, Response};
use assay_protocol::ctap2::{Command, Parameter, Status};
use assay_protocol::pin_uv::Protocol;
use assay_protocol::signature::verify;
use ciborium::Value;

use crate::attestation::Attestation;
use crate::authenticator::Authenticator;
use crate::config::{ALGORITHMS, Enterprise, KeyConfig};
use crate::env::{Env, MemoryStore};
use crate::operation::Operation;
use crate::testing::{Bench, HASH, RP_ID, by, discoverable, get_by, good_get, good_make, status};

const NOW: i64 = 1_795_000_000;

fn lab() -> Lab {
    Lab::new([2; 32], NOW)
}

fn whole(bench: &mut Bench, request: Request) -> Result<Response, Status> {
    let reply = bench.send(Command::MakeCredential(request))?;
    Ok(Response::parse(&reply).unwrap())
}

fn of_algorithm(request: Request, algorithm: i64) -> Request {
    Request { pub_key_cred_params: [Parameter::public_key(algorithm)].into_iter().collect(), ..request }
}

fn key_of(response: &Response) -> (Vec<u8>, CoseKey) {
    let data = AuthenticatorData::parse(&response.auth_data).unwrap();
    let attested = data.attested.unwrap();
    (attested.credential_id, attested.credential_public_key)
}

fn signature(response: &Response) -> Vec<u8> {
    let statement = response.att_stmt.as_ref().unwrap().as_map().unwrap();
    let member = statement.iter().find(|(name, _)| name.as_text() == Some("sig"));
    member.unwrap().1.as_bytes().unwrap().clone()
}

#[test]
fn every_algorithm_registers_and_signs_in() {
    for request in [good_make(), discoverable(1)] {
        for algorithm in ALGORITHMS {
            let mut bench = Bench::with(KeyConfig::ctap_2_3());
            let made = whole(&mut bench, of_algorithm(request.clone(), algorithm)).unwrap();
            let (id, key) = key_of(&made);
            assert_eq!(key.alg, algorithm);
            let attested = [made.auth_data.as_slice(), &HASH].concat();
            verify(algorithm, &key.key, &attested, &signature(&made)).unwrap();
            // The key is kept, or travels in its id, by what it is made from.
            let mut again = Bench::open(KeyConfig::ctap_2_3(), bench.store.clone());
            let got = again.get(good_get(&[&id])).unwrap();
            let signed = [got.auth_data.as_slice(), &HASH].concat();
            verify(algorithm, &key.key, &signed, &got.signature).unwrap();
        }
    }
}

#[test]
fn every_algorithm_by_a_generator_that_does_not_repeat() {
    let env = Env { store: Box::new(MemoryStore::default()), ..Env::system() };
    let mut key = Authenticator::new(KeyConfig::ctap_2_3(), env).unwrap();
    for algorithm in ALGORITHMS {
        let request = Command::MakeCredential(of_algorithm(good_make(), algorithm)).to_bytes();
        let made = Response::parse(&key.dispatch(&request, &Operation::new()).unwrap()).unwrap();
        let (_, public) = key_of(&made);
        let attested = [made.auth_data.as_slice(), &HASH].concat();
        verify(algorithm, &public.key, &attested, &signature(&made)).unwrap();
    }
}

#[test]
fn algorithms_that_a_key_does_not_have() {
    let mut bench = Bench::with(KeyConfig::ctap_2_3());
    for algorithm in [alg::PS256, alg::RS1, alg::ED448, 0, i64::MIN] {
        assert_eq!(status(whole(&mut bench, of_algorithm(good_make(), algorithm))), Status::UNSUPPORTED_ALGORITHM);
    }
    assert_eq!(status(whole(&mut bench, of_algorithm(good_make(), alg::ES384))), Status::OK);
}

/// The statements themselves are judged by the crate that verifies them, in the tests of the whole lab.
#[test]
fn every_format_is_made_when_it_is_asked_for() {
    let lab = lab();
    let formats = [
        Format::Packed(Box::new(lab.model(MODEL))),
        Format::FidoU2f(Box::new(lab.u2f("sim"))),
        Format::Tpm(Box::new(lab.tpm(TPM_MODEL))),
        Format::AndroidKey(Box::new(lab.android_key())),
        Format::AndroidSafetynet(Box::new(lab.safetynet())),
        Format::Apple(Box::new(lab.apple())),
    ];
    let names: Vec<&str> = formats.iter().map(Format::fmt).collect();
    let other_attestations = formats.iter().cloned().map(|format| Attestation::of(format).unwrap()).collect();
    let config = KeyConfig { aaguid: ANDROID, other_attestations, ..KeyConfig::ctap_2_3() };
    let mut bench = Bench::with(config);
    assert_eq!(bench.info().attestation_formats.unwrap(), names);
    for name in &names {
        let preference = Some(vec!["unknown".to_owned(), (*name).to_owned(), "packed".to_owned()]);
        let made = whole(&mut bench, Request { attestation_formats_preference: preference, ..good_make() }).unwrap();
        assert_eq!(made.fmt, *name);
        let empty = match made.att_stmt.unwrap() {
            Value::Map(members) => members.is_empty(),
            Value::Array(parts) => parts.is_empty(),
            _ => true,
        };
        assert!(!empty, "{name}");
    }
}

#[test]
fn the_preference_of_a_platform() {
    let lab = lab();
    let u2f = Attestation::of(Format::FidoU2f(Box::new(lab.u2f("sim")))).unwrap();
    let config = KeyConfig { other_attestations: vec![u2f], ..KeyConfig::ctap_2_3() };
    for (preference, expected) in [
        (None, "packed"),
        (Some(&[][..]), "packed"),
        (Some(&["none"]), "none"),
        (Some(&["fido-u2f"]), "fido-u2f"),
        (Some(&["none", "fido-u2f"]), "fido-u2f"),
        (Some(&["packed", "fido-u2f"]), "packed"),
        (Some(&["unknown"]), "packed"),
        (Some(&["unknown", "none"]), "packed"),
    ] {
        let mut bench = Bench::with(config.clone());
        let preference = preference.map(|list: &[&str]| list.iter().map(|fmt| (*fmt).to_owned()).collect());
        let request = Request { attestation_formats_preference: preference.clone(), ..good_make() };
        assert_eq!(whole(&mut bench, request).unwrap().fmt, expected, "{preference:?}");
    }
    // One format is no choice, and is not listed.
    assert_eq!(Bench::with(KeyConfig::ctap_2_3()).info().attestation_formats, None);
}

fn enterprise(platform_managed: bool) -> KeyConfig {
    let chain = lab().batch(MODEL, "serial 4711");
    KeyConfig {
        enterprise: Some(Enterprise {
            attestation: Attestation::packed(&chain).unwrap(),
            rp_ids: vec!["corp.example".to_owned()],
            platform_managed,
        }),
        ..KeyConfig::ctap_2_3()
    }
}

fn enabled(platform_managed: bool) -> Bench {
    let mut bench = Bench::with(enterprise(platform_managed));
    bench.config(ConfigRequest::new(SubCommand::EnableEnterpriseAttestation)).unwrap();
    bench
}

fn wanting(rp_id: &str, kind: u64) -> Request {
    let mut request = Request { enterprise_attestation: Some(kind), ..good_make() };
    request.rp.id = rp_id.to_owned();
    request
}

#[test]
fn who_is_told_which_device_it_is() {
    for (platform_managed, rp_id, kind, told) in [
        (true, "corp.example", 1, true),
        (true, RP_ID, 1, false),
        (true, RP_ID, 2, true),
        (false, RP_ID, 2, false),
        (false, "corp.example", 2, true),
    ] {
        let mut bench = enabled(platform_managed);
        let made = whole(&mut bench, wanting(rp_id, kind)).unwrap();
        assert_eq!(made.ep_att, told.then_some(true), "{rp_id} {kind}");
        let certified = made.att_stmt.unwrap().as_map().unwrap().len() == 3;
        assert_eq!(certified, told, "the batch that is one device");
    }
    // Without the wish there is nothing to tell.
    assert_eq!(whole(&mut enabled(true), good_make()).unwrap().ep_att, None);
    // With `none` alone nothing can be told.
    let none = Some(vec!["none".to_owned()]);
    let made =
        whole(&mut enabled(true), Request { attestation_formats_preference: none, ..wanting(RP_ID, 2) }).unwrap();
    assert_eq!((made.fmt.as_str(), made.ep_att), ("none", None));
}

#[test]
fn enterprise_attestation_one_edit_one_status() {
    for (mut bench, kind, expected) in [
        (enabled(true), 1, Status::OK),
        (enabled(true), 0, Status::INVALID_OPTION),
        (enabled(true), 3, Status::INVALID_OPTION),
        (Bench::with(enterprise(true)), 1, Status::INVALID_PARAMETER),
        (Bench::with(enterprise(true)), 3, Status::INVALID_PARAMETER),
        (Bench::with(KeyConfig::ctap_2_3()), 1, Status::INVALID_PARAMETER),
    ] {
        assert_eq!(status(whole(&mut bench, wanting(RP_ID, kind))), expected, "{kind}");
    }
}

/// Tokens of either protocol, for every algorithm's ceremony at once.
#[test]
fn a_key_of_this_day_by_its_pin() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = Bench::with_pin(enterprise(true));
        let token = bench.token(ACFG, None, protocol);
        bench.config_by(&token, ConfigRequest::new(SubCommand::EnableEnterpriseAttestation)).unwrap();
        let token = bench.token(MC | GA, Some(RP_ID), protocol);
        let made = whole(&mut bench, by(&token, Request { enterprise_attestation: Some(2), ..discoverable(1) }));
        let made = made.unwrap();
        assert_eq!(made.ep_att, Some(true));
        let token = bench.token(GA, Some(RP_ID), protocol);
        let got = bench.get(get_by(&token, good_get(&[]))).unwrap();
        assert_eq!(got.credential.unwrap().id, key_of(&made).0);
    }
}

/// §6.1.3: `attStmt` is a map, and a compound statement is an array.
#[test]
fn ctap2_has_no_place_for_a_compound_statement() {
    let parts = vec![Format::PackedSelf, Format::PackedSelf];
    let attestation = Attestation::of(Format::Compound(parts)).unwrap();
    let mut bench = Bench::with(KeyConfig { attestation, ..KeyConfig::ctap_2_3() });
    let reply = bench.send(Command::MakeCredential(good_make())).unwrap();
    assert_eq!(Response::parse(&reply).unwrap_err().member, "attStmt");
}
