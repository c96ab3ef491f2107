use assay_protocol::base64url;
use serde_json::{Value, json};

use super::rig::{Rig, lab, owned};

#[test]
fn registers_and_signs_in() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (registered, credential) = browser.register("alice");
    assert_eq!(registered["attestation"], json!({ "outcome": "skipped", "failed_rule": null }));
    browser.get("/v1/whoami").expect(401, "session_required");
    let (answer, _) = browser.sign_in("alice", &credential);
    assert_eq!(answer.body["user_id"], registered["user_id"]);
    let who = browser.get("/v1/whoami").expect(200, "");
    assert_eq!(who.body["username"], "alice");
    assert_eq!(who.body["bound"], false);
    assert_eq!(browser.post("/v1/logout", &json!({})).status, 204);
    browser.get("/v1/whoami").expect(401, "session_required");
    for event_type in ["credential.registered", "authentication.succeeded", "session.created", "session.ended"] {
        let lines = rig.audit(event_type);
        assert_eq!(lines.len(), 1, "{event_type}");
        assert_eq!(lines[0]["user_id"], registered["user_id"], "{event_type}");
    }
}

#[test]
fn a_session_ends_in_time() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    browser.sign_in("alice", &credential);
    rig.clock.forward(time::Duration::hours(8));
    browser.get("/v1/whoami").expect(401, "session_required");
}

#[test]
fn signs_in_without_a_name() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let (options, forge) = browser.authentication("/v1/authentication/options", &json!({}), &credential);
    assert_eq!(options["allowCredentials"], json!([]));
    browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(200, "");
    let (_, mut forge) = browser.authentication("/v1/authentication/options", &json!({}), &credential);
    forge.user_handle = None;
    forge.sign_count += 5;
    browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(400, "user_handle_missing");
}

#[test]
fn the_fido_interface_speaks_its_contract() {
    let rig = Rig::new();
    let browser = rig.browser();
    let request = json!({
        "username": "alice", "displayName": "Alice", "attestation": "direct",
        "authenticatorSelection": { "requireResidentKey": false, "userVerification": "required" },
        "extensions": { "example.extension": true },
    });
    let (options, forge) = browser.registration("/attestation/options", &request);
    assert_eq!((&options["status"], &options["errorMessage"]), (&json!("ok"), &json!("")));
    assert_eq!(options["attestation"], "direct");
    assert_eq!(options["user"]["displayName"], "Alice");
    assert_eq!(options["extensions"], json!({ "example.extension": true }));
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["excludeCredentials"], json!([]));
    assert!((16..=64).contains(&base64url::decode(options["challenge"].as_str().unwrap()).unwrap().len()));

    // Its own dialect: no rawId, the results under their odd name.
    let forged = forge.forge().unwrap();
    let mut body: Value = serde_json::from_str(&forged.text).unwrap();
    let members = body.as_object_mut().unwrap();
    members.remove("rawId");
    let results = members.remove("clientExtensionResults").unwrap();
    members.insert("getClientExtensionResults".to_owned(), results);
    let answer = browser.post("/attestation/result", &body);
    assert_eq!((answer.status, answer.body), (200, json!({ "status": "ok", "errorMessage": "" })));

    let (options, _) = browser.registration("/attestation/options", &request);
    assert_eq!(options["excludeCredentials"][0]["id"], base64url::encode(&forged.credential.id));
    let credential = owned(forged.credential, &options);
    let (options, forge) = browser.authentication("/assertion/options", &json!({ "username": "alice" }), &credential);
    assert_eq!(options["status"], "ok");
    assert_eq!(options["userVerification"], "preferred");
    assert_eq!(options["allowCredentials"][0]["type"], "public-key");
    let mut body: Value = serde_json::from_str(&forge.forge().unwrap().text).unwrap();
    body["response"]["userHandle"] = json!("");
    let answer = browser.post("/assertion/result", &body);
    assert_eq!((answer.status, answer.body), (200, json!({ "status": "ok", "errorMessage": "" })));
    browser.get("/v1/whoami").expect(200, "");
}

#[test]
fn the_fido_interface_names_the_exact_check() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, mut forge) = browser.registration("/attestation/options", &json!({ "username": "alice" }));
    forge.format = assay_mint::statement::Format::PackedSelf;
    let forge = forge.edited(assay_mint::edits::SignatureEdit::ALL[0]);
    let answer = browser.post_text("/attestation/result", forge.forge().unwrap().text);
    assert_eq!((answer.status, &answer.body["status"]), (400, &json!("failed")));
    assert_eq!(answer.body["code"], answer.body["check"]);
    assert!(answer.body["clause"].as_str().unwrap().starts_with("WebAuthn"));
}

