//! Where the reference data are that the project is tested against but does not contain.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

/// A file of the shared reference data, below `ASSAY_SHARED` or beside the checkout. Where it is
/// absent the calling test has nothing to test: it says so by name, and under CI it fails.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let root = env::var_os("ASSAY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    let test = thread::current().name().unwrap_or("?").to_owned();
    // Past the harness, which keeps what `println!` says of a test that passes.
    writeln!(io::stdout(), "SKIPPED {test}: no {path} in {}", root.display()).unwrap();
    assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{test} was skipped, and nothing may be skipped under CI");
    None
}
