//! Coverage-guided fuzzing of everything that reads bytes from strangers, one target a run.
//!
//! libFuzzer owns `main`. `ASSAY_FUZZ_TARGET` names the target; `ASSAY_FUZZ_SEEDS` names a folder
//! into which the seeds of all targets are written instead. `tests/fuzz.sh` sets them.

#![no_main]

mod targets;

use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;
use std::{env, fs};

use libfuzzer_sys::fuzz_target;
use targets::Target;

fuzz_target!(init: prepare(), |input: &[u8]| {
    let target = CHOSEN.get().expect("the target is chosen before the first input");
    (target.run)(input);
});

static CHOSEN: OnceLock<&Target> = OnceLock::new();

fn prepare() {
    if let Some(folder) = env::var_os("ASSAY_FUZZ_SEEDS") {
        write_seeds(Path::new(&folder));
        exit(0);
    }
    let name = env::var("ASSAY_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = targets::ALL.iter().find(|target| target.name == name) else {
        eprintln!("ASSAY_FUZZ_TARGET names no target: {name:?}");
        exit(2);
    };
    CHOSEN.get_or_init(|| target);
}

/// A folder a target, a file a seed; and a line a target, with its longest input.
fn write_seeds(folder: &Path) {
    for target in targets::ALL {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder).expect("the folder of seeds can be made");
        for (at, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{at:02}")), seed).expect("a seed can be written");
        }
        println!("{} {}", target.name, target.longest);
    }
}
