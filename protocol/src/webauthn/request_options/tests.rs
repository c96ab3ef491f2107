use serde_json::{Value, json};

use super::RequestOptions;
use crate::error::Reason;
use crate::webauthn::UserVerification;

fn parse(value: &Value) -> Result<RequestOptions, Reason> {
    RequestOptions::from_json(value.to_string().as_bytes()).map_err(|error| error.reason)
}

#[test]
fn good_options_come_back_the_same() {
    let good = json!({
        "challenge": "AAEC",
        "timeout": 300000,
        "rpId": "a.example",
        "allowCredentials": [{ "type": "public-key", "id": "AQ" }],
        "userVerification": "discouraged",
        "hints": ["hybrid"],
        "extensions": { "appid": "https://a.example" },
    });
    let options = parse(&good).unwrap();
    assert_eq!(options.to_json(), good);
    assert_eq!(options.user_verification(), UserVerification::Discouraged);
}

#[test]
fn only_the_challenge_is_required() {
    let options = parse(&json!({ "challenge": "", "rpId": null })).unwrap();
    assert_eq!(options, RequestOptions::new(Vec::new()));
    assert_eq!(options.user_verification(), UserVerification::Preferred);
    assert_eq!(parse(&json!({})), Err(Reason::OptionsMemberMissing));
    let wrong = json!({ "challenge": "", "allowCredentials": [1] });
    assert_eq!(parse(&wrong), Err(Reason::OptionsMemberWrongType));
}
