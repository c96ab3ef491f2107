//! The rows P13 to P16: Bearer keys and the shape that they come with.

use serde_json::{Value, json};

use super::{EVALUATE, KNOWN, POLICY, ZERO, policy};
use crate::http::tests::rig::{Browser, Rig};

impl Rig {
    /// A key of the first tenant.
    fn key(&self) -> Browser {
        let made = self.admin().post("/v1/api-keys", &json!({ "name": "billing" })).expect(201, "").body;
        self.browser().with_bearer(made["api_key"].as_str().unwrap())
    }

    fn canonical(&self) -> Value {
        let read = self.admin().get(&format!("{POLICY}?tenant_id={}", self.tenant())).expect(200, "").body;
        read["data"]["policy"].clone()
    }
}

#[test]
fn p13_block_is_stored_canonically() {
    let rig = Rig::new();
    let legacy = json!({ "enforcement_mode": "block", "minimum_certification_level": "L1", "allowed_aaguids": [] });
    let saved = rig.key().post(POLICY, &legacy).expect(200, "").body["data"]["policy"].clone();
    assert_eq!(saved, rig.canonical());
    let expected = [
        ("tenant_id", json!(rig.tenant())),
        ("enforcement_mode", json!("block")),
        ("min_certification_level", json!("L1")),
        ("allowed_aaguids", json!([])),
        ("blocked_aaguids", json!([])),
        ("block_software_auth", json!(false)),
        ("require_known_aaguids", json!(false)),
    ];
    for (member, value) in expected {
        assert_eq!(saved[member], value, "{member}");
    }
    rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    let lines = rig.audit("attestation.policy_updated");
    assert!(lines[0]["key_id"].as_str().unwrap().starts_with("key_"));

    // Without a level every certified model is meant; every level that there is may be named.
    let level = |legacy: Value| {
        let saved = rig.key().post(POLICY, &legacy).expect(200, "").body;
        saved["data"]["policy"]["min_certification_level"].clone()
    };
    assert_eq!(level(json!({ "enforcement_mode": "block" })), "L1");
    for name in ["L1", "L1plus", "L2", "L2plus", "L3", "L3plus"] {
        assert_eq!(level(json!({ "enforcement_mode": "block", "minimum_certification_level": name })), name);
    }
}

#[test]
fn p14_warn_is_audit() {
    let rig = Rig::new();
    rig.key().post(POLICY, &json!({ "enforcement_mode": "warn", "minimum_certification_level": "L3" })).expect(200, "");
    assert_eq!(rig.canonical()["enforcement_mode"], "audit");
    let answer = rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    assert_eq!(answer.body["attestation"], json!({ "outcome": "fail", "failed_rule": "min_certification_level" }));
}

#[test]
fn p15_off_is_stored_and_nothing_is_evaluated() {
    let rig = Rig::new();
    rig.key().post(POLICY, &json!({ "enforcement_mode": "off" })).expect(200, "");
    assert_eq!(rig.canonical()["enforcement_mode"], "off");
    let read = rig.key().get(POLICY).expect(200, "").body["data"]["policy"].clone();
    assert_eq!(read, rig.canonical());
    rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    assert_eq!(rig.audit("attestation.evaluated"), Vec::<Value>::new());
    assert_eq!(rig.audit("credential.registered")[0]["evidence"]["aaguid"], KNOWN);
}

#[test]
fn p16_another_tenant_than_the_keys() {
    let rig = Rig::new();
    let other = rig.admin().post("/v1/tenants", &json!({})).expect(201, "").body["tenant_id"].clone();
    for foreign in [other, json!("ten_nobody")] {
        let legacy = json!({ "enforcement_mode": "block", "tenant_id": foreign });
        rig.key().post(POLICY, &legacy).expect(403, "forbidden");
        rig.key().get(&format!("{POLICY}?tenant_id={}", foreign.as_str().unwrap())).expect(403, "forbidden");
    }
    assert_eq!(rig.canonical(), Value::Null);
    let own = json!({ "enforcement_mode": "block", "tenant_id": rig.tenant() });
    rig.key().post(POLICY, &own).expect(200, "");
}

