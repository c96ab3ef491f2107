//! A path of certificates: the input's parts, leaf first.

use std::sync::LazyLock;

use assay_attestation::{Certificate, path};
use assay_protocol::check::Enforced;

use super::{good, join, parts};

pub(super) fn run(input: &[u8]) {
    let _ = is_believed(input);
}

/// Under every check.
fn is_believed(input: &[u8]) -> bool {
    let list: Result<Vec<Certificate>, _> = parts(input).into_iter().map(Certificate::parse).collect();
    let Ok(list) = list else { return false };
    let _ = path::verify(&list, good::anchors(), good::now(), good::unchecked());
    let judged = path::verify(&list, good::anchors(), good::now(), &Enforced::all());
    if let (Ok(anchor), Some(leaf)) = (&judged, list.first()) {
        assert!(anchor.is_some(), "under every check a path leads to an anchor");
        assert!(LEAVES.contains(&good::signed_part(&leaf.der)), "a leaf is believed that the lab has not issued");
    }
    assert!(list.len() <= path::MAX_CERTIFICATES || judged.is_err());
    judged.is_ok()
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let paths = PATHS.iter().map(|path| join(&path.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    let mut seeds: Vec<Vec<u8>> = paths.collect();
    assert!(seeds.iter().all(|seed| is_believed(seed)), "good paths lead to an anchor");
    // One certificate over and over: as many namesakes as there may be.
    if let Some(intermediate) = PATHS.first().and_then(|path| path.get(1)) {
        seeds.push(join(&vec![intermediate.as_slice(); path::MAX_CERTIFICATES]));
    }
    seeds
}

static PATHS: LazyLock<Vec<Vec<Vec<u8>>>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    for (_, forge) in good::forges() {
        let Some(chain) = forge.format.chain() else { continue };
        let mut deep = chain.clone();
        if deep.intermediate.is_some() {
            deep.add_subordinate();
        }
        for chain in [chain, &deep] {
            let issued = chain.issue().expect("the lab issues certificates");
            let mut path = vec![issued.leaf];
            path.extend(issued.intermediates);
            paths.push(path);
        }
    }
    paths
});

/// Whoever the lab's roots vouch for: leaves, intermediates and the roots themselves.
static LEAVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let roots = good::anchors().iter().map(|anchor| anchor.der.clone());
    PATHS.iter().flatten().cloned().chain(roots).map(|one| good::signed_part(&one)).collect()
});
