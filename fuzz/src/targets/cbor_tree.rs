//! The lossless reader of CBOR, beside ciborium.

use std::ops::Range;

use assay_protocol::tree::cbor::{self, Anomaly, AnomalyKind, Node, Value};

use super::{cose_key, good};

pub(super) fn run(input: &[u8]) {
    let document = cbor::read(input);
    let mut nodes = 0;
    if let Some(root) = &document.root {
        judge(root, &(0..input.len()), &mut nodes);
    }
    // An item that could not be read stands in the tree without a byte: a key, or a value, at most one a level.
    assert!(nodes <= input.len() + 40, "{nodes} nodes of {} bytes", input.len());
    listed(&document.anomalies, input.len());

    let (prefix, end) = cbor::read_prefix(input);
    assert_eq!(prefix.root.is_some(), document.root.is_some());
    assert!(end <= input.len());
    let Some(root) = &document.root else { return };
    let _ = cbor::diagnostic(root);
    let whole = document.syntax_error().is_none() && document.rest.is_empty();
    let plain = whole && is_plain(root);
    if plain && document.is_canonical() {
        assert_eq!(cbor::to_canonical(&root.to_value()), input, "canonical bytes are those that are written");
    }

    // ciborium takes some headers that the standard reserves, and goes deeper.
    let Ok(foreign) = ciborium::from_reader::<ciborium::Value, _>(input) else { return };
    match document.syntax_error() {
        None if plain => assert_eq!(root.to_value(), foreign),
        None => {}
        Some(anomaly) => {
            let lax = matches!(anomaly.kind, AnomalyKind::Reserved | AnomalyKind::TooDeep);
            assert!(lax, "{anomaly}, where ciborium reads {foreign:?}");
        }
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = cose_key::seeds();
    seeds.extend(good::forges().iter().map(|(_, forge)| forge.forge().expect("a good one").attestation_object));
    seeds.extend([
        vec![0x9f, 0x01, 0x5f, 0x41, 0x61, 0xff, 0x7f, 0x61, 0x62, 0xff, 0xff], // indefinite lengths
        vec![0xa3, 0x01, 0x02, 0x01, 0x03, 0x00, 0xc1, 0x1a, 0x00, 0x00, 0x00, 0x01], // duplicate, order, tag
        vec![0x84, 0xf9, 0x3c, 0x00, 0xf7, 0xf8, 0xff, 0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a],
        vec![0x81; 20], // depth
    ]);
    seeds
}

/// Ranges lie inside one another.
fn judge(node: &Node, outer: &Range<usize>, nodes: &mut usize) {
    *nodes += 1;
    let Range { start, end } = node.range;
    assert!(outer.start <= start && start <= end && end <= outer.end, "{:?} in {outer:?}", node.range);
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| judge(item, &node.range, nodes)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            judge(key, &node.range, nodes);
            judge(value, &node.range, nodes);
        }),
        Value::Tag(_, item) => judge(item, &node.range, nodes),
        Value::Bytes(bytes) => assert!(bytes.len() <= end - start),
        // A byte that is no UTF-8 is replaced by three.
        Value::Text(text) => assert!(text.len() <= 3 * (end - start)),
        _ => {}
    }
}

fn listed(anomalies: &[Anomaly], length: usize) {
    for kind in AnomalyKind::ALL {
        assert!(anomalies.iter().filter(|anomaly| anomaly.kind == *kind).count() <= 100, "{kind:?}");
    }
    assert!(anomalies.iter().all(|anomaly| anomaly.range.end <= length));
}

/// Nothing in it that ciborium's values cannot tell, or that they write in another way.
fn is_plain(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().all(is_plain),
        Value::Map(entries) => entries.iter().all(|(key, value)| is_plain(key) && is_plain(value)),
        Value::Tag(..) | Value::Float(_) | Value::Undefined | Value::Simple(_) | Value::Invalid => false,
        _ => true,
    }
}
