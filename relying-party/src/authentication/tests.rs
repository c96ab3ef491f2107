use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AuthenticatorDataEdit, EnvelopeEdit};
use assay_protocol::digest::sha256;
use serde_json::json;

use super::Counter;
use crate::Profile;
use crate::profile::{BackupEligibility, Switches};
use crate::tests::{Authenticate, CHALLENGE, USER, code, credential, everything};

fn forge() -> AssertionForge {
    AssertionForge::new(&credential(), &CHALLENGE)
}

fn setting() -> Authenticate {
    Authenticate::new(&credential())
}

#[test]
fn the_record_follows_the_authenticator() {
    let mut forge = forge();
    forge.flags = 0x1d;
    let mut setting = setting();
    setting.record.as_mut().unwrap().backup_eligible = Some(true);
    let outcome = setting.judge_forge(&forge, &everything()).unwrap();
    assert_eq!(outcome.user_handle, USER);
    assert_eq!(outcome.record.sign_count, 8);
    assert!(outcome.record.backup_state && outcome.evidence.backup_state_changed);
    assert_eq!(outcome.evidence.counter, Counter::Increased);
    assert!(outcome.evidence.user_verification_counts);
    assert_eq!(outcome.evidence.to_json()["flags"], json!(["UP", "UV", "BE", "BS"]));
}

#[test]
fn a_counter_that_does_not_increase_is_flagged_or_refused() {
    let same = forge().edited(AuthenticatorDataEdit::SignCountSame);
    let w3c = Profile::named("w3c-l3").unwrap();
    let outcome = setting().judge_forge(&same, &w3c).unwrap();
    assert_eq!(outcome.evidence.counter, Counter::NotIncreased);
    assert_eq!(outcome.record.sign_count, 7);
    let zero = forge().edited(AuthenticatorDataEdit::SignCountZero);
    assert_eq!(setting().judge_forge(&zero, &w3c).unwrap().record.sign_count, 7);
    for name in ["tool-compatible", "hardened"] {
        let profile = Profile::named(name).unwrap();
        assert_eq!(code(&setting().judge_forge(&same, &profile)), "sign_count_not_increased");
    }

    let mut without_counter = setting();
    without_counter.record.as_mut().unwrap().sign_count = 0;
    let outcome = without_counter.judge_forge(&zero, &everything()).unwrap();
    assert_eq!(outcome.evidence.counter, Counter::Unsupported);
}

#[test]
fn eligibility_for_backup_is_immutable_unless_switched_or_unknown() {
    let gained = forge().edited(AuthenticatorDataEdit::BackupEligible);
    let w3c = Profile::named("w3c-l3").unwrap();
    assert_eq!(code(&setting().judge_forge(&gained, &w3c)), "backup_eligibility_changed");

    let switches = Switches { backup_eligibility: BackupEligibility::Gainable, ..w3c.switches };
    let gainable = Profile::with_switches("w3c-l3", switches).unwrap();
    let outcome = setting().judge_forge(&gained, &gainable).unwrap();
    assert_eq!(outcome.record.backup_eligible, Some(true));
    assert!(outcome.evidence.backup_eligibility_learnt);
    let mut lost = setting();
    lost.record.as_mut().unwrap().backup_eligible = Some(true);
    assert_eq!(code(&lost.judge_forge(&forge(), &gainable)), "backup_eligibility_changed");

    let mut old = setting();
    old.record.as_mut().unwrap().backup_eligible = None;
    let outcome = old.judge_forge(&gained, &w3c).unwrap();
    assert_eq!(outcome.record.backup_eligible, Some(true));
}

#[test]
fn verification_counts_only_once_initialized() {
    let mut fresh = setting();
    fresh.record.as_mut().unwrap().uv_initialized = false;
    let outcome = fresh.judge_forge(&forge(), &everything()).unwrap();
    assert!(!outcome.evidence.user_verification_counts && outcome.evidence.user_verification_may_begin);
    assert!(!outcome.record.uv_initialized, "that is for the caller to decide");
}

/// Who the response names, who was identified, who owns the credential.
#[test]
fn all_three_users_must_be_one() {
    const OTHER: [u8; 16] = [0x33; 16];
    let named = |handle: Option<[u8; 16]>| {
        let mut forge = forge();
        forge.user_handle = handle.map(|handle| handle.to_vec());
        forge
    };
    let cases = [
        (Some(USER), None, USER, "accept"),
        (Some(USER), Some(USER), USER, "accept"),
        (None, Some(USER), USER, "accept"),
        (None, None, USER, "user_handle_missing"),
        (Some(USER), Some(OTHER), USER, "user_handle_mismatch"),
        (Some(USER), Some(OTHER), OTHER, "user_handle_mismatch"),
        (Some(USER), Some(USER), OTHER, "credential_not_owned"),
        (Some(USER), None, OTHER, "credential_not_owned"),
        (None, Some(USER), OTHER, "credential_not_owned"),
        (None, Some(OTHER), USER, "credential_not_owned"),
    ];
    for (identified, given, owner, expected) in cases {
        let mut setting = setting();
        setting.pending.user_handle = identified.map(|handle| handle.to_vec());
        setting.owner = owner.to_vec();
        let verdict = setting.judge_forge(&named(given), &Profile::default());
        assert_eq!(code(&verdict), expected, "{identified:?} {given:?} {owner:?}");
    }
    let mut empty = setting();
    empty.pending.user_handle = None;
    let verdict = empty.judge_forge(&named(None).edited(EnvelopeEdit::UserHandleEmpty), &Profile::default());
    assert_eq!(code(&verdict), "credential_not_owned", "an empty handle is a handle, of nobody");
}

#[test]
fn an_app_id_counts_where_it_was_asked_for_and_used() {
    const APP_ID: &str = "https://example.org/u2f";
    assert_ne!(sha256(APP_ID.as_bytes()), sha256(b"example.org"));
    let mut used = forge();
    used.rp_id = APP_ID.into();
    used.client_extension_results.insert("appid".into(), true.into());
    let mut setting = setting();
    assert_eq!(code(&setting.judge_forge(&used, &everything())), "rp_id_hash_mismatch");
    setting.pending.app_id = Some(APP_ID.into());
    assert_eq!(code(&setting.judge_forge(&used, &everything())), "accept");
    let mut unused = forge();
    unused.client_extension_results.insert("appid".into(), false.into());
    assert_eq!(code(&setting.judge_forge(&unused, &everything())), "accept");
    let mut denied = used.clone();
    denied.client_extension_results.insert("appid".into(), false.into());
    assert_eq!(code(&setting.judge_forge(&denied, &everything())), "rp_id_hash_mismatch");
    let mut lying = forge();
    lying.client_extension_results.insert("appid".into(), true.into());
    assert_eq!(code(&setting.judge_forge(&lying, &everything())), "rp_id_hash_mismatch");
}
