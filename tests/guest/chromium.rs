//! Chromium at our own server's page, with the key at the kernel's doors: no virtual authenticator of its own.
//!
//! With `ASSAY_LONG=1` alone: a browser on one processor takes minutes, and on a busy one it may give up.

use serde_json::{Value, json};

use super::{Steps, guest};
use crate::support::witness::witness;

const PROGRAMS: [&str; 3] = ["chromium", "Xvfb", "xdotool"];

/// A machine on which our server runs and a Chromium is at its origin: `ask NAME CEREMONY`, with the keys that are served.
#[track_caller]
fn browse(script: &str) -> Option<Steps> {
    std::env::var_os("ASSAY_LONG")?;
    let python = witness(".venv/bin/python")?;
    // One state for server and keys: of attestations, it trusts those of the lab.
    let begin = format!(
        r#"
        "$assay" --state /tmp/state serve --listen 127.0.0.1:8080 >served 2>&1 &
        soon test -s served
        browser http://localhost:8080/healthz {}
        "#,
        python.display()
    );
    guest(&PROGRAMS, &(begin + script))
}

/// What `ask` is told: members of the request for options, and the PINs that are typed where Chromium asks for one.
fn ceremony(kind: &str, mut options: Value, pins: &[&str]) -> String {
    // Without it Chromium first offers a telephone.
    options["hints"] = json!(["security-key"]);
    format!("'{}'", json!({ kind: options, "pins": pins }))
}

fn create(username: &str, verification: &str, resident: &str, extensions: Value, pins: &[&str]) -> String {
    let options = json!({
        "username": username,
        "attestation": "direct",
        "authenticatorSelection": {
            "authenticatorAttachment": "cross-platform", "userVerification": verification, "residentKey": resident,
        },
        "extensions": extensions,
    });
    ceremony("create", options, pins)
}

fn answer(steps: &Steps, name: &str) -> Value {
    serde_json::from_str(steps.ok(name)).unwrap_or_else(|error| panic!("{error}: {name} in\n{}", steps.whole))
}

/// The answer to a ceremony that our server let pass.
#[track_caller]
fn passed(steps: &Steps, name: &str, status: u16) -> Value {
    let answer = answer(steps, name);
    assert_eq!(answer["status"], status, "{name} in\n{}", steps.whole);
    answer
}

/// How often Chromium showed this of its own questions.
fn shown(answer: &Value, sheet: &str) -> usize {
    answer["sheets"].as_array().unwrap().iter().filter(|shown| *shown == sheet).count()
}

/// Registered with an attestation, signed in, and not registered twice; behind each door, and with a key of U2F alone.
#[test]
fn a_key_without_a_pin() {
    let keys = [
        ("usb", "--usb", "packed", "5e570000-0000-4000-8000-000000000001"),
        ("uhid", "--uhid", "packed", "5e570000-0000-4000-8000-000000000001"),
        ("u2f", "--uhid --persona u2f", "fido-u2f", "00000000-0000-0000-0000-000000000000"),
    ];
    let mut script = String::new();
    for (name, options, ..) in keys {
        let create = create(name, "discouraged", "discouraged", json!({}), &[]);
        let get = ceremony("get", json!({ "username": name, "userVerification": "discouraged" }), &[]);
        // It is plugged in when the page waits for a key.
        script += &format!(
            r#"
            begun {create}
            serve {options} --touch auto
            told {name}-create
            ask {name}-get {get}
            ask {name}-again {create}
            unplug
            "#
        );
    }
    let Some(steps) = browse(&(script + "step end true")) else { return };
    steps.ok("end");
    for (name, _, format, aaguid) in keys {
        let created = passed(&steps, &format!("{name}-create"), 201);
        let told = |member: &str| created["answer"][member].as_str().unwrap();
        assert_eq!((told("fmt"), told("attestation_type"), told("aaguid")), (format, "basic", aaguid), "{name}");
        let signed_in = passed(&steps, &format!("{name}-get"), 200);
        assert_eq!(signed_in["answer"]["credential_id"], created["answer"]["credential_id"], "{name}");
        let again = answer(&steps, &format!("{name}-again"));
        assert_eq!(again["error"], "InvalidStateError", "{name} in\n{}", steps.whole);
        assert!(shown(&again, "KeyAlreadyRegistered") > 0, "{name} in\n{}", steps.whole);
    }
}

