//! Ceremonies captured from real devices, at a time when their certificates were valid.

use std::fs;

use assay_protocol::base64url::{decode as from_text, encode};
use assay_protocol::client_data::ClientData;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{EVERY_ALGORITHM, code, decide, stored, stored_from};
use crate::shared::shared;

const FILE: &str = "data/real-device.json";

/// Two verdicts, of the registration and of the authentication where one was captured.
macro_rules! samples {
    ($($test:ident $name:literal: $registration:literal $(, $authentication:literal)?;)*) => {
        const NAMES: &[&str] = &[$($name),*];
        $(#[test] fn $test() { check($name, $registration, &[$($authentication)?]); })*
    };
}

samples! {
    yubico_yubikey_neo "yubico/YubiKeyNeo": "accept", "accept";
    yubico_yubikey4 "yubico/YubiKey4": "accept", "accept";
    yubico_yubikey5 "yubico/YubiKey5": "accept", "accept";
    yubico_yubikey5_nfc "yubico/YubiKey5Nfc": "accept", "accept";
    yubico_yubikey5_nfc_post5c_nfc "yubico/YubiKey5NfcPost5cNfc": "accept", "accept";
    yubico_yubikey5c_nfc "yubico/YubiKey5cNfc": "accept", "accept";
    yubico_yubikey5_nano "yubico/YubiKey5Nano": "accept", "accept";
    yubico_yubikey5_ci "yubico/YubiKey5Ci": "accept", "accept";
    yubico_security_key "yubico/SecurityKey": "accept", "accept";
    yubico_security_key2 "yubico/SecurityKey2": "accept", "accept";
    yubico_security_key_nfc "yubico/SecurityKeyNfc": "accept", "accept";
    yubico_apple_attestation_ios "yubico/AppleAttestationIos": "accept", "accept";
    yubico_apple_attestation_macos "yubico/AppleAttestationMacos": "accept", "accept";
    yubico_yubikey_fips5_nfc "yubico/YubikeyFips5Nfc": "accept", "accept";
    yubico_yubikey5ci_fips "yubico/Yubikey5ciFips": "accept", "accept";
    yubico_yubikey_bio_5_5_4 "yubico/YubikeyBio_5_5_4": "accept", "accept";
    yubico_yubikey_bio_5_5_5 "yubico/YubikeyBio_5_5_5": "accept", "accept";
    yubico_yubikey_bio_5_5_6 "yubico/YubikeyBio_5_5_6": "accept", "accept";
    yubico_cred_props_empty "yubico/CredPropsEmpty": "accept";
    yubico_cred_props_rk_true "yubico/CredPropsRkTrue": "accept";
    yubico_large_blob_write "yubico/LargeBlobWrite": "accept", "accept";
    yubico_windows_hello_tpm "yubico/WindowsHelloTpm": "accept";
    yubico_thinkpad_tpm "yubico/ThinkpadTpm": "accept";
    webauthn_ruby_tpm "webauthn-ruby/tpm": "accept";
    webauthn_ruby_security_key_direct "webauthn-ruby/security_key_direct": "accept";
    webauthn_ruby_security_key_packed_self "webauthn-ruby/security_key_packed_self": "accept";
    webauthn_ruby_security_key_packed_x5c "webauthn-ruby/security_key_packed_x5c": "accept";
    webauthn_ruby_android_safetynet_direct "webauthn-ruby/android_safetynet_direct": "android_safetynet_deprecated";
    webauthn_ruby_macbook_touch_id "webauthn-ruby/macbook_touch_id": "accept";
}

#[test]
fn no_sample_is_missing() {
    let Some(file) = file() else { return };
    let names: Vec<&str> = samples(&file).iter().map(|sample| sample["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
}

fn check(name: &str, registered: &str, authenticated: &[&str]) {
    let Some(file) = file() else { return };
    let sample = samples(&file).iter().find(|sample| sample["name"] == name).unwrap();
    for profile in ["w3c-l3", "hardened"] {
        let mut line = registration(sample);
        line["profile"] = json!(profile);
        let verdict = decide(&line);
        let registered = match (profile, sample["format"].as_str()) {
            // All of them sign with RS1.
            ("hardened", Some("tpm")) => "attestation_sha1",
            _ => registered,
        };
        assert_eq!(code(&verdict), registered, "{profile}: {verdict}");
        let evidence = &verdict["evidence"];
        let stored = if registered == "accept" {
            assert_eq!(evidence["fmt"], sample["format"]);
            assert_eq!(evidence["flags"], sample["flags"]);
            assert_eq!(evidence["sign_count"], sample["signCount"]);
            assert_eq!(evidence["algorithm"], sample["credentialAlg"]);
            assert_eq!(evidence["credential_id"], sample["credentialId"]);
            let has_chain = sample["x5c"].as_array().is_some_and(|chain| !chain.is_empty());
            assert_eq!(evidence["chain"], if has_chain { "not_judged" } else { "absent" });
            anchored(sample, &line);
            stored_from(evidence)
        } else {
            stored(&from_text(sample["attestationObject"].as_str().unwrap()).unwrap())
        };
        assert_eq!(sample["assertion"].is_object(), !authenticated.is_empty(), "{name}");
        for expected in authenticated {
            let mut line = authentication(sample, &stored);
            line["profile"] = json!(profile);
            let verdict = decide(&line);
            assert_eq!(code(&verdict), *expected, "{profile}: {verdict}");
        }
    }
}

/// The leaf is an anchor as good as any, as long as it is valid; without anchors nothing is.
fn anchored(sample: &Value, line: &Value) {
    let Some(leaf) = sample["x5c"].get(0) else { return };
    let object = from_text(sample["attestationObject"].as_str().unwrap()).unwrap();
    let object = assay_protocol::attestation_object::AttestationObject::parse(&object).unwrap();
    let x5c = object.att_stmt.get_text("x5c").unwrap().as_array().unwrap();
    let mut line = line.clone();
    line["trust_anchors"] = json!([encode(x5c[0].as_bytes().unwrap())]);
    let mut at = |time: OffsetDateTime, expected: &str| {
        line["at"] = json!(time.format(&Rfc3339).unwrap());
        let verdict = decide(&line);
        assert_eq!(code(&verdict), expected, "{verdict}");
        verdict
    };
    let (from, until) = (moment(&leaf["notBefore"]), moment(&leaf["notAfter"]));
    assert_eq!(at(from, "accept")["evidence"]["chain"], "anchor");
    assert_eq!(at(until, "accept")["evidence"]["chain"], "anchor");
    at(from - Duration::SECOND, "path_not_yet_valid");
    at(until + Duration::SECOND, "path_expired");
    line["at"] = json!(from.format(&Rfc3339).unwrap());
    line["trust_anchors"] = json!([]);
    assert_eq!(code(&decide(&line)), "path_untrusted");
}

fn registration(sample: &Value) -> Value {
    let results = sample.get("clientExtensionResults").cloned().unwrap_or(json!({}));
    // In the middle of the leaf's life; any time will do where there is none.
    let at = sample["x5c"].get(0).map(|leaf| {
        let (from, until) = (moment(&leaf["notBefore"]), moment(&leaf["notAfter"]));
        let middle: OffsetDateTime = from + (until - from) / 2;
        middle.format(&Rfc3339).unwrap()
    });
    json!({
        "id": sample["name"],
        "ceremony": "registration",
        "rp_id": sample["rpId"],
        "origins": [sample["origin"]],
        "challenge": sample["challenge"],
        "algorithms": EVERY_ALGORITHM,
        "at": at,
        "credential": {
            "id": sample["credentialId"], "rawId": sample["credentialId"], "type": "public-key",
            "clientExtensionResults": results,
            "response": {
                "clientDataJSON": sample["clientDataJSON"],
                "attestationObject": sample["attestationObject"],
            },
        },
    })
}

fn authentication(sample: &Value, stored: &Value) -> Value {
    let given = &sample["assertion"];
    let client_data = from_text(given["clientDataJSON"].as_str().unwrap()).unwrap();
    let id = &stored["credential_id"];
    json!({
        "id": sample["name"],
        "ceremony": "authentication",
        "rp_id": sample["rpId"],
        "origins": [sample["origin"]],
        "challenge": ClientData::parse(&client_data).unwrap().challenge,
        "stored": stored,
        "credential": {
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": given["clientDataJSON"],
                "authenticatorData": given["authenticatorData"],
                "signature": given["signature"],
            },
        },
    })
}

/// `2014-08-01 00:00:00+00:00`
fn moment(text: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(&text.as_str().unwrap().replace(' ', "T"), &Rfc3339).unwrap()
}

fn file() -> Option<Value> {
    let text = fs::read(shared(FILE)?).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

fn samples(file: &Value) -> &[Value] {
    file["samples"].as_array().unwrap()
}
