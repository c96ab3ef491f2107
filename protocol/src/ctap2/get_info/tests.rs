use serde_json::json;

use super::Response;
use crate::aaguid::Aaguid;
use crate::cose::alg;
use crate::ctap2::Parameter;

fn full() -> Response {
    Response {
        versions: vec!["FIDO_2_3".to_owned()],
        aaguid: Aaguid::ZERO,
        options: Some([("rk".to_owned(), true)].into()),
        algorithms: Some(vec![Parameter::public_key(alg::ES256)]),
        min_pin_length: Some(4),
        pin_complexity_policy_url: Some(b"https".to_vec()),
        ..Response::default()
    }
}

#[test]
fn members_are_written_as_metadata_have_them() {
    let expected = json!({
        "versions": ["FIDO_2_3"],
        "aaguid": "00000000-0000-0000-0000-000000000000",
        "options": {"rk": true},
        "algorithms": [{"type": "public-key", "alg": -7}],
        "minPINLength": 4,
        "pinComplexityPolicyURL": "6874747073",
    });
    assert_eq!(serde_json::Value::Object(full().to_json()), expected);
}

#[test]
fn what_is_forgotten_is_not_told() {
    let mut info = full();
    assert!(info.forget("minPINLength") && info.forget("encIdentifier"));
    assert_eq!(info, Response { min_pin_length: None, ..full() });
    assert!(!info.forget("versions") && !info.forget("aaguid") && !info.forget("minPinLength"));
}
