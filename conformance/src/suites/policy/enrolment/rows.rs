//! One row a rule and an authenticator.

use serde_json::{Value, json};

use super::subject::Subject;

/// One row: policy, subject, and what must come of it (`None`: accepted).
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) mode: &'static str,
    pub(super) policy: fn() -> Value,
    pub(super) subject: Subject,
    pub(super) refused: Option<&'static str>,
    pub(super) failed_rule: Option<&'static str>,
}

const ZERO: &str = "00000000-0000-0000-0000-000000000000";
pub(super) const YUBIKEY_5: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const GOOGLE: &str = "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4";
const REVOKED: &str = "ba86dc56-635f-4141-aef6-00227b1b9af6";
const SOFTWARE: &str = "2cd2f727-f6ca-44da-8f48-5c2e5da000a2";
const UNCERTIFIED: &str = "31c3f7ff-bf15-4327-83ec-9336abcbcd34";
const UNKNOWN: &str = "11111111-2222-4333-8444-555555555555";
const L1_PLUS: &str = "5e570000-0000-4000-8000-000000000001";
const L2: &str = "9eb7eabc-9db5-49a1-b6c3-555a802093f4";
const L3: &str = "5e570000-0000-4000-8000-000000000003";
const FUNCTIONAL: &str = "0acf3011-bc60-f375-fb53-6f05f43154e0";
const BYPASS: &str = "5e570000-0000-4000-8000-000000000004";
const BATCHES: &str = "5e570000-0000-4000-8000-000000000005";
const REVOKED_LATER: &str = "5e570000-0000-4000-8000-000000000009";
const TEE: &str = "5e570000-0000-4000-8000-00000000000f";
const NO_PROTECTION: &str = "5e570000-0000-4000-8000-000000000010";
const SOFTWARE_AND_TEE: &str = "5e570000-0000-4000-8000-000000000011";

const BLOCKED: Option<&str> = Some("attestation_blocked_aaguid");
const COMPROMISED: Option<&str> = Some("attestation_authenticator_compromised");
const NOT_ALLOWED: Option<&str> = Some("attestation_aaguid_not_allowed");
const IS_SOFTWARE: Option<&str> = Some("attestation_software_auth_blocked");
const IS_UNKNOWN: Option<&str> = Some("attestation_unknown_aaguid");
const TOO_LOW: Option<&str> = Some("attestation_certification_level_below_minimum");

macro_rules! rows {
    ($($id:literal, $title:literal, $mode:literal, $policy:tt, $subject:expr, $refused:expr, $rule:expr;)*) => {
        pub(super) const ROWS: &[Row] = &[$(Row {
            id: $id, title: $title, mode: $mode, policy: || json!($policy), subject: $subject, refused: $refused, failed_rule: $rule,
        },)*];
    };
}

