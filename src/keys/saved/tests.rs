use std::fs;

use assay_authenticator_sim::persona::{AttestationKind, Persona};

use super::{load, save};
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
    save(&state, "desk", &persona).unwrap();
    assert_eq!(load(&state, "desk").unwrap().persona, persona);
    assert!(save(&state, "desk", &persona).unwrap_err().to_string().contains("already"));
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

    for (text, expected) in [
        (r#"{"format": 3, "persona": {}}"#, "was written by a later version"),
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
