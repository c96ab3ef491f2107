//! The fuzz targets without a fuzzer: every seed, and every input that once broke one, goes through
//! its target once. The long search is `tests/fuzz.sh`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fuzz_targets::{ALL, Target};

#[test]
fn every_target_takes_its_seeds() {
    for target in ALL {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} starts from nothing", target.name);
        for (at, seed) in seeds.iter().enumerate() {
            assert!(seed.len() <= target.longest, "{}: seed {at} is {} bytes long", target.name, seed.len());
            take(target, &format!("seed {at}"), seed);
        }
        take(target, "nothing", &[]);
    }
}

/// `fuzz/reproducers/TARGET/NAME`, named for what it found.
#[test]
fn what_was_found_once_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/reproducers");
    for folder in entries(&folder) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let target = ALL.iter().find(|target| target.name == name);
        let target = target.unwrap_or_else(|| panic!("{name} is no target"));
        for path in entries(&folder) {
            take(target, &path.display().to_string(), &fs::read(&path).unwrap());
        }
    }
}

fn take(target: &Target, what: &str, input: &[u8]) {
    let outcome = std::panic::catch_unwind(|| (target.run)(input));
    assert!(outcome.is_ok(), "{}: {what}", target.name);
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