/// The PIN is set, mistaken and given in Chromium's own sheets; the key finds the account, and derives secrets.
#[test]
fn a_key_with_a_pin() {
    let new = create("ada", "required", "required", json!({ "credProps": true, "prf": {} }), &["1234-abc"]);
    let found = ceremony("get", json!({ "userVerification": "required" }), &["0000-xyz", "1234-abc"]);
    let prf = |salt: &str| {
        let extensions = json!({ "prf": { "eval": { "first": salt } } });
        let options = json!({ "username": "ada", "userVerification": "required", "extensions": extensions });
        ceremony("get", options, &["1234-abc"])
    };
    let script = format!(
        r#"
        serve --uhid --touch auto
        ask create {new}
        ask found {found}
        ask salt {}
        ask again {}
        ask pepper {}
        step retries "$assay" --state /tmp/state --json key pin retries "hid:$node"
        "#,
        prf("c2FsdA"),
        prf("c2FsdA"),
        prf("cGVwcGVy"),
    );
    let Some(steps) = browse(&script) else { return };
    let created = passed(&steps, "create", 201);
    assert!(shown(&created, "ClientPinSetup") > 0, "{}", steps.whole);
    assert_eq!(created["extensions"]["credProps"]["rk"], true);
    assert_eq!(created["extensions"]["prf"]["enabled"], true);
    let found = passed(&steps, "found", 200);
    assert_eq!(found["answer"]["username"], "ada");
    assert!(shown(&found, "ClientPinEntry") > 1, "{}", steps.whole);
    assert!(shown(&found, "SelectAccount") > 0, "{}", steps.whole);
    let secret = |name: &str| {
        let answer = passed(&steps, name, 200);
        answer["extensions"]["prf"]["results"]["first"].as_str().unwrap().to_owned()
    };
    assert_eq!(secret("salt").len(), 43);
    assert_eq!(secret("salt"), secret("again"));
    assert_ne!(secret("salt"), secret("pepper"));
    let retries: Value = serde_json::from_str(steps.ok("retries")).unwrap();
    assert_eq!(retries["pin"], 8, "the right PIN makes the wrong one forgotten");
}

/// Verified by a finger, so that nothing is typed; and what the page keeps on the key is there for others to read.
#[test]
fn a_key_with_a_finger() {
    let new = create("ada", "required", "required", json!({ "largeBlob": { "support": "required" } }), &[]);
    let blob = |wish: Value| {
        let extensions = json!({ "largeBlob": wish });
        ceremony("get", json!({ "username": "ada", "userVerification": "required", "extensions": extensions }), &[])
    };
    let script = format!(
        r#"
        serve --uhid --touch auto --persona biometric
        echo 1234-abc >pin
        manage() {{ "$assay" --state /tmp/state --json key "$@" 2>/dev/null; }}
        step pin manage pin set "hid:$node" --new-pin-file pin
        step finger manage fingers add "hid:$node" --name thumb --pin-file pin
        ask create {new}
        ask write {}
        ask read {}
        step kept manage blobs list "hid:$node" --pin-file pin
        "#,
        blob(json!({ "write": "YSBibG9iIG9mIG91cnM" })),
        blob(json!({ "read": true })),
    );
    let Some(steps) = browse(&script) else { return };
    for step in ["pin", "finger", "kept"] {
        steps.ok(step);
    }
    let created = passed(&steps, "create", 201);
    assert_eq!(created["extensions"]["largeBlob"]["supported"], true);
    let written = passed(&steps, "write", 200);
    assert_eq!(written["extensions"]["largeBlob"]["written"], true);
    let read = passed(&steps, "read", 200);
    assert_eq!(read["extensions"]["largeBlob"]["blob"], "YSBibG9iIG9mIG91cnM");
    let kept: Value = serde_json::from_str(steps.ok("kept")).unwrap();
    assert_eq!(kept["blobs"][0]["credential_id"], created["answer"]["credential_id"]);
    assert_eq!((&kept["blobs"][0]["rp_id"], &kept["blobs"][0]["bytes"]), (&"localhost".into(), &14.into()));
    for answer in [created, written, read] {
        assert_eq!((shown(&answer, "ClientPinSetup"), shown(&answer, "ClientPinEntry")), (0, 0), "{answer}");
    }
}