#[test]
fn the_shapes_are_not_mixed() {
    let rig = Rig::new();
    let table = [
        (json!({ "enforcement_mode": "block", "blocked_aaguids": [] }), "invalid_request"),
        (json!({ "enforcement_mode": "block", "block_software_auth": true }), "invalid_request"),
        (json!({ "enforcement_mode": "block", "min_certification_level": "L1" }), "invalid_request"),
        (policy(rig.tenant(), &json!({})), "invalid_request"),
        (json!({ "enforcement_mode": "audit" }), "invalid_enforcement_mode"),
        (json!({ "enforcement_mode": "BLOCK" }), "invalid_enforcement_mode"),
        (json!({}), "invalid_enforcement_mode"),
        (json!({ "enforcement_mode": "block", "minimum_certification_level": "L4" }), "invalid_certification_level"),
        (json!({ "enforcement_mode": "block", "allowed_aaguids": [ZERO] }), "invalid_aaguid"),
        (json!({ "enforcement_mode": "block", "allowed_aaguids": ["x"] }), "invalid_aaguid"),
        (json!({ "enforcement_mode": "block", "tenant_id": 7 }), "invalid_request"),
    ];
    for (legacy, code) in table {
        let answer = rig.key().post(POLICY, &legacy);
        assert_eq!((answer.status, answer.code()), (400, code), "{legacy}: {}", answer.body);
    }
    // And the other way round.
    let mut mixed = policy(rig.tenant(), &json!({ "minimum_certification_level": "L1" }));
    rig.admin().post(POLICY, &mixed).expect(400, "invalid_request");
    mixed = json!({ "enforcement_mode": "block", "minimum_certification_level": "L1", "allowed_aaguids": [] });
    rig.admin().post(POLICY, &mixed).expect(400, "invalid_request");
    assert_eq!(rig.canonical(), Value::Null);
}

#[test]
fn keys_are_given_out_listed_and_revoked() {
    let rig = Rig::new();
    let admin = rig.admin();
    let other = admin.post("/v1/tenants", &json!({})).expect(201, "").body["tenant_id"].clone();
    let made = admin.post("/v1/api-keys", &json!({ "tenant_id": other, "name": "theirs" })).expect(201, "").body;
    assert_eq!((&made["tenant_id"], &made["capabilities"]), (&other, &json!(["attestation"])));
    let token = made["api_key"].as_str().unwrap();
    let key = rig.browser().with_bearer(token);
    key.post(POLICY, &json!({ "enforcement_mode": "warn" })).expect(200, "");
    assert_eq!(rig.canonical(), Value::Null, "the policy is the other tenant's");
    let evaluation = json!({ "tenant_id": other, "user_id": "u", "aaguid": KNOWN });
    key.post(EVALUATE, &evaluation).expect(200, "");
    // A key opens nothing else.
    key.get("/v1/audit").expect(401, "unauthorized");
    key.post("/v1/api-keys", &json!({})).expect(401, "unauthorized");

    let listed = admin.get(&format!("/v1/api-keys?tenant_id={}", other.as_str().unwrap())).expect(200, "").body;
    let listed = listed["api_keys"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["key_id"], &listed[0]["revoked_at"]), (&made["key_id"], &Value::Null));
    assert!(listed[0].get("api_key").is_none());
    assert_eq!(admin.get("/v1/api-keys").body["api_keys"], json!([]));

    let path = format!("/v1/api-keys/{}", made["key_id"].as_str().unwrap());
    rig.browser().delete(&path).expect(401, "unauthorized");
    assert_eq!(admin.delete(&path).status, 204);
    assert_eq!(admin.delete(&path).status, 204);
    let answer = key.post(POLICY, &json!({ "enforcement_mode": "warn" })).expect(401, "unauthorized");
    assert!(answer.headers["www-authenticate"].ends_with("error=\"invalid_token\""));
    admin.delete("/v1/api-keys/key_nobody").expect(404, "api_key_unknown");

    for wrong in ["", "x", "key_nobody.secret", &format!("{}x", token), token.split('.').next().unwrap()] {
        rig.browser().with_bearer(wrong).get(POLICY).expect(401, "unauthorized");
    }
    for capabilities in [json!(["admin"]), json!(["audit"]), json!(["flight"])] {
        admin.post("/v1/api-keys", &json!({ "capabilities": capabilities })).expect(400, "invalid_request");
    }
    let powerless = admin.post("/v1/api-keys", &json!({ "capabilities": [] })).expect(201, "").body;
    let powerless = rig.browser().with_bearer(powerless["api_key"].as_str().unwrap());
    powerless.post(POLICY, &json!({ "enforcement_mode": "warn" })).expect(403, "forbidden");
    admin.post("/v1/api-keys", &json!({ "tenant_id": "ten_nobody" })).expect(404, "tenant_unknown");
    let lines = admin.get(&format!("/v1/audit?tenant_id={}", other.as_str().unwrap())).expect(200, "").body;
    let types: Vec<_> = lines["events"].as_array().unwrap().iter().map(|line| line["event_type"].clone()).collect();
    assert_eq!(types.iter().filter(|name| *name == "api_key.revoked").count(), 1);
    assert!(!lines.to_string().contains(token.split('.').nth(1).unwrap()));
}
