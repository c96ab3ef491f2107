use serde_json::json;

use super::rig::Rig;

/// A name that no other row of a table has used.
fn nobody(row: usize) -> String {
    format!("user-{row}")
}

#[test]
fn bad_bodies_are_refused_by_name_and_the_server_goes_on() {
    let rig = Rig::new();
    let browser = rig.browser();
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let table: &[(&str, &str, u16, &str)] = &[
        ("/v1/registration/options", "", 400, "malformed_json"),
        ("/v1/registration/options", "{", 400, "malformed_json"),
        ("/v1/registration/options", "{} {}", 400, "malformed_json"),
        ("/v1/registration/options", &deep, 400, "malformed_json"),
        ("/v1/registration/options", r#"{"username":"a","username":"b"}"#, 400, "malformed_json"),
        ("/v1/registration/options", "[]", 400, "invalid_request"),
        ("/v1/registration/options", "null", 400, "invalid_request"),
        ("/v1/registration/options", "{}", 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":""}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":7}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":null}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","displayName":[]}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","extra":1}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","attestation":"maybe"}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","authenticatorSelection":1}"#, 400, "invalid_request"),
        (
            "/v1/registration/options",
            r#"{"username":"a","authenticatorSelection":{"userVerification":true}}"#,
            400,
            "invalid_request",
        ),
        ("/v1/registration/options", r#"{"username":"a","extensions":"x"}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","requirements":[]}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","requirements":{"x":1}}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"a","requirements":{"algorithms":[]}}"#, 400, "invalid_request"),
        (
            "/v1/registration/options",
            r#"{"username":"a","requirements":{"algorithms":[-999]}}"#,
            400,
            "invalid_request",
        ),
        (
            "/v1/registration/options",
            r#"{"username":"a","requirements":{"attestation_types":["gold"]}}"#,
            400,
            "invalid_request",
        ),
        ("/v1/registration/options", r#"{"username":"a","requirements":{"cross_origin":true}}"#, 403, "forbidden"),
        (
            "/v1/registration/options",
            r#"{"username":"a","requirements":{"mediation":"conditional"}}"#,
            403,
            "forbidden",
        ),
        ("/v1/authentication/options", r#"{"username":""}"#, 400, "invalid_request"),
        ("/v1/authentication/options", r#"{"userVerification":"sometimes"}"#, 400, "invalid_request"),
        ("/attestation/options", "{}", 400, "invalid_request"),
        ("/attestation/options", "not json", 400, "malformed_json"),
        ("/assertion/options", "{}", 400, "invalid_request"),
        ("/assertion/options", r#"{"username":"nobody"}"#, 404, "user_unknown"),
        ("/v1/registration/verify", "{}", 400, "challenge_unknown"),
        ("/attestation/result", "{}", 400, "challenge_unknown"),
        ("/assertion/result", "{}", 400, "challenge_unknown"),
        ("/v1/nothing", "{}", 404, "not_found"),
        ("/v1/whoami", "{}", 405, "method_not_allowed"),
    ];
    for (path, body, status, code) in table {
        let shown: String = body.chars().take(80).collect();
        let answer = browser.post_text(path, (*body).to_owned());
        assert_eq!((answer.status, answer.code()), (*status, *code), "{path} {shown}: {}", answer.body);
        if path.starts_with("/a") {
            assert_eq!(answer.body["status"], "failed", "{path} {shown}");
            assert_ne!(answer.body["errorMessage"], "", "{path} {shown}");
        } else {
            assert_ne!(answer.body["message"], "", "{path} {shown}");
        }
    }
    browser.register("after all that");
}

#[test]
fn bodies_must_be_short_and_say_that_they_are_json() {
    let rig = Rig::with(|config| config.body_limit = 4096);
    let browser = rig.browser();
    let long = json!({ "username": "a".repeat(5000) }).to_string();
    browser.post_text("/v1/registration/options", long.clone()).expect(413, "body_too_large");
    // Without a length announced: sent in chunks.
    let chunked = reqwest::blocking::Body::new(std::io::Cursor::new(long));
    browser.post_text("/v1/registration/options", chunked).expect(413, "body_too_large");
    let body = r#"{"username":"a"}"#;
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        browser.post_as("/v1/registration/options", media_type, body).expect(415, "unsupported_media_type");
    }
    browser.post_as("/v1/registration/options", "application/json; charset=utf-8", body).expect(200, "");
    browser.post_as("/v1/registration/options", "Application/JSON", body).expect(200, "");
}

#[test]
fn every_wrong_response_names_its_offence() {
    let rig = Rig::new();
    let browser = rig.browser();
    let table: &[(&str, &str)] = &[
        ("", "credential_not_json"),
        ("{", "credential_not_json"),
        ("[]", "credential_not_object"),
        ("{}", "credential_id_missing"),
        (r#"{"id":1}"#, "credential_id_not_string"),
        (r#"{"id":"a="}"#, "credential_id_not_base64url"),
        (r#"{"id":"AA","rawId":"AA"}"#, "credential_type_missing"),
        (r#"{"id":"AA","rawId":"AA","type":"public-key"}"#, "credential_response_missing"),
        (r#"{"id":"AA","id":"AA"}"#, "credential_duplicate_member"),
    ];
    for (row, (body, code)) in table.iter().enumerate() {
        browser.registration("/v1/registration/options", &json!({ "username": nobody(row) }));
        browser.post_text("/v1/registration/verify", (*body).to_owned()).expect(400, code);
        // The challenge is gone, whatever the body was.
        browser.post_text("/v1/registration/verify", (*body).to_owned()).expect(400, "challenge_unknown");
    }
    let rejected = rig.audit("registration.rejected");
    assert_eq!(rejected.len(), 2 * table.len());
    assert!(rejected.iter().all(|line| line["outcome"] == "fail"));
}
