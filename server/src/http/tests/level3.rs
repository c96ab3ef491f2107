//! What Level 3 adds around the ceremonies: signals, related origins, inputs and outputs of
//! extensions, conditional creation, payments.

use assay_mint::cbor::Map as Cbor;
use assay_mint::edits::AuthenticatorDataEdit;
use serde_json::{Value, json};

use super::rig::{RP_ID, Rig, owned};
use crate::{Config, spawn};

#[test]
fn an_unknown_credential_is_signalled_and_no_other() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let (_, mut forge) = browser.authentication("/v1/authentication/options", &json!({}), &credential);
    forge.credential_id = vec![0xee; 16];
    let refused = browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text);
    let refused = refused.expect(400, "credential_unknown").body;
    let expected = json!({ "rpId": RP_ID, "credentialId": "7u7u7u7u7u7u7u7u7u7u7g" });
    assert_eq!(refused["signals"], json!({ "unknownCredential": expected }));

    // Another tenant's credential is unknown here, and good there: it must not be told to go.
    let admin = rig.admin();
    let tenant = admin.post("/v1/tenants", &json!({})).expect(201, "").body;
    let client = admin.post("/v1/clients", &json!({ "tenant_id": tenant["tenant_id"] })).expect(201, "").body;
    let other = browser.with_basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let (_, forge) = other.authentication("/v1/authentication/options", &json!({}), &credential);
    let refused = other.post_text("/v1/authentication/verify", forge.forge().unwrap().text);
    assert!(refused.expect(400, "credential_unknown").body.get("signals").is_none());

    // Nor is a credential that is known and failed.
    let (_, mut forge) = browser.authentication("/v1/authentication/options", &json!({}), &credential);
    forge.origin = "https://evil.example".into();
    let refused = browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text);
    assert!(refused.expect(400, "origin_mismatch").body.get("signals").is_none());
}

#[test]
fn users_signals_are_their_own() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (alice, credential) = browser.register("alice");
    let (bob, _) = rig.browser().register("bob");
    browser.get("/v1/users/me/signals").expect(401, "session_required");
    browser.sign_in("alice", &credential);
    let signals = browser.get("/v1/users/me/signals").expect(200, "").body;
    let user_id = assay_protocol::base64url::encode(credential.user_handle.as_deref().unwrap());
    let credential_id = assay_protocol::base64url::encode(&credential.id);
    let expected = json!({
        "allAcceptedCredentials": { "rpId": RP_ID, "userId": user_id, "allAcceptedCredentialIds": [credential_id] },
        "currentUserDetails": { "rpId": RP_ID, "userId": user_id, "name": "alice", "displayName": "alice" },
    });
    assert_eq!(signals, expected);
    let path = |user: &Value| format!("/v1/users/{}/signals", user["user_id"].as_str().unwrap());
    assert_eq!(browser.get(&path(&alice)).expect(200, "").body, expected);
    browser.get(&path(&bob)).expect(403, "forbidden");
    assert_eq!(rig.admin().get(&path(&bob)).expect(200, "").body["currentUserDetails"]["name"], "bob");
    rig.admin().get("/v1/users/user_nobody/signals").expect(404, "user_unknown");
}

#[test]
fn related_origins_are_listed_and_expected() {
    Rig::new().browser().get("/.well-known/webauthn").expect(404, "not_found");
    let rig = Rig::with(|config| config.related_origins = vec!["https://example.co.uk".into()]);
    let browser = rig.browser();
    let answer = browser.get("/.well-known/webauthn").expect(200, "");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.body, json!({ "origins": ["https://example.co.uk"] }));
    for (origin, status, code) in [("https://example.co.uk", 201, ""), ("https://example.de", 400, "origin_mismatch")] {
        let (_, mut forge) = browser.registration("/v1/registration/options", &json!({ "username": origin }));
        forge.origin = origin.into();
        browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(status, code);
    }
}

#[test]
fn a_related_origin_is_an_origin() {
    for wrong in ["https://example.co.uk/", "example.co.uk", "http://example.co.uk"] {
        let mut config = Config::new(RP_ID, Vec::new(), assay_relying_party::Profile::default());
        config.related_origins = vec![wrong.into()];
        assert!(spawn(config).is_err(), "{wrong}");
    }
}

