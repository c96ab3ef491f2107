//! The lossless reader of DER.

use std::ops::Range;

use assay_protocol::tree::der::{self, AnomalyKind, Node};

use super::{certificate, good};

pub(super) fn run(input: &[u8]) {
    let document = der::read(input);
    let mut nodes = 0;
    if let Some(root) = &document.root {
        judge(root, &(0..input.len()), document.anomalies.is_empty(), &mut nodes);
    }
    assert!(2 * nodes <= input.len() + 1, "{nodes} nodes of {} bytes", input.len());
    for kind in AnomalyKind::ALL {
        let listed = document.anomalies.iter().filter(|anomaly| anomaly.kind == *kind);
        assert!(listed.count() <= 100, "{kind:?}");
    }
    if document.root.is_none() && !input.is_empty() {
        assert!(!document.anomalies.is_empty(), "nothing read, nothing listed");
    }
    let _ = der::oid_text(input);
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = certificate::seeds();
    seeds.extend(good::forges().iter().filter_map(|(_, forge)| {
        let forged = forge.forge().expect("a good one");
        Some(forged.x5c.first()?.clone())
    }));
    seeds.extend([
        vec![0x30, 0x0a, 0x02, 0x02, 0x00, 0x01, 0x01, 0x01, 0x02, 0x05, 0x01, 0x00], // integer, boolean, null
        vec![0x3f, 0x80, 0x1e, 0x81, 0x02, 0x03, 0x00],                               // tag, length, bit string
        [[0x30, 0x80]; 20].concat(),                                                  // indefinite
    ]);
    seeds
}

/// Headers and contents follow one another; where nothing is wrong, children fill their parent.
fn judge(node: &Node, outer: &Range<usize>, flawless: bool, nodes: &mut usize) {
    *nodes += 1;
    assert!(outer.start <= node.range.start && node.range.end <= outer.end, "{:?} in {outer:?}", node.range);
    assert_eq!((node.range.start, node.header.end), (node.header.start, node.content.start));
    assert_eq!(node.content.end, node.range.end);
    let mut at = node.content.start;
    for child in &node.children {
        judge(child, &node.content, flawless, nodes);
        assert!(at <= child.range.start);
        assert!(!flawless || at == child.range.start, "a gap at {at}");
        at = child.range.end;
    }
    assert!(!flawless || !node.constructed || at == node.content.end, "a gap at {at}");
}
