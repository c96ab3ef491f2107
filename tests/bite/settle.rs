//! From proofs to the committed file, or against it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::{env, fs, thread};

use assay_conformance::case::Header;
use assay_conformance::coverage::{Proof, committed, to_file};

/// Writes the proofs of a suite under `ASSAY_BLESS=1`, and else holds them equal to the committed
/// ones; in both cases every case that binds must have one.
pub(super) fn settle(suite: &str, headers: &[Header], proofs: Vec<Proof>) {
    let proven: BTreeSet<&str> = proofs.iter().map(|proof| proof.case.as_str()).collect();
    let unproven: BTreeSet<&str> = headers
        .iter()
        .filter(|header| header.level.binds() && !proven.contains(header.id.as_str()))
        .map(|header| header.id.as_str())
        .collect();
    if env::var_os("ASSAY_BLESS").is_some_and(|bless| bless == "1") {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/data/proofs").join(format!("{suite}.json"));
        fs::write(file, to_file(proofs)).unwrap();
    } else {
        let (found, known) = (to_file(proofs.clone()), to_file(committed(suite).unwrap()));
        let lost: Vec<&str> = known.lines().filter(|line| !found.contains(line.trim_end_matches(','))).collect();
        let new: Vec<&str> = found.lines().filter(|line| !known.contains(line.trim_end_matches(','))).collect();
        assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnew, to be blessed: {new:#?}");
    }
    assert!(unproven.is_empty(), "{} without proof: {unproven:#?}", unproven.len());
}

/// Does `work` to every item, some at a time, each thread with a bench of its own.
pub(super) fn in_parallel<T: Send, B, R: Send>(
    items: Vec<T>,
    bench: impl Fn() -> B + Sync,
    work: impl Fn(&mut B, T) -> R + Sync,
) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(2, usize::from).min(4);
    let (queue, done) = (Mutex::new(items.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut bench = bench();
                loop {
                    let Some(item) = queue.lock().unwrap().next() else { break };
                    let result = work(&mut bench, item);
                    done.lock().unwrap().push(result);
                }
            });
        }
    });
    done.into_inner().unwrap()
}
