use assay_attestation::metadata::{Level, Status};
use serde_json::{Value, json};

use super::{MODEL, OTHER, aaguid};
use crate::policy::{Mode, Policy, PolicyError, conveyance};

const ZERO: &str = "00000000-0000-0000-0000-000000000000";

fn canonical() -> Value {
    json!({
        "tenant_id": "ten_01",
        "allowed_aaguids": [OTHER, MODEL],
        "blocked_aaguids": [],
        "min_certification_level": "L2",
        "block_software_auth": true,
        "require_known_aaguids": false,
        "enforcement_mode": "audit",
    })
}

#[track_caller]
fn refused(name: &str, value: Value, code: &str) {
    let mut policy = canonical();
    policy[name] = value;
    assert_eq!(Policy::from_json(&policy).unwrap_err().code(), code, "{name}");
}

#[track_caller]
fn missing(name: &str, code: &str) {
    let mut policy = canonical();
    policy.as_object_mut().unwrap().remove(name).unwrap();
    assert_eq!(Policy::from_json(&policy).unwrap_err().code(), code, "{name}");
}

#[test]
fn the_canonical_form_comes_back_as_it_went_in() {
    let mut expected = canonical();
    expected.as_object_mut().unwrap().remove("tenant_id");
    let policy = Policy::from_json(&canonical()).unwrap();
    assert_eq!(Value::Object(policy.to_json()), expected);
    assert!(policy.allowed_aaguids.contains(&aaguid(MODEL)));
    assert_eq!(policy.denied_statuses, Policy::DENIED_STATUSES);

    let least = json!({ "block_software_auth": false, "require_known_aaguids": false, "enforcement_mode": "block" });
    let policy = Policy::from_json(&least).unwrap();
    assert_eq!(policy, Policy::new(Mode::Block));
    let written = Value::Object(policy.to_json());
    assert_eq!(written["allowed_aaguids"], json!([]));
    assert_eq!(written["min_certification_level"], Value::Null);
    assert_eq!(Policy::from_json(&written), Ok(policy));
}

#[test]
fn members_beyond_the_seed_are_optional_and_written_where_they_differ() {
    let mut policy = canonical();
    policy["denied_statuses"] = json!(["REVOKED"]);
    policy["grace_days"] = json!(7);
    policy["functional_counts_as_l1"] = json!(true);
    let read = Policy::from_json(&policy).unwrap();
    assert_eq!(read.denied_statuses.iter().collect::<Vec<_>>(), [Status::Revoked]);
    assert_eq!((read.grace_days, read.functional_counts_as_l1), (7, true));
    policy.as_object_mut().unwrap().remove("tenant_id");
    assert_eq!(Value::Object(read.to_json()), policy);
    refused("denied_statuses", json!(["FIDO_CERTIFIED"]), "invalid_request");
    refused("denied_statuses", json!(["FUTURE_STATUS_X"]), "invalid_request");
    refused("denied_statuses", json!("REVOKED"), "invalid_request");
    refused("grace_days", json!(-1), "invalid_request");
    refused("functional_counts_as_l1", json!("yes"), "invalid_request");
}

#[test]
fn p05_malformed_aaguids() {
    for name in ["allowed_aaguids", "blocked_aaguids"] {
        for wrong in [json!(["ee882879"]), json!([MODEL, ""]), json!([7]), json!([MODEL.replace('-', "")])] {
            refused(name, wrong, "invalid_aaguid");
        }
        refused(name, json!(MODEL), "invalid_request");
    }
}

#[test]
fn p06_the_zero_aaguid_may_be_blocked_and_not_allowed() {
    refused("allowed_aaguids", json!([MODEL, ZERO]), "invalid_aaguid");
    let mut policy = canonical();
    policy["blocked_aaguids"] = json!([ZERO]);
    assert!(Policy::from_json(&policy).is_ok());
}

#[test]
fn p07_other_modes() {
    for wrong in [json!("warn"), json!("off"), json!("BLOCK"), json!(""), json!(1), json!(null)] {
        refused("enforcement_mode", wrong, "invalid_enforcement_mode");
    }
}

#[test]
fn p08_no_mode() {
    missing("enforcement_mode", "invalid_enforcement_mode");
}

#[test]
fn p09_other_levels() {
    for wrong in [json!("L4"), json!("l2"), json!("L2+"), json!("NONE"), json!("FUNCTIONAL"), json!(2)] {
        refused("min_certification_level", wrong, "invalid_certification_level");
    }
    for level in Level::MINIMA {
        let mut policy = canonical();
        policy["min_certification_level"] = json!(level.as_str());
        assert_eq!(Policy::from_json(&policy).unwrap().min_certification_level, Some(*level));
    }
}

