//! What becomes of those who have enrolled: the dry run, and the daily second look.

use std::sync::Arc;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{KNOWN, POLICY, UNKNOWN, policy};
use crate::http::tests::rig::{Hands, NOW, Rig};

/// Certified at L2; its revocation is dated forty days ahead.
const REVOKED_LATER: &str = "5e570000-0000-4000-8000-000000000009";

impl Rig {
    fn dry_run(&self, members: &Value) -> Value {
        let path = format!("{POLICY}?dry_run=true");
        self.admin().post(&path, &policy(self.tenant(), members)).expect(200, "").body["data"]["dry_run"].clone()
    }

    fn look_again(&self) -> [u64; 3] {
        let done = self.admin().post("/v1/attestation/reevaluate", &json!({})).expect(200, "").body;
        ["judged", "changed", "unjudged"].map(|member| done[member].as_u64().unwrap())
    }
}

#[test]
fn a_dry_run_counts_and_stores_nothing() {
    let rig = Rig::new();
    assert_eq!(rig.dry_run(&json!({}))["share"], 0.0);
    let browser = rig.browser();
    for (name, model) in [("a", KNOWN), ("b", KNOWN), ("c", REVOKED_LATER), ("d", UNKNOWN)] {
        browser.enrol(name, model, &[]).expect(201, "");
    }
    let before = rig.audit("attestation.evaluated").len() + rig.audit("attestation.policy_updated").len();
    let strict = json!({ "min_certification_level": "L2", "require_known_aaguids": true });
    let would = rig.dry_run(&strict);
    assert_eq!((&would["credentials"], &would["would_fail"]), (&json!(4), &json!(3)));
    assert_eq!((&would["share"], &would["undecided"]), (&json!(0.75), &json!(0)));
    let rules = &would["by_rule"];
    assert_eq!(rules["require_known_aaguids"], json!({ "first": 1, "any": 1, "share": 0.25 }));
    assert_eq!(rules["min_certification_level"], json!({ "first": 2, "any": 3, "share": 0.5 }));
    assert_eq!(rules["blocked_aaguids"], json!({ "first": 0, "any": 0, "share": 0.0 }));
    assert_eq!(
        would["by_model"],
        json!([
            { "aaguid": UNKNOWN, "credentials": 1, "would_fail": 1 },
            { "aaguid": KNOWN, "credentials": 2, "would_fail": 2 },
        ])
    );
    let after = rig.audit("attestation.evaluated").len() + rig.audit("attestation.policy_updated").len();
    assert_eq!(after, before);
    let read = rig.admin().get(&format!("{POLICY}?tenant_id={}", rig.tenant())).expect(200, "").body;
    assert_eq!(read["data"]["policy"], Value::Null);
    browser.enrol("e", UNKNOWN, &[]).expect(201, "");

    let path = format!("{POLICY}?dry_run=true");
    rig.admin().post(&path, &policy(rig.tenant(), &json!({ "colour": 1 }))).expect(400, "invalid_request");
    rig.admin()
        .post(&format!("{POLICY}?dry_run=yes"), &policy(rig.tenant(), &json!({})))
        .expect(400, "invalid_request");
    rig.browser().post(&path, &policy(rig.tenant(), &json!({}))).expect(401, "unauthorized");
    // False is as good as nothing: it saves.
    rig.admin().post(&format!("{POLICY}?dry_run=false"), &policy(rig.tenant(), &json!({}))).expect(200, "");
    assert_eq!(rig.audit("attestation.policy_updated").len(), 1);
}

