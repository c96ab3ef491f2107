//! What cannot be done is said in one line, with exit code 2 and nothing on standard output.

use std::process::Command;

use crate::support::command::{Said, assay, run};
use crate::support::place::Place;

/// What is typed, and what the complaint must name.
const REFUSED: &[(&[&str], &str)] = &[
    // Words
    (&["nonsense"], "unrecognized subcommand 'nonsense'"),
    (&["--nonsense"], "unexpected argument '--nonsense'"),
    (&["checks", "more"], "unexpected argument 'more'"),
    (&["--state"], "a value is required for '--state <DIR>'"),
    (&["test"], "<KIND>"),
    (&["test", "toaster"], "invalid value 'toaster'"),
    (&["test", "server"], "which target?"),
    (&["inspect"], "<INPUT>"),
    (&["profile", "show"], "<NAME>"),
    (&["key"], "Usage: assay key"),
    (&["key", "new"], "<NAME>"),
    // Targets
    (&["test", "server", "nowhere"], "\"nowhere\" is neither a URL nor a file"),
    (&["test", "server", "ftp://127.0.0.1"], "neither a URL nor a file"),
    (&["test", "server", "http://"], "http://"),
    (&["test", "server", "http://127.0.0.1:1"], "cannot be reached"),
    (&["test", "dbsc", "nowhere"], "neither a URL nor a file"),
    (&["test", "policy", "nowhere"], "neither a URL nor a file"),
    (&["test", "policy", "http://127.0.0.1:1"], "cannot be reached"),
    (&["test", "authenticator", "nowhere"], "\"nowhere\" is no key"),
    (&["test", "authenticator", "sim:nobody"], "no saved key nobody"),
    (&["test", "authenticator", "sim:../seed"], "a key's name has 1 to 64 letters"),
    (&["test", "authenticator", "udp:nowhere"], "is no HOST:PORT"),
    (&["test", "authenticator", "udp:127.0.0.1:0"], "127.0.0.1:0"),
    (&["test", "authenticator", "hid:/dev/hidraw999"], "/dev/hidraw999"),
    (&["key", "info", "nowhere"], "\"nowhere\" is no key"),
    (&["key", "info", "sim:nobody"], "no saved key nobody"),
    // Values
    (&["test", "server", "sim", "--profile", "strict"], "there is no profile \"strict\": w3c-l3"),
    (&["test", "server", "sim", "--seed", "xyz"], "1 to 64 hexadecimal digits"),
    (&["test", "server", "sim", "--seed", ""], "1 to 64 hexadecimal digits"),
    (&["profile", "show", "strict"], "there is no profile \"strict\""),
    (&["run", "--seed", "xyz"], "1 to 64 hexadecimal digits"),
    (&["serve", "--profile", "strict"], "there is no profile \"strict\""),
    (&["serve", "--algorithm", "ES-384"], "there is no algorithm \"ES-384\": all, EdDSA, ES256, RS256, "),
    (&["serve", "--listen", "here"], "invalid value 'here'"),
    (&["serve", "--listen", "127.0.0.1:0", "--without", "everything"], "there is no check \"everything\""),
    (&["serve", "--listen", "127.0.0.1:0", "--without", "origin_mismatch", "--without", ""], "there is no check \"\""),
    (&["serve", "--listen", "0.0.0.0:0", "--without", "origin_mismatch"], "on loopback only"),
    (&["serve", "--listen", "[::]:0", "--without", "origin_mismatch"], "on loopback only"),
    (&["serve", "--listen", "203.0.113.1:0"], "cannot listen on 203.0.113.1:0"),
    (&["serve", "--listen", "127.0.0.1:0", "--db", "no/such/folder/db"], "no/such/folder/db"),
    (&["serve", "--listen", "127.0.0.1:0", "--db", "garbage"], "database"),
    (&["serve", "--listen", "127.0.0.1:0", "--metadata", "nofile"], "nofile cannot be read"),
    (&["serve", "--listen", "127.0.0.1:0", "--metadata", "garbage"], "garbage"),
    (&["key", "new", "a b"], "a key's name has 1 to 64 letters"),
    (&["key", "new", ""], "a key's name has 1 to 64 letters"),
    (&["key", "new", "../../etc"], "a key's name has 1 to 64 letters"),
    (&["key", "new", "desk", "--aaguid", "1234"], "\"1234\" is no AAGUID"),
    (&["key", "new", "desk", "--attestation", "tpm"], "invalid value 'tpm'"),
    (&["key", "serve", "sim:nobody"], "no saved key nobody"),
    (&["key", "serve", "udp:127.0.0.1:1"], "sim and sim:NAME can be"),
    (&["key", "serve", "--listen", "203.0.113.1:0"], "cannot listen on 203.0.113.1:0"),
    (&["key", "serve", "--seed", "0x1"], "1 to 64 hexadecimal digits"),
    (&["key", "serve", "--touch", "maybe"], "invalid value 'maybe'"),
    // Files
    (&["inspect", "nofile"], "nofile cannot be read"),
    (&["inspect", "."], ". cannot be read"),
    (&["inspect", "empty"], "empty is empty"),
    (&["inspect", "-"], "- is empty"),
    (&["test", "server", "garbage"], "garbage is no target file"),
    (&["test", "server", "sim", "--filter", "registration/accepted/none", "--out", "."], "no folder of reports"),
    (&["test", "server", "sim", "--filter", "registration/accepted/none", "--out", "garbage"], "no folder of reports"),
    (&["test", "server", "sim", "--filter", "registration/accepted/none", "--out", "garbage/x"], "garbage/x"),
    (&["run", "--out", "."], "no folder of reports"),
    (&["test", "server", "--export-metadata", "no/such/folder"], "no/such/folder cannot be written"),
    (&["test", "server", "--export-anchors", "no/such/folder"], "no/such/folder cannot be written"),
];

