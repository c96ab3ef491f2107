//! `assay policy`: what a policy does to every model, what is wrong with one.

use std::fs;

use serde_json::Value;

use crate::support::command::{assay, run};
use crate::support::place::Place;

/// The policy with which a guide to another product opens: it refuses the very keys that it lists.
const SELF_DEFEATING: &str = r#"{
  "tenant_id": "ten_01",
  "allowed_aaguids": ["ee882879-721c-4913-9775-3dfcce97072a", "b92c3f9a-c014-4056-887f-140a2501163b"],
  "min_certification_level": "L2",
  "block_software_auth": true,
  "require_known_aaguids": true,
  "enforcement_mode": "block"
}"#;

fn written(place: &Place, name: &str, text: &str) -> String {
    let path = place.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_policy_that_refuses_its_own_keys_is_told_so() {
    let place = Place::new();
    let file = written(&place, "policy.json", SELF_DEFEATING);
    let said = run(&mut assay(&place, ["policy", "check", &file])).expect(0);
    assert!(said.out.starts_with("well formed (canonical shape, mode block)\n"), "{}", said.out);
    for model in ["YubiKey 5 Series", "Security Key by Yubico"] {
        let told = format!("({model}) is listed as allowed, and min_certification_level refuses it");
        assert!(said.out.contains(&told), "{}", said.out);
    }
    assert!(said.out.contains("none of "), "{}", said.out);
    let json = run(&mut assay(&place, ["--json", "policy", "check", &file])).expect(0).json();
    assert_eq!((&json["valid"], json["advice"].as_array().unwrap().len()), (&Value::Bool(true), 3));
}

#[test]
fn what_is_wrong_is_named_all_at_once() {
    let place = Place::new();
    let table = [
        ("{\"enforcement_mode\": \"block\"", 1),
        (r#"{"enforcement_mode":"never","block_software_auth":1,"colour":2,"allowed_aaguids":["x"]}"#, 5),
        (r#"{"enforcement_mode":"block","minimum_certification_level":"L7"}"#, 1),
    ];
    for (text, problems) in table {
        let file = written(&place, "policy.json", text);
        let said = run(&mut assay(&place, ["policy", "check", &file])).expect(1);
        assert_eq!(said.out.lines().count(), problems + 1, "{}", said.out);
        let json = run(&mut assay(&place, ["--json", "policy", "check", &file])).expect(1).json();
        assert_eq!(json["problems"].as_array().unwrap().len(), problems);
        run(&mut assay(&place, ["policy", "matrix", "--policy", &file])).expect(2);
    }
    let missing = place.join("nowhere.json");
    run(&mut assay(&place, ["policy", "check", missing.to_str().unwrap()])).expect(2);
}

#[test]
fn every_model_stands_in_every_form_of_the_matrix() {
    let place = Place::new();
    let file = written(&place, "policy.json", SELF_DEFEATING);
    let matrix = |more: &[&str]| {
        let args = ["policy", "matrix", "--policy", file.as_str()].into_iter().chain(more.iter().copied());
        run(&mut assay(&place, args)).expect(0).out
    };
    let json: Value = serde_json::from_str(&matrix(&["--json"])).unwrap();
    let models = json["models"].as_array().unwrap();
    assert!(models.len() > 25);
    let ids: Vec<&str> = models.iter().map(|model| model["id"].as_str().unwrap()).collect();

    let table = matrix(&[]);
    assert!(ids.iter().all(|id| table.contains(&id[..35])));
    let only = matrix(&["--search", "yubikey 5 series"]);
    assert!(only.contains("YubiKey 5 Series") && !only.contains("Nitrokey"), "{only}");
    let names = matrix(&["--sort", "name"]);
    assert!(names.find("Dashlane").unwrap() < names.find("Windows Hello").unwrap());

    let csv = matrix(&["--csv", "-"]);
    assert_eq!(csv.lines().count(), models.len() + 1);
    assert!(csv.starts_with("id,name,") && ids.iter().all(|id| csv.contains(id)));

    let html = matrix(&["--html", "-"]);
    assert!(html.starts_with("<!DOCTYPE html>") && ids.iter().all(|id| html.contains(id)));
    for outside in ["http://", "https://", "<link", "<img", "src="] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn admitted_models_are_no_refusals() {
    let place = Place::new();
    let file = written(&place, "policy.json", r#"{"enforcement_mode":"block","minimum_certification_level":"L3"}"#);
    let args = ["policy", "matrix", "--policy", &file, "--refused", "--json"];
    let json = run(&mut assay(&place, args)).expect(0).json();
    let shown = json["models"].as_array().unwrap();
    assert_eq!(json["count"]["refused"].as_u64(), u64::try_from(shown.len()).ok());
    assert!(json["count"]["admitted"].as_u64().unwrap() >= 2);
    assert!(shown.iter().all(|model| model["verdict"] == "refused" && model["failures"][0]["rule"].is_string()));
    // Three years on, these metadata are too old to judge by.
    let args = ["policy", "matrix", "--policy", &file, "--on", "2099-01-01", "--json"];
    let json = run(&mut assay(&place, args)).expect(0).json();
    assert_eq!((&json["mds_age"], &json["count"]["admitted"]), (&Value::from("expired"), &Value::from(0)));
}
