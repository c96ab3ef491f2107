//! python-fido2 as a client of our virtual key: framing, CBOR, PIN protocol, attestation and
//! assertion signatures are all judged by its code, not by ours.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;
use crate::support::witness::{scripts, witness};

/// Everything that the script tells, and nothing else. Signatures it does not tell: one that does
/// not verify ends the script.
fn expected() -> Value {
    json!({
        "ping": true,
        "versions": ["FIDO_2_0", "FIDO_2_1"],
        "pin_protocols": [2, 1],
        "client_pin_before": false,
        "fmt": "packed",
        "aaguid_agrees": true,
        "counter_rises": true,
        "excluded": "CREDENTIAL_EXCLUDED",
        "foreign_rp": "NO_CREDENTIALS",
        "client_pin_after": true,
        "wrong_pin": "PIN_INVALID",
        "retries_after_wrong": 7,
        "user_verified": true,
        "retries_after_right": 8,
        "discoverable_user": true,
        "old_pin": "PIN_INVALID",
        "new_pin": "OK",
        "unsupported_algorithm": "UNSUPPORTED_ALGORITHM",
    })
}

#[test]
fn a_fresh_key() {
    drive(&["sim"]);
}

#[test]
fn a_key_whose_every_byte_repeats() {
    drive(&["--seed", "5eed", "sim"]);
}

#[test]
fn saved_keys() {
    let Some(python) = witness(".venv/bin/python") else { return };
    let place = Place::new();
    for (name, attestation) in [("batch", "packed-x5c"), ("self", "packed-self")] {
        run(&mut assay(&place, ["key", "new", "--attestation", attestation, name])).expect(0);
        let key = Lasting::start(&mut assay(&place, ["key", "serve", &format!("sim:{name}")]));
        assert_eq!(seen(&python, &key), expected(), "{attestation}");
    }
}

fn drive(args: &[&str]) {
    let Some(python) = witness(".venv/bin/python") else { return };
    let place = Place::new();
    let fixed = ["key", "serve", "--listen", "127.0.0.1:0"];
    let mut key = Lasting::start(&mut assay(&place, fixed.into_iter().chain(args.iter().copied())));
    assert_eq!(key.text("key"), "sim");
    let seen = seen(&python, &key);
    for (member, value) in expected().as_object().unwrap() {
        assert_eq!(&seen[member], value, "{member}");
    }
    assert_eq!(seen, expected());
    assert!(key.lives());
}

/// What the script saw.
#[track_caller]
fn seen(python: &std::path::Path, key: &Lasting) -> Value {
    let (host, port) = key.text("address").rsplit_once(':').unwrap();
    run(Command::new(python).arg(scripts().join("drive_key.py")).args([host, port])).expect(0).json()
}
