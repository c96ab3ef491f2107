use assay_mint::assertion::AssertionForge;
use assay_mint::cbor::Map as Cbor;
use assay_mint::registration::RegistrationForge;
use serde_json::json;

use super::*;
use crate::tests::{Authenticate, CHALLENGE, RP_ID, Register, code, credential, everything, lab};

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("not an object") };
    map
}

/// The verdict on a registration that was asked for `inputs`, and gave these outputs.
fn register(inputs: Value, policy: ExtensionPolicy, client: Value, authenticator: &[(&str, u64)]) -> &'static str {
    let mut forge = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE);
    forge.client_extension_results = map(client);
    if !authenticator.is_empty() {
        let mut outputs = Cbor::default();
        authenticator.iter().for_each(|(id, value)| outputs.push(*id, *value));
        forge.extensions = Some(outputs);
    }
    let mut setting = Register::new();
    setting.pending.asked = Asked::new(map(inputs), policy);
    code(&setting.judge_forge(&forge, &everything()))
}

fn authenticate(inputs: Value, policy: ExtensionPolicy, client: Value) -> &'static str {
    let credential = credential();
    let mut forge = AssertionForge::new(&credential, &CHALLENGE);
    forge.client_extension_results = map(client);
    let mut setting = Authenticate::new(&credential);
    setting.pending.asked = Asked::new(map(inputs), policy);
    code(&setting.judge_forge(&forge, &everything()))
}

fn any() -> ExtensionPolicy {
    ExtensionPolicy::default()
}

#[test]
fn protection_is_judged_where_it_is_enforced() {
    let asked = |enforced: bool| {
        let level = "userVerificationOptionalWithCredentialIDList";
        json!({ "credentialProtectionPolicy": level, "enforceCredentialProtectionPolicy": enforced })
    };
    for (enforced, output, expected) in [
        (true, &[("credProtect", 2)][..], "accept"),
        (true, &[("credProtect", 3)], "accept"),
        (true, &[("credProtect", 1)], "cred_protect_level"),
        (true, &[], "cred_protect_level"),
        (false, &[("credProtect", 1)], "accept"),
        (false, &[], "accept"),
    ] {
        assert_eq!(register(asked(enforced), any(), json!({}), output), expected, "{enforced} {output:?}");
    }
}

#[test]
fn pins_are_as_long_as_the_policy_wants() {
    let policy = || ExtensionPolicy { min_pin_length: Some(6), ..any() };
    assert_eq!(Asked::new(Map::new(), policy()).inputs["minPinLength"], true);
    for (output, expected) in
        [(&[("minPinLength", 6)][..], "accept"), (&[("minPinLength", 4)], "min_pin_length"), (&[], "min_pin_length")]
    {
        assert_eq!(register(json!({}), policy(), json!({}), output), expected, "{output:?}");
    }
}

#[test]
fn unsolicited_outputs_are_for_the_policy() {
    let strict = || ExtensionPolicy { refuse_unsolicited: true, ..any() };
    let protected = json!({ "credentialProtectionPolicy": "userVerificationRequired" });
    for (inputs, client, output, expected) in [
        (json!({}), json!({}), &[][..], "accept"),
        (json!({}), json!({ "credProps": { "rk": true } }), &[], "extension_unsolicited"),
        (json!({ "credProps": true }), json!({ "credProps": { "rk": true } }), &[], "accept"),
        (json!({}), json!({}), &[("credProtect", 3)], "extension_unsolicited"),
        (protected, json!({}), &[("credProtect", 3)], "accept"),
        (json!({}), json!({}), &[("example.test", 3)], "extension_unsolicited"),
    ] {
        assert_eq!(register(inputs.clone(), strict(), client.clone(), output), expected, "{inputs} {client}");
        assert_eq!(register(inputs, any(), client, output), "accept");
    }
    assert_eq!(authenticate(json!({}), strict(), json!({ "appid": false })), "extension_unsolicited");
    assert_eq!(authenticate(json!({}), any(), json!({ "appid": false })), "accept");
}

