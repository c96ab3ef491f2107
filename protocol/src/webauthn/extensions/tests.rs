use serde_json::{Value, json};

use super::{CredProps, LargeBlob, Outputs, Prf};
use crate::error::Reason;

fn parse(value: Value) -> Result<Outputs, (Reason, String)> {
    let Value::Object(results) = value else { panic!("not an object") };
    Outputs::from_results(&results).map_err(|error| (error.reason, error.detail))
}

#[test]
fn known_outputs() {
    let outputs = parse(json!({
        "appid": false,
        "credProps": {},
        "prf": { "enabled": true, "results": { "first": "AQ" } },
        "largeBlob": { "blob": "Ag" },
        "credBlob": true,
        "getCredBlob": "Aw",
        "hmacCreateSecret": false,
        "uvm": [[2, 4, 2], [4, 4, 4]],
        "payment": { "browserBoundSignature": { "signature": "BA" } },
        "other": 1,
    }));
    let expected = Outputs {
        appid: Some(false),
        appid_exclude: None,
        cred_props: Some(CredProps { rk: None }),
        prf: Some(Prf { enabled: Some(true), first: Some(vec![1]), second: None }),
        large_blob: Some(LargeBlob { blob: Some(vec![2]), ..LargeBlob::default() }),
        cred_blob: Some(true),
        get_cred_blob: Some(vec![3]),
        hmac_create_secret: Some(false),
        uvm: Some(vec![[2, 4, 2], [4, 4, 4]]),
        browser_bound_signature: Some(vec![4]),
    };
    assert_eq!(outputs, Ok(expected));
}

#[test]
fn wrong_types_are_named() {
    for (value, path) in [
        (json!({ "appid": "true" }), "/appid"),
        (json!({ "appidExclude": 1 }), "/appidExclude"),
        (json!({ "credProps": true }), "/credProps"),
        (json!({ "credProps": { "rk": null } }), "credProps/rk"),
        (json!({ "prf": { "results": [] } }), "prf/results"),
        (json!({ "prf": { "results": { "second": "+" } } }), "results/second"),
        (json!({ "largeBlob": { "written": 0 } }), "largeBlob/written"),
        (json!({ "credBlob": "AQ" }), "/credBlob"),
        (json!({ "getCredBlob": true }), "/getCredBlob"),
        (json!({ "hmacCreateSecret": 1 }), "/hmacCreateSecret"),
        (json!({ "uvm": [] }), "/uvm"),
        (json!({ "uvm": [[1, 2]] }), "/uvm"),
        (json!({ "uvm": [[1, 2, -3]] }), "/uvm"),
        (json!({ "payment": { "browserBoundSignature": "BA" } }), "payment/browserBoundSignature"),
        (json!({ "payment": { "browserBoundSignature": { "signature": "=" } } }), "browserBoundSignature/signature"),
    ] {
        let expected = (Reason::CredentialExtensionOutputWrongType, path.to_owned());
        assert_eq!(parse(value), Err(expected));
    }
}
