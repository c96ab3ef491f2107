//! The test vectors of WebAuthn L3 16, where the shared data are at hand.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

use super::{AuthenticationResponse, Dialect, RegistrationResponse};
use crate::attestation_object::AttestationObject;
use crate::authenticator_data::AuthenticatorData;
use crate::base64url;
use crate::client_data::{ClientData, Collected, serialize};
use crate::digest::sha256;
use crate::error::Malformed;
use crate::signature::verify;
use crate::tree::{cbor, der};

/// The vectors; none, and a word about it, where the shared data are not there.
fn vectors() -> Vec<Value> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os("ASSAY_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("data/w3c-webauthn-l3.json");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: no {}", path.display());
        return Vec::new();
    };
    let mut file: Value = serde_json::from_str(&text).unwrap();
    match file["vectors"].take() {
        Value::Array(vectors) => vectors,
        other => panic!("vectors: {other}"),
    }
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn registrations_parse_and_reserialise() {
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        let registration = &vector["registration"];
        let facts = &vector["facts"];

        let bytes = hex(&registration["attestationObject"]);
        let object = AttestationObject::parse(&bytes).unwrap();
        assert_eq!(object.anomalies, [], "{id}");
        assert_eq!(object.fmt, facts["fmt"].as_str().unwrap(), "{id}");
        let statement = object.att_stmt.to_value();
        let again = AttestationObject::to_bytes(&object.fmt, &statement, &object.auth_data);
        assert_eq!(again, bytes, "{id}");
        for certificate in certificates(&object.att_stmt) {
            assert_eq!(der::read(certificate).anomalies, [], "{id}");
        }

        let data = AuthenticatorData::parse(&object.auth_data).unwrap();
        assert_eq!(data.to_bytes(), object.auth_data, "{id}");
        assert_eq!(data.anomalies, [], "{id}");
        assert_eq!(data.flags.0, facts["flagsRegistration"], "{id}");
        let attested = data.attested.unwrap();
        assert_eq!(attested.public_key_anomalies, [], "{id}");
        assert_eq!(attested.credential_id, hex(&registration["credential_id"]), "{id}");
        assert_eq!(attested.aaguid.as_bytes()[..], hex(&registration["aaguid"]), "{id}");
        let key = attested.credential_public_key;
        assert_eq!(key.alg, facts["credentialAlg"], "{id}");
        assert_eq!(key.to_cbor(), attested.public_key_cbor, "{id}");
        check_client_data(id, registration, ClientData::CREATE);

        let response = RegistrationResponse::new(attested.credential_id, hex(&registration["clientDataJSON"]), bytes);
        let json = response.to_json();
        assert_eq!(json["response"]["publicKeyAlgorithm"], key.alg, "{id}");
        let encoded = base64url::encode(&object.auth_data);
        assert_eq!(json["response"]["authenticatorData"], encoded, "{id}");
        assert!(json["response"].get("publicKey").is_some(), "{id}");
        let text = json.to_string();
        let parsed = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn);
        assert_eq!(parsed, Ok(response), "{id}");
    }
}

#[test]
fn authentications_parse_reserialise_and_verify() {
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        let authentication = &vector["authentication"];
        let object = hex(&vector["registration"]["attestationObject"]);
        let object = AttestationObject::parse(&object).unwrap();
        let registered = AuthenticatorData::parse(&object.auth_data).unwrap();
        let key = registered.attested.unwrap().credential_public_key;

        let bytes = hex(&authentication["authenticatorData"]);
        let data = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(data.to_bytes(), bytes, "{id}");
        assert_eq!(data.flags.0, vector["facts"]["flagsAuthentication"], "{id}");
        check_client_data(id, authentication, ClientData::GET);

        let client_data_json = hex(&authentication["clientDataJSON"]);
        let signature = hex(&authentication["signature"]);
        let message = [&bytes[..], &sha256(&client_data_json)].concat();
        assert_eq!(verify(key.alg, &key.key, &message, &signature), Ok(()), "{id}");

        let response = AuthenticationResponse::new(vec![1], client_data_json, bytes, signature);
        let text = response.to_json().to_string();
        let parsed = AuthenticationResponse::from_json(text.as_bytes(), Dialect::WebAuthn);
        assert_eq!(parsed, Ok(response), "{id}");
    }
}

/// Any byte changed in any way, or left out, gives a value or a reason, and never a panic.
#[test]
fn damaged_messages_never_panic() {
    let mut reasons = std::collections::BTreeSet::new();
    let mut note = |result: Result<(), Malformed>| {
        reasons.extend(result.err().map(|error| error.reason));
    };
    for vector in vectors() {
        let object = hex(&vector["registration"]["attestationObject"]);
        let client_data = hex(&vector["registration"]["clientDataJSON"]);
        for at in 0..object.len().min(400) {
            for to in [0x00, 0x1f, 0x5f, 0x81, 0xa1, 0xff, object[at] ^ 1] {
                let mut damaged = object.clone();
                damaged[at] = to;
                note(registration(&damaged));
            }
            note(registration(&object[..at]));
        }
        for at in 0..client_data.len() {
            for to in [b'"', b'\\', b'}', 0xff, 0x00] {
                let mut damaged = client_data.clone();
                damaged[at] = to;
                note(ClientData::parse(&damaged).map(drop));
            }
            note(ClientData::parse(&client_data[..at]).map(drop));
        }
    }
    assert!(reasons.is_empty() || reasons.len() > 20, "{reasons:?}");
}

fn registration(bytes: &[u8]) -> Result<(), Malformed> {
    let object = AttestationObject::parse(bytes)?;
    cbor::diagnostic(&object.att_stmt);
    for certificate in certificates(&object.att_stmt) {
        der::read(certificate);
    }
    AuthenticatorData::parse(&object.auth_data).map(drop)
}

fn certificates(statement: &cbor::Node) -> impl Iterator<Item = &[u8]> {
    let path = statement.get_text("x5c").and_then(cbor::Node::as_array);
    path.unwrap_or_default().iter().filter_map(cbor::Node::as_bytes)
}

/// The client data begins with what our own client would have written.
fn check_client_data(id: &str, ceremony: &Value, kind: &str) {
    let bytes = hex(&ceremony["clientDataJSON"]);
    let data = ClientData::parse(&bytes).unwrap();
    let challenge = hex(&ceremony["challenge"]);
    assert_eq!(data.kind, kind, "{id}");
    assert_eq!(data.challenge, base64url::encode(&challenge), "{id}");
    let mut ours = serialize(&Collected {
        kind,
        challenge: &challenge,
        origin: "https://example.org",
        cross_origin: data.cross_origin.unwrap(),
        top_origin: data.top_origin.as_deref(),
    });
    ours.pop();
    assert!(bytes.starts_with(&ours), "{id}");
    assert!(data.unknown.iter().all(|name| name == "extraData"), "{id}");
}
