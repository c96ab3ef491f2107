use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::KeyPair as _;
use serde_json::{Map, Value, json};

use super::{encode, parse};
use crate::base64url;
use crate::cose::{Curve, PublicKey};
use crate::error::Reason;
use crate::signature::SignatureError;

fn header(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn text(header: &str, payload: &str, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| base64url::encode(bytes);
    format!("{}.{}.{}", part(header.as_bytes()), part(payload.as_bytes()), part(signature))
}

#[test]
fn es256_both_ways() {
    let rng = SystemRandom::new();
    let key = lc::EcdsaKeyPair::generate(&lc::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = key.public_key().as_ref();
    let public = PublicKey::Ec2 { curve: Curve::P256, x: point[1..33].to_vec(), y: point[33..].to_vec() };
    let head = header(json!({ "alg": "ES256", "typ": "JWT" }));
    let token = encode(&head, b"{\"a\":1}", |input| key.sign(&rng, input).unwrap().as_ref().to_vec());
    let jws = parse(&token).unwrap();
    assert_eq!(jws.header, head);
    assert_eq!(jws.payload, b"{\"a\":1}");
    assert_eq!(jws.verify(&public), Ok(()));

    let mut other = jws.clone();
    other.signature[0] ^= 1;
    assert_eq!(other.verify(&public), Err(SignatureError::Invalid));
    other.signature = vec![0; 64];
    assert!(
        matches!(other.verify(&public), Err(SignatureError::Malformed(malformed)) if malformed.reason == Reason::SignatureZero)
    );
    other.signature.pop();
    assert!(
        matches!(other.verify(&public), Err(SignatureError::Malformed(malformed)) if malformed.reason == Reason::SignatureWrongLength)
    );
    for alg in ["none", "RS256", "ES384", "HS256", "EdDSA", "es256"] {
        other.alg = alg.into();
        assert_eq!(other.verify(&public), Err(SignatureError::Unsupported), "{alg}");
    }
}

#[test]
fn every_edit_has_its_own_reason() {
    let good = text(r#"{"alg":"ES256"}"#, "", &[1]);
    assert!(parse(&good).is_ok());
    let cases = [
        (String::new(), Reason::JwsNotThreeParts),
        ("a.b".into(), Reason::JwsNotThreeParts),
        (format!("{good}.a"), Reason::JwsNotThreeParts),
        ("=.e30.AA".into(), Reason::JwsHeaderNotBase64url),
        (".e30.AA".into(), Reason::JwsHeaderNotJson),
        (text("{", "", &[]), Reason::JwsHeaderNotJson),
        (text("{}x", "", &[]), Reason::JwsHeaderNotJson),
        (text("[]", "", &[]), Reason::JwsHeaderNotObject),
        (text(r#"{"alg":"a","alg":"b"}"#, "", &[]), Reason::JwsHeaderDuplicateMember),
        (text(r#"{"alg":"a","crit":["b64"]}"#, "", &[]), Reason::JwsHeaderCritical),
        (text("{}", "", &[]), Reason::JwsAlgMissing),
        (text(r#"{"alg":7}"#, "", &[]), Reason::JwsAlgNotString),
        (format!("{}.+.AA", base64url::encode(br#"{"alg":"a"}"#)), Reason::JwsPayloadNotBase64url),
        (format!("{good}="), Reason::JwsSignatureNotBase64url),
        (format!("{good} "), Reason::JwsSignatureNotBase64url),
    ];
    for (text, reason) in cases {
        assert_eq!(parse(&text).unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn the_signing_input_is_the_text_as_it_came() {
    let odd = text(" {\"alg\" : \"x\"} ", "p", &[1]);
    let jws = parse(&odd).unwrap();
    assert_eq!(jws.signing_input, odd.rsplit_once('.').unwrap().0);
}
