//! The audit of evaluations: what a line holds, how lines are found and counted.

use serde_json::{Value, json};
use time::Duration;

use super::{KNOWN, UNKNOWN};
use crate::http::tests::rig::Rig;

/// Three that pass, one unknown model, one unattested; an evaluation without a registration.
fn populated() -> Rig {
    let rig = Rig::new();
    rig.set_policy(&json!({ "require_known_aaguids": true, "enforcement_mode": "audit" }));
    for name in ["a", "b", "c"] {
        rig.browser().enrol(name, KNOWN, &[]).expect(201, "");
    }
    rig.clock.forward(Duration::hours(1));
    rig.browser().enrol("d", UNKNOWN, &[]).expect(201, "");
    rig.browser().register("e");
    rig.evaluate("nobody", &json!(UNKNOWN)).expect(200, "");
    rig
}

#[test]
fn a_line_holds_every_member() {
    let rig = populated();
    let lines = rig.audit("attestation.evaluated");
    let members = [
        "event_type",
        "tenant_id",
        "user_id",
        "aaguid",
        "enforcement_mode",
        "outcome",
        "failed_rule",
        "ts",
        "source",
        "policy_id",
        "policy_version",
        "failed_rules",
        "reason",
        "fmt",
        "attestation_type",
        "chain_verified",
        "anchor_sha256",
        "level",
        "key_protection",
        "statuses",
        "be",
        "mds_no",
        "mds_next_update",
        "mds_stale",
        "http",
    ];
    for line in &lines[..5] {
        for member in members {
            assert!(line.get(member).is_some(), "{member}: {line}");
        }
        assert!(!line.to_string().contains("attestationObject") && line.get("x5c").is_none());
    }
    assert_eq!(lines[0]["anchor_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&lines[0]["statuses"], &lines[0]["level"]),
        (&json!(["FIDO_CERTIFIED", "FIDO_CERTIFIED_L1"]), &json!("L1"))
    );
}

#[test]
fn lines_are_found_by_every_filter() {
    let rig = populated();
    let count = |query: &str| {
        let path = format!("/v1/audit?event_type=attestation.evaluated&{query}");
        rig.admin().get(&path).expect(200, "").body["events"].as_array().unwrap().len()
    };
    let user = rig.audit("attestation.evaluated")[0]["user_id"].as_str().unwrap().to_owned();
    let table = [
        ("", 6),
        ("outcome=fail", 3),
        ("failed_rule=require_known_aaguids", 3),
        ("source=adhoc", 1),
        ("source=registration", 5),
        (&format!("aaguid={KNOWN}"), 3),
        (&format!("aaguid={}", UNKNOWN.to_uppercase()), 2),
        (&format!("user_id={user}"), 1),
        ("since=2027-03-05T12:30:00Z", 3),
        ("until=2027-03-05T12:30:00Z", 3),
        ("since=2027-03-05T12:00:00Z&until=2027-03-05T12:00:00Z", 0),
        ("since=2027-03-05T13:00:00%2B01:00", 6),
        (&format!("tenant_id={}", rig.tenant()), 6),
        (&format!("aaguid={UNKNOWN}&source=adhoc&outcome=fail"), 1),
    ];
    for (query, expected) in table {
        assert_eq!(count(query.trim_start_matches('&')), expected, "{query}");
    }
    for wrong in ["since=yesterday", "until=7", "group_by=colour"] {
        rig.admin().get(&format!("/v1/audit?{wrong}")).expect(400, "invalid_request");
    }
    rig.admin().get("/v1/audit?aaguid=7").expect(400, "invalid_aaguid");
    rig.admin().get("/v1/audit?tenant_id=ten_nobody").expect(404, "tenant_unknown");
    let reader = rig.admin().post("/v1/clients", &json!({ "capabilities": ["audit"] })).expect(201, "").body;
    let reader =
        rig.browser().with_basic(reader["client_id"].as_str().unwrap(), reader["client_secret"].as_str().unwrap());
    reader.get("/v1/audit?tenant_id=ten_nobody").expect(403, "forbidden");
    reader.get(&format!("/v1/audit?tenant_id={}", rig.tenant())).expect(200, "");
}

#[test]
fn lines_are_counted_by_failed_rule() {
    let rig = populated();
    let groups = |query: &str| rig.admin().get(&format!("/v1/audit?{query}")).expect(200, "").body;
    let told = groups("group_by=failed_rule&source=registration");
    assert_eq!((&told["total"], &told["event_type"]), (&json!(5), &json!("attestation.evaluated")));
    let [passed, failed] = told["groups"].as_array().unwrap().as_slice() else { panic!("{told}") };
    let of = |group: &Value| ["failed_rule", "count", "share", "users"].map(|member| group[member].clone());
    assert_eq!(of(passed), [Value::Null, json!(3), json!(0.6), json!(3)]);
    assert_eq!(of(failed), [json!("require_known_aaguids"), json!(2), json!(0.4), json!(2)]);
    assert_eq!((&failed["first_at"], &failed["last_at"]), (&json!("2027-03-05T13:00:00.000Z"), &failed["first_at"]));

    let counted = |query: &str, member: &str| -> Vec<(Value, u64)> {
        let told = groups(query);
        let groups = told["groups"].as_array().unwrap();
        groups.iter().map(|group| (group[member].clone(), group["count"].as_u64().unwrap())).collect()
    };
    let unattested = json!(assay_mint::lab::MODEL);
    assert_eq!(counted("group_by=aaguid", "aaguid"), [(json!(KNOWN), 3), (json!(UNKNOWN), 2), (unattested, 1)]);
    assert_eq!(counted("group_by=source", "source"), [(json!("registration"), 5), (json!("adhoc"), 1)]);
    assert_eq!(counted("group_by=outcome", "outcome"), [(json!("fail"), 3), (json!("pass"), 3)]);
    assert_eq!(counted("group_by=event_type&event_type=credential.registered", "event_type")[0].1, 5);
    assert_eq!(groups("group_by=user_id")["groups"].as_array().unwrap().len(), 6);
}

/// The metadata know a word that we do not, and versions that nobody can compare.
#[test]
fn what_has_no_effect_is_kept() {
    const MODEL: &str = "5e570000-0000-4000-8000-00000000000d";
    let rig = Rig::with(|config| {
        let payload = json!({ "legalHeader": "terms", "no": 1, "nextUpdate": "2027-04-01", "entries": [{
            "aaguid": MODEL,
            "metadataStatement": { "attestationTypes": ["basic_full"], "keyProtection": ["hardware"] },
            "statusReports": [
                { "status": "FIDO_CERTIFIED_L1", "certificationPolicyVersion": "1.4.0",
                  "certificationRequirementsVersion": "1.5.0" },
                { "status": "FIDO_CERTIFIED", "certificationPolicyVersion": "1" },
                { "status": "QUANTUM_CURSED" },
            ],
        }] });
        let payload = payload.to_string();
        config.metadata =
            vec![assay_attestation::metadata::Metadata::load_unsigned_json(payload.as_bytes(), None).unwrap()];
    });
    rig.set_policy(&json!({ "min_certification_level": "L1" }));
    let verdict = rig.evaluate("nobody", &json!(MODEL)).expect(200, "").body["data"].clone();
    assert_eq!(verdict["passed"], true);
    let line = &rig.audit("attestation.evaluated")[0];
    assert_eq!(line["certification_policy_version"], "1.4.0");
    assert_eq!(line["certification_requirements_version"], "1.5.0");
    assert_eq!(line["unknown_statuses"], json!(["QUANTUM_CURSED"]));
}