#[test]
fn inputs_are_those_that_clients_take() {
    let rig = Rig::new();
    let browser = rig.browser();
    let ask = |extensions: Value| {
        browser.post("/v1/registration/options", &json!({ "username": "alice", "extensions": extensions }))
    };
    let input = json!({ "prf": { "eval": { "first": "AQ" } }, "example.extension": 1 });
    assert_eq!(ask(input.clone()).expect(200, "").body["extensions"], input);
    ask(json!({ "prf": { "evalByCredential": {} } })).expect(400, "invalid_request");
    ask(json!({ "largeBlob": { "read": true } })).expect(400, "invalid_request");
    ask(json!({ "credentialProtectionPolicy": "always" })).expect(400, "invalid_request");
    let request = json!({ "extensions": { "prf": { "evalByCredential": { "AQ": { "first": "AQ" } } } } });
    browser.post("/v1/authentication/options", &request).expect(400, "invalid_request");
}

#[test]
fn outputs_are_held_against_the_requirements() {
    let rig = Rig::new();
    let browser = rig.browser();
    let register = |request: Value, output: Option<(&str, u64)>| {
        let (options, mut forge) = browser.registration("/v1/registration/options", &request);
        if let Some((id, value)) = output {
            let mut outputs = Cbor::default();
            outputs.push(id, value);
            forge.extensions = Some(outputs);
        }
        (options, browser.post_text("/v1/registration/verify", forge.forge().unwrap().text))
    };
    let request = |name: &str, requirements: Value| json!({ "username": name, "requirements": requirements });
    let (options, short) = register(request("a", json!({ "min_pin_length": 6 })), Some(("minPinLength", 4)));
    assert_eq!(options["extensions"]["minPinLength"], true);
    short.expect(400, "min_pin_length");
    register(request("a", json!({ "min_pin_length": 6 })), Some(("minPinLength", 6))).1.expect(201, "");
    browser
        .post("/v1/registration/options", &request("b", json!({ "min_pin_length": 3 })))
        .expect(400, "invalid_request");
    let strict = || json!({ "unsolicited_extensions": "refuse" });
    register(request("b", strict()), Some(("credProtect", 2))).1.expect(400, "extension_unsolicited");
    register(request("b", strict()), None).1.expect(201, "");
    register(json!({ "username": "c" }), Some(("credProtect", 2))).1.expect(201, "");
}

#[test]
fn a_conditional_creation_follows_a_sign_in() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let request = json!({ "username": "alice", "mediation": "conditional" });
    browser.post("/v1/registration/options", &request).expect(409, "account_exists");
    let new = json!({ "username": "carol", "mediation": "conditional" });
    browser.post("/v1/registration/options", &new).expect(403, "forbidden");
    browser.sign_in("alice", &credential);
    let create = |request: &Value| {
        let (_, forge) = browser.registration("/v1/registration/options", request);
        let forge = forge.edited(AuthenticatorDataEdit::NobodyThere);
        browser.post_text("/v1/registration/verify", forge.forge().unwrap().text)
    };
    create(&request).expect(201, "");
    create(&json!({ "username": "alice" })).expect(400, "user_not_present");
}

#[test]
fn a_payment_is_confirmed_as_it_was_to_be_shown() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (options, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    let forged = forge.forge().unwrap();
    browser.post_text("/v1/registration/verify", forged.text).expect(201, "");
    let mut credential = owned(forged.credential, &options);
    let payment = json!({
        "top_origins": ["https://shop.example"],
        "payee_name": "Shop",
        "total": { "currency": "EUR", "value": "12.50" },
        "instrument": { "displayName": "Card", "icon": "https://example.org/card.png" },
    });
    let request = json!({ "username": "alice", "requirements": { "payment": payment } });
    browser.post("/v1/authentication/options", &request).expect(403, "forbidden");
    let bank = rig.admin();
    let mut confirm = |value: &str| {
        let (options, mut forge) = bank.authentication("/v1/authentication/options", &request, &credential);
        assert_eq!(options["extensions"]["payment"]["payeeName"], "Shop");
        forge.payment = Some(json!({
            "rpId": RP_ID,
            "topOrigin": "https://shop.example",
            "payeeName": "Shop",
            "total": { "currency": "EUR", "value": value },
            "instrument": { "displayName": "Card", "icon": "https://example.org/card.png" },
        }));
        let forged = forge.forge().unwrap();
        credential.sign_count += 1;
        bank.post_text("/v1/authentication/verify", forged.text)
    };
    confirm("1.00").expect(400, "payment_mismatch");
    confirm("12.50").expect(200, "");
}
