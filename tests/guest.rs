//! The virtual key as a key of the kernel's: under User-Mode Linux, plugged in at the HID layer and at
//! a USB port, used by programs of other people. Each test is a machine of its own that is gone with it.

mod chromium;
mod doors;
mod hidraw;
mod libfido2;
mod ssh;

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::support::witness::skip;

/// The doors at which the kernel sees a key.
const KERNEL_DOORS: [&str; 2] = ["--uhid", "--usb"];

/// How long a guest may take, in seconds, on a machine that is busy with others.
const PATIENCE: &str = "480";

/// What the steps of a guest came to, by name.
struct Steps {
    steps: BTreeMap<String, (i32, String)>,
    whole: String,
}

/// Runs a script with the words of `tests/guest/steps.sh` in a guest. Where there is no kernel, or one
/// of these programs is missing, it is skipped by name.
#[track_caller]
fn guest(programs: &[&str], script: &str) -> Option<Steps> {
    // One machine at a time: each has processors enough to keep ours busy.
    static TURN: Mutex<()> = Mutex::new(());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kernel = Command::new(root.join("tests/guest/kernel.sh")).arg("--cached").output().unwrap();
    if !kernel.status.success() {
        skip("no kernel for the guest: tests/guest/kernel.sh builds it");
        return None;
    }
    for program in programs.iter().chain(&["busybox", "udevadm"]) {
        if !is_installed(program) {
            skip(&format!("no {program}: ./tests/run.sh installs it"));
            return None;
        }
    }
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let output = Command::new(root.join("tests/guest/run.sh"))
        .args(["-t", PATIENCE, "bash", "-c", &format!(". {}/tests/guest/steps.sh\n{script}", root.display())])
        .current_dir(root)
        .env("ASSAY_GUEST_KERNEL", String::from_utf8(kernel.stdout).unwrap().trim())
        .env("assay", env!("CARGO_BIN_EXE_assay"))
        .output()
        .unwrap();
    drop(turn);
    let whole = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {whole}", output.status);
    Some(Steps { steps: read(&whole), whole })
}

/// `== name`, the output, `-- status`.
fn read(text: &str) -> BTreeMap<String, (i32, String)> {
    let steps = text.split("== ").skip(1).filter_map(|step| {
        let (name, rest) = step.split_once('\n')?;
        let (output, rest) = rest.rsplit_once("-- ")?;
        let status = rest.lines().next()?.trim().parse().ok()?;
        Some((name.trim().to_owned(), (status, output.replace('\r', ""))))
    });
    steps.collect()
}

fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).exists()) || Path::new("/usr/sbin").join(program).exists()
}

impl Steps {
    /// What a step said; it went well.
    #[track_caller]
    fn ok(&self, name: &str) -> &str {
        self.ended(name, 0)
    }

    /// What a step said; it ended with this status.
    #[track_caller]
    fn ended(&self, name: &str, status: i32) -> &str {
        let (ended, said) = self.steps.get(name).unwrap_or_else(|| panic!("no step {name} in\n{}", self.whole));
        assert_eq!(*ended, status, "{name} in\n{}", self.whole);
        said
    }

    /// The rest of the first line of a step that begins like this.
    #[track_caller]
    fn line(&self, name: &str, begin: &str) -> &str {
        let said = self.ok(name);
        let line = said.lines().find_map(|line| line.strip_prefix(begin));
        line.unwrap_or_else(|| panic!("no line {begin:?} of {name} in\n{}", self.whole)).trim()
    }
}

#[test]
fn steps_are_read() {
    let steps = read("noise\n== one\nsaid -- this\n-- 0\nnoise\n== two\nprompt: -- 1\n== cut\nno end\n");
    let expected = [("one", (0, "said -- this\n")), ("two", (1, "prompt: "))];
    let expected = expected.map(|(name, (status, said))| (name.to_owned(), (status, said.to_owned())));
    assert_eq!(steps, BTreeMap::from(expected));
}
