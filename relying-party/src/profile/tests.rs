use assay_protocol::check::Kind;

use super::{Action, BackupEligibility, Profile, Switches, all_checks, profiles};

const SWITCHED: [&str; 8] = [
    "tpm_certificate_vendor",
    "root_in_x5c",
    "token_binding",
    "fido_u2f_aaguid",
    "sign_count_not_increased",
    "android_key_tee_only",
    "android_safetynet_deprecated",
    "attestation_sha1",
];

#[test]
fn kinds_decide_where_no_switch_does() {
    for listed in all_checks() {
        let check = listed.check;
        if SWITCHED.contains(&check.id) {
            continue;
        }
        let expected: &[&str] = match (check.kind, check.syntax) {
            (Kind::Normative | Kind::Policy, _) => &["w3c-l3", "tool-compatible", "hardened"],
            (Kind::Tool, true) => &["tool-compatible", "hardened"],
            (Kind::Tool, false) => &["tool-compatible"],
            (Kind::Hardening, _) => &["hardened"],
        };
        assert_eq!(listed.profiles, expected, "{}", check.id);
    }
}

#[test]
fn switches_decide_what_is_contested() {
    let enforcing = |id: &str| {
        let listed = all_checks().into_iter().find(|listed| listed.check.id == id);
        listed.unwrap().profiles
    };
    assert_eq!(enforcing("root_in_x5c"), ["tool-compatible"]);
    assert_eq!(enforcing("token_binding"), ["tool-compatible"]);
    assert_eq!(enforcing("fido_u2f_aaguid"), ["tool-compatible"]);
    assert_eq!(enforcing("tpm_certificate_vendor"), ["tool-compatible", "hardened"]);
    assert_eq!(enforcing("android_key_tee_only"), ["hardened"]);
    assert_eq!(enforcing("android_safetynet_deprecated"), ["w3c-l3", "tool-compatible", "hardened"]);
    assert_eq!(enforcing("attestation_sha1"), ["hardened"]);
    assert_eq!(enforcing("sign_count_not_increased"), ["tool-compatible", "hardened"]);

    let w3c = Profile::named("w3c-l3").unwrap();
    let switches = Switches { root_in_x5c: Action::Refuse, ..w3c.switches };
    let stricter = Profile::with_switches("w3c-l3", switches).unwrap();
    assert!(!w3c.enforced.has("root_in_x5c") && stricter.enforced.has("root_in_x5c"));
    assert_eq!(stricter.ids().len(), w3c.ids().len() + 1);
}

#[test]
fn names() {
    let names: Vec<_> = profiles().iter().map(|profile| profile.name).collect();
    assert_eq!(names, ["w3c-l3", "tool-compatible", "hardened"]);
    for name in names {
        assert_eq!(Profile::named(name).unwrap().name, name);
    }
    assert_eq!(Profile::named("W3C-L3"), None);
    assert_eq!(Profile::default(), Profile::named("w3c-l3").unwrap());
}

#[test]
fn exactly_one_check_is_left_out() {
    let hardened = Profile::named("hardened").unwrap();
    let without = hardened.clone().without("origin_mismatch").unwrap();
    let missing: Vec<_> = hardened.ids().into_iter().filter(|id| !without.enforced.has(id)).collect();
    assert_eq!(missing, ["origin_mismatch"]);
    assert_eq!(hardened.without("no_such_check"), None);
}

#[test]
fn a_profile_prints_as_data() {
    let profile = Profile::named("w3c-l3").unwrap();
    let json = serde_json::to_value(&profile).unwrap();
    assert_eq!(json["name"], "w3c-l3");
    assert_eq!(json["switches"]["sign_count"], "accept");
    assert_eq!(json["switches"]["compound"], "all");
    assert_eq!(json["switches"]["backup_eligibility"], "immutable");
    assert_eq!(json["checks"].as_array().unwrap().len(), profile.ids().len());
    let switches: Switches = serde_json::from_value(json["switches"].clone()).unwrap();
    assert_eq!(switches, profile.switches);
    assert_eq!(switches.backup_eligibility, BackupEligibility::Immutable);
}
