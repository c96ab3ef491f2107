//! Requests that are wrong in one way each: every one has its status and its code.

use assay_mint::lab::Lab;
use serde_json::json;

use super::serve;
use crate::support::http::Browser;
use crate::support::place::Place;

fn lab() -> Lab {
    Lab::new([4; 32], 1_795_305_600)
}

#[test]
fn wrong_requests() {
    let place = Place::new();
    let mut server = serve(&place);
    let browser = Browser::new(&server);
    browser.register(&lab(), "ada");
    let deep = "[".repeat(100_000);
    let rows: &[(&str, &str, u16, &str)] = &[
        // No JSON
        ("/attestation/options", "", 400, "malformed_json"),
        ("/attestation/options", "{", 400, "malformed_json"),
        ("/attestation/options", "username=ada", 400, "malformed_json"),
        ("/attestation/options", "{\"username\":\"\\ud800\"}", 400, "malformed_json"),
        ("/attestation/options", "{\"username\":\"a\",\"username\":\"b\"}", 400, "malformed_json"),
        ("/attestation/options", "{\"username\":\"a\"}{}", 400, "malformed_json"),
        ("/attestation/options", &deep, 400, "malformed_json"),
        ("/assertion/options", "nonsense", 400, "malformed_json"),
        ("/v1/registration/options", "'", 400, "malformed_json"),
        // The wrong JSON
        ("/attestation/options", "[]", 400, "invalid_request"),
        ("/attestation/options", "null", 400, "invalid_request"),
        ("/attestation/options", "\"ada\"", 400, "invalid_request"),
        ("/attestation/options", "{}", 400, "invalid_request"),
        ("/attestation/options", r#"{"username":null,"displayName":"A"}"#, 400, "invalid_request"),
        ("/attestation/options", r#"{"username":["ada"],"displayName":"A"}"#, 400, "invalid_request"),
        ("/attestation/options", r#"{"username":"","displayName":"A"}"#, 400, "invalid_request"),
        ("/attestation/options", r#"{"username":"x","displayName":7}"#, 400, "invalid_request"),
        ("/attestation/options", r#"{"username":"x","displayName":"X","attestation":7}"#, 400, "invalid_request"),
        ("/attestation/options", r#"{"username":"x","displayName":"X","attestation":"much"}"#, 400, "invalid_request"),
        (
            "/attestation/options",
            r#"{"username":"x","displayName":"X","authenticatorSelection":[]}"#,
            400,
            "invalid_request",
        ),
        (
            "/attestation/options",
            r#"{"username":"x","displayName":"X","extensions":"credProps"}"#,
            400,
            "invalid_request",
        ),
        ("/assertion/options", r#"{"username":7}"#, 400, "invalid_request"),
        ("/assertion/options", r#"{"username":"ada","userVerification":"maybe"}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"x","unknown":1}"#, 400, "invalid_request"),
        ("/v1/registration/options", r#"{"username":"ada"}"#, 409, "account_exists"),
        // Nobody, nothing, nowhere
        ("/assertion/options", r#"{"username":"nobody"}"#, 404, "user_unknown"),
        ("/attestation/result", "{}", 400, "challenge_unknown"),
        ("/assertion/result", "{}", 400, "challenge_unknown"),
        ("/v1/registration/verify", "[]", 400, "challenge_unknown"),
        ("/v1/attestation/policy", "{}", 401, "unauthorized"),
        ("/v1/tenants", "{}", 401, "unauthorized"),
        ("/v1/logout", "{}", 401, "session_required"),
        ("/v1/nowhere", "{}", 404, "not_found"),
        ("/", "", 404, "not_found"),
        ("/attestation/options/", "{}", 404, "not_found"),
        ("/healthz", "{}", 405, "method_not_allowed"),
    ];
    for (path, body, status, code) in rows {
        let shown: String = body.chars().take(60).collect();
        let answer = Browser::new(&server).post_text(path, (*body).to_owned());
        assert_eq!((answer.status, answer.code()), (*status, *code), "{path} {shown}: {}", answer.body);
        let told = if answer.body["status"] == "failed" { "errorMessage" } else { "message" };
        assert!(answer.body[told].as_str().is_some_and(|text| !text.is_empty()), "{path} {shown}: {}", answer.body);
    }
    browser.register(&lab(), "grace");
    assert!(server.lives());
}

/// Whoever sends too much is told so by name, whether the length was announced or not.
#[test]
fn too_large() {
    let place = Place::new();
    let server = serve(&place);
    let browser = Browser::new(&server);
    for (length, path) in [
        (300_000, "/attestation/options"),
        (300_000, "/attestation/result"),
        (300_000, "/v1/registration/verify"),
        (3 << 20, "/attestation/options"),
    ] {
        let large = json!({ "username": "a".repeat(length), "displayName": "" }).to_string();
        let chunked = reqwest::blocking::Body::new(std::io::Cursor::new(large.clone()));
        for answer in [browser.post_text(path, large), browser.post_text(path, chunked)] {
            assert_eq!((answer.status, answer.code()), (413, "body_too_large"), "{path} {}", answer.body);
        }
    }
    browser.register(&lab(), "ada");
}

/// One answer a question: what was accepted once is refused the next time, and so is what was refused.
#[test]
fn replays() {
    let place = Place::new();
    let server = serve(&place);
    let browser = Browser::new(&server);
    let (text, credential) = browser.forge(&lab(), "ada").unwrap();
    browser.post_text("/attestation/result", text.clone()).expect(200);
    for _ in 0..2 {
        let again = browser.post_text("/attestation/result", text.clone());
        assert_eq!((again.status, again.code()), (400, "challenge_reused"), "{}", again.body);
    }
    // Somebody who has read along cannot use it either.
    let stranger = Browser::new(&server).post_text("/attestation/result", text);
    assert_eq!((stranger.status, stranger.code()), (400, "challenge_unknown"), "{}", stranger.body);

    let (spoilt, _) = browser.forge(&lab(), "grace").unwrap();
    let wrong = spoilt.replacen("\"public-key\"", "7", 1);
    assert_eq!(browser.post_text("/attestation/result", wrong).status, 400);
    let late = browser.post_text("/attestation/result", spoilt);
    assert_eq!((late.status, late.code()), (400, "challenge_reused"), "{}", late.body);
    browser.sign_in(&credential, "ada");
}
