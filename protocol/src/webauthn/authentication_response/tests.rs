use serde_json::{Value, json};

use super::AuthenticationResponse;
use crate::error::Reason;
use crate::webauthn::Dialect;

fn good() -> Value {
    json!({
        "id": "AQI",
        "rawId": "AQI",
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "AA",
            "signature": "Ag",
            "userHandle": "Aw",
        },
    })
}

fn parse(value: &Value, dialect: Dialect) -> Result<AuthenticationResponse, Reason> {
    AuthenticationResponse::from_json(value.to_string().as_bytes(), dialect).map_err(|error| error.reason)
}

#[test]
fn a_good_response() {
    let response = parse(&good(), Dialect::WebAuthn).unwrap();
    assert_eq!(response.authenticator_data, [0]);
    assert_eq!(response.signature, [2]);
    assert_eq!(response.user_handle.as_deref(), Some(&[3][..]));
    assert_eq!(response.authenticator_attachment, None);
    assert_eq!(response.to_json(), good());
}

#[test]
fn every_edit_has_its_own_reason() {
    use Reason as R;
    let cases: &[(&str, Option<Value>, Reason)] = &[
        ("clientDataJSON", None, R::CredentialClientDataJsonMissing),
        ("authenticatorData", None, R::CredentialAuthenticatorDataMissing),
        ("authenticatorData", Some(json!(1)), R::CredentialAuthenticatorDataNotString),
        ("authenticatorData", Some(json!("AB")), R::CredentialAuthenticatorDataNotBase64url),
        ("signature", None, R::CredentialSignatureMissing),
        ("signature", Some(json!([])), R::CredentialSignatureNotString),
        ("signature", Some(json!("Ag==")), R::CredentialSignatureNotBase64url),
        ("userHandle", Some(json!(true)), R::CredentialUserHandleNotString),
        ("userHandle", Some(json!("*")), R::CredentialUserHandleNotBase64url),
    ];
    for (name, to, reason) in cases {
        let mut value = good();
        let response = value["response"].as_object_mut().unwrap();
        response.remove(*name).unwrap();
        response.extend(to.clone().map(|to| ((*name).to_owned(), to)));
        for dialect in [Dialect::WebAuthn, Dialect::FidoRest] {
            assert_eq!(parse(&value, dialect), Err(*reason), "{value}");
        }
    }
}

#[test]
fn empty_and_null_user_handles() {
    let mut value = good();
    value["response"]["userHandle"] = json!("");
    let handle = |value: &Value, dialect| parse(value, dialect).map(|response| response.user_handle);
    assert_eq!(handle(&value, Dialect::WebAuthn), Ok(Some(Vec::new())));
    assert_eq!(handle(&value, Dialect::FidoRest), Ok(None));
    value["response"]["userHandle"] = Value::Null;
    assert_eq!(handle(&value, Dialect::WebAuthn), Ok(None));
    assert_eq!(handle(&value, Dialect::FidoRest), Err(Reason::CredentialUserHandleNotString));
}