#[test]
fn a_credential_is_its_owners() {
    let rig = Rig::new();
    let (alice, bob) = (rig.browser(), rig.browser());
    let (_, hers) = alice.register("alice");
    let (_, his) = bob.register("bob");
    // Bob's key where Alice is asked for.
    let request = json!({ "username": "alice" });
    let (_, forge) = bob.authentication("/v1/authentication/options", &request, &his);
    bob.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(400, "credential_not_allowed");
    // Alice's credential id under Bob's name.
    let (_, mut forge) = bob.registration("/v1/registration/options", &json!({ "username": "carol" }));
    forge.credential_id = hers.id.clone();
    let answer = bob.post_text("/v1/registration/verify", forge.forge().unwrap().text);
    answer.expect(400, "credential_already_registered");
    // A handle that is not hers.
    let (_, mut forge) = alice.authentication("/v1/authentication/options", &json!({}), &hers);
    forge.user_handle = his.user_handle;
    alice.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(400, "credential_not_owned");
}

#[test]
fn an_unknown_name_looks_like_a_known_one() {
    let rig = Rig::new();
    let browser = rig.browser();
    browser.register("alice");
    let ask =
        |name: &str| browser.post("/v1/authentication/options", &json!({ "username": name })).expect(200, "").body;
    let (known, nobody, again, other) = (ask("alice"), ask("nobody"), ask("nobody"), ask("another nobody"));
    let ids = |options: &Value| options["allowCredentials"].as_array().unwrap().clone();
    assert_eq!(ids(&known).len(), ids(&nobody).len());
    assert_eq!(ids(&nobody), ids(&again));
    assert_ne!(ids(&nobody), ids(&other));
    let keys = |options: &Value| options.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&known), keys(&nobody));
}

#[test]
fn an_account_is_added_to_by_its_owner() {
    let rig = Rig::new();
    let (alice, mallory) = (rig.browser(), rig.browser());
    let (_, credential) = alice.register("alice");
    let request = json!({ "username": "alice" });
    mallory.post("/v1/registration/options", &request).expect(409, "account_exists");
    alice.post("/v1/registration/options", &request).expect(409, "account_exists");
    let (_, hers) = mallory.register("mallory");
    mallory.sign_in("mallory", &hers);
    mallory.post("/v1/registration/options", &request).expect(409, "account_exists");
    alice.sign_in("alice", &credential);
    let (options, forge) = alice.registration("/v1/registration/options", &request);
    assert_eq!(options["excludeCredentials"][0]["id"], base64url::encode(&credential.id));
    alice.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(201, "");
    rig.admin().post("/v1/registration/options", &request).expect(200, "");
}

#[test]
fn a_name_goes_to_who_finishes_first() {
    let rig = Rig::new();
    let (first, second) = (rig.browser(), rig.browser());
    let request = json!({ "username": "alice" });
    let (_, one) = first.registration("/v1/registration/options", &request);
    let (_, two) = second.registration("/v1/registration/options", &request);
    first.post_text("/v1/registration/verify", one.forge().unwrap().text).expect(201, "");
    second.post_text("/v1/registration/verify", two.forge().unwrap().text).expect(409, "account_exists");
    assert_eq!(rig.admin().get("/v1/credentials?username=alice").body["credentials"].as_array().unwrap().len(), 1);
}

#[test]
fn a_counter_that_stands_still_is_refused_and_changes_nothing() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let (_, credential) = browser.sign_in("alice", &credential);
    let before = rig.admin().get("/v1/credentials?username=alice").body;
    assert_eq!(before["credentials"][0]["signCount"], 1);
    let request = json!({ "username": "alice" });
    let (_, mut forge) = browser.authentication("/v1/authentication/options", &request, &credential);
    forge.sign_count = 1;
    let answer = browser.post_text("/v1/authentication/verify", forge.forge().unwrap().text);
    answer.expect(400, "sign_count_not_increased");
    assert_eq!(rig.admin().get("/v1/credentials?username=alice").body, before);
}

#[test]
fn the_record_reads_back() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, mut forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    forge.flags = 0x1d;
    let forged = forge.forge().unwrap();
    browser.post_text("/v1/registration/verify", forged.text).expect(201, "");
    let answer = rig.admin().get("/v1/credentials");
    let record = &answer.body["credentials"][0];
    let expected = [
        ("type", json!("public-key")),
        ("id", json!(base64url::encode(&forged.credential.id))),
        ("signCount", json!(0)),
        ("uvInitialized", json!(true)),
        ("backupEligible", json!(true)),
        ("backupState", json!(true)),
        ("transports", json!(["usb"])),
        ("attestationObject", json!(base64url::encode(&forged.attestation_object))),
        ("attestationClientDataJSON", json!(base64url::encode(&forged.client_data_json))),
        ("rpId", json!("example.org")),
    ];
    for (member, value) in expected {
        assert_eq!(record[member], value, "{member}");
    }
}

