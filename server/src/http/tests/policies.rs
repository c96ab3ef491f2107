//! The rows P01 to P27 of the policy's acceptance table, a test a row, and what hangs on them.

mod audit;
mod evaluate;
mod legacy;
mod second_look;
mod unavailable;

use assay_mint::edits::Edit;
use assay_mint::registration::RegistrationForge;
use serde_json::{Value, json};
use time::Duration;

use super::rig::{Answer, Browser, Rig, lab};
use crate::config::PolicyEngine;

const KNOWN: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const UNKNOWN: &str = "11111111-2222-4333-8444-555555555555";
const ZERO: &str = "00000000-0000-0000-0000-000000000000";
const POLICY: &str = "/v1/attestation/policy";
const EVALUATE: &str = "/v1/attestation/evaluate";

/// A policy with no rule but the denied statuses, and these members.
fn policy(tenant_id: &str, members: &Value) -> Value {
    let mut policy = json!({
        "tenant_id": tenant_id, "block_software_auth": false, "require_known_aaguids": false,
        "enforcement_mode": "block",
    });
    for (name, value) in members.as_object().unwrap() {
        policy[name] = value.clone();
    }
    policy
}

impl Rig {
    #[track_caller]
    fn set_policy(&self, members: &Value) -> Value {
        let answer = self.admin().post(POLICY, &policy(self.tenant(), members)).expect(200, "");
        answer.body["data"]["policy"].clone()
    }

    fn evaluate(&self, user_id: &str, aaguid: &Value) -> Answer {
        self.admin().post(EVALUATE, &json!({ "tenant_id": self.tenant(), "user_id": user_id, "aaguid": aaguid }))
    }
}

impl Browser {
    /// Registers with a proven key of a model.
    fn enrol(&self, username: &str, aaguid: &str, edits: &[Edit]) -> Answer {
        let (_, forge) = self.registration("/v1/registration/options", &json!({ "username": username }));
        let model = aaguid.parse().unwrap();
        let mut forge = RegistrationForge::packed_model(&lab(), model, "example.org", &forge.challenge);
        forge.edits = edits.to_vec();
        self.post_text("/v1/registration/verify", forge.forge().unwrap().text)
    }
}

#[test]
fn p01_wrong_or_missing_credentials() {
    let rig = Rig::new();
    let good = policy(rig.tenant(), &json!({}));
    rig.browser().post(POLICY, &good).expect(401, "unauthorized");
    rig.admin().with_basic("cli_nobody", "wrong").post(POLICY, &good).expect(401, "unauthorized");
    let id = rig.handle.bootstrap.client.clone().unwrap().client_id;
    rig.admin().with_basic(&id, "wrong").post(POLICY, &good).expect(401, "unauthorized");
    rig.admin().post(POLICY, &good).expect(200, "");
}

#[test]
fn p02_without_the_capability() {
    let rig = Rig::new();
    let client = rig.admin().post("/v1/clients", &json!({ "capabilities": ["audit"] })).expect(201, "").body;
    let weak =
        rig.browser().with_basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    weak.post(POLICY, &policy(rig.tenant(), &json!({}))).expect(403, "forbidden");
    weak.get(&format!("{POLICY}?tenant_id={}", rig.tenant())).expect(403, "forbidden");
}

#[test]
fn p03_another_tenant() {
    let rig = Rig::new();
    let admin = rig.admin();
    let other = admin.post("/v1/tenants", &json!({})).expect(201, "").body["tenant_id"].as_str().unwrap().to_owned();
    for foreign in [other.as_str(), "ten_nobody"] {
        admin.post(POLICY, &policy(foreign, &json!({}))).expect(403, "forbidden");
        admin.get(&format!("{POLICY}?tenant_id={foreign}")).expect(403, "forbidden");
        admin.post(EVALUATE, &json!({ "tenant_id": foreign, "user_id": "u", "aaguid": null })).expect(403, "forbidden");
    }
}