rows! {
    "enrolment/blocked/genuine", "E05: a blocked model is refused", "block", {"blocked_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/beats-allowed", "E06: the block list beats the allow list", "block", {"blocked_aaguids": [YUBIKEY_5], "allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/claim-is-enough", "E07: blocking needs no proof of the model", "block", {"blocked_aaguids": [GOOGLE]}, Subject::Unattested(GOOGLE), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/zero", "E09: the zero AAGUID can be blocked", "block", {"blocked_aaguids": [ZERO]}, Subject::Unattested(ZERO), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/another-model", "E10: a block list without the model lets it in", "block", {"blocked_aaguids": [GOOGLE]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/status/revoked", "E04: a revoked model is refused whatever the policy", "block", {}, Subject::Genuine(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/revoked-claim", "E79: a revoked model is refused on its claim alone", "block", {}, Subject::SelfClaimed(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/beats-allowed", "E19: a denied status beats the allow list", "block", {"allowed_aaguids": [REVOKED]}, Subject::Genuine(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/bypass", "E67: a bypass of user verification is a denied status", "block", {"min_certification_level": "L1"}, Subject::Genuine(BYPASS), COMPROMISED, Some("mds_status");
    "enrolment/status/batch-named", "E69: a compromised batch is refused", "block", {}, Subject::Batch(BATCHES, "BATCH-A"), COMPROMISED, Some("mds_status");
    "enrolment/status/batch-other", "E70: another batch of the same model is not", "block", {"min_certification_level": "L2"}, Subject::Batch(BATCHES, "BATCH-B"), None, None;
    "enrolment/status/not-yet", "E74: a revocation dated in the future waits", "block", {"min_certification_level": "L2"}, Subject::Genuine(REVOKED_LATER), None, None;
    "enrolment/allowed/genuine", "E11: an allowed model with its certificates comes in", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/allowed/upper-case", "E12: AAGUIDs compare without regard to case", "block", {"allowed_aaguids": ["EE882879-721C-4913-9775-3DFCCE97072A"]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/allowed/another-model", "E13: a model that is not listed is refused", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(L2), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/self-claimed", "E14: self attestation proves no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::SelfClaimed(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/unattested", "E15: no attestation proves no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Unattested(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/impostor", "E16: certificates of another root prove no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Impostor(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/empty-list", "E18: an empty list is no list", "block", {"allowed_aaguids": []}, Subject::Unattested(ZERO), None, None;
    "enrolment/allowed/not-in-metadata", "E20: a listed model that nobody vouches for is refused", "block", {"allowed_aaguids": [UNKNOWN]}, Subject::Genuine(UNKNOWN), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/u2f", "E21: a U2F key has no AAGUID to be allowed by", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::U2f, NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/software/hardware", "E22: hardware with proof comes in", "block", {"block_software_auth": true}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/software/tee", "E25: a trusted execution environment counts as hardware", "block", {"block_software_auth": true}, Subject::Genuine(TEE), None, None;
    "enrolment/software/software", "E27: certificates do not make software hardware", "block", {"block_software_auth": true}, Subject::Genuine(SOFTWARE), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/worst-counts", "E28: of several protections the worst counts", "block", {"block_software_auth": true}, Subject::Genuine(SOFTWARE_AND_TEE), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/none-listed", "E29: no listed protection is none", "block", {"block_software_auth": true}, Subject::Genuine(NO_PROTECTION), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/unattested", "E33: a key that proves nothing is software", "block", {"block_software_auth": true}, Subject::Unattested(YUBIKEY_5), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/synced", "E32: what may be copied is not bound to hardware", "block", {"block_software_auth": true}, Subject::Synced(YUBIKEY_5), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/u2f", "E34: a U2F key is found by its certificate's key", "block", {"block_software_auth": true}, Subject::U2f, None, None;
    "enrolment/known/known", "E35: a model of the metadata comes in", "block", {"require_known_aaguids": true}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/known/uncertified", "E36: known is not certified", "block", {"require_known_aaguids": true}, Subject::Genuine(UNCERTIFIED), None, None;
    "enrolment/known/unknown", "E37: a model outside the metadata is refused", "block", {"require_known_aaguids": true}, Subject::Genuine(UNKNOWN), IS_UNKNOWN, Some("require_known_aaguids");
    "enrolment/known/self-claimed", "E39: a known AAGUID without proof is unknown", "block", {"require_known_aaguids": true}, Subject::SelfClaimed(YUBIKEY_5), IS_UNKNOWN, Some("require_known_aaguids");
    "enrolment/known/audit", "E42: in audit mode it comes in, and is written down", "audit", {"require_known_aaguids": true}, Subject::Genuine(UNKNOWN), None, Some("require_known_aaguids");
    "enrolment/level/equal", "E44: the minimum itself is enough", "block", {"min_certification_level": "L1"}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/level/below-plus", "E45: L1 is below L1plus", "block", {"min_certification_level": "L1plus"}, Subject::Genuine(YUBIKEY_5), TOO_LOW, Some("min_certification_level");
    "enrolment/level/plus-above", "E47: L1plus is above L1", "block", {"min_certification_level": "L1"}, Subject::Genuine(L1_PLUS), None, None;
    "enrolment/level/plus-below", "E49: L1plus is below L2", "block", {"min_certification_level": "L2"}, Subject::Genuine(L1_PLUS), TOO_LOW, Some("min_certification_level");
    "enrolment/level/two", "E51: L2 is L2", "block", {"min_certification_level": "L2"}, Subject::Genuine(L2), None, None;
    "enrolment/level/three-below-plus", "E56: L3 is below L3plus", "block", {"min_certification_level": "L3plus"}, Subject::Genuine(L3), TOO_LOW, Some("min_certification_level");
    "enrolment/level/functional", "E59: certified once is not L1", "block", {"min_certification_level": "L1"}, Subject::Genuine(FUNCTIONAL), TOO_LOW, Some("min_certification_level");
    "enrolment/level/self-claimed", "E62: an unproven model has no level", "block", {"min_certification_level": "L1"}, Subject::SelfClaimed(YUBIKEY_5), TOO_LOW, Some("min_certification_level");
    "enrolment/level/audit", "E66: in audit mode the failing rule is written down", "audit", {"min_certification_level": "L2"}, Subject::Genuine(YUBIKEY_5), None, Some("min_certification_level");
    "enrolment/order/first-rule-reported", "E43: of several failing rules the first is reported", "block", {"block_software_auth": true, "require_known_aaguids": true}, Subject::Genuine(UNKNOWN), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/order/all-pass", "the good twin: every rule is met", "block", {"block_software_auth": true, "require_known_aaguids": true}, Subject::Genuine(YUBIKEY_5), None, None;
}
