use serde_json::json;

use super::*;

const ID: &[u8] = &[1, 2, 3];

fn read(inputs: Value, during: During<'_>) -> Result<Inputs, &'static str> {
    let Value::Object(inputs) = inputs else { panic!("not an object") };
    Inputs::read(&inputs, during).map_err(|error| error.name)
}

#[test]
fn what_clients_take() {
    let allowed = [ID.to_vec()];
    let inputs = read(
        json!({
            "credProps": true,
            "appidExclude": "https://example.org/u2f",
            "credentialProtectionPolicy": "userVerificationRequired",
            "enforceCredentialProtectionPolicy": true,
            "prf": { "eval": { "first": "AQ" } },
            "largeBlob": { "support": "required" },
            "example.extension": 1,
        }),
        During::Registration,
    )
    .unwrap();
    assert_eq!(inputs.appid_exclude.as_deref(), Some("https://example.org/u2f"));
    assert_eq!(inputs.cred_protect, Some(CredProtect { level: Level::Required, enforced: true }));
    assert_eq!(inputs.large_blob.unwrap().required, Some(true));
    assert_eq!(inputs.prf.unwrap().chosen(ID), Some(&Salts { first: vec![1], second: None }));

    let by_credential = json!({ "prf": {
        "eval": { "first": "AQ" },
        "evalByCredential": { "AQID": { "first": "Ag", "second": "Aw" } },
    } });
    let prf = read(by_credential, During::Authentication(&allowed)).unwrap().prf.unwrap();
    assert_eq!(prf.chosen(ID).unwrap().second, Some(vec![3]));
    assert_eq!(prf.chosen(&[9]).unwrap().first, [1]);
}

#[test]
fn what_clients_reject() {
    let (one, two) = ([ID.to_vec()], [ID.to_vec(), vec![4]]);
    let named = |key: &str| json!({ "prf": { "evalByCredential": { key: { "first": "AQ" } } } });
    for (inputs, during, expected) in [
        (json!({ "appid": 1 }), During::Authentication(&one), "TypeError"),
        (json!({ "appid": "https://example.org" }), During::Registration, "NotSupportedError"),
        (json!({ "appidExclude": "https://example.org" }), During::Authentication(&one), "NotSupportedError"),
        (json!({ "credentialProtectionPolicy": "always" }), During::Registration, "TypeError"),
        (json!({ "prf": true }), During::Registration, "TypeError"),
        (json!({ "prf": { "eval": {} } }), During::Registration, "TypeError"),
        (json!({ "prf": { "eval": { "first": "A=" } } }), During::Registration, "EncodingError"),
        (named("AQID"), During::Registration, "NotSupportedError"),
        (named("AQID"), During::Authentication(&[]), "NotSupportedError"),
        (named(""), During::Authentication(&one), "SyntaxError"),
        (named("AQ=="), During::Authentication(&one), "SyntaxError"),
        (named("BA"), During::Authentication(&one), "SyntaxError"),
        (json!({ "largeBlob": { "read": true } }), During::Registration, "NotSupportedError"),
        (json!({ "largeBlob": { "write": "AQ" } }), During::Registration, "NotSupportedError"),
        (json!({ "largeBlob": { "support": "preferred" } }), During::Authentication(&one), "NotSupportedError"),
        (json!({ "largeBlob": { "read": true, "write": "AQ" } }), During::Authentication(&one), "NotSupportedError"),
        (json!({ "largeBlob": { "write": "AQ" } }), During::Authentication(&two), "NotSupportedError"),
        (json!({ "largeBlob": { "write": "AQ" } }), During::Authentication(&[]), "NotSupportedError"),
    ] {
        assert_eq!(read(inputs.clone(), during), Err(expected), "{inputs}");
    }
    assert!(read(named("AQID"), During::Authentication(&one)).is_ok());
    assert!(read(json!({ "largeBlob": { "write": "AQ" } }), During::Authentication(&one)).is_ok());
}