#[test]
fn p04_the_engine_is_not_wired() {
    let rig = Rig::with(|config| config.policy_engine = PolicyEngine::NotWired);
    rig.admin().post(POLICY, &policy(rig.tenant(), &json!({}))).expect(501, "not_implemented");
    rig.admin().get(&format!("{POLICY}?tenant_id={}", rig.tenant())).expect(501, "not_implemented");
    rig.evaluate("u", &Value::Null).expect(501, "not_implemented");
    rig.admin().post("/v1/attestation/reevaluate", &json!({})).expect(501, "not_implemented");
}

/// Each of these policies is refused so, and nothing is saved.
#[track_caller]
fn refused(code: &str, wrong: &[Value]) {
    let rig = Rig::new();
    for members in wrong {
        let mut sent = policy(rig.tenant(), members);
        sent.as_object_mut().unwrap().retain(|_, value| value != "absent");
        let answer = rig.admin().post(POLICY, &sent);
        assert_eq!((answer.status, answer.code()), (400, code), "{members}: {}", answer.body);
    }
    assert_eq!(rig.audit("attestation.policy_updated"), Vec::<Value>::new());
}

#[test]
fn p05_malformed_aaguids() {
    refused(
        "invalid_aaguid",
        &[
            json!({ "allowed_aaguids": ["not-a-uuid"] }),
            json!({ "blocked_aaguids": ["ee882879721c497397753dfcce97072a"] }),
            json!({ "allowed_aaguids": [7] }),
        ],
    );
}

#[test]
fn p06_zero_allowed() {
    refused("invalid_aaguid", &[json!({ "allowed_aaguids": [ZERO] }), json!({ "allowed_aaguids": [KNOWN, ZERO] })]);
}

#[test]
fn p07_modes_of_the_other_shape() {
    refused(
        "invalid_enforcement_mode",
        &[
            json!({ "enforcement_mode": "warn" }),
            json!({ "enforcement_mode": "off" }),
            json!({ "enforcement_mode": "BLOCK" }),
        ],
    );
}

#[test]
fn p08_mode_missing() {
    refused(
        "invalid_enforcement_mode",
        &[json!({ "enforcement_mode": "absent" }), json!({ "enforcement_mode": null })],
    );
}

#[test]
fn p09_no_such_level() {
    refused(
        "invalid_certification_level",
        &[
            json!({ "min_certification_level": "L4" }),
            json!({ "min_certification_level": "l2" }),
            json!({ "min_certification_level": "L2+" }),
        ],
    );
}

#[test]
fn p10_flags_missing_or_not_boolean() {
    refused(
        "invalid_request",
        &[
            json!({ "block_software_auth": "true" }),
            json!({ "require_known_aaguids": null }),
            json!({ "block_software_auth": "absent" }),
            json!({ "require_known_aaguids": "absent" }),
        ],
    );
}

#[test]
fn p11_unknown_fields() {
    refused("invalid_request", &[json!({ "colour": "red" }), json!({ "tenant_id": "absent" })]);
}

#[test]
fn p12_replaced_whole() {
    let rig = Rig::new();
    let read = || rig.admin().get(&format!("{POLICY}?tenant_id={}", rig.tenant())).expect(200, "").body;
    let first = rig.set_policy(&json!({ "allowed_aaguids": [KNOWN], "min_certification_level": "L2" }));
    assert_eq!(read()["data"]["policy"], first);
    rig.clock.forward(Duration::hours(1));
    let second = rig.set_policy(&json!({ "enforcement_mode": "audit" }));
    assert_eq!(read()["data"]["policy"], second);
    for kept in ["id", "tenant_id", "created_at"] {
        assert_eq!(second[kept], first[kept], "{kept}");
    }
    assert_eq!((&second["allowed_aaguids"], &second["min_certification_level"]), (&json!([]), &json!(null)));
    assert_eq!((&first["policy_version"], &second["policy_version"]), (&json!(1), &json!(2)));
    assert_ne!(second["updated_at"], first["updated_at"]);
    let lines = rig.audit("attestation.policy_updated");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["old_hash"], lines[0]["new_hash"]);
}

#[test]
fn p17_no_policy_yet() {
    let rig = Rig::new();
    let answer = rig.admin().get(&format!("{POLICY}?tenant_id={}", rig.tenant())).expect(200, "");
    assert_eq!(answer.body, json!({ "ok": true, "data": { "policy": null } }));
}

