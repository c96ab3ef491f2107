//! What the acceptance table does not ask.

use assay_attestation::metadata::{KeyIdentifier, Level};
use assay_attestation::{AttestationType, Format};
use serde_json::json;

use super::{MODEL, OTHER, TODAY, aaguid, block, certified, evidence, issue, metadata};
use crate::policy::{Chain, Evidence, Mode, Outcome, Policy, Rule, evaluate};

fn strict() -> Policy {
    Policy {
        allowed_aaguids: [aaguid(OTHER)].into_iter().collect(),
        blocked_aaguids: [aaguid(MODEL)].into_iter().collect(),
        min_certification_level: Some(Level::L2),
        block_software_auth: true,
        require_known_aaguids: true,
        ..block()
    }
}

#[test]
fn every_failure_is_listed_in_order() {
    let metadata = metadata(json!([{ "status": "REVOKED" }]));
    let evidence = Evidence { attestation: AttestationType::SelfAttestation, ..evidence() };
    let decision = evaluate(&strict(), &evidence, Some(&metadata), TODAY);
    assert_eq!(decision.failed_rules, Rule::ALL);
    assert_eq!(decision.failed_rule, Some(Rule::BlockedAaguids));
    assert_eq!(decision.code, Some("attestation_blocked_aaguid"));
    let codes: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
}

#[test]
fn self_attestation_verifies_nothing_whatever_the_chain_says() {
    for attestation in [AttestationType::None, AttestationType::SelfAttestation] {
        for chain in [Chain::Metadata, Chain::Tenant] {
            let evidence = Evidence { attestation, chain, ..evidence() };
            let decision = evaluate(&block(), &evidence, Some(&metadata(certified())), TODAY);
            assert!(!decision.chain_verified);
            assert_eq!(decision.level, Level::None);
        }
    }
}

#[test]
fn a_tenants_anchor_proves_the_model_and_certifies_nothing() {
    let evidence = Evidence { chain: Chain::Tenant, ..Evidence { aaguid: aaguid(OTHER), ..evidence() } };
    let metadata = metadata(certified());
    let judge = |policy: &Policy| evaluate(policy, &evidence, Some(&metadata), TODAY);
    let allowed = Policy { allowed_aaguids: [aaguid(OTHER)].into_iter().collect(), ..block() };
    assert_eq!(judge(&allowed).outcome, Outcome::Pass);
    let reason = |policy: Policy| judge(&policy).reason.unwrap().to_string();
    assert_eq!(reason(Policy { block_software_auth: true, ..block() }), "key_protection_unknown");
    assert_eq!(reason(Policy { require_known_aaguids: true, ..block() }), "not_in_mds");
    assert_eq!(reason(Policy { min_certification_level: Some(Level::L1), ..block() }), "NONE<L1");
}

#[test]
fn a_u2f_models_good_name_cannot_be_borrowed() {
    let identifier = Some(KeyIdentifier([0; 20]));
    let metadata = metadata(certified());
    let known = Policy { require_known_aaguids: true, ..block() };
    let mut u2f =
        Evidence { fmt: Format::FidoU2f, key_identifier: identifier, aaguid: Default::default(), ..evidence() };
    assert_eq!(evaluate(&known, &u2f, Some(&metadata), TODAY).outcome, Outcome::Pass);
    // Another format's statement is not looked up by its certificate's key.
    u2f.fmt = Format::Packed;
    assert_eq!(evaluate(&known, &u2f, Some(&metadata), TODAY).outcome, Outcome::Fail);
    // And a U2F statement proves no AAGUID, were one claimed beside it.
    u2f.fmt = Format::FidoU2f;
    u2f.aaguid = aaguid(MODEL);
    let allowed = Policy { allowed_aaguids: [aaguid(MODEL)].into_iter().collect(), ..block() };
    let decision = evaluate(&allowed, &u2f, Some(&metadata), TODAY);
    assert_eq!(decision.reason.unwrap().to_string(), "aaguid_unverified");
}

