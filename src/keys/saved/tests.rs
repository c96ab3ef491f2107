use std::fs;

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::{Env, Store as _};
use assay_authenticator_sim::persona::{AttestationKind, Persona};
use serde_json::json;

use super::{Passphrase, load, save};
use crate::state::State;

/// A state directory of one test's own, gone with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("assay-saved-{}-{name}", std::process::id()));
        Self(path)
    }

    fn state(&self) -> State {
        State::open(Some(&self.0)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies in the system's temporary folder.
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn a_key_is_read_as_it_was_saved_and_saved_once() {
    let folder = Folder::new("again");
    let state = folder.state();
    let persona = Persona { name: "Mine".to_owned(), firmware_version: 7, ..Persona::default() };
    save(&state, "desk", &persona, None).unwrap();
    assert_eq!(load(&state, "desk").unwrap().persona, persona);
    assert!(save(&state, "desk", &persona, None).unwrap_err().to_string().contains("already"));
    let missing = load(&state, "other").err().unwrap().to_string();
    assert!(missing.contains("`assay key new other` makes one"), "{missing}");
}

#[test]
fn keys_of_before_there_were_personas_are_read() {
    let folder = Folder::new("format");
    let state = folder.state();
    let write = |text: &str| fs::write(state.key("old").unwrap(), text).unwrap();
    let refused = || format!("{:#}", load(&state, "old").err().unwrap());

    write(r#"{"aaguid": "5e570000-0000-4000-8000-000000000002", "attestation": "packed-self"}"#);
    let persona = load(&state, "old").unwrap().persona;
    assert_eq!(persona.aaguid.to_string(), "5e570000-0000-4000-8000-000000000002");
    assert_eq!(persona.attestation, [AttestationKind::PackedSelf]);
    assert_eq!(Persona { aaguid: Persona::default().aaguid, ..persona }, Persona::default());

    for format in [2, 3] {
        write(&format!(r#"{{"format": {format}, "persona": {{"name": "Mine"}}}}"#));
        assert_eq!(load(&state, "old").unwrap().persona, Persona { name: "Mine".to_owned(), ..Persona::default() });
    }

    for (text, expected) in [
        (r#"{"format": 4, "persona": {}}"#, "was written by a later version"),
        (r#"{"format": 2, "persona": {}, "passphrase": null}"#, "unknown field `passphrase`"),
        (r#"{"format": 3, "persona": {}, "passphrase": {}}"#, "missing field"),
        (r#"{"format": 2, "persona": {"shoe_size": 43}}"#, "unknown field `shoe_size`"),
        (r#"{"aaguid": "5e57", "attestation": "none"}"#, "is damaged"),
        ("[]", "is damaged"),
        ("{", "is damaged"),
    ] {
        write(text);
        let said = refused();
        assert!(said.contains(expected), "{text}: {said}");
    }
}

/// What a key of the time before states were sealed remembers is taken, and sealed; no other key's may be in clear.
#[test]
fn states_in_clear_are_those_of_old_keys() {
    let folder = Folder::new("clear");
    let state = folder.state();
    save(&state, "new", &Persona::default(), None).unwrap();
    let persona = serde_json::to_value(Persona::default()).unwrap();
    fs::write(state.key("old").unwrap(), json!({"format": 2, "persona": persona}).to_string()).unwrap();
    let key = Authenticator::new(KeyConfig::security_key(), Env::seeded([1; 32])).unwrap();
    let remembered = key.state();
    let clear = serde_json::to_vec(remembered).unwrap();
    let file = |name: &str| state.key(name).unwrap().with_extension("state");
    for name in ["old", "new"] {
        fs::write(file(name), &clear).unwrap();
    }

    let refused = load(&state, "new").unwrap().store(&state).unwrap().load().unwrap_err();
    assert_eq!((refused.code(), fs::read(file("new")).unwrap() == clear), ("store_corrupt", true));
    for _ in 0..2 {
        assert_eq!(load(&state, "old").unwrap().store(&state).unwrap().load().unwrap().as_ref(), Some(remembered));
        let sealed = fs::read(file("old")).unwrap();
        assert!(!String::from_utf8(sealed).unwrap().contains("device"));
    }
}

/// The secret of one key opens no other's, and none where there is no passphrase.
#[test]
fn a_passphrase_is_one_keys() {
    let folder = Folder::new("passphrase");
    let state = folder.state();
    let passphrase = |text: &str| Some(Passphrase::new(text).unwrap());
    for (name, passphrase) in
        [("one", passphrase("correct horse")), ("other", passphrase("correct horse")), ("lab", None)]
    {
        save(&state, name, &Persona::default(), passphrase).unwrap();
    }
    let secret = |name: &str| {
        let passphrase = load(&state, name).unwrap().passphrase?;
        passphrase.unlock("correct horse").unwrap().map(|secret| secret.id())
    };
    let ids = [secret("one").unwrap(), secret("other").unwrap(), state.sealing_secret().unwrap().id()];
    assert!(secret("lab").is_none() && ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2]);
}
