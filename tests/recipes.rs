//! What `docs/recipes.md` tells people to do is done.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::command::{assay, run};
use crate::support::place::Place;
use crate::support::witness::witness;

fn recipes() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md")).unwrap()
}

/// A shell with `assay` on its path, in an empty folder.
fn shell(place: &Place, script: &str) -> Command {
    let assay = Path::new(env!("CARGO_BIN_EXE_assay")).parent().unwrap();
    let path = format!("{}:{}", assay.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    let script = format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT; {script}");
    command.args(["-euo", "pipefail", "-c", &script]).current_dir(place.path());
    command.env("PATH", path).env("XDG_STATE_HOME", place.join("xdg")).env("HOME", place.path());
    command
}

#[test]
fn every_block_of_shell_runs() {
    let text = recipes();
    let blocks: Vec<&str> = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 3, "{text}");
    for block in blocks {
        let place = Place::new();
        let said = run(&mut shell(&place, block));
        assert_eq!(said.code, Some(0), "{block}\n{}\n{}", said.out, said.err);
    }
}

#[test]
fn the_fixture_gives_a_key_to_each_test() {
    let Some(pytest) = witness(".venv/bin/pytest") else { return };
    let place = Place::new();
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes/pytest");
    for name in ["conftest.py", "test_sign_in.py"] {
        fs::copy(recipes.join(name), place.join(name)).unwrap();
    }
    let said = run(&mut shell(&place, &format!("'{}' -q -p no:cacheprovider", pytest.display())));
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
    assert!(said.out.contains("2 passed"), "{}", said.out);
}

/// What a container has to have beside the command: the C library and nothing else.
#[test]
#[cfg(target_os = "linux")]
fn the_command_needs_no_library_but_that_of_c() {
    let said = run(Command::new("ldd").arg(env!("CARGO_BIN_EXE_assay"))).expect(0).out;
    let known =
        ["linux-vdso", "libc.so", "libm.so", "libgcc_s.so", "ld-linux", "libpthread.so", "libdl.so", "librt.so"];
    let foreign: Vec<&str> = said.lines().filter(|line| !known.iter().any(|name| line.contains(name))).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

/// Words of the workflow and the checklist are words of the command.
#[test]
fn commands_that_are_only_shown_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for name in ["recipes.md", "hardware-checklist.md", "recipes/github-actions.yml"] {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let words = ["serve", "test", "record", "replay", "key"];
        for line in text.lines() {
            for (at, _) in line.match_indices("assay ") {
                let mut said = line[at + 6..].split([' ', '`']).take(2);
                let (Some(word), next) = (said.next(), said.next()) else { continue };
                if !words.contains(&word) {
                    continue;
                }
                let verb = next.filter(|next| word == "key" && next.chars().all(char::is_alphabetic));
                let place = Place::new();
                let args = [Some(word), verb, Some("--help")].into_iter().flatten();
                run(&mut assay(&place, args)).expect(0);
            }
        }
    }
}