#[test]
fn a_change_is_told_once_and_touches_no_credential() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "min_certification_level": "L1", "enforcement_mode": "audit" }));
    let registered = rig.browser().enrol("alice", REVOKED_LATER, &[]).expect(201, "").body;
    rig.browser().enrol("bob", KNOWN, &[]).expect(201, "");
    assert_eq!(rig.look_again(), [2, 0, 0]);
    let before = rig.admin().get("/v1/credentials").body;

    rig.clock.forward(Duration::days(45));
    assert_eq!(rig.look_again(), [2, 1, 0]);
    assert_eq!(rig.look_again(), [2, 0, 0]);
    let told = rig.audit("attestation.status_changed");
    assert_eq!(told.len(), 1);
    let line = &told[0];
    assert_eq!((&line["user_id"], &line["aaguid"]), (&registered["user_id"], &json!(REVOKED_LATER)));
    assert_eq!((&line["risk"], &line["source"]), (&json!("raised"), &json!("reevaluation")));
    assert_eq!((&line["outcome"], &line["failed_rule"]), (&json!("fail"), &json!("mds_status")));
    assert_eq!((&line["code"], &line["http"]), (&Value::Null, &Value::Null));
    assert_eq!(
        line["old"],
        json!({
            "outcome": "pass", "failed_rules": [], "statuses": ["FIDO_CERTIFIED_L2"], "compromised": false,
        })
    );
    assert_eq!(
        line["new"],
        json!({
            "outcome": "fail", "failed_rules": ["mds_status"], "statuses": ["FIDO_CERTIFIED_L2", "REVOKED"],
            "compromised": true,
        })
    );
    assert!(!line["credential_id"].is_null());
    let evaluated = rig.admin().get("/v1/audit?event_type=attestation.evaluated&source=reevaluation").body;
    assert_eq!(evaluated["events"].as_array().unwrap().len(), 1);
    assert_eq!(rig.admin().get("/v1/credentials").body, before);
}

#[test]
fn a_stolen_key_is_told_of_without_a_policy() {
    let rig = Rig::new();
    rig.browser().enrol("alice", REVOKED_LATER, &[]).expect(201, "");
    rig.clock.forward(Duration::days(45));
    assert_eq!(rig.look_again(), [1, 1, 0]);
    let told = rig.audit("attestation.status_changed");
    assert_eq!((&told[0]["outcome"], &told[0]["risk"]), (&json!("skipped"), &json!("raised")));
    assert_eq!(rig.audit("attestation.evaluated"), Vec::<Value>::new());
}

#[test]
fn a_policy_that_was_relaxed_lowers_the_risk() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "min_certification_level": "L3", "enforcement_mode": "audit" }));
    rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    rig.set_policy(&json!({ "enforcement_mode": "audit" }));
    assert_eq!(rig.look_again(), [1, 1, 0]);
    let told = rig.audit("attestation.status_changed");
    assert_eq!((&told[0]["outcome"], &told[0]["risk"]), (&json!("pass"), &json!("lowered")));
    assert_eq!(told[0]["policy_version"], 2);
}

#[test]
fn without_a_verdict_what_was_known_stands() {
    let rig = Rig::new();
    rig.set_policy(&json!({ "min_certification_level": "L1" }));
    rig.browser().enrol("alice", KNOWN, &[]).expect(201, "");
    // Block mode by metadata that are too old.
    rig.clock.forward(Duration::days(120));
    assert_eq!(rig.look_again(), [0, 0, 1]);
    assert_eq!(rig.audit("attestation.status_changed"), Vec::<Value>::new());
    let weak = rig.admin().post("/v1/clients", &json!({})).expect(201, "").body;
    let weak = rig.browser().with_basic(weak["client_id"].as_str().unwrap(), weak["client_secret"].as_str().unwrap());
    weak.post("/v1/attestation/reevaluate", &json!({})).expect(403, "forbidden");
}

#[test]
fn a_server_that_starts_looks_by_itself() {
    let folder = std::env::temp_dir().join(format!("assay-second-look-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("lab.sqlite");
    let first = Rig::with(|config| config.database = crate::Database::File(path.clone()));
    first.browser().enrol("alice", REVOKED_LATER, &[]).expect(201, "");
    let admin = first.handle.bootstrap.client.clone().unwrap();
    first.handle.stop();
    let later = OffsetDateTime::from_unix_timestamp(NOW).unwrap() + Duration::days(45);
    let second = Rig::with(|config| {
        config.database = crate::Database::File(path);
        config.clock = Arc::new(Hands::at(later));
    });
    let admin = second.browser().with_basic(&admin.client_id, &admin.client_secret);
    let told = (0..10_000).any(|_| {
        let found = admin.get("/v1/audit?event_type=attestation.status_changed").expect(200, "").body;
        found["events"].as_array().is_some_and(|events| events.len() == 1)
    });
    assert!(told);
    second.handle.stop();
    std::fs::remove_dir_all(folder).unwrap();
}
