use assay_mint::lab::Lab;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::{Parameter, make_credential};
use assay_protocol::pin_uv::Protocol;
use serde_json::{Map, Value, json};

use super::{AttestationKind, CREDENTIAL_ID_LENGTH, LeftOut, NotAKey, Persona, Taken, Unfit};
use crate::attestation::U2fAttestation;
use crate::config::{ALGORITHMS, KeyConfig, Sensor};
use crate::testing::{Bench, good_make, id_of};

fn lab() -> Lab {
    Lab::new([3; 32], 1_795_000_000)
}

#[test]
fn every_make_is_read_as_it_is_written() {
    let u2f = U2fAttestation::new(&lab().u2f("persona")).unwrap();
    for config in [
        KeyConfig::security_key(),
        KeyConfig::ctap_2_0(),
        KeyConfig::ctap_2_3(),
        KeyConfig::biometric_key(),
        KeyConfig::platform_authenticator(),
        KeyConfig::synced_passkey_provider(),
        KeyConfig::u2f_only(u2f),
    ] {
        let persona = Persona::of(&config);
        let text = serde_json::to_string(&persona).unwrap();
        let read: Persona = serde_json::from_str(&text).unwrap();
        assert_eq!(read, persona, "{text}");
        let made = read.config(&lab()).unwrap();
        assert_eq!(Persona::of(&made), persona);
        if config.ctap2 {
            assert_eq!(Bench::with(made).info(), Bench::with(config).info());
        }
    }
}