#[test]
fn prf_answers_what_was_asked() {
    let result = assay_protocol::base64url::encode(&[7; 32]);
    let results = |names: &[&str]| {
        let results: Map<_, _> = names.iter().map(|name| ((*name).to_owned(), result.clone().into())).collect();
        json!({ "prf": { "results": results } })
    };
    let one = || json!({ "prf": { "eval": { "first": "AQ" } } });
    let two = || json!({ "prf": { "eval": { "first": "AQ", "second": "Ag" } } });
    for (inputs, output, expected) in [
        (one(), results(&["first"]), "accept"),
        (one(), json!({}), "accept"),
        (one(), json!({ "prf": {} }), "accept"),
        (one(), results(&["first", "second"]), "prf_output"),
        (two(), results(&["first", "second"]), "accept"),
        (two(), results(&["first"]), "prf_output"),
        (two(), results(&["second"]), "prf_output"),
        (json!({ "prf": {} }), results(&["first"]), "prf_output"),
        (one(), json!({ "prf": { "results": { "first": "AQ" } } }), "prf_output"),
        (one(), json!({ "prf": { "enabled": true } }), "prf_output"),
        // Whoever did not ask is not bothered by what comes.
        (json!({}), json!({ "prf": { "enabled": true } }), "accept"),
    ] {
        assert_eq!(authenticate(inputs.clone(), any(), output.clone()), expected, "{inputs} {output}");
    }
    for (output, expected) in [
        (json!({ "prf": { "enabled": true } }), "accept"),
        (json!({ "prf": { "enabled": false } }), "accept"),
        (json!({ "prf": {} }), "prf_output"),
        (json!({}), "accept"),
    ] {
        assert_eq!(register(one(), any(), output.clone(), &[]), expected, "{output}");
    }
}

#[test]
fn prf_values_are_the_credentials_own() {
    let credential = credential();
    let id = assay_protocol::base64url::encode(&credential.id);
    let result = assay_protocol::base64url::encode(&[7; 32]);
    let asked = json!({ "prf": {
        "eval": { "first": "AQ" },
        "evalByCredential": { id: { "first": "AQ", "second": "Ag" } },
    } });
    let both = json!({ "prf": { "results": { "first": result, "second": result } } });
    assert_eq!(authenticate(asked.clone(), any(), both), "accept");
    assert_eq!(authenticate(asked, any(), json!({ "prf": { "results": { "first": result } } })), "prf_output");
}

#[test]
fn large_blobs_answer_what_was_asked() {
    let output = |value: Value| json!({ "largeBlob": value });
    for (inputs, answer, expected) in [
        (json!({ "support": "required" }), json!({ "supported": true }), "accept"),
        (json!({ "support": "required" }), json!({ "supported": false }), "large_blob_output"),
        (json!({ "support": "preferred" }), json!({ "supported": false }), "accept"),
        (json!({ "support": "preferred" }), json!({ "written": true }), "large_blob_output"),
    ] {
        assert_eq!(register(output(inputs.clone()), any(), output(answer.clone()), &[]), expected, "{inputs} {answer}");
    }
    for (inputs, answer, expected) in [
        (json!({ "read": true }), json!({ "blob": "AQ" }), "accept"),
        (json!({ "read": true }), json!({}), "accept"),
        (json!({ "read": true }), json!({ "written": true }), "large_blob_output"),
        (json!({ "write": "AQ" }), json!({ "written": false }), "accept"),
        (json!({ "write": "AQ" }), json!({ "blob": "AQ" }), "large_blob_output"),
        (json!({ "read": true }), json!({ "supported": true }), "large_blob_output"),
    ] {
        assert_eq!(authenticate(output(inputs.clone()), any(), output(answer.clone())), expected, "{inputs} {answer}");
    }
}

#[test]
fn a_profile_can_refuse_what_was_not_asked_for() {
    let w3c = Profile::named("w3c-l3").unwrap();
    let switches = crate::profile::Switches { unsolicited_outputs: Action::Refuse, ..w3c.switches };
    let strict = Profile::with_switches("w3c-l3", switches).unwrap();
    let mut forge = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE);
    assert_eq!(code(&Register::new().judge_forge(&forge, &strict)), "accept");
    forge.client_extension_results = map(json!({ "credProps": { "rk": true } }));
    assert_eq!(code(&Register::new().judge_forge(&forge, &w3c)), "accept");
    assert_eq!(code(&Register::new().judge_forge(&forge, &strict)), "extension_unsolicited");
}
