//! The rows P19 to P24: verdicts without a registration.

use serde_json::{Value, json};

use super::{EVALUATE, KNOWN, UNKNOWN};
use crate::http::tests::rig::Rig;

impl Rig {
    fn verdict(&self, user_id: &Value, aaguid: &Value) -> Value {
        let verdict = self.evaluate(user_id.as_str().unwrap(), aaguid).expect(200, "").body["data"].clone();
        let members: Vec<_> = verdict.as_object().unwrap().keys().cloned().collect();
        let all = ["passed", "failed_rule", "failed_rules", "level", "basis", "mds_no", "mds_stale"];
        assert_eq!(members, all);
        assert_eq!((&verdict["mds_no"], &verdict["mds_stale"]), (&json!(7), &json!(false)));
        verdict
    }
}

#[track_caller]
fn told(verdict: &Value, passed: bool, failed_rule: Option<&str>, basis: &str) {
    assert_eq!((&verdict["passed"], &verdict["failed_rule"]), (&json!(passed), &json!(failed_rule)));
    assert_eq!(verdict["basis"], basis);
    let all: Vec<&str> = failed_rule.into_iter().collect();
    assert_eq!(verdict["failed_rules"], json!(all));
}

#[test]
fn p19_a_stored_credentials_evidence_counts() {
    let rig = Rig::new();
    let browser = rig.browser();
    let proven = browser.enrol("alice", KNOWN, &[]).expect(201, "").body;
    let unproven = {
        let (_, mut forge) = browser.registration("/v1/registration/options", &json!({ "username": "bob" }));
        forge.aaguid = KNOWN.parse().unwrap();
        browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(201, "").body
    };
    rig.set_policy(&json!({ "require_known_aaguids": true }));
    told(&rig.verdict(&proven["user_id"], &json!(KNOWN)), true, None, "credential");
    told(&rig.verdict(&unproven["user_id"], &json!(KNOWN)), false, Some("require_known_aaguids"), "credential");
    let lines = rig.audit("attestation.evaluated");
    let seen: Vec<_> = lines.iter().map(|line| (&line["chain_verified"], &line["fmt"], &line["basis"])).collect();
    let credential = json!("credential");
    assert_eq!(seen, [(&json!(true), &json!("packed"), &credential), (&json!(false), &json!("none"), &credential)]);
}

#[test]
fn p20_a_model_is_taken_to_be_proven() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "require_known_aaguids": true }));
    told(&rig.verdict(&json!("user_1"), &json!(KNOWN)), true, None, "model");
    told(&rig.verdict(&json!("user_1"), &json!(UNKNOWN)), false, Some("require_known_aaguids"), "model");
}

#[test]
fn p21_null_is_no_attestation() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "require_known_aaguids": true }));
    told(&rig.verdict(&json!("user_1"), &Value::Null), false, Some("require_known_aaguids"), "model");
}

#[test]
fn p22_a_bad_verdict_is_an_answer() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "min_certification_level": "L3", "enforcement_mode": "block" }));
    told(&rig.verdict(&json!("user_1"), &json!(KNOWN)), false, Some("min_certification_level"), "model");
    let lines = rig.audit("attestation.evaluated");
    assert_eq!((&lines[0]["outcome"], &lines[0]["failed_rule"]), (&json!("fail"), &json!("min_certification_level")));
    assert_eq!((&lines[0]["enforcement_mode"], &lines[0]["http"]), (&json!("block"), &json!(200)));
    assert_eq!(lines[0]["source"], "adhoc");
}

#[test]
fn p23_malformed_aaguids() {
    let rig = Rig::new();
    rig.evaluate("user_1", &json!("ee882879")).expect(400, "invalid_aaguid");
    rig.evaluate("user_1", &json!(7)).expect(400, "invalid_aaguid");
    let incomplete = json!({ "tenant_id": rig.tenant(), "user_id": "user_1" });
    rig.admin().post(EVALUATE, &incomplete).expect(400, "invalid_request");
    assert_eq!(rig.audit("attestation.evaluated"), Vec::<Value>::new());
}

#[test]
fn p24_without_a_policy_everything_passes() {
    let rig = Rig::new();
    let verdict = rig.verdict(&json!("user_1"), &json!(KNOWN));
    told(&verdict, true, None, "model");
    assert_eq!(verdict["level"], "L1");
    assert_eq!(rig.audit("attestation.evaluated")[0]["outcome"], "skipped");
}
