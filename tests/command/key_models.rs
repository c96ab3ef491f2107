//! Models of metadata as keys: `assay key models|new|persona`, and a server that trusts such a key.

use assay::keys::{KeyTarget, channel};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_protocol::webauthn::CreationOptions;
use assay_transport::udp::UdpReports;
use serde_json::{Value, json};

use crate::support::command::{Lasting, Said, assay, run};
use crate::support::http::{Browser, ORIGIN, SERVE};
use crate::support::place::Place;

const NEW: &str = "0a550a55-0000-4000-8000-00000000000b";
const OLD: &str = "0a550a55-0000-4000-8000-00000000000a";

fn key(place: &Place, args: &[&str]) -> Said {
    run(&mut assay(place, ["key"].into_iter().chain(args.iter().copied())))
}

/// A payload of two models of one name, one of another, and one that is no key.
fn payload(place: &Place) {
    let entry = |aaguid: &str, name: &str, firmware: u64, family: &str| {
        json!({
            "aaguid": aaguid,
            "statusReports": [{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2026-01-01"}],
            "timeOfLastStatusChange": "2026-01-01",
            "metadataStatement": {
                "description": name,
                "protocolFamily": family,
                "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
                "attestationTypes": ["basic_full"],
                "attestationRootCertificates": ["MAA="],
                "keyProtection": ["hardware", "secure_element"],
                "authenticatorGetInfo": {
                    "versions": ["FIDO_2_0", "FIDO_2_1"],
                    "extensions": ["hmac-secret", "txAuthSimple"],
                    "aaguid": aaguid.replace('-', ""),
                    "options": {"rk": true, "clientPin": true},
                    "pinUvAuthProtocols": [2],
                    "transports": ["nfc", "usb"],
                    "algorithms": [{"type": "public-key", "alg": -7}],
                    "firmwareVersion": firmware,
                },
            },
        })
    };
    let payload = json!({
        "legalHeader": "Made up for a test. No terms.",
        "no": 3,
        "nextUpdate": "2099-01-01",
        "entries": [
            entry(OLD, "Made Up Key with NFC", 5, "fido2"),
            entry(NEW, "Made Up Key with NFC", 7, "fido2"),
            entry("0a550a55-0000-4000-8000-00000000000c", "Made Up Key", 7, "fido2"),
            entry("0a550a55-0000-4000-8000-00000000000d", "Made Up Phone", 7, "uaf"),
        ],
    });
    place.file("payload.json", payload.to_string());
}

#[test]
fn models_are_listed_with_what_they_would_lack() {
    let place = Place::new();
    payload(&place);
    let list = |words: &[&str]| key(&place, &[&["models", "--mds", "payload.json", "--json"], words].concat());
    let all = list(&[]).expect(0).json();
    assert_eq!(all.as_array().unwrap().len(), 4);
    assert_eq!(all[0]["left_out"][0]["code"], "persona_extension");
    assert_eq!(all[3]["not_a_key"]["code"], "model_protocol");
    let ids = |words: &[&str]| -> Vec<Value> {
        list(words).expect(0).json().as_array().unwrap().iter().map(|model| model["id"].clone()).collect()
    };
    assert_eq!(ids(&["nfc", "fido_2_1"]), [OLD, NEW]);
    assert_eq!(ids(&["00000000000B"]), [NEW]);
    assert_eq!(list(&["yubikey"]).expect(1).json(), json!([]));

    let text = key(&place, &["models", "nfc", "--mds", "payload.json"]).expect(0).out;
    assert!(text.contains("FIDO_2_0 FIDO_2_1; no txAuthSimple"), "{text}");
    assert!(text.ends_with("2 models, 2 of which can be a key\n"), "{text}");
    // The lab's own need no file.
    assert!(key(&place, &["models"]).expect(0).out.lines().count() > 10);
}

#[test]
fn a_model_is_named_by_words_or_by_its_aaguid() {
    let place = Place::new();
    payload(&place);
    let new =
        |name: &str, args: &[&str]| key(&place, &[&["new", name, "--mds", "payload.json", "--json"], args].concat());
    let made = new("a", &["--model", "made up key WITH nfc"]).expect(0).json();
    assert_eq!((&made["aaguid"], &made["other_models"]), (&json!(NEW), &json!([OLD])), "the newest firmware");
    assert_eq!(made["left_out"][0]["detail"], "extension txAuthSimple: the simulator does not have it");
    assert_eq!(new("b", &["--aaguid", OLD]).expect(0).json()["aaguid"], OLD);
    assert_eq!(new("e", &["--model", OLD]).expect(0).json()["aaguid"], OLD);
    assert_eq!(new("c", &["--model", "nfc"]).expect(0).json()["model"], "Made Up Key with NFC");
    for (args, reason) in [
        (&["--model", "made up"][..], "could be \"Made Up Key\", \"Made Up Key with NFC\", \"Made Up Phone\""),
        (&["--model", "Made Up Fone"], "there is no model \"Made Up Fone\": did you mean Made Up Phone"),
        (&["--model", "phone"], "its protocol is \"uaf\""),
        (&["--aaguid", "0a550a55-0000-4000-8000-0000000000ff"], "has no model"),
        (&[], "which model of payload.json?"),
    ] {
        let said = new("d", args).expect(2);
        assert!(said.err.contains(reason), "{args:?}: {}", said.err);
    }
    assert!(!place.join("state/keys/d.json").exists());

    let info = key(&place, &["info", "sim:a", "--json"]).expect(0).json();
    assert_eq!((&info["firmwareVersion"], &info["transports"]), (&json!(7), &json!(["nfc", "usb"])));
    assert_eq!((&info["maxMsgSize"], &info["extensions"]), (&Value::Null, &json!(["hmac-secret"])));
}

#[test]
fn a_persona_is_a_file() {
    let place = Place::new();
    let printed = key(&place, &["persona", "biometric"]).expect(0).json();
    assert_eq!(printed["uv"]["sensor"]["fingerprints"]["samples"], 3);
    let mut mine = printed.clone();
    mine["firmware_version"] = 42.into();
    place.file("mine.json", mine.to_string());
    key(&place, &["new", "mine", "--persona", "mine.json"]).expect(0);
    assert_eq!(key(&place, &["info", "sim:mine", "--json"]).expect(0).json()["firmwareVersion"], 42);
    assert_eq!(key(&place, &["persona", "sim:mine"]).expect(0).json(), mine);

    for (text, reason) in [
        (r#"{"shoe_size": 43}"#, "unknown field `shoe_size`"),
        (r#"{"pin": {"min_length": 1}}"#, "pin.min_length is out of its range"),
    ] {
        place.file("wrong.json", text);
        let said = key(&place, &["new", "wrong", "--persona", "wrong.json"]).expect(2);
        assert!(said.err.contains(reason), "{text}: {}", said.err);
    }
    let said = key(&place, &["persona", "nobody"]).expect(2);
    assert!(said.err.contains("neither a built-in persona nor a file"), "{}", said.err);
}

/// The key of a re-rooted model before a server that has the re-rooted BLOB, and before one that has not.
#[test]
fn a_server_trusts_the_model_by_the_re_rooted_blob() {
    let place = Place::new();
    payload(&place);
    run(&mut assay(&place, ["mds", "make", "--from", "payload.json", "--out", "mine.jwt"])).expect(0);
    key(&place, &["new", "mine", "--mds", "payload.json", "--aaguid", NEW]).expect(0);
    let served = Lasting::start(&mut assay(&place, ["key", "serve", "sim:mine"]));

    let knowing = Lasting::start(&mut assay(&place, SERVE.iter().chain(&["--mds", "mine.jwt"]).copied()));
    let made = registered(&knowing, &served);
    assert_eq!((&made["aaguid"], &made["fmt"]), (&json!(NEW), &json!("packed")), "{made}");
    assert_eq!(made["attestation"], json!({"outcome": "pass", "failed_rule": null}), "{made}");

    let ignorant = Lasting::start(&mut assay(&place, SERVE));
    let refused = registered(&ignorant, &served);
    assert_eq!(refused["code"], "attestation_software_auth_blocked", "{refused}");
    assert_eq!(refused["detail"], "block_software_auth: no_verified_attestation");
}

/// What a server that wants a known model says of the key's registration.
fn registered(server: &Lasting, key: &Lasting) -> Value {
    let browser = Browser::new(server).signed_by(&server.ready);
    let policy = json!({
        "tenant_id": server.text("tenant_id"),
        "enforcement_mode": "block",
        "require_known_aaguids": true,
        "min_certification_level": "L1",
        "block_software_auth": true,
    });
    browser.post("/v1/attestation/policy", &policy).expect(200);
    let wish = json!({"username": "ada", "displayName": "Ada", "attestation": "direct"});
    let options = browser.post("/v1/registration/options", &wish).expect(200);
    let options = CreationOptions::from_json(options.to_string().as_bytes()).unwrap();
    let KeyTarget::Udp(address) = KeyTarget::parse(key.text("target")).unwrap() else { panic!("{}", key.ready) };
    let mut channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
    let mut client = Client::new(ORIGIN, Box::new(Nobody)).unwrap();
    let response = client.create(&options, &mut channel).unwrap();
    browser.post("/v1/registration/verify", &response.to_json()).body
}

/// Does the key say of itself what its statement says of its model?
#[test]
fn a_key_is_held_to_its_statement() {
    let place = Place::new();
    payload(&place);
    key(&place, &["new", "mine", "--mds", "payload.json", "--aaguid", NEW]).expect(0);
    let told = key(&place, &["info", "sim:mine", "--mds", "payload.json", "--json"]).expect(1).json();
    // What the simulator does not have it does not claim.
    let extensions = json!({
        "member": "extensions", "statement": ["hmac-secret", "txAuthSimple"], "key": ["hmac-secret"],
    });
    assert_eq!(told["unlike_its_statement"], json!([extensions]));
    let said = key(&place, &["info", "sim:mine", "--mds", "payload.json"]).expect(1).out;
    assert!(said.contains("UNLIKE ITS STATEMENT extensions"), "{said}");
    let said = key(&place, &["info", "sim", "--mds", "payload.json"]).expect(2).err;
    assert!(said.contains("has no model"), "{said}");
}
