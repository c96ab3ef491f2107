//! How saved keys are sealed: by the lab's secret, or by a passphrase.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::command::{Lasting, Said, assay, run};
use crate::support::place::Place;
use crate::support::witness::{scripts, witness};

const PASSPHRASE: &str = "correct horse";

/// `assay WORDS` with a passphrase in the environment, or without.
fn typed(place: &Place, words: &str, passphrase: Option<&str>) -> Said {
    let mut command = assay(place, words.split(' '));
    command.envs(passphrase.map(|passphrase| ("ASSAY_PASSPHRASE", passphrase)));
    run(&mut command)
}

fn safe() -> Place {
    let place = Place::new();
    let made = typed(&place, "--json key new safe --persona ctap-2.3 --passphrase", Some(PASSPHRASE)).expect(0).json();
    assert_eq!(made["passphrase"], true);
    place.file("pin", "2580");
    place
}

#[test]
fn a_key_with_a_passphrase_opens_by_it_alone() {
    let place = safe();
    let pin = "key pin set sim:safe --new-pin-file pin";
    for words in [pin, "key serve sim:safe", "test authenticator sim:safe", "key info sim:safe --mds none"] {
        let said = typed(&place, words, None).expect(2);
        let told = "sim:safe is locked: its passphrase in ASSAY_PASSPHRASE, or a terminal to ask at";
        assert!(said.err.contains(told), "{words}: {said:?}");
        let said = typed(&place, words, Some("battery staple")).expect(2);
        assert!(said.err.contains("that is not the passphrase of sim:safe"), "{words}: {said:?}");
        assert!(!place.join("state/keys/safe.state").exists(), "nothing was done");
    }
    typed(&place, pin, Some(PASSPHRASE)).expect(0);
    typed(&place, "key credentials list sim:safe --pin-file pin", None).expect(2);
    let listed = typed(&place, "--json key credentials list sim:safe --pin-file pin", Some(PASSPHRASE)).expect(0);
    assert_eq!(listed.json()["credentials"], json!([]));
    // What it is, everybody may read.
    typed(&place, "key persona sim:safe", None).expect(0);
}

#[test]
fn a_key_that_is_locked_is_shown_so() {
    let place = safe();
    typed(&place, "key new desk --persona ctap-2.3", None).expect(0);
    let listed = |passphrase| typed(&place, "--json key list", passphrase).expect(0).json()["virtual"].clone();
    let desk = listed(None)[0].clone();
    for passphrase in [None, Some("battery staple")] {
        let expected = json!({
            "target": "sim:safe", "aaguid": desk["aaguid"], "model": desk["model"], "locked": true,
        });
        assert_eq!((&listed(passphrase)[0], &listed(passphrase)[1]), (&desk, &expected));
        let text = typed(&place, "key list", passphrase).expect(0).out;
        assert!(text.lines().nth(1).unwrap().ends_with("  locked"), "{text}");
    }
    let open = listed(Some(PASSPHRASE))[1].clone();
    let mut expected = desk.clone();
    expected["target"] = "sim:safe".into();
    assert_eq!(open, expected);

    let info = |passphrase| typed(&place, "--json key info sim:safe", passphrase);
    assert_eq!(info(None).expect(0).json(), json!({ "target": "sim:safe", "aaguid": desk["aaguid"], "locked": true }));
    let text = typed(&place, "key info sim:safe", None).expect(0).out;
    assert!(text.contains("sim:safe is locked"), "{text}");
    info(Some("battery staple")).expect(2);
    assert!(info(Some(PASSPHRASE)).expect(0).json()["versions"].is_array());
}

#[test]
fn a_new_passphrase_is_something_and_given() {
    let place = Place::new();
    for (passphrase, reason) in
        [(None, "no passphrase was given: ASSAY_PASSPHRASE"), (Some(""), "at least one character")]
    {
        let said = typed(&place, "key new safe --passphrase", passphrase).expect(2);
        assert!(said.err.contains(reason), "{said:?}");
        assert_eq!(typed(&place, "--json key list", None).expect(0).json()["virtual"], json!([]));
    }
}

/// At a terminal, which shows none of what is typed.
#[test]
fn a_passphrase_is_asked_for_at_the_terminal() {
    let Some(python) = witness(".venv/bin/python") else { return };
    let place = Place::new();
    let state = place.join("state");
    let at_terminal = |words: &str, answers: Value| {
        let mut script = Command::new(&python);
        script.arg(scripts().join("type_at.py")).arg(answers.to_string()).arg(env!("CARGO_BIN_EXE_assay"));
        script.arg("--state").arg(&state).args(words.split(' '));
        run(script.env_remove("ASSAY_PASSPHRASE")).expect(0).json()
    };
    let new = "key new safe --passphrase";
    let said = at_terminal(new, json!([["New passphrase: ", "correct horse"], ["Once more: ", "correct house"]]));
    assert_eq!(said["code"], 2, "{said}");
    let said = at_terminal(new, json!([["New passphrase: ", "correct horse"], ["Once more: ", "correct horse"]]));
    assert_eq!(said["code"], 0, "{said}");
    assert!(!said["shown"].as_str().unwrap().contains("horse"), "{said}");
    for (typed, code) in [("correct horse", 0), ("battery staple", 2)] {
        let said = at_terminal("key pin retries sim:safe", json!([["Passphrase of sim:safe: ", typed]]));
        assert_eq!(said["code"], code, "{said}");
    }
    // A suite opens a key many times, and asks once.
    let suite = "test authenticator sim:safe --filter get-info/**";
    let said = at_terminal(suite, json!([["Passphrase of sim:safe: ", "correct horse"]]));
    assert_ne!(said["code"], 2, "{said}");
    assert_eq!(said["shown"].as_str().unwrap().matches("Passphrase").count(), 1, "{said}");
}

#[test]
fn another_secret_damage_and_use_are_told_apart() {
    let place = Place::new();
    typed(&place, "key new desk", None).expect(0);
    place.file("pin", "2580");
    typed(&place, "key pin set sim:desk --new-pin-file pin", None).expect(0);
    let (kept, secret) = (place.join("state/keys/desk.state"), place.join("state/sealing-secret"));
    let (text, own) = (fs::read(&kept).unwrap(), fs::read(&secret).unwrap());
    let retries = || typed(&place, "key pin retries sim:desk", None);
    retries().expect(0);
    let code = || typed(&place, "--json key list", None).expect(0).json()["virtual"][0]["code"].clone();
    assert_eq!(code(), Value::Null);

    let served = Lasting::start(&mut assay(&place, ["key", "serve", "sim:desk"]));
    let said = retries().expect(2);
    assert!(said.err.contains("desk.state is in use elsewhere"), "{said:?}");
    assert_eq!(typed(&place, "--json key list", None).expect(0).json()["virtual"][0]["pin_is_set"], true);
    drop(served);
    retries().expect(0);

    fs::remove_file(&secret).unwrap();
    let said = retries().expect(2);
    assert!(said.err.contains("desk.state is sealed by another secret"), "{said:?}");
    assert_eq!(code(), "store_wrong_secret");
    fs::write(&secret, own).unwrap();
    retries().expect(0);

    let mut wrong = text.clone();
    wrong[200] ^= 1;
    fs::write(&kept, &wrong).unwrap();
    let said = retries().expect(2);
    assert!(said.err.contains("desk.state is damaged: record 0 is not what was written there"), "{said:?}");
    assert_eq!(fs::read(&kept).unwrap(), wrong);
    assert_eq!(code(), "store_corrupt");
}
