//! House rules, as tests: the one-way table of dependencies, sizes of files, and what every
//! crate owes its reader.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may name whom. A new edge is a change to this table, made on purpose.
const EDGES: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("mint", &["protocol"]),
    ("transport", &["protocol"]),
    ("attestation", &["protocol"]),
    ("dbsc", &["protocol"]),
    ("client", &["protocol", "transport", "dbsc"]),
    ("authenticator-sim", &["protocol", "transport", "mint"]),
    ("relying-party", &["protocol", "attestation"]),
    ("server", &["protocol", "attestation", "relying-party", "dbsc"]),
    ("conformance", &["protocol", "transport", "client", "attestation", "dbsc", "mint"]),
];

/// A file is one concept; past this it is surely two.
const LONGEST_FILE: usize = 500;

#[test]
fn dependencies_point_one_way() {
    let mut members = BTreeSet::new();
    for (folder, allowed) in EDGES {
        members.insert((*folder).to_owned());
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        let (dependencies, development) = manifest.split_once("[dev-dependencies]").unwrap_or((&manifest, ""));
        let named: BTreeSet<&str> = ours(dependencies).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(
            named.difference(&allowed).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "{folder} names crates that the table does not allow"
        );
        // Test code may lean on what makes its inputs, never on what judges it.
        for name in ours(development) {
            assert!(
                allowed.contains(name) || ["mint", "protocol"].contains(&name),
                "{folder} tests with {name}: put that test in the root's tests/"
            );
        }
    }
    let workspace = read(&root().join("Cargo.toml"));
    for line in workspace.lines() {
        if let Some(path) = line.trim().strip_prefix("assay-").and_then(|rest| rest.split_once("path = \"")) {
            let folder = path.1.trim_end_matches("\" }").to_owned();
            assert!(members.contains(&folder), "{folder} is not in the table of edges");
        }
    }
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|path| {
            let lines = read(&path).lines().count();
            (lines > LONGEST_FILE).then(|| format!("{} {lines}", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "files past {LONGEST_FILE} lines: {long:#?}");
}

#[test]
fn every_crate_inherits_the_lints_and_says_its_job() {
    for (folder, _) in EDGES {
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{folder}: lints");
        let lib = read(&root().join(folder).join("src/lib.rs"));
        assert!(lib.starts_with("//! "), "{folder}: lib.rs opens with the crate's job");
    }
}

#[test]
fn no_stub_is_left() {
    for path in sources() {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        let text = read(&path);
        for word in ["todo!(", "unimplemented!(", "#[ignore", "(in work)", "#![allow("] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

fn ours(manifest: &str) -> impl Iterator<Item = &str> {
    manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("assay-"))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = EDGES.iter().map(|(folder, _)| root().join(folder)).collect();
    folders.extend([
        root().join("src"),
        root().join("tests"),
        root().join("benches"),
        root().join("fuzz/src"),
        root().join("second-opinion/src"),
    ]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with(".venv") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
