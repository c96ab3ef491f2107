//! `assay mds`: a BLOB made, shown, judged, and compared with the one before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use assay_mint::metadata::{models, spectrum};
use assay_protocol::jws;
use serde_json::{Value, json};

use crate::support::command::{Said, assay, run};
use crate::support::place::Place;

/// What BLOBs that are wrong are refused with.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "metadata_signature_invalid",
        &["signature-bit", "signature-missing", "payload-changed", "signed-by-stranger", "alg-other"],
    ),
    ("metadata_alg_not_allowed", &["alg-none", "alg-hs256"]),
    ("metadata_jws_malformed", &["alg-missing"]),
    ("metadata_x5c_missing", &["x5c-missing", "x5c-empty"]),
    ("metadata_certificate_malformed", &["x5c-not-base64", "x5c-not-certificate"]),
    ("metadata_chain_untrusted", &["x5c-intermediate-missing", "chain-foreign"]),
    ("metadata_path_invalid", &["x5c-reversed", "chain-usurped", "intermediate-not-ca"]),
    ("metadata_certificate_expired", &["intermediate-expired", "leaf-expired"]),
    ("metadata_certificate_not_yet_valid", &["leaf-not-yet-valid"]),
    ("metadata_leaf_name_mismatch", &["leaf-name-foreign", "leaf-name-suffix", "leaf-name-in-subject-only"]),
    ("metadata_payload_malformed", &["payload-not-json", "payload-not-object"]),
    ("metadata_legal_header_missing", &["legal-header-missing", "legal-header-empty"]),
    ("metadata_no_missing", &["no-missing", "no-not-number", "no-negative"]),
    ("metadata_no_not_increased", &["no-zero"]),
    ("metadata_next_update_malformed", &["next-update-missing", "next-update-no-day"]),
    ("metadata_entries_missing", &["entries-missing"]),
];

const POLICY: &str = r#"{"enforcement_mode": "audit", "min_certification_level": "L1",
    "require_known_aaguids": true, "block_software_auth": false}"#;

fn mds(place: &Place, args: &[&str]) -> Said {
    run(&mut assay(place, ["mds"].into_iter().chain(args.iter().copied())))
}

#[test]
fn what_is_made_is_good_and_told_so_rule_by_rule() {
    let place = Place::new();
    let made = mds(&place, &["make", "--out", "lab.jwt", "--root-out", "root.pem", "--no", "8", "--json"]).expect(0);
    let listed = models().iter().filter(|model| model.in_metadata).count() + spectrum().len();
    assert_eq!(
        (&made.json()["no"], &made.json()["entries"], &made.json()["bad"]),
        (&json!(8), &json!(listed), &json!(null))
    );

    let told = mds(&place, &["verify", "lab.jwt", "--previous", "7", "--json"]).expect(0).json();
    assert_eq!((&told["accepted"], &told["entries"], &told["skipped"]), (&json!(true), &json!(listed), &json!([])));
    let rules: BTreeMap<&str, &str> = rules(&told).into_iter().collect();
    assert_eq!(rules["metadata_revocation_unknown"], "not asked");
    assert_eq!(rules.values().filter(|came_out| **came_out == "ok").count(), rules.len() - 1);
    let text = mds(&place, &["verify", "lab.jwt"]).expect(0).out;
    assert!(text.contains(&format!("issue 8, next due {}: {listed} models", told["next_update"].as_str().unwrap())));
    mds(&place, &["verify", "lab.jwt", "--previous", "8"]).expect(1);

    // Another lab takes it by the root alone, and makes its models its own.
    let other = Place::new();
    let path = |name: &str| place.join(name).to_str().unwrap().to_owned();
    let (blob, root) = (path("lab.jwt"), path("root.pem"));
    let told = mds(&other, &["verify", &blob, "--json"]).expect(1).json();
    assert_eq!(told["code"], "metadata_path_invalid", "{told}");
    mds(&other, &["verify", &blob, "--mds-root", &root]).expect(0);
    let rootless = models().iter().filter(|model| model.in_metadata).chain(spectrum());
    let rootless = rootless.filter(|model| !model.has_certificates()).count();
    let made = mds(&other, &["make", "--from", &blob, "--out", "own.jwt", "--json"]).expect(0).json();
    assert_eq!((&made["rerooted"], &made["rootless"]), (&json!(listed - rootless), &json!(rootless)));
    mds(&other, &["verify", "own.jwt", "--previous", "7"]).expect(0);
}

