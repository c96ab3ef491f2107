//! Programs by other people, installed beside the tests.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

/// A witness's file below `ASSAY_WITNESS`, or below `tests/witness`. Where it is absent the calling
/// test has nobody to ask: it says so by name, and under CI it fails. `./tests/run.sh` installs all.
pub(crate) fn witness(path: &str) -> Option<PathBuf> {
    let root = env::var_os("ASSAY_WITNESS").map_or_else(scripts, PathBuf::from);
    installed(root.join(path))
}

/// A file that `./tests/run.sh` makes or installs; where it is absent, the same.
pub(crate) fn installed(file: PathBuf) -> Option<PathBuf> {
    if file.exists() {
        return Some(file);
    }
    skip(&format!("no {}", file.display()));
    None
}

/// The calling test cannot ask what it would: it says so by name, and under CI it fails.
pub(crate) fn skip(why: &str) {
    let test = thread::current().name().unwrap_or("?").to_owned();
    // Past the harness, which keeps what `println!` says of a test that passes.
    writeln!(io::stdout(), "SKIPPED {test}: {why}").unwrap();
    assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{test} was skipped, and nothing may be skipped under CI");
}

/// Where our own scripts for them are.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/witness")
}
