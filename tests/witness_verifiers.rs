//! Two verifiers by other people decide the ceremonies that the lab forges: python-fido2 and
//! SimpleWebAuthn. Simulator, server and suites share `protocol` and could be wrong together.
//!
//! Where a witness disagrees with us, `witness/adjudicated.toml` says who is right, and why. An
//! unlisted disagreement fails, and so does a listed one that is none. `ASSAY_LONG=1` asks about
//! every wrong ceremony instead of every tenth; `UPDATE_EXPECT=1` prints what is not listed.

mod adjudicated;
mod cases;
mod suite;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use self::adjudicated::{Disagreement, settle};
use self::cases::Case;
use crate::support::command::run_with;
use crate::support::witness::{scripts, witness};

/// A verifier by somebody else.
struct Witness {
    name: &'static str,
    /// What must be installed for it.
    installed: &'static str,
    command: fn(PathBuf) -> Command,
    /// The codes of what it cannot be asked.
    blind: &'static [&'static str],
    /// Parts of the ids of what it cannot be asked either.
    lacks: &'static [&'static str],
}

const PYTHON_FIDO2: Witness = Witness {
    name: "python-fido2",
    installed: ".venv/bin/python",
    command: |python| {
        let mut command = Command::new(python);
        command.arg(scripts().join("decide.py"));
        command
    },
    blind: &[],
    // Of RSA it has SHA-256 alone.
    lacks: &["/algorithm-rs384/", "/algorithm-rs512/", "/algorithm-ps384/", "/algorithm-ps512/"],
};

const SIMPLEWEBAUTHN: Witness = Witness {
    name: "simplewebauthn",
    installed: "node_modules/@simplewebauthn/server/package.json",
    command: |package| {
        // A module finds its packages from where it lies.
        let script = package.ancestors().nth(4).unwrap().join("decide.mjs");
        let mut command = Command::new("node");
        command.arg(script);
        command
    },
    // It looks at the clock on the wall, whose yesterday and tomorrow are not the ceremony's.
    blind: &["path_expired", "path_not_yet_valid"],
    lacks: &[
        // Not in its list of algorithms.
        "/algorithm-es256k/",
        "/algorithm-ed448/",
        "/algorithm-esp256/",
        "/algorithm-esp384/",
        "/algorithm-esp512/",
        "/algorithm-ed25519/",
        // In its list, but not in the Node that it runs on here.
        "/algorithm-ml-dsa-",
        // Apple's certificates live for three days, and it looks at the clock on the wall.
        "suite/registration/accepted/apple/",
        "suite/registration/apple/",
    ],
};

#[test]
fn python_fido2() {
    hear(&PYTHON_FIDO2);
}

#[test]
fn simplewebauthn() {
    hear(&SIMPLEWEBAUTHN);
}

fn hear(witness_: &Witness) {
    let Some(installed) = witness(witness_.installed) else { return };
    let lacks = |case: &Case| witness_.lacks.iter().any(|part| case.id.contains(part));
    let cases: Vec<&Case> =
        cases().iter().filter(|case| !lacks(case) && !witness_.blind.contains(&case.ours.as_str())).collect();
    let lines: String = cases.iter().map(|case| format!("{}\n", case.line)).collect();
    let said = run_with(&mut (witness_.command)(installed), lines).expect(0);
    let verdicts: BTreeMap<String, Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|verdict| (verdict["id"].as_str().unwrap().to_owned(), verdict))
        .collect();
    assert_eq!(verdicts.len(), cases.len(), "{}", said.err);

    let disagreements = cases.iter().filter_map(|case| {
        let verdict = &verdicts[&case.id];
        let theirs = verdict["outcome"].as_str().unwrap();
        // What it has no code for it does not accept.
        let accepts = theirs == "accept";
        (accepts != (case.ours == "accept")).then(|| Disagreement {
            case: case.id.clone(),
            theirs: if accepts { "accept" } else { "reject" },
            ours: case.ours.clone(),
            detail: verdict["detail"].as_str().unwrap_or_default().to_owned(),
        })
    });
    let asked: Vec<(&str, &str)> = cases.iter().map(|case| (case.id.as_str(), case.ours.as_str())).collect();
    settle(witness_.name, &asked, &disagreements.collect::<Vec<_>>());
}

/// The twins are what the verdicts about all others hang on.
#[test]
fn every_twin_is_good() {
    let twins: Vec<&Case> = cases().iter().filter(|case| case.id.ends_with("/twin")).collect();
    let wrong: Vec<String> =
        twins.iter().filter(|case| case.ours != "accept").map(|case| format!("{}: {}", case.id, case.ours)).collect();
    assert_eq!((twins.len(), wrong), (13, Vec::new()));
}

/// Every case, decided by us once for both witnesses.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| cases::forged().into_iter().chain(suite::sent()).collect())
}