/// What is offered is what was configured, in its order, and nobody can ask for more.
#[test]
fn other_algorithms_are_offered_where_they_are_configured() {
    let rig = Rig::with(|config| config.algorithms = vec![-36, -7]);
    let browser = rig.browser();
    let path = "/attestation/options";

    let (options, forge) = browser.registration(path, &json!({ "username": "a" }));
    let offered: Vec<&Value> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|one| &one["alg"]).collect();
    assert_eq!(offered, [-36, -7]);
    let p521 = forge.of_algorithm(-36).unwrap();
    browser.post_text("/attestation/result", p521.forge().unwrap().text).expect(200, "");

    let (_, forge) = browser.registration(path, &json!({ "username": "b" }));
    let ed25519 = forge.of_algorithm(-8).unwrap();
    browser.post_text("/attestation/result", ed25519.forge().unwrap().text).expect(400, "algorithm_not_offered");
    let more = json!({ "username": "c", "requirements": { "algorithms": [-8] } });
    browser.post(path, &more).expect(400, "invalid_request");
}

#[test]
fn requirements_tighten_for_anybody_and_loosen_for_clients() {
    let rig = Rig::new();
    let browser = rig.browser();
    let requiring = |name: &str, requirements: Value| json!({ "username": name, "requirements": requirements });
    let path = "/attestation/options";

    let (_, forge) = browser.registration(path, &requiring("a", json!({ "attestation_types": ["basic"] })));
    browser.post_text("/attestation/result", forge.forge().unwrap().text).expect(400, "attestation_type_not_allowed");

    let (options, forge) = browser.registration(path, &requiring("b", json!({ "algorithms": [-257] })));
    assert_eq!(options["pubKeyCredParams"], json!([{ "type": "public-key", "alg": -257 }]));
    browser.post_text("/attestation/result", forge.forge().unwrap().text).expect(400, "algorithm_not_offered");

    let (_, mut forge) = browser.registration(path, &requiring("c", json!({ "backup": "device_bound" })));
    forge.flags |= 0x08;
    browser.post_text("/attestation/result", forge.forge().unwrap().text).expect(400, "backup_policy");

    let client = rig.admin();
    let (_, mut forge) = client.registration(path, &requiring("d", json!({ "mediation": "conditional" })));
    forge.flags &= !0x01;
    client.post_text("/attestation/result", forge.forge().unwrap().text).expect(200, "");

    let frames = json!({ "cross_origin": true, "top_origins": ["https://top.example"] });
    let (_, mut forge) = client.registration(path, &requiring("e", frames));
    forge.cross_origin = true;
    forge.top_origin = Some("https://top.example".to_owned());
    client.post_text("/attestation/result", forge.forge().unwrap().text).expect(200, "");
}

#[test]
fn proof_is_demanded_where_types_are_named() {
    let rig = Rig::with(|config| config.metadata.clear());
    let browser = rig.browser();
    let attested = |requirements: Value| {
        let request =
            json!({ "username": requirements.to_string(), "attestation": "direct", "requirements": requirements });
        let (_, forge) = browser.registration("/v1/registration/options", &request);
        let packed = assay_mint::registration::RegistrationForge::packed(&lab(), "example.org", &forge.challenge);
        browser.post_text("/v1/registration/verify", packed.forge().unwrap().text)
    };
    // Nobody to ask for trust: the path is not judged.
    attested(json!({})).expect(201, "");
    let rig = Rig::new();
    let browser = rig.browser();
    for (requirements, status, code) in
        [(json!({}), 201, ""), (json!({ "attestation_types": ["basic"] }), 400, "invalid_attestation")]
    {
        let request = json!({ "username": format!("{status}"), "requirements": requirements });
        let (_, forge) = browser.registration("/v1/registration/options", &request);
        // The lab's metadata have no such model.
        let model = "99999999-2222-4333-8444-555555555555".parse().unwrap();
        let packed =
            assay_mint::registration::RegistrationForge::packed_model(&lab(), model, "example.org", &forge.challenge);
        let answer = browser.post_text("/v1/registration/verify", packed.forge().unwrap().text).expect(status, code);
        if status == 400 {
            assert_eq!(answer.body["check"], "path_untrusted");
        }
    }
}