#[test]
fn what_is_made_wrong_is_refused_by_its_own_code() {
    let place = Place::new();
    let edits = mds(&place, &["make", "--list-bad", "--json"]).expect(0).json();
    let edits: Vec<(&str, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| (edit["edit"].as_str().unwrap(), edit["effect"].as_str().unwrap()))
        .collect();
    let codes: BTreeMap<String, &str> = REFUSED
        .iter()
        .flat_map(|(code, edits)| edits.iter().map(move |edit| (format!("metadata-{edit}"), *code)))
        .collect();
    let wrong: BTreeSet<&str> = edits.iter().filter(|(_, effect)| *effect == "wrong").map(|(edit, _)| *edit).collect();
    assert_eq!(codes.keys().map(String::as_str).collect::<BTreeSet<_>>(), wrong);
    for (edit, effect) in edits {
        let made = mds(&place, &["make", "--bad", edit, "--out", "bad.jwt"]).expect(0);
        assert!(made.out.contains(&format!("WRONG on purpose: {edit}")), "{}", made.out);
        let said = mds(&place, &["verify", "bad.jwt", "--previous", "0", "--json"]);
        let told = said.json();
        if let Some(code) = codes.get(edit) {
            assert_eq!((told["code"].as_str(), said.code), (Some(*code), Some(1)), "{edit}: {told}");
            let refused: Vec<_> = rules(&told).into_iter().filter(|(_, came_out)| *came_out == "refused").collect();
            assert_eq!(refused, [(*code, "refused")], "{edit}");
        } else {
            // Less than a BLOB: it costs an entry or a part of one, or nothing.
            assert_eq!((&told["accepted"], said.code), (&json!(true), Some(0)), "{edit}: {told}");
            let lost = told["skipped"].as_array().unwrap().len();
            assert_eq!(lost, usize::from(effect == "debated"), "{edit}: {told}");
        }
    }
    let said = mds(&place, &["make", "--bad", "metadata-nonsense"]).expect(2);
    assert!(said.err.contains("--list-bad"), "{}", said.err);
}

#[test]
fn models_are_shown_counted_and_filtered() {
    let place = Place::new();
    mds(&place, &["make", "--out", "lab.jwt"]).expect(0);
    let show = |more: &[&str]| mds(&place, &[&["show", "lab.jwt"], more].concat()).expect(0);
    let shown = show(&["--json"]).json();
    let listed = models().iter().filter(|model| model.in_metadata).count() + spectrum().len();
    assert_eq!((&shown["models"], &shown["rejected"], &shown["age"]), (&json!(listed), &json!(0), &json!("fresh")));
    assert_eq!(shown["entries"].as_array().unwrap().len(), listed);
    // The made-up models have one of each.
    let shown = show(&["--filter", "5e57a000", "--json"]).json();
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut statuses = BTreeSet::new();
    for model in shown["entries"].as_array().unwrap() {
        *levels.entry(model["level"].as_str().unwrap()).or_default() += 1;
        statuses.extend(model["statuses"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()));
    }
    let one_each = ["FUNCTIONAL", "L1plus", "L2", "L2plus", "L3", "L3plus", "NONE"].map(|level| (level, 1));
    assert_eq!(levels, one_each.into_iter().chain([("L1", spectrum().len() - 7)]).collect());
    assert_eq!(statuses.len(), 17, "{statuses:?}");

    let shown = show(&["--filter", "revoked", "--filter", "hardware", "--json"]).json();
    let found = shown["entries"].as_array().unwrap();
    assert!(!found.is_empty() && found.len() < 5, "{shown}");
    assert!(found.iter().all(|model| model["statuses"].as_array().unwrap().contains(&json!("REVOKED"))), "{shown}");
    let text = show(&["--filter", "revoked"]).out;
    assert!(text.contains("Assay status REVOKED") && !text.contains("Assay status RETIRED"), "{text}");
    assert!(text.contains("the signature was not judged"), "{text}");
    let old = show(&["--at", "2099-01-01", "--json"]).json();
    assert_eq!(old["age"], "expired");
    let own = mds(&place, &["show", "--json"]).expect(0).json();
    assert!(own["models"].as_u64().unwrap() > 10);
    mds(&place, &["show", "nowhere.jwt"]).expect(2);
}

