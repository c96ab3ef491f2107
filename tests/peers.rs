//! Relying parties by other people, judged: `peers/NAME` has the smallest server that the library's own
//! documentation describes (`app`), how it is reached (`target.toml`), and every finding with the reason
//! (`known-failures.toml`). A finding that is not listed fails, and so does a listed one that is none.
//! `docs/peers.md` tells what was found.
//!
//! `ASSAY_PEERS_OUT=FOLDER` keeps the reports, for `assay coverage --html --peer`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;
use crate::support::witness::{installed, witness};

#[test]
fn simplewebauthn() {
    let Some(package) = witness("node_modules/@simplewebauthn/server/package.json") else { return };
    let mut node = Command::new("node");
    node.arg(folder("simplewebauthn").join("app/server.mjs"));
    node.env("ASSAY_WITNESS", package.ancestors().nth(4).unwrap());
    judge("simplewebauthn", node);
}

#[test]
fn py_webauthn() {
    let Some(python) = witness(".venv/bin/python") else { return };
    let mut command = Command::new(python);
    command.arg(folder("py-webauthn").join("app/server.py"));
    judge("py-webauthn", command);
}

#[test]
fn webauthn_rp() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/debug/peer-webauthn-rp");
    let Some(server) = installed(built) else { return };
    judge("webauthn-rp", Command::new(server));
}

/// Starts the peer, which trusts the lab's anchors, and judges it.
fn judge(name: &str, mut server: Command) {
    let place = Place::new();
    let anchors = place.join("anchors.pem");
    run(&mut assay(&place, ["test", "server", "--export-anchors", anchors.to_str().unwrap()])).expect(0);
    let server = Lasting::start(server.env("ASSAY_ANCHORS", &anchors));

    let target = fs::read_to_string(folder(name).join("target.toml")).unwrap();
    let target = place.file("target.toml", target.replace("http://localhost:0", server.text("url")));
    let known = folder(name).join("known-failures.toml");
    let out = env::var_os("ASSAY_PEERS_OUT").map_or_else(|| place.join("report"), PathBuf::from).join(name);
    fs::create_dir_all(&out).unwrap();
    let [target, known, out] = [&target, &known, &out].map(|path| path.to_str().unwrap());
    let said = run(&mut assay(&place, ["test", "server", target, "--known", known, "--out", out]));
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}
