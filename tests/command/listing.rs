//! Lists: cases, checks, keys, profiles.

use std::collections::BTreeSet;

use assay::lab::every_check;
use serde_json::Value;

use crate::support::command::{assay, run};
use crate::support::place::Place;

const KINDS: [&str; 4] = ["server", "authenticator", "dbsc", "policy"];

/// `id TAB level TAB clause`, nothing else; ids are slugs, and none is there twice.
#[test]
fn cases() {
    let place = Place::new();
    for profile in ["w3c-l3", "tool-compatible", "hardened"] {
        for kind in KINDS {
            let said = run(&mut assay(&place, ["test", kind, "--list", "--profile", profile])).expect(0);
            assert_eq!(said.err, "");
            assert!(said.out.ends_with('\n'));
            let mut ids = BTreeSet::new();
            for line in said.out.lines() {
                let [id, level, clause] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
                assert!(ids.insert(id), "{id} is there twice");
                assert!(is_slug(id), "{id:?}");
                assert!(["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"].contains(&level), "{line:?}");
                assert!(!clause.is_empty() && clause.trim() == clause, "{line:?}");
            }
            assert!(ids.len() > 50, "{kind}: {}", ids.len());

            let json =
                run(&mut assay(&place, ["--json", "test", kind, "--list", "--profile", profile])).expect(0).json();
            let listed: Vec<String> = json
                .as_array()
                .unwrap()
                .iter()
                .map(|case| {
                    let text = |member: &str| case[member].as_str().unwrap();
                    format!("{}\t{}\t{}", text("id"), text("level"), text("clause"))
                })
                .collect();
            assert_eq!(said.out.lines().collect::<Vec<_>>(), listed, "{kind}");
        }
    }
}

/// Lower-case words joined by `-`, parts joined by `/`; never a position.
fn is_slug(id: &str) -> bool {
    id.split('/').all(|part| {
        part.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.')
        })
    })
}

/// A list is no reason to make a state directory, still less to ask anybody anything.
#[test]
fn lists_leave_nothing_behind() {
    let place = Place::new();
    for args in [&["test", "server", "--list"][..], &["checks"], &["profile", "show", "w3c-l3"], &["--help"]] {
        run(&mut assay(&place, args.iter().copied())).expect(0);
    }
    assert!(!place.join("state").exists());
}

#[test]
fn checks() {
    let place = Place::new();
    let json = run(&mut assay(&place, ["checks", "--json"])).expect(0).json();
    let ids: Vec<&str> = json.as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
    let own = every_check();
    assert_eq!(ids, own.iter().map(|(check, _)| check.id).collect::<Vec<_>>());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for check in json.as_array().unwrap() {
        assert!(["N", "P", "T", "H"].contains(&check["kind"].as_str().unwrap()), "{check}");
        assert!(!check["clause"].as_str().unwrap().is_empty() && !check["summary"].as_str().unwrap().is_empty());
    }
    let text = run(&mut assay(&place, ["checks"])).expect(0).out;
    let first: Vec<&str> = text.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(first, ids);
}

#[test]
fn profiles() {
    let place = Place::new();
    for name in ["w3c-l3", "tool-compatible", "hardened"] {
        let json = run(&mut assay(&place, ["profile", "show", name, "--json"])).expect(0).json();
        assert_eq!(json["name"], name);
        let text = run(&mut assay(&place, ["profile", "show", name])).expect(0).out;
        assert!(text.starts_with(&format!("profile {name}\n")), "{text}");
        for id in ["origin_mismatch", "challenge_mismatch", "signature_invalid"] {
            assert!(text.contains(&format!("  {id} ")), "{name}: {id}");
        }
    }
}

#[test]
fn keys() {
    let place = Place::new();
    let said = run(&mut assay(&place, ["key", "list", "--json"])).expect(0);
    assert_eq!(said.json()["virtual"], Value::Array(Vec::new()));
    for name in ["zeta", "alpha"] {
        let made = run(&mut assay(&place, ["--json", "key", "new", name])).expect(0).json();
        assert_eq!(made["name"], name);
    }
    let taken = run(&mut assay(&place, ["key", "new", "alpha"])).expect(2);
    assert!(taken.err.contains("a key named alpha already"), "{taken:?}");
    let listed = run(&mut assay(&place, ["key", "list", "--json"])).expect(0).json();
    let names: Vec<&str> =
        listed["virtual"].as_array().unwrap().iter().map(|key| key["target"].as_str().unwrap()).collect();
    assert_eq!(names, ["sim:alpha", "sim:zeta"]);
    let alpha = || run(&mut assay(&place, ["key", "list", "--json"])).expect(0).json()["virtual"][0].clone();
    assert_eq!(
        (&alpha()["pin_is_set"], &alpha()["fingers_are_enrolled"], &alpha()["versions"][0]),
        (&Value::Bool(false), &Value::Null, &Value::from("FIDO_2_0"))
    );
    assert!(!place.join("state/keys/alpha.state").exists(), "a list leaves nothing behind");
    let pin = place.file("pin", "correct horse");
    run(assay(&place, ["key", "pin", "set", "sim:alpha", "--new-pin-file"]).arg(pin)).expect(0);
    assert_eq!(alpha()["pin_is_set"], true);
    let text = run(&mut assay(&place, ["key", "list"])).expect(0).out;
    assert!(text.lines().next().unwrap().ends_with("FIDO_2_0 FIDO_2_1  PIN set"), "{text}");
    let info = run(&mut assay(&place, ["key", "info", "sim:zeta", "--json"])).expect(0).json();
    assert!(info["versions"].as_array().unwrap().contains(&Value::from("FIDO_2_1")), "{info}");
}
