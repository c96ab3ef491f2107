//! python-fido2 as a client of our virtual key: framing, CBOR, PIN protocols, extensions,
//! attestation and assertion signatures are all judged by its code, not by ours.

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
        "found_in_long_list": true,
        "client_pin_after": true,
        "wrong_pin": "PIN_INVALID",
        "retries_after_wrong": 7,
        "user_verified": true,
        "retries_after_right": 8,
        "discoverable_user": true,
        "accounts": ["grace", "ada"],
        "accounts_unverified": [null, null],
        "protocol_one": "OK",
        "token_for_another": "PIN_AUTH_INVALID",
        "selection": "OK",
        "old_pin": "PIN_INVALID",
        "new_pin": "OK",
        "unsupported_algorithm": "UNSUPPORTED_ALGORITHM",
    })
}

#[test]
fn a_fresh_key() {
    agrees(DRIVE_KEY, &["sim"], &expected());
}

#[test]
fn a_key_whose_every_byte_repeats() {
    agrees(DRIVE_KEY, &["--seed", "5eed", "sim"], &expected());
}

#[test]
fn saved_keys() {
    let place = Place::new();
    for (name, attestation) in [("batch", "packed-x5c"), ("self", "packed-self")] {
        run(&mut assay(&place, ["key", "new", "--attestation", attestation, name])).expect(0);
        agrees_at(&place, DRIVE_KEY, &[&format!("sim:{name}")], &expected());
    }
}

/// Its client and its server, with nothing of ours but the key between them.
#[test]
fn whole_ceremonies() {
    agrees(
        "drive_client.py",
        &["sim"],
        &json!({
            "unverified": true,
            "resident": true,
            "user_handle": true,
            "excluded": "DEVICE_INELIGIBLE",
            "verified": true,
            "cred_protect": 3,
            "hmac_secret": true,
            "prf_repeats": true,
            "prf_differs": true,
            "protected_unverified": "DEVICE_INELIGIBLE",
        }),
    );
}

/// The commands that manage a key, its extensions, its algorithms, persistent tokens and U2F.
#[test]
fn managed_keys() {
    let common = json!({
        "cred_blob_stored": true,
        "hmac_secret_mc_agrees": true,
        "cred_blob": "a blob",
        "payment": true,
        "large_blob_key_agrees": true,
        "algorithms": [-7, -8, -35, -36, -47, -257, -48, -49, -50],
        "large_blob": true,
        "large_blobs": 2,
        "large_blobs_after": 1,
        "large_blob_full": "LARGE_BLOB_STORAGE_FULL",
        "identifier": 16,
        "counted": true,
        "rps": ["example.org"],
        "listed": true,
        "key_agrees": true,
        "listed_protection": 2,
        "reader_deletes": "PIN_AUTH_INVALID",
        "renamed": true,
        "deleted": "NO_CREDENTIALS",
        "same_device": true,
        "other_state": true,
        "always_uv": true,
        "told_minimum": 4,
        "minimum": 6,
        "force_pin_change": true,
        "forced": "PIN_POLICY_VIOLATION",
        "too_short": "PIN_POLICY_VIOLATION",
        "changed": "OK",
        "after_reset": [false, 4],
        "other_device": true,
    });
    let without_sensor = json!({
        "versions": ["U2F_V2", "FIDO_2_0", "FIDO_2_1", "FIDO_2_3"],
        "u2f": true,
        "u2f_version": "U2F_V2",
        "ep": true,
        "ep_att": true,
    });
    let with_sensor = json!({
        "versions": ["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1", "FIDO_2_3"],
        "u2f": false,
        "samples": 3,
        "enrolled": ["thumb"],
        "uv": true,
        "uv_retries": 5,
        "by_finger": true,
        "uv_after": false,
    });
    for (persona, own) in [("ctap-2.3", without_sensor), ("biometric", with_sensor)] {
        let mut expected = common.clone();
        expected.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        agrees("drive_management.py", &["--persona", persona, "sim"], &expected);
    }
}

const DRIVE_KEY: &str = "drive_key.py";

fn agrees(script: &str, args: &[&str], expected: &Value) {
    agrees_at(&Place::new(), script, args, expected);
}

/// Serves a key, lets the script drive it, and compares what it saw, member by member.
#[track_caller]
fn agrees_at(place: &Place, script: &str, args: &[&str], expected: &Value) {
    let Some(python) = witness(".venv/bin/python") else { return };
    let fixed = ["key", "serve", "--listen", "127.0.0.1:0"];
    let mut key = Lasting::start(&mut assay(place, fixed.into_iter().chain(args.iter().copied())));
    let (host, port) = key.text("address").rsplit_once(':').unwrap();
    let seen = run(Command::new(python).arg(scripts().join(script)).args([host, port])).expect(0).json();
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&seen[member], value, "{member}");
    }
    assert_eq!(&seen, expected);
    assert!(key.lives());
}
