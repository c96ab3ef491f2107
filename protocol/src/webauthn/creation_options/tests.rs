use serde_json::{Value, json};

use super::CreationOptions;
use crate::error::Reason;
use crate::webauthn::{AttestationConveyance, ResidentKey, UserVerification};

fn good() -> Value {
    json!({
        "rp": { "id": "a.example", "name": "A" },
        "user": { "id": "AQ", "name": "n", "displayName": "" },
        "challenge": "AAEC",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "timeout": 300000,
        "excludeCredentials": [{ "type": "public-key", "id": "AQ", "transports": ["usb"] }],
        "authenticatorSelection": {
            "residentKey": "preferred",
            "userVerification": "required",
            "requireResidentKey": false,
        },
        "hints": ["security-key"],
        "attestation": "direct",
        "attestationFormats": ["packed"],
        "extensions": { "credProps": true },
    })
}

fn parse(value: &Value) -> Result<CreationOptions, Reason> {
    CreationOptions::from_json(value.to_string().as_bytes()).map_err(|error| error.reason)
}

#[test]
fn good_options_come_back_the_same() {
    let options = parse(&good()).unwrap();
    assert_eq!(options.to_json(), good());
    assert_eq!(options.user_verification(), UserVerification::Required);
    assert_eq!(options.resident_key(), ResidentKey::Preferred);
    assert_eq!(options.attestation_conveyance(), AttestationConveyance::Direct);
}

#[test]
fn defaults_and_unknown_values() {
    let mut value = good();
    for name in ["timeout", "excludeCredentials", "hints", "attestation", "attestationFormats"] {
        value.as_object_mut().unwrap().remove(name);
    }
    value["authenticatorSelection"] =
        json!({ "requireResidentKey": true, "residentKey": "?", "userVerification": "?" });
    value["other"] = json!(1);
    let options = parse(&value).unwrap();
    assert_eq!(options.attestation, "none");
    assert_eq!(options.resident_key(), ResidentKey::Required);
    assert_eq!(options.user_verification(), UserVerification::Preferred);
    assert!(options.exclude_credentials.is_empty() && options.hints.is_empty());
    value.as_object_mut().unwrap().remove("authenticatorSelection");
    value["attestation"] = json!("?");
    let options = parse(&value).unwrap();
    assert_eq!(options.resident_key(), ResidentKey::Discouraged);
    assert_eq!(options.attestation_conveyance(), AttestationConveyance::None);
}

#[test]
fn every_edit_has_its_reason_and_names_the_member() {
    use Reason as R;
    let cases: &[(&str, Option<Value>, Reason)] = &[
        ("/rp", None, R::OptionsMemberMissing),
        ("/rp", Some(json!("A")), R::OptionsMemberWrongType),
        ("/rp/name", None, R::OptionsMemberMissing),
        ("/rp/id", Some(json!(1)), R::OptionsMemberWrongType),
        ("/user/id", None, R::OptionsMemberMissing),
        ("/user/id", Some(json!("AQ==")), R::OptionsMemberNotBase64url),
        ("/user/displayName", None, R::OptionsMemberMissing),
        ("/challenge", Some(json!([0])), R::OptionsMemberWrongType),
        ("/challenge", Some(json!("+")), R::OptionsMemberNotBase64url),
        ("/pubKeyCredParams", None, R::OptionsMemberMissing),
        ("/pubKeyCredParams", Some(json!({})), R::OptionsMemberWrongType),
        ("/pubKeyCredParams/0/alg", Some(json!("-7")), R::OptionsMemberWrongType),
        ("/pubKeyCredParams/0/alg", Some(json!(-7.5)), R::OptionsMemberWrongType),
        ("/timeout", Some(json!(-1)), R::OptionsMemberWrongType),
        ("/excludeCredentials/0/id", None, R::OptionsMemberMissing),
        ("/excludeCredentials/0/transports", Some(json!([1])), R::OptionsMemberWrongType),
        ("/authenticatorSelection/requireResidentKey", Some(json!(1)), R::OptionsMemberWrongType),
        ("/extensions", Some(json!([])), R::OptionsMemberWrongType),
    ];
    for (pointer, to, reason) in cases {
        let mut value = good();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match to {
            Some(to) => drop(parent.insert(name.into(), to.clone())),
            None => drop(parent.remove(name).unwrap()),
        }
        let text = value.to_string();
        let error = CreationOptions::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.reason, *reason, "{pointer}");
        assert!(error.detail.starts_with(pointer), "{}", error.detail);
    }
    for (text, reason) in [
        ("", R::OptionsNotJson),
        ("{}1", R::OptionsTrailingBytes),
        ("7", R::OptionsNotObject),
        (r#"{"rp":1,"rp":1}"#, R::OptionsDuplicateMember),
    ] {
        let error = CreationOptions::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.reason, reason, "{text}");
    }
}
