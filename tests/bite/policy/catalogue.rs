//! Every defect, and the cases that have to notice it.

use serde_json::json;

use super::How::{Between, Metadata};
use super::{Defect, afterwards, api, enrolment, legacy};

pub(super) fn defects() -> Vec<Defect> {
    let mut all = Vec::new();
    let mut add = |name, bites, how| all.push(Defect { name, how, bites });

    add(
        "credentials-ignored",
        &["policy/auth/missing", "policy/auth/wrong-secret", "policy/auth/no-capability"],
        Between(api::credentials_ignored),
    );
    add("tenants-ignored", &["policy/auth/other-tenant"], Between(api::tenants_ignored));
    add("saving-merges", &["policy/save/replaces"], Between(api::saving_merges));
    add("saving-makes-another", &["policy/save/replaces"], Between(api::saving_makes_another));
    add("empty-policy-for-none", &["policy/read/none-yet"], Between(api::empty_policy_for_none));
    add("tenant-guessed", &["policy/read/tenant-missing"], Between(api::tenant_guessed));
    add("everything-passes", &["policy/evaluate/null", "policy/evaluate/fail-is-200"], Between(api::everything_passes));
    add("nothing-passes", &["policy/evaluate/model", "policy/evaluate/no-policy"], Between(api::nothing_passes));
    add("level-forgotten", &["policy/evaluate/model", "policy/evaluate/no-policy"], Between(api::level_forgotten));
    add("basis-is-a-credential", &["policy/evaluate/model"], Between(api::basis_is_a_credential));
    add(
        "verdicts-are-errors",
        &["policy/evaluate/null", "policy/evaluate/fail-is-200"],
        Between(api::verdicts_are_errors),
    );
    add("any-aaguid-will-do", &["policy/evaluate/malformed-aaguid"], Between(api::any_aaguid_will_do));
    add("lists-are-cleaned", &["policy/save/malformed-*", "policy/save/zero-allowed"], Between(api::lists_are_cleaned));
    add("modes-are-guessed", &["policy/save/mode-*"], Between(api::modes_are_guessed));
    add("levels-are-guessed", &["policy/save/level-*"], Between(api::levels_are_guessed));
    add("flags-have-defaults", &["policy/save/flag-*"], Between(api::flags_have_defaults));
    add("unknown-fields-ignored", &["policy/save/unknown-field"], Between(api::unknown_fields_ignored));
    add(
        "refusals-save-something",
        &[
            "policy/save/malformed-*",
            "policy/save/zero-allowed",
            "policy/save/mode-*",
            "policy/save/level-*",
            "policy/save/flag-*",
            "policy/save/unknown-field",
        ],
        Between(api::refusals_save_something),
    );

    add(
        "legacy-block-is-warn",
        &["policy/legacy/block", "policy/legacy/level-missing"],
        Between(|r, o| legacy::mode_taken(r, o, "block", "warn")),
    );
    add("legacy-warn-is-block", &["policy/legacy/warn"], Between(|r, o| legacy::mode_taken(r, o, "warn", "block")));
    add("legacy-off-is-warn", &["policy/legacy/off"], Between(|r, o| legacy::mode_taken(r, o, "off", "warn")));
    add("legacy-no-level-is-none", &["policy/legacy/level-missing"], Between(legacy::no_level_is_none));
    add("legacy-tenants-ignored", &["policy/legacy/other-tenant"], Between(legacy::tenants_ignored));
    add("shapes-mixed", &["policy/legacy/mixed"], Between(legacy::shapes_mixed));
    add("canonical-modes-taken", &["policy/legacy/mode-audit"], Between(legacy::canonical_modes_taken));
    add("clients-send-either", &["policy/legacy/by-client"], Between(legacy::clients_send_either));
    add("keys-never-die", &["policy/legacy/key-*"], Between(legacy::keys_never_die));

    add("dry-runs-save", &["policy/dry-run/stores-nothing"], Between(afterwards::dry_runs_save));
    add("dry-runs-take-anything", &["policy/dry-run/malformed"], Between(afterwards::dry_runs_take_anything));
    add(
        "dry-run-counts-nobody",
        &["policy/dry-run/counts"],
        Between(|r, o| afterwards::miscounted(r, o, "/data/dry_run/would_fail", &json!(0))),
    );
    add(
        "dry-run-blames-no-rule",
        &["policy/dry-run/counts"],
        Between(|r, o| afterwards::miscounted(r, o, "/data/dry_run/by_rule/blocked_aaguids/first", &json!(0))),
    );
    add(
        "dry-run-share-of-nobody",
        &["policy/dry-run/counts"],
        Between(|r, o| afterwards::miscounted(r, o, "/data/dry_run/share", &json!(0.0))),
    );

    add(
        "questions-are-not-audited",
        &["policy/audit/line", "policy/audit/filters"],
        Between(|r, o| afterwards::lines(r, o, |line| line["source"] != "adhoc")),
    );
    add(
        "lines-without-reasons",
        &["policy/audit/line"],
        Between(|r, o| {
            afterwards::lines(r, o, |line| {
                line.as_object_mut().is_some_and(|line| {
                    line.remove("reason");
                    true
                })
            })
        }),
    );
    add("filters-ignored", &["policy/audit/filters"], Between(afterwards::filters_ignored));
    add("grouped-by-outcome", &["policy/audit/grouped"], Between(afterwards::grouped_by_outcome));
    add("groups-miscounted", &["policy/audit/grouped"], Between(afterwards::groups_miscounted));
    add(
        "old-hashes-forgotten",
        &["policy/audit/replaced"],
        Between(|r, o| {
            afterwards::lines(r, o, |line| {
                line.as_object_mut().is_some_and(|line| {
                    line.remove("old_hash");
                    true
                })
            })
        }),
    );

    add(
        "blocked-list-ignored",
        &[
            "enrolment/blocked/genuine",
            "enrolment/blocked/beats-allowed",
            "enrolment/blocked/claim-is-enough",
            "enrolment/blocked/zero",
            "enrolment/moment/tightened-meanwhile",
        ],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.remove("blocked_aaguids")))),
    );
    add(
        "allowances-beat-blocks",
        &["enrolment/blocked/beats-allowed"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.contains_key("allowed_aaguids") {
                    p.remove("blocked_aaguids");
                }
            })
        }),
    );
    add(
        "blocks-want-proof",
        &["enrolment/blocked/claim-is-enough", "enrolment/blocked/zero"],
        Between(|r, o| {
            enrolment::admitting(r, o, |shown, refusal| {
                refusal.code == "attestation_blocked_aaguid" && !shown.has_certificates
            })
        }),
    );
    add(
        "zero-cannot-be-blocked",
        &["enrolment/blocked/zero"],
        Between(|r, o| enrolment::saved_as(r, o, |p| enrolment::without(p, "blocked_aaguids", enrolment::ZERO))),
    );
    add(
        "any-block-blocks-all",
        &["enrolment/blocked/another-model"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.contains_key("blocked_aaguids") {
                    p.insert("allowed_aaguids".into(), json!([enrolment::UNKNOWN]));
                }
            })
        }),
    );

    add(
        "statuses-ignored",
        &[
            "enrolment/status/revoked*",
            "enrolment/status/beats-allowed",
            "enrolment/status/bypass",
            "enrolment/status/batch-named",
        ],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.insert("denied_statuses".into(), json!([]))))),
    );
    add(
        "statuses-want-proof",
        &["enrolment/status/revoked-claim"],
        Between(|r, o| {
            enrolment::admitting(r, o, |shown, refusal| {
                refusal.code == "attestation_authenticator_compromised" && !shown.has_certificates
            })
        }),
    );
    add(
        "allowances-beat-statuses",
        &["enrolment/status/beats-allowed"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.contains_key("allowed_aaguids") {
                    p.insert("denied_statuses".into(), json!([]));
                }
            })
        }),
    );
    add(
        "only-revocations-count",
        &["enrolment/status/bypass", "enrolment/status/batch-named"],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.insert("denied_statuses".into(), json!(["REVOKED"]))))),
    );
    add(
        "batches-are-models",
        &["enrolment/status/batch-other"],
        Metadata(|entry| enrolment::each_report(entry, |report| drop(report.remove("certificate")))),
    );
    add(
        "dates-ignored",
        &["enrolment/status/not-yet"],
        Metadata(|entry| enrolment::each_report(entry, |report| drop(report.remove("effectiveDate")))),
    );

    add(
        "allowed-list-ignored",
        &[
            "enrolment/allowed/another-model",
            "enrolment/allowed/self-claimed",
            "enrolment/allowed/unattested",
            "enrolment/allowed/impostor",
            "enrolment/allowed/not-in-metadata",
            "enrolment/allowed/u2f",
        ],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.remove("allowed_aaguids")))),
    );
    add(
        "allowed-list-allows-nobody",
        &["enrolment/allowed/genuine", "enrolment/allowed/upper-case"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.contains_key("allowed_aaguids") {
                    p.insert("allowed_aaguids".into(), json!([enrolment::UNKNOWN]));
                }
            })
        }),
    );
    add(
        "letters-compared",
        &["enrolment/allowed/upper-case"],
        Between(|r, o| enrolment::saved_as(r, o, enrolment::letters_compared)),
    );
    add(
        "empty-list-allows-nobody",
        &["enrolment/allowed/empty-list"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.get("allowed_aaguids") == Some(&json!([])) {
                    p.insert("allowed_aaguids".into(), json!([enrolment::UNKNOWN]));
                }
            })
        }),
    );
    add(
        "claims-are-believed",
        &[
            "enrolment/allowed/self-claimed",
            "enrolment/allowed/unattested",
            "enrolment/known/self-claimed",
            "enrolment/level/self-claimed",
        ],
        Between(|r, o| enrolment::admitting(r, o, |shown, _| !shown.has_certificates)),
    );
    add(
        "any-certificates-are-proof",
        &["enrolment/allowed/impostor", "enrolment/allowed/not-in-metadata"],
        Between(|r, o| {
            enrolment::admitting(r, o, |shown, refusal| {
                refusal.detail.contains("aaguid_unverified") && shown.has_certificates
            })
        }),
    );
    add(
        "u2f-is-any-model",
        &["enrolment/allowed/u2f"],
        Between(|r, o| enrolment::admitting(r, o, |shown, _| shown.fmt == "fido-u2f")),
    );

    add(
        "software-admitted",
        &[
            "enrolment/software/software",
            "enrolment/software/worst-counts",
            "enrolment/software/none-listed",
            "enrolment/software/unattested",
            "enrolment/software/synced",
        ],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.insert("block_software_auth".into(), json!(false))))),
    );
    add(
        "hardware-is-nowhere",
        &["enrolment/software/hardware", "enrolment/software/tee", "enrolment/software/u2f"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.get("block_software_auth") == Some(&json!(true)) {
                    p.insert("allowed_aaguids".into(), json!([enrolment::UNKNOWN]));
                }
            })
        }),
    );
    add(
        "tee-is-software",
        &["enrolment/software/tee"],
        Metadata(|entry| {
            enrolment::protection(entry, |kinds| {
                if kinds.contains(&json!("tee")) {
                    kinds.push(json!("software"))
                }
            })
        }),
    );
    add(
        "best-protection-counts",
        &["enrolment/software/worst-counts"],
        Metadata(|entry| {
            enrolment::protection(entry, |kinds| {
                if kinds.len() > 1 {
                    kinds.retain(|kind| kind != "software")
                }
            })
        }),
    );
    add(
        "certificates-make-hardware",
        &["enrolment/software/software", "enrolment/software/worst-counts"],
        Metadata(|entry| {
            enrolment::protection(entry, |kinds| {
                kinds.iter_mut().filter(|kind| *kind == "software").for_each(|kind| *kind = json!("hardware"))
            })
        }),
    );
    add(
        "silence-is-hardware",
        &["enrolment/software/none-listed"],
        Metadata(|entry| {
            enrolment::protection(entry, |kinds| {
                if kinds.is_empty() {
                    kinds.push(json!("hardware"))
                }
            })
        }),
    );
    add(
        "nothing-is-hardware",
        &["enrolment/software/unattested"],
        Between(|r, o| enrolment::admitting(r, o, |shown, _| shown.fmt == "none")),
    );
    add(
        "copies-are-bound",
        &["enrolment/software/synced"],
        Between(|r, o| enrolment::admitting(r, o, |shown, _| shown.backup_eligible)),
    );
    add(
        "u2f-models-unknown",
        &["enrolment/software/u2f"],
        Metadata(|entry| entry.get("attestationCertificateKeyIdentifiers").is_none()),
    );

    add(
        "unknown-models-admitted",
        &["enrolment/known/unknown", "enrolment/known/self-claimed", "enrolment/known/audit"],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.insert("require_known_aaguids".into(), json!(false))))),
    );
    add(
        "a-model-forgotten",
        &["enrolment/known/known", "enrolment/order/all-pass"],
        Metadata(|entry| entry.get("aaguid") != Some(&json!(enrolment::YUBIKEY_5))),
    );
    add("known-means-certified", &["enrolment/known/uncertified"], Metadata(enrolment::is_certified));

    add(
        "minimum-ignored",
        &[
            "enrolment/level/below-plus",
            "enrolment/level/plus-below",
            "enrolment/level/three-below-plus",
            "enrolment/level/functional",
            "enrolment/level/self-claimed",
            "enrolment/level/audit",
        ],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.remove("min_certification_level")))),
    );
    add(
        "minimum-is-not-enough",
        &["enrolment/level/equal", "enrolment/level/two"],
        Between(|r, o| enrolment::saved_as(r, o, |p| enrolment::minimum(p, &[("L1", "L1plus"), ("L2", "L2plus")]))),
    );
    add(
        "plus-is-nothing",
        &["enrolment/level/below-plus", "enrolment/level/three-below-plus"],
        Between(|r, o| enrolment::saved_as(r, o, |p| enrolment::minimum(p, &[("L1plus", "L1"), ("L3plus", "L3")]))),
    );
    add(
        "plus-levels-unknown",
        &["enrolment/level/plus-above"],
        Metadata(|entry| {
            enrolment::each_report(entry, |report| {
                if report["status"] == "FIDO_CERTIFIED_L1plus" {
                    report.insert("status".into(), json!("BEYOND_US"));
                }
            })
        }),
    );
    add(
        "plus-is-the-next-level",
        &["enrolment/level/plus-below"],
        Metadata(|entry| {
            enrolment::each_report(entry, |report| {
                if report["status"] == "FIDO_CERTIFIED_L1plus" {
                    report.insert("status".into(), json!("FIDO_CERTIFIED_L2"));
                }
            })
        }),
    );
    add(
        "functional-is-level-one",
        &["enrolment/level/functional"],
        Between(|r, o| enrolment::saved_as(r, o, |p| drop(p.insert("functional_counts_as_l1".into(), json!(true))))),
    );

    add(
        "later-rules-first",
        &["enrolment/order/first-rule-reported"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.get("require_known_aaguids") == Some(&json!(true)) {
                    p.insert("block_software_auth".into(), json!(false));
                }
            })
        }),
    );
    add(
        "audit-blocks",
        &["enrolment/known/audit", "enrolment/level/audit"],
        Between(|r, o| {
            enrolment::saved_as(r, o, |p| {
                if p.get("enforcement_mode") == Some(&json!("audit")) {
                    p.insert("enforcement_mode".into(), json!("block"));
                }
            })
        }),
    );
    add("audit-is-silent", &["enrolment/known/audit", "enrolment/level/audit"], Between(enrolment::audit_is_silent));
    add(
        "audit-tells-of-others",
        &["enrolment/known/audit", "enrolment/level/audit"],
        Between(enrolment::audit_tells_of_others),
    );
    add(
        "refusals-are-stored",
        &[
            "enrolment/blocked/genuine",
            "enrolment/status/revoked",
            "enrolment/allowed/another-model",
            "enrolment/software/software",
            "enrolment/known/unknown",
            "enrolment/level/functional",
        ],
        Between(enrolment::refusals_are_stored),
    );
    add(
        "looser-options-hold",
        &["enrolment/moment/tightened-meanwhile"],
        Between(|r, o| enrolment::moment_of_the_options(r, o, |then| !enrolment::blocks(then))),
    );
    add(
        "tighter-options-hold",
        &["enrolment/moment/loosened-meanwhile"],
        Between(|r, o| enrolment::moment_of_the_options(r, o, enrolment::blocks)),
    );
    add("sign-ins-are-judged", &["enrolment/moment/sign-in-afterwards"], Between(enrolment::sign_ins_are_judged));
    add("audit-admits-anything", &["enrolment/moment/broken-in-audit-mode"], Between(enrolment::audit_admits_anything));
    all
}
