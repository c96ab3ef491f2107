use serde_json::{Value, json};

use super::RegistrationResponse;
use crate::error::Reason;
use crate::tree::json;
use crate::webauthn::Dialect;

fn good() -> Value {
    json!({
        "id": "AQI",
        "rawId": "AQI",
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": { "credProps": { "rk": true } },
        "response": {
            "clientDataJSON": "e30",
            "attestationObject": "oA",
            "transports": ["internal", "teleport"],
            "publicKey": 17,
        },
        "unknown": [1],
    })
}

fn parse(value: &Value, dialect: Dialect) -> Result<RegistrationResponse, Reason> {
    let text = value.to_string();
    let result = RegistrationResponse::from_json(text.as_bytes(), dialect);
    let node = json::read(text.as_bytes()).root.unwrap();
    assert_eq!(result, RegistrationResponse::from_node(&node, dialect));
    result.map_err(|error| error.reason)
}

/// Sets the member at a pointer, or takes it away.
fn edited(pointer: &str, to: Option<Value>) -> Value {
    let mut value = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match to {
        Some(to) => drop(parent.insert(name.into(), to)),
        None => drop(parent.remove(name).unwrap()),
    }
    value
}

#[test]
fn a_good_response() {
    for dialect in [Dialect::WebAuthn, Dialect::FidoRest] {
        let response = parse(&good(), dialect).unwrap();
        assert_eq!(response.id, "AQI");
        assert_eq!(response.raw_id, [1, 2]);
        assert_eq!(response.kind, "public-key");
        assert_eq!(response.client_data_json, b"{}");
        assert_eq!(response.attestation_object, [0xa0]);
        assert_eq!(response.transports, ["internal", "teleport"]);
        assert_eq!(response.authenticator_attachment.as_deref(), Some("platform"));
        assert_eq!(response.client_extension_results["credProps"]["rk"], true);
        let again = parse(&response.to_json(), dialect).unwrap();
        assert_eq!(again, response);
    }
}

#[test]
fn every_edit_has_its_own_reason() {
    use Reason as R;
    let cases: &[(&str, Option<Value>, Reason)] = &[
        ("/id", None, R::CredentialIdMissing),
        ("/id", Some(json!(1)), R::CredentialIdNotString),
        ("/id", Some(json!("AQI=")), R::CredentialIdNotBase64url),
        ("/type", None, R::CredentialTypeMissing),
        ("/type", Some(json!({})), R::CredentialTypeNotString),
        ("/response", None, R::CredentialResponseMissing),
        ("/response", Some(json!("e30")), R::CredentialResponseNotObject),
        ("/response/clientDataJSON", None, R::CredentialClientDataJsonMissing),
        ("/response/clientDataJSON", Some(json!({})), R::CredentialClientDataJsonNotString),
        ("/response/clientDataJSON", Some(json!("{}")), R::CredentialClientDataJsonNotBase64url),
        ("/response/attestationObject", None, R::CredentialAttestationObjectMissing),
        ("/response/attestationObject", Some(json!(null)), R::CredentialAttestationObjectNotString),
        ("/response/attestationObject", Some(json!("+")), R::CredentialAttestationObjectNotBase64url),
        ("/response/transports", Some(json!("usb")), R::CredentialTransportsNotStrings),
        ("/response/transports", Some(json!([1])), R::CredentialTransportsNotStrings),
        ("/authenticatorAttachment", Some(json!(1)), R::CredentialAttachmentNotString),
        ("/clientExtensionResults", Some(json!([])), R::CredentialExtensionResultsNotObject),
        ("/rawId", Some(json!(1)), R::CredentialRawIdNotString),
        ("/rawId", Some(json!("A")), R::CredentialRawIdNotBase64url),
    ];
    for (pointer, to, reason) in cases {
        let value = edited(pointer, to.clone());
        for dialect in [Dialect::WebAuthn, Dialect::FidoRest] {
            assert_eq!(parse(&value, dialect), Err(*reason), "{value}");
        }
    }
    for (text, reason) in [
        ("", R::CredentialNotJson),
        ("{", R::CredentialNotJson),
        ("{} {}", R::CredentialTrailingBytes),
        ("[]", R::CredentialNotObject),
        ("null", R::CredentialNotObject),
        (r#"{"id":"AQI","id":"AQI"}"#, R::CredentialDuplicateMember),
    ] {
        let error = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn);
        assert_eq!(error.unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn duplicates_anywhere_are_refused() {
    for (once, twice) in [
        ("\"transports\"", "\"attestationObject\":\"oA\",\"transports\""),
        ("\"rk\"", "\"rk\":1,\"rk\""),
        ("[1]", "[{\"a\":1,\"a\":1}]"),
    ] {
        let text = good().to_string().replace(once, twice);
        let result = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn);
        assert_eq!(result.unwrap_err().reason, Reason::CredentialDuplicateMember);
        let node = json::read(text.as_bytes()).root.unwrap();
        let result = RegistrationResponse::from_node(&node, Dialect::WebAuthn);
        assert_eq!(result.unwrap_err().reason, Reason::CredentialDuplicateMember);
    }
}

#[test]
fn dialects_differ_in_what_may_be_absent() {
    let no_raw_id = edited("/rawId", None);
    assert_eq!(parse(&no_raw_id, Dialect::WebAuthn), Err(Reason::CredentialRawIdMissing));
    assert_eq!(parse(&no_raw_id, Dialect::FidoRest).unwrap().raw_id, [1, 2]);

    let no_results = edited("/clientExtensionResults", None);
    assert_eq!(parse(&no_results, Dialect::WebAuthn), Err(Reason::CredentialExtensionResultsMissing));
    let response = parse(&no_results, Dialect::FidoRest).unwrap();
    assert!(response.client_extension_results.is_empty());

    let mut odd_name = no_results;
    odd_name["getClientExtensionResults"] = json!({ "appid": true });
    let response = parse(&odd_name, Dialect::FidoRest).unwrap();
    assert_eq!(response.client_extension_results["appid"], true);
    odd_name["getClientExtensionResults"] = json!(1);
    assert_eq!(parse(&odd_name, Dialect::FidoRest), Err(Reason::CredentialExtensionResultsNotObject));

    let null = edited("/authenticatorAttachment", Some(Value::Null));
    assert_eq!(parse(&null, Dialect::WebAuthn).unwrap().authenticator_attachment, None);
    assert_eq!(parse(&null, Dialect::FidoRest), Err(Reason::CredentialAttachmentNotString));
}