#[test]
fn the_next_issue_says_whom_a_policy_refuses_now() {
    let place = Place::new();
    place.file("policy.json", POLICY);
    mds(&place, &["make", "--out", "old.jwt"]).expect(0);
    let blob = fs::read_to_string(place.join("old.jwt")).unwrap();
    let mut payload: Value = serde_json::from_slice(&jws::parse(&blob).unwrap().payload).unwrap();
    payload["no"] = json!(2);
    let entries = payload["entries"].as_array_mut().unwrap();
    let named = |entries: &[Value], name: &str| {
        entries.iter().position(|entry| entry["metadataStatement"]["description"] == name).unwrap()
    };
    // One falls from grace, one is gone, one is new.
    let fallen = named(entries, "Assay status FIDO_CERTIFIED_L2");
    let revoked = json!({ "status": "REVOKED", "effectiveDate": "2024-02-01" });
    entries[fallen]["statusReports"].as_array_mut().unwrap().push(revoked);
    let fallen = entries[fallen]["aaguid"].as_str().unwrap().to_owned();
    let gone = named(entries, "Assay status FIDO_CERTIFIED_L3");
    let mut new = entries.remove(gone);
    let gone = new["aaguid"].as_str().unwrap().to_owned();
    let fresh = "5e57a000-0000-4000-8000-0000000000ff";
    new["aaguid"] = json!(fresh);
    new["metadataStatement"]["aaguid"] = json!(fresh);
    entries.push(new);
    place.file("new.json", payload.to_string());

    let diff = |sides: [&str; 2], more: &[&str]| mds(&place, &[&["diff"], &sides[..], more].concat());
    let sides = ["old.jwt", "new.json"];
    let by_policy = ["--policy", "policy.json"];
    let said = diff(sides, &["--policy", "policy.json", "--json"]).expect(1);
    let told = said.json();
    assert_eq!((&told["old"]["no"], &told["new"]["no"]), (&json!(1), &json!(2)));
    assert_eq!(told["newly_refused"], json!([fallen, gone]));
    assert_eq!(told["newly_admitted"], json!([fresh]));
    let changes: BTreeMap<&str, &Value> =
        told["changes"].as_array().unwrap().iter().map(|change| (change["id"].as_str().unwrap(), change)).collect();
    assert_eq!(changes.len(), 3, "{told}");
    let change = changes[fallen.as_str()];
    assert_eq!((&change["change"], &change["parts"][0]["what"]), (&json!("changed"), &json!("statuses")));
    assert!(change["refused_now"].as_str().unwrap().starts_with("mds_status"), "{change}");
    assert_eq!(changes[gone.as_str()]["change"], "removed");
    assert_eq!(changes[fresh]["change"], "added");

    let text = diff(sides, &by_policy).expect(1).out;
    assert!(text.contains("2 newly refused, 1 newly admitted"), "{text}");
    assert!(text.contains(&format!("~ {fallen}")) && text.contains("statuses: "), "{text}");
    // Without a policy there are changes and nobody to refuse; without changes, nothing.
    assert_eq!(diff(sides, &["--json"]).expect(0).json()["newly_refused"], Value::Null);
    let same = diff(["old.jwt", "old.jwt"], &["--policy", "policy.json", "--json"]).expect(0).json();
    assert_eq!((&same["changes"], &same["newly_refused"]), (&json!([]), &json!([])));
    // Backwards, what was lost is won.
    let back = diff(["new.json", "old.jwt"], &["--policy", "policy.json", "--json"]).expect(1).json();
    assert_eq!((&back["newly_refused"], &back["newly_admitted"]), (&told["newly_admitted"], &told["newly_refused"]));
    assert_eq!(diff(sides, &["--policy", "policy.json", "--json"]).out, said.out);
}

#[test]
fn a_seed_and_a_day_make_the_same_bytes() {
    let place = Place::new();
    let make = |day: &str| mds(&place, &["make", "--at", day]).expect(0).out;
    let blob = make("2026-11-22");
    assert_eq!(blob, make("2026-11-22"));
    assert_ne!(blob, make("2026-11-23"));
    assert_ne!(blob, mds(&Place::new(), &["make", "--at", "2026-11-22"]).expect(0).out);
}

/// Code and outcome of each.
fn rules(told: &Value) -> Vec<(&str, &str)> {
    told["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["code"].as_str().unwrap(), rule["result"].as_str().unwrap()))
        .collect()
}