#[test]
fn what_cannot_be_done_is_said() {
    let place = Place::new();
    place.file("garbage", [0x80, 0xff, 0x00, 0x0a]);
    place.file("empty", "");
    let wrong: Vec<String> = REFUSED
        .iter()
        .filter_map(|(args, needle)| {
            let said = run(&mut assay(&place, args.iter().copied()));
            let fine = said.code == Some(2) && said.out.is_empty() && said.err.contains(needle) && is_polite(&said);
            (!fine).then(|| format!("{args:?} should name {needle:?}: {said:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// No panic, no debug form, no colour; our own complaints are one line.
fn is_polite(said: &Said) -> bool {
    let ours = said.err.starts_with("assay: ");
    !said.err.contains("panicked") && !said.err.contains('\x1b') && (!ours || said.err.lines().count() == 1)
}

#[test]
fn a_state_directory_that_is_none() {
    let place = Place::new();
    let file = place.file("file", "");
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    let said = run(command.arg("--state").arg(file.join("inside")).args(["key", "list"])).expect(2);
    assert!(said.err.contains("state directory"), "{said:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    let said = run(command.args(["key", "list"]).env_remove("HOME").env_remove("XDG_STATE_HOME")).expect(2);
    assert!(said.err.contains("give --state DIR"), "{said:?}");

    let place = Place::new();
    std::fs::create_dir(place.join("state")).unwrap();
    place.file("state/lab-seed", "short");
    let said = run(&mut assay(&place, ["test", "server", "--export-anchors", "anchors.pem"])).expect(2);
    assert!(said.err.contains("lab-seed has 5 bytes instead of 32"), "{said:?}");
}

/// What is not named on the command line goes where the system keeps such things.
#[test]
fn where_state_is_kept() {
    for (variable, inside) in [("XDG_STATE_HOME", "assay"), ("HOME", ".local/state/assay")] {
        let place = Place::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
        command.env_remove("XDG_STATE_HOME").env_remove("HOME").env(variable, place.path());
        run(command.args(["key", "new", "desk"])).expect(0);
        assert!(place.join(inside).join("keys/desk.json").exists(), "{variable}");
    }
    let (place, elsewhere) = (Place::new(), Place::new());
    run(assay(&place, ["key", "new", "desk"]).current_dir(elsewhere.path())).expect(0);
    assert!(place.join("state/keys/desk.json").exists());
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
