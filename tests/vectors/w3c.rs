//! The test vectors of WebAuthn L3 16: rp `example.org`, frames in `https://example.com` expected,
//! the specification's attestation root as the one trust anchor.

use std::fs;

use assay_protocol::base64url::encode;
use serde_json::{Value, json};

use super::{EVERY_ALGORITHM, code, decide, stored, stored_from};
use crate::shared::shared;

const FILE: &str = "data/w3c-webauthn-l3.json";

/// Two verdicts, of the registration where its algorithm is offered and of the authentication.
macro_rules! vectors {
    ($($test:ident $id:literal: $registration:literal, $authentication:literal;)*) => {
        const IDS: &[&str] = &[$($id),*];
        $(#[test] fn $test() { check($id, $registration, $authentication); })*
    };
}

vectors! {
    none_es256 "none-es256": "accept", "accept";
    packed_self_es256 "packed-self-es256": "accept", "accept";
    none_es256_cross_origin "none-es256-crossOrigin": "accept", "accept";
    none_es256_top_origin "none-es256-topOrigin": "accept", "accept";
    none_es256_long_credential_id "none-es256-long-credential-id": "accept", "accept";
    packed_es256 "packed-es256": "accept", "accept";
    packed_es384 "packed-es384": "accept", "accept";
    packed_es512 "packed-es512": "accept", "accept";
    packed_rs256 "packed-rs256": "accept", "accept";
    packed_eddsa "packed-eddsa": "accept", "accept";
    packed_ed448 "packed-ed448": "accept", "accept";
    tpm_es256 "tpm-es256": "accept", "accept";
    android_key_es256 "android-key-es256": "android_key_origin", "accept";
    android_key_es256_cr "android-key-es256-cr": "accept", "accept";
    apple_es256 "apple-es256": "accept", "accept";
    fido_u2f_es256 "fido-u2f-es256": "accept", "accept";
}

#[test]
fn no_vector_is_missing() {
    let Some(file) = file() else { return };
    let ids: Vec<&str> = vectors(&file).iter().map(|vector| vector["id"].as_str().unwrap()).collect();
    assert_eq!(ids, IDS);
}

/// The default offer is ES256 and RS256.
#[test]
fn an_algorithm_that_was_not_offered_is_refused_as_that() {
    let Some(file) = file() else { return };
    for id in ["packed-es384", "packed-es512", "packed-eddsa", "packed-ed448"] {
        let line = registration(&file, vector(&file, id)).without("algorithms");
        assert_eq!(code(&decide(&line)), "algorithm_not_offered", "{id}");
    }
}

#[test]
fn frames_are_refused_where_none_is_expected() {
    let Some(file) = file() else { return };
    for (id, expected) in [
        ("none-es256-crossOrigin", "cross_origin_unexpected"),
        ("none-es256-topOrigin", "cross_origin_unexpected"),
        ("none-es256", "accept"),
    ] {
        let vector = vector(&file, id);
        let line = registration(&file, vector).without("cross_origin");
        assert_eq!(code(&decide(&line)), expected, "{id}");
        let object = hex(&vector["registration"]["attestationObject"]);
        let line = authentication(vector, stored(&object)).without("cross_origin");
        assert_eq!(code(&decide(&line)), expected, "{id}");
    }
    let line = registration(&file, vector(&file, "none-es256-topOrigin")).with("top_origins", json!([]));
    assert_eq!(code(&decide(&line)), "top_origin_unexpected");
}

/// FIDO's tool wants none, the specification's own vector has one.
#[test]
fn an_aaguid_beside_a_u2f_statement_is_a_question_of_profile() {
    let Some(file) = file() else { return };
    let line = registration(&file, vector(&file, "fido-u2f-es256")).with("profile", json!("tool-compatible"));
    assert_eq!(code(&decide(&line)), "fido_u2f_aaguid");
}

fn check(id: &str, registered: &str, authenticated: &str) {
    let Some(file) = file() else { return };
    let vector = vector(&file, id);
    let facts = &vector["facts"];
    for profile in ["w3c-l3", "hardened"] {
        let verdict = decide(&registration(&file, vector).with("profile", json!(profile)));
        // No registry has the vendor of the vector's TPM, and only one profile does not ask.
        let registered = if (id, profile) == ("tpm-es256", "hardened") { "tpm_certificate_vendor" } else { registered };
        assert_eq!(code(&verdict), registered, "{profile}: {verdict}");
        let evidence = &verdict["evidence"];
        let stored = match registered {
            "accept" => {
                let attested = facts["x5cCount"] != 0;
                assert_eq!(evidence["fmt"], facts["fmt"]);
                assert_eq!(evidence["flags"], facts["flagsRegistration"]);
                assert_eq!(evidence["sign_count"], facts["signCountRegistration"]);
                assert_eq!(evidence["algorithm"], facts["credentialAlg"]);
                assert_eq!(evidence["aaguid"].as_str().unwrap().replace('-', ""), facts["aaguid"].as_str().unwrap());
                assert_eq!(evidence["chain"], if attested { "anchor" } else { "absent" });
                stored_from(evidence)
            }
            _ => stored(&hex(&vector["registration"]["attestationObject"])),
        };
        let verdict = decide(&authentication(vector, stored).with("profile", json!(profile)));
        assert_eq!(code(&verdict), authenticated, "{profile}: {verdict}");
        if authenticated == "accept" {
            assert_eq!(verdict["evidence"]["flags"], facts["flagsAuthentication"]);
        }
    }
}

fn registration(file: &Value, vector: &Value) -> Value {
    let given = &vector["registration"];
    let id = encode(&hex(&given["credential_id"]));
    let root = encode(&hex(&file["attestationRoot"]["attestation_ca_cert"]));
    line(
        json!({ "ceremony": "registration", "algorithms": EVERY_ALGORITHM, "trust_anchors": [root] }),
        &given["challenge"],
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&hex(&given["clientDataJSON"])),
                "attestationObject": encode(&hex(&given["attestationObject"])),
            },
        }),
    )
}

fn authentication(vector: &Value, stored: Value) -> Value {
    let given = &vector["authentication"];
    let id = stored["credential_id"].clone();
    line(
        json!({ "ceremony": "authentication", "stored": stored, "allow_credentials": [id] }),
        &given["challenge"],
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&hex(&given["clientDataJSON"])),
                "authenticatorData": encode(&hex(&given["authenticatorData"])),
                "signature": encode(&hex(&given["signature"])),
            },
        }),
    )
}

fn line(ceremony: Value, challenge: &Value, credential: Value) -> Value {
    ceremony
        .with("id", json!("vector"))
        .with("rp_id", json!("example.org"))
        .with("origins", json!(["https://example.org"]))
        .with("cross_origin", json!(true))
        .with("top_origins", json!(["https://example.com"]))
        .with("challenge", json!(encode(&hex(challenge))))
        .with("credential", credential)
}

/// Changes of one member.
trait Edit: Sized {
    fn with(self, name: &str, value: Value) -> Self;
    fn without(self, name: &str) -> Self;
}

impl Edit for Value {
    fn with(mut self, name: &str, value: Value) -> Self {
        self[name] = value;
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.as_object_mut().unwrap().remove(name).unwrap();
        self
    }
}

fn file() -> Option<Value> {
    let text = fs::read(shared(FILE)?).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

fn vectors(file: &Value) -> &[Value] {
    file["vectors"].as_array().unwrap()
}

fn vector<'f>(file: &'f Value, id: &str) -> &'f Value {
    vectors(file).iter().find(|vector| vector["id"] == id).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
