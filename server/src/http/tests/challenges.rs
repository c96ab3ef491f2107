use serde_json::json;
use time::Duration;

use super::rig::{Rig, owned};

#[test]
fn a_challenge_is_answered_once() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let text = forge.forge().unwrap().text;
    browser.post_text("/v1/registration/verify", text.clone()).expect(201, "");
    browser.post_text("/v1/registration/verify", text).expect(400, "challenge_reused");
    let line = rig.audit("registration.rejected").pop().unwrap();
    assert_eq!((&line["code"], &line["outcome"]), (&json!("challenge_reused"), &json!("fail")));
    assert!(line["user_id"].is_string());
}

#[test]
fn a_failure_consumes_it_too() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let mut wrong = forge.clone();
    wrong.origin = "https://evil.example".to_owned();
    browser.post_text("/v1/registration/verify", wrong.forge().unwrap().text).expect(400, "origin_mismatch");
    browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(400, "challenge_reused");
}

#[test]
fn it_belongs_to_one_browser() {
    let rig = Rig::new();
    let (alice, mallory) = (rig.browser(), rig.browser());
    let (_, forge) = alice.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let text = forge.forge().unwrap().text;
    mallory.post_text("/v1/registration/verify", text.clone()).expect(400, "challenge_unknown");
    mallory.registration("/v1/registration/options", &json!({ "username": "mallory" }));
    mallory.post_text("/v1/registration/verify", text.clone()).expect(400, "challenge_mismatch");
    alice.post_text("/v1/registration/verify", text).expect(201, "");
}

#[test]
fn it_belongs_to_one_ceremony() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let (_, forge) = browser.registration("/v1/registration/options", &json!({ "username": "bob" }));
    let mut assertion = assay_mint::assertion::AssertionForge::new(&credential, &forge.challenge);
    assertion.origin = "https://example.org".to_owned();
    let text = assertion.forge().unwrap().text;
    browser.post_text("/v1/authentication/verify", text).expect(400, "challenge_other_ceremony");
    // It is consumed all the same.
    let text = forge.forge().unwrap().text;
    browser.post_text("/v1/registration/verify", text).expect(400, "challenge_reused");
}

#[test]
fn it_expires() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    rig.clock.forward(Duration::seconds(300));
    browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(400, "challenge_expired");
}

#[test]
fn two_tabs_do_not_disturb_each_other() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, first) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let (_, second) = browser.registration("/v1/registration/options", &json!({ "username": "bob" }));
    browser.post("/v1/authentication/options", &json!({})).expect(200, "");
    browser.post_text("/v1/registration/verify", first.forge().unwrap().text).expect(201, "");
    browser.post_text("/v1/registration/verify", second.forge().unwrap().text).expect(201, "");
}

#[test]
fn each_rule_can_be_left_out() {
    let rig = Rig::with(|config| config.without = vec!["challenge_reused"]);
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let request = json!({ "username": "alice" });
    let (_, forge) = browser.authentication("/v1/authentication/options", &request, &credential);
    browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(200, "");
    let mut again = forge;
    again.sign_count += 1;
    browser.post_text("/v1/authentication/verify", again.forge().unwrap().text).expect(200, "");
    assert_eq!(browser.get("/v1/capabilities").body["without"], json!(["challenge_reused"]));

    let rig = Rig::with(|config| config.without = vec!["challenge_expired"]);
    let browser = rig.browser();
    let (_, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    rig.clock.forward(Duration::seconds(301));
    browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(201, "");

    let rig = Rig::with(|config| config.without = vec!["challenge_other_ceremony"]);
    let browser = rig.browser();
    let (options, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let forged = forge.forge().unwrap();
    browser.post_text("/v1/registration/verify", forged.text).expect(201, "");
    let credential = owned(forged.credential, &options);
    let (_, other) = browser.registration("/v1/registration/options", &json!({ "username": "bob" }));
    let assertion = assay_mint::assertion::AssertionForge::new(&credential, &other.challenge);
    browser.post_text("/v1/authentication/verify", assertion.forge().unwrap().text).expect(200, "");
    let request = json!({ "username": "alice" });
    let (_, assertion) = browser.authentication("/v1/authentication/options", &request, &credential);
    let forge =
        assay_mint::registration::RegistrationForge::none(&super::rig::lab(), "example.org", &assertion.challenge);
    browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(201, "");
}