#[test]
fn p18_tenant_missing() {
    Rig::new().admin().get(POLICY).expect(400, "invalid_request");
}

#[test]
fn p25_an_invalid_statement_never_reaches_the_policy() {
    for mode in ["audit", "block"] {
        let rig = Rig::new();
        rig.set_policy(&json!({ "enforcement_mode": mode, "require_known_aaguids": true }));
        let table = [
            ("signature-bit-flipped", "packed_signature"),
            ("signature-raw", "signature_not_der"),
            ("certificate-expired", "path_expired"),
            ("certificate-aaguid-other", "packed_certificate_aaguid"),
        ];
        for (slug, check) in table {
            let edit = Edit::from_slug(slug).unwrap();
            let answer = rig.browser().enrol(slug, KNOWN, &[edit]).expect(400, "invalid_attestation");
            assert_eq!(answer.body["check"], check, "{slug}");
        }
        assert_eq!(rig.audit("attestation.evaluated"), Vec::<Value>::new());
        assert_eq!(rig.audit("credential.registered"), Vec::<Value>::new());
    }
}

#[test]
fn p26_the_policy_of_the_moment_decides() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (options, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    assert_eq!(options["attestation"], "none");
    rig.set_policy(&json!({ "require_known_aaguids": true }));
    let text = forge.forge().unwrap().text;
    browser.post_text("/v1/registration/verify", text).expect(403, "attestation_unknown_aaguid");
    let (options, forge) = browser.registration("/v1/registration/options", &json!({ "username": "alice" }));
    assert_eq!(options["attestation"], "direct");
    rig.set_policy(&json!({ "require_known_aaguids": true, "enforcement_mode": "audit" }));
    let answer = browser.post_text("/v1/registration/verify", forge.forge().unwrap().text).expect(201, "");
    assert_eq!(answer.body["attestation"], json!({ "outcome": "fail", "failed_rule": "require_known_aaguids" }));
    let lines = rig.audit("attestation.evaluated");
    let seen: Vec<_> = lines.iter().map(|line| (&line["outcome"], &line["http"], &line["policy_version"])).collect();
    assert_eq!(seen, [(&json!("fail"), &json!(403), &json!(1)), (&json!("fail"), &json!(201), &json!(2))]);
    for member in
        ["source", "fmt", "attestation_type", "chain_verified", "level", "be", "mds_no", "policy_id", "aaguid"]
    {
        assert!(!lines[0][member].is_null(), "{member}");
    }
}

#[test]
fn p27_who_has_enrolled_signs_in() {
    let rig = Rig::new();
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    rig.set_policy(&json!({ "block_software_auth": true }));
    browser.sign_in("alice", &credential);
}

#[test]
fn block_stores_nothing_and_names_the_rule() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "blocked_aaguids": [KNOWN] }));
    let answer = rig.browser().enrol("alice", KNOWN, &[]).expect(403, "attestation_blocked_aaguid");
    assert_eq!(answer.body["detail"], "blocked_aaguids: aaguid_blocked");
    assert_eq!(rig.admin().get("/v1/credentials").body["credentials"], json!([]));
    rig.admin().get("/v1/credentials?username=alice").expect(404, "user_unknown");
    rig.set_policy(&json!({ "allowed_aaguids": [KNOWN], "min_certification_level": "L1" }));
    let answer = rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    assert_eq!(answer.body["attestation"], json!({ "outcome": "pass", "failed_rule": null }));
}

#[test]
fn the_second_metadata_add_trust() {
    let rig = Rig::with(|config| {
        let known = config.metadata.remove(0);
        // An issue that knows nobody stands before the one that does.
        let nobody = json!({ "legalHeader": "x", "no": 1, "nextUpdate": "2027-04-01", "entries": [] }).to_string();
        let nobody = assay_attestation::metadata::Metadata::load_unsigned_json(nobody.as_bytes(), None).unwrap();
        config.metadata = vec![nobody, known];
    });
    rig.set_policy(&json!({ "require_known_aaguids": true }));
    rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
}