#[test]
fn functional_may_count_as_l1_and_never_as_more() {
    let metadata = metadata(json!([{ "status": "FIDO_CERTIFIED" }]));
    let judge = |minimum, functional_counts_as_l1| {
        let policy = Policy { min_certification_level: Some(minimum), functional_counts_as_l1, ..block() };
        evaluate(&policy, &evidence(), Some(&metadata), TODAY)
    };
    assert_eq!(judge(Level::L1, false).outcome, Outcome::Fail);
    assert_eq!(judge(Level::L1, true).outcome, Outcome::Pass);
    assert_eq!(judge(Level::L1, true).level, Level::Functional);
    assert_eq!(judge(Level::L1plus, true).reason.unwrap().to_string(), "FUNCTIONAL<L1plus");
}

#[test]
fn expired_metadata_answer_nothing_that_rests_on_them() {
    let expired = issue("2026-10-01", json!([{ "status": "REVOKED" }]));
    let judge = |policy: &Policy, evidence: &Evidence| evaluate(policy, evidence, Some(&expired), TODAY);
    // The last that was known of a model still refuses it, where no other rule needs more.
    assert_eq!(judge(&block(), &evidence()).failed_rule, Some(Rule::MdsStatus));
    let known = Policy { require_known_aaguids: true, ..block() };
    let decision = judge(&known, &evidence());
    assert_eq!((decision.outcome, decision.http), (Outcome::Error, 503));
    assert_eq!((decision.failed_rule, decision.failed_rules.len()), (None, 0));
    assert!(decision.mds_stale && !decision.is_admitted());
    // What the lists say by the claim alone is a verdict all the same.
    let listed = Policy { allowed_aaguids: [aaguid(OTHER)].into_iter().collect(), ..known.clone() };
    assert_eq!(judge(&listed, &evidence()).failed_rules, [Rule::AllowedAaguids]);
    let audit = judge(&Policy { mode: Mode::Audit, ..known }, &evidence());
    assert_eq!((audit.outcome, audit.http, audit.code), (Outcome::Fail, 201, None));
}

#[test]
fn without_metadata_a_path_is_in_doubt_and_a_missing_one_is_not() {
    let allowed = Policy { allowed_aaguids: [aaguid(MODEL)].into_iter().collect(), ..block() };
    let with_path = Evidence { chain: Chain::Unverified, ..evidence() };
    let decision = evaluate(&allowed, &with_path, None, TODAY);
    assert_eq!((decision.http, decision.code), (503, Some("attestation_metadata_unavailable")));
    let without = Evidence { attestation: AttestationType::SelfAttestation, chain: Chain::Absent, ..evidence() };
    let decision = evaluate(&allowed, &without, None, TODAY);
    assert_eq!((decision.http, decision.code), (403, Some("attestation_aaguid_not_allowed")));
}

#[test]
fn evidence_can_be_stored() {
    let evidence = Evidence {
        key_identifier: Some(KeyIdentifier([7; 20])),
        certificates_sha256: vec![[1; 32]],
        anchor_sha256: Some([2; 32]),
        firmware: Some(3),
        ..evidence()
    };
    let text = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), evidence);
}

#[test]
fn the_record_has_what_was_seen() {
    let decision = evaluate(&Policy::off(), &evidence(), Some(&metadata(certified())), TODAY);
    let record = decision.to_json();
    assert_eq!(record["outcome"], "skipped");
    assert_eq!(record["level"], "L1");
    assert_eq!(record["statuses"], json!(["FIDO_CERTIFIED_L1"]));
    assert_eq!(record["key_protection"], json!(["hardware", "secure_element"]));
    assert_eq!(record["mds_no"], 9);
    assert_eq!(record["mds_next_update"], "2026-12-01");
    assert_eq!(record["mds_stale"], false);
}