#[test]
fn p10_flags_must_be_there() {
    for name in ["block_software_auth", "require_known_aaguids"] {
        missing(name, "invalid_request");
        refused(name, json!("true"), "invalid_request");
        refused(name, json!(null), "invalid_request");
    }
}

#[test]
fn p11_unknown_members() {
    refused("surprise", json!(1), "invalid_request");
    refused("minimum_certification_level", json!("L1"), "invalid_request");
    assert_eq!(Policy::from_json(&json!([])).unwrap_err().code(), "invalid_request");
}

#[test]
fn p13_to_p15_the_legacy_form_is_stored_canonically() {
    let read = |mode: &str, level: Value| {
        let policy = json!({ "enforcement_mode": mode, "minimum_certification_level": level, "allowed_aaguids": [] });
        Policy::from_legacy_json(&policy).unwrap()
    };
    let policy = read("block", json!("L1"));
    assert_eq!((policy.mode, policy.min_certification_level), (Mode::Block, Some(Level::L1)));
    assert!(policy.allowed_aaguids.is_empty() && !policy.block_software_auth && !policy.require_known_aaguids);
    assert_eq!(read("warn", json!("L3plus")).to_json()["enforcement_mode"], "audit");
    assert_eq!(read("warn", json!(null)).min_certification_level, Some(Level::L1));
    let off = read("off", json!(null));
    assert_eq!(off, Policy::off());
    let stored = Value::Object(off.to_json());
    assert_eq!(stored["enforcement_mode"], "off");
    assert_eq!(Policy::from_stored_json(&stored), Ok(off));
}

#[test]
fn the_legacy_form_is_as_strict() {
    let code = |policy: Value| Policy::from_legacy_json(&policy).unwrap_err().code();
    assert_eq!(code(json!({})), "invalid_enforcement_mode");
    assert_eq!(code(json!({ "enforcement_mode": "audit" })), "invalid_enforcement_mode");
    assert_eq!(
        code(json!({ "enforcement_mode": "off", "minimum_certification_level": "L4" })),
        "invalid_certification_level"
    );
    assert_eq!(code(json!({ "enforcement_mode": "block", "allowed_aaguids": [ZERO] })), "invalid_aaguid");
    assert_eq!(code(json!({ "enforcement_mode": "block", "block_software_auth": true })), "invalid_request");
}

#[test]
fn proof_is_asked_for_where_a_rule_needs_it() {
    let block = Policy::new(Mode::Block);
    let with = |name: &str, value: Value| {
        let mut policy = Value::Object(block.to_json());
        policy[name] = value;
        Policy::from_json(&policy).unwrap()
    };
    assert_eq!(conveyance(&Policy::off()), "none");
    assert_eq!(conveyance(&block), "none");
    assert_eq!(conveyance(&with("blocked_aaguids", json!([MODEL]))), "none");
    for (name, value) in [
        ("allowed_aaguids", json!([MODEL])),
        ("block_software_auth", json!(true)),
        ("require_known_aaguids", json!(true)),
        ("min_certification_level", json!("L1")),
    ] {
        let policy = with(name, value);
        assert_eq!(conveyance(&policy), "direct", "{name}");
        assert_eq!(conveyance(&Policy { mode: Mode::Audit, ..policy.clone() }), "direct", "{name}");
        assert_eq!(conveyance(&Policy { mode: Mode::Off, ..policy }), "none", "{name}");
    }
}

#[test]
fn a_model_listed_twice_is_listed_once() {
    let list: crate::policy::AaguidList = [OTHER, MODEL, OTHER].map(aaguid).into_iter().collect();
    assert_eq!(list.iter().copied().collect::<Vec<_>>(), [OTHER, MODEL].map(aaguid));
    assert!(list.contains(&aaguid(MODEL)) && list.contains(&aaguid(OTHER)) && !list.contains(&aaguid(ZERO)));
}

#[test]
fn every_problem_is_named() {
    let wrong = json!({
        "colour": 1, "enforcement_mode": "warn", "allowed_aaguids": ["x"], "blocked_aaguids": 7,
        "min_certification_level": "L9", "block_software_auth": null, "denied_statuses": ["FIDO_CERTIFIED"],
        "grace_days": -1, "functional_counts_as_l1": "no",
    });
    let codes: Vec<&str> = Policy::problems(&wrong).iter().map(PolicyError::code).collect();
    let expected = [
        "invalid_request",
        "invalid_enforcement_mode",
        "invalid_aaguid",
        "invalid_request",
        "invalid_certification_level",
        "invalid_request",
        "invalid_request",
        "invalid_request",
        "invalid_request",
        "invalid_request",
    ];
    assert_eq!(codes, expected);
    assert_eq!(Policy::problems(&Value::Object(Policy::new(Mode::Block).to_json())), []);
    assert_eq!(Policy::problems(&json!(7)).len(), 1);
}