#[test]
fn a_file_says_what_is_special() {
    let read = |text: &str| serde_json::from_str::<Persona>(text).map_err(|error| error.to_string());
    assert_eq!(read("{}"), Ok(Persona::default()));
    let special =
        read(r#"{"name": "mine", "pin": {"min_length": 6, "protocols": [1]}, "attestation": ["tpm"]}"#).unwrap();
    assert_eq!((special.pin.min_length, special.pin.max_retries), (6, 8));
    assert_eq!((special.pin.protocols, special.attestation), (vec![Protocol::One], vec![AttestationKind::Tpm]));
    for (text, expected) in [
        (r#"{"pine": {}}"#, "unknown field `pine`"),
        (r#"{"pin": {"min": 4}}"#, "unknown field `min`"),
        (r#"{"pin": {"protocols": [3]}}"#, "there is no PIN/UV auth protocol 3"),
        (r#"{"attestation": ["x509"]}"#, "unknown variant `x509`"),
        (r#"{"aaguid": "5e57"}"#, ""),
    ] {
        let refused = read(text).unwrap_err();
        assert!(refused.contains(expected), "{text}: {refused}");
    }
}

#[test]
fn what_no_key_can_be_says_why() {
    let good = Persona::default();
    assert_eq!(good.check(), Ok(()));
    let check = |edit: fn(&mut Persona), expected| {
        let mut persona = Persona::default();
        edit(&mut persona);
        assert_eq!(persona.check(), Err(expected));
    };
    check(|p| p.algorithms.clear(), Unfit::NoAlgorithm);
    check(|p| p.algorithms.push(alg::PS256), Unfit::Algorithm(alg::PS256));
    check(|p| p.ctap2 = false, Unfit::NoProtocol);
    check(|p| p.pin.min_length = 3, Unfit::Range("pin.min_length"));
    check(|p| p.pin.max_length = Some(3), Unfit::Range("pin.max_length"));
    check(|p| p.limits.message = 7610, Unfit::Range("limits.message"));
    check(|p| p.limits.credential_id_length = 61, Unfit::Range("limits.credential_id_length"));
    let numb = |p: &mut Persona| {
        let mut uv = KeyConfig::biometric_key().uv;
        if let Some(Sensor::Fingerprints(bio)) = uv.as_mut().map(|uv| &mut uv.sensor) {
            bio.samples = 0;
        }
        p.uv = uv;
    };
    check(numb, Unfit::Range("uv.sensor.fingerprints.samples"));
    check(|p| p.management.large_blobs = Some(1023), Unfit::Range("management.large_blobs"));
    check(|p| p.untold = ["versions".to_owned()].into(), Unfit::Untold("versions".to_owned()));
    let silent = Persona { attestation: Vec::new(), ..good };
    assert_eq!(silent.config(&lab()).unwrap_err().to_string(), "attestation: at least none must be there");
}

/// An entry as a payload has it, of a model that nobody makes.
fn entry(info: Value) -> Map<String, Value> {
    let entry = json!({
        "aaguid": "0a550a55-0000-4000-8000-00000000000a",
        "metadataStatement": {
            "description": "Made Up Key",
            "protocolFamily": "fido2",
            "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw", "rsassa_pss_sha256_raw"],
            "attestationTypes": ["basic_full"],
            "authenticatorGetInfo": info,
        },
    });
    entry.as_object().unwrap().clone()
}

fn info() -> Value {
    json!({
        "versions": ["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE"],
        "extensions": ["credProtect", "hmac-secret"],
        "aaguid": "0a550a55000040008000" .to_owned() + "00000000000a",
        "options": {"rk": true, "up": true, "plat": false, "clientPin": true, "credentialMgmtPreview": true,
            "userVerificationMgmtPreview": true, "uv": true},
        "maxMsgSize": 1200,
        "pinUvAuthProtocols": [1],
        "maxCredentialCountInList": 10,
        "maxCredentialIdLength": 96,
        "transports": ["usb", "nfc"],
        "algorithms": [{"alg": -8, "type": "public-key"}, {"alg": -7, "type": "public-key"}],
        "firmwareVersion": 5,
    })
}

#[test]
fn a_statement_becomes_the_key_that_it_describes() {
    let Taken { persona, left_out } = Persona::of_entry(&entry(info())).unwrap();
    assert_eq!(left_out, []);
    assert_eq!(
        (persona.name.as_str(), persona.attestation.as_slice()),
        ("Made Up Key", &[AttestationKind::PackedX5c][..])
    );
    assert_eq!(persona.algorithms, [alg::EDDSA, alg::ES256]);
    let Some(Sensor::Fingerprints(bio)) = persona.uv.as_ref().map(|uv| &uv.sensor) else { panic!("no sensor") };
    assert_eq!((bio.command, bio.preview), (false, true));
    let told = Bench::with(persona.config(&lab()).unwrap()).info();
    // As the statement has it, but what somebody has done with that key.
    let mut expected = info();
    for id in ["clientPin", "userVerificationMgmtPreview", "uv"] {
        expected["options"][id] = false.into();
    }
    // What is not there is false.
    expected["options"]["makeCredUvNotRqd"] = false.into();
    expected["aaguid"] = "0a550a55-0000-4000-8000-00000000000a".into();
    assert_eq!(Value::Object(told.to_json()), expected);
}

#[test]
fn what_a_key_cannot_have_is_told() {
    let taken = |edit: &dyn Fn(&mut Value)| {
        let mut info = info();
        edit(&mut info);
        let Taken { persona, left_out } = Persona::of_entry(&entry(info)).unwrap();
        assert!(persona.config(&lab()).is_ok());
        left_out
    };
    let option = |id: &str, statement, key| vec![LeftOut::Option { id: id.to_owned(), statement, key }];
    let member =
        |name: &str, statement: Value, key: Value| vec![LeftOut::Member { name: name.to_owned(), statement, key }];
    assert_eq!(
        taken(&|info| info["extensions"] = json!(["credProtect", "hmac-secret", "txAuthSimple"])),
        [LeftOut::Extension("txAuthSimple".into())]
    );
    let rs1 = json!([{"alg": -65535, "type": "public-key"}, {"alg": -7, "type": "public-key"}]);
    assert_eq!(taken(&|info| info["algorithms"] = rs1.clone()), [LeftOut::Algorithm("-65535".into())]);
    // Where getInfo lists none, the statement's names count.
    let unlisted = taken(&|info| _ = info.as_object_mut().unwrap().remove("algorithms"));
    assert_eq!(unlisted, [LeftOut::Algorithm("rsassa_pss_sha256_raw".into())]);
    assert_eq!(taken(&|info| info["options"]["up"] = false.into()), option("up", Some(false), Some(true)));
    assert_eq!(taken(&|info| info["options"]["walnut"] = true.into()), option("walnut", Some(true), None));
    assert_eq!(taken(&|info| info["maxMsgSize"] = 8092.into()), member("maxMsgSize", 8092.into(), 7609.into()));
    let short = taken(&|info| info["maxCredentialIdLength"] = 16.into());
    assert_eq!(short, member("maxCredentialIdLength", 16.into(), 62.into()));
    assert_eq!(taken(&|info| info["shoeSize"] = 43.into()), member("shoeSize", 43.into(), Value::Null));
    let formats = json!(["packed", "tpm"]);
    assert_eq!(taken(&|info| info["attestationFormats"] = formats.clone())[0], LeftOut::Attestation("tpm".into()));
}

#[test]
fn entries_that_are_no_keys_say_why() {
    let refused = |entry: &Map<String, Value>| Persona::of_entry(entry).unwrap_err();
    let without = |member: &str| {
        let mut entry = entry(info());
        entry["metadataStatement"].as_object_mut().unwrap().remove(member);
        entry
    };
    assert_eq!(refused(&without("authenticatorGetInfo")), NotAKey::NoGetInfo);
    assert_eq!(refused(&without("protocolFamily")), NotAKey::Protocol(String::new()));
    assert_eq!(refused(&entry(json!({"versions": ["U2F_V2"]}))), NotAKey::NoVersion);
    assert_eq!(refused(&Map::new()), NotAKey::NoStatement);
    let mut nameless = entry(info());
    nameless.remove("aaguid");
    assert_eq!(refused(&nameless), NotAKey::NoIdentifier);
    let mut weak = info();
    weak["minPINLength"] = 2.into();
    assert_eq!(refused(&entry(weak)), NotAKey::Unfit(Unfit::Range("pin.min_length")));
}

#[test]
fn a_u2f_model_is_a_key_of_ctap1() {
    let entry = json!({
        "attestationCertificateKeyIdentifiers": ["ABCDEF0123456789abcdef0123456789abcdef01"],
        "metadataStatement": {"description": "Old Key", "protocolFamily": "u2f"},
    });
    let Taken { persona, left_out } = Persona::of_entry(entry.as_object().unwrap()).unwrap();
    assert_eq!((persona.ctap2, left_out), (false, Vec::new()));
    assert_eq!(persona.u2f.as_deref(), Some("abcdef0123456789abcdef0123456789abcdef01"));
    assert!(!persona.config(&lab()).unwrap().ctap2);
}

#[test]
fn the_least_limit_is_the_length_of_an_id_that_holds_its_credential() {
    for algorithm in ALGORITHMS {
        let config = KeyConfig { algorithms: vec![algorithm], ..KeyConfig::ctap_2_3() };
        let params = [Parameter::public_key(algorithm)].into_iter().collect();
        let request = make_credential::Request { pub_key_cred_params: params, ..good_make() };
        let made = Bench::with(config).make(request).unwrap();
        assert_eq!(id_of(&made).len(), usize::from(CREDENTIAL_ID_LENGTH), "{algorithm}");
    }
}

/// Whatever a member is: the statement becomes a key, or says why not.
#[test]
fn members_of_any_type() {
    let strange = [
        Value::Null,
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(1.5),
        json!(""),
        json!("\u{e9}0g"),
        json!([]),
        json!([null, -1, "", {}, u64::MAX]),
        json!({}),
        json!({"rk": 1, "": true}),
        json!(true),
    ];
    let known = KeyConfig::biometric_key();
    let told = Bench::with(known).info().to_json();
    let (mut keys, mut none) = (0, 0);
    for member in told.keys() {
        for value in &strange {
            let mut info = told.clone();
            info[member] = value.clone();
            match Persona::of_entry(&entry(Value::Object(info))) {
                Ok(Taken { persona, .. }) => {
                    persona.config(&lab()).unwrap_or_else(|why| panic!("{member} {value}: {why}"));
                    keys += 1;
                }
                Err(NotAKey::NoVersion | NotAKey::Unfit(_)) => none += 1,
                Err(other) => panic!("{member} {value}: {other}"),
            }
        }
    }
    assert_eq!(keys + none, told.len() * strange.len());
    assert!(keys > 10 * none && none > 0, "{keys} {none}");
}
