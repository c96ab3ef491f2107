use super::*;
use assay_protocol::base64url;

fn titles(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.title.as_str()).collect()
}

fn value<'a>(parts: &'a [Part], title: &str, name: &str) -> Option<(&'a str, Option<&'a str>)> {
    let part = parts.iter().find(|part| part.title == title)?;
    let field = part.fields.iter().find(|field| field.name == name)?;
    Some((&field.value, field.note.as_deref()))
}

#[test]
fn an_assertion_is_taken_apart() {
    let mut data = vec![0xab; 32];
    data.extend([0x05, 0, 0, 0, 7, 0xff]);
    let body = serde_json::json!({
        "id": "AA",
        "response": {
            "clientDataJSON": base64url::encode(br#"{"type":"webauthn.get","type":"x"}"#),
            "authenticatorData": base64url::encode(&data),
            "signature": base64url::encode(&[0x30, 0x06, 2, 1, 1, 2, 1, 1]),
        },
    });
    let parts = authentication(&body.to_string());
    assert_eq!(titles(&parts), ["credential", "client data", "authenticator data", "signature"]);
    assert_eq!(value(&parts, "authenticator data", "flags"), Some(("0x05", Some("UP UV"))));
    assert_eq!(value(&parts, "authenticator data", "signCount"), Some(("7", None)));
    assert_eq!(value(&parts, "authenticator data", "leftover").unwrap().0, "ff");
    assert!(value(&parts, "client data", "anomaly").unwrap().0.contains("duplicate"));
    assert_eq!(value(&parts, "signature", "sig").unwrap().1, Some("8 bytes, DER"));
}

#[test]
fn an_attestation_object_is_taken_apart() {
    // {"fmt": "none", "attStmt": {}, "authData": 37 bytes with AT and half of an AAGUID}
    let mut data = vec![0; 32];
    data.extend([0x41, 0, 0, 0, 0, 1, 2, 3]);
    let mut object = b"\xa3cfmtdnonegattStmt\xa0hauthDataX".to_vec();
    object.push(40);
    object.extend(&data);
    let body = serde_json::json!({ "response": { "attestationObject": base64url::encode(&object) } });
    let parts = registration(&body.to_string());
    assert_eq!(value(&parts, "attestation object", "fmt"), Some(("\"none\"", None)));
    assert_eq!(value(&parts, "attested credential data", "whole").unwrap().1, Some("shorter than 18 bytes"));
}

#[test]
fn nothing_makes_it_panic() {
    for body in ["", "[]", "{", "null", r#"{"response":7}"#, r#"{"response":{"clientDataJSON":"%"}}"#] {
        assert!(!registration(body).is_empty());
        assert!(!authentication(body).is_empty());
    }
    for length in 0..200_usize {
        let data: Vec<u8> = (0..length).map(|i| u8::try_from(i * 37 % 251).unwrap()).collect();
        authenticator_data(&data);
        let mut attested = data.clone();
        if let Some(flags) = attested.get_mut(32) {
            *flags = 0xff;
        }
        authenticator_data(&attested);
    }
}
