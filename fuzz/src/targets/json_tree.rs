//! The lossless reader of JSON, beside `serde_json`.

use std::ops::Range;

use assay_protocol::tree::json::{self, AnomalyKind, Node, Value};

use super::{good, webauthn_json};

pub(super) fn run(input: &[u8]) {
    let document = json::read(input);
    let mut nodes = 0;
    let mut numbers = false;
    if let Some(root) = &document.root {
        judge(root, &(0..input.len()), &mut nodes, &mut numbers);
        let _ = root.duplicate_member();
    }
    assert!(nodes <= input.len() + 20, "{nodes} nodes of {} bytes", input.len());
    for kind in AnomalyKind::ALL {
        let listed = document.anomalies.iter().filter(|anomaly| anomaly.kind == *kind);
        assert!(listed.count() <= 100, "{kind:?}");
    }

    match serde_json::from_slice::<serde_json::Value>(input) {
        Ok(foreign) => {
            assert_eq!(document.anomaly(AnomalyKind::TrailingBytes), None);
            match document.syntax_error() {
                None => assert_eq!(document.root.as_ref().map(Node::to_serde), Some(foreign)),
                Some(anomaly) => assert_eq!(anomaly.kind, AnomalyKind::TooDeep, "where serde_json reads {foreign}"),
            }
        }
        // A number beyond all bounds is still one here.
        Err(error) => assert!(!document.anomalies.is_empty() || numbers, "{error}, and nothing listed"),
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = webauthn_json::seeds();
    seeds.extend(good::forges().iter().take(2).map(|(_, forge)| forge.forge().expect("a good one").client_data_json));
    seeds.extend(
        [
            r#"{"a":[1,-0.5e+3,true,false,null,"\u00e9\ud83d\ude00\n\"\\"],"a":{}}"#,
            "\u{feff}[\"\u{1f511}\", 1e999, 01, \"\\ud800\"] x",
            "[[[[[[[[[[[[[[[[[[[[",
        ]
        .map(|text| text.as_bytes().to_vec()),
    );
    seeds
}

fn judge(node: &Node, outer: &Range<usize>, nodes: &mut usize, numbers: &mut bool) {
    *nodes += 1;
    let Range { start, end } = node.range;
    assert!(outer.start <= start && start <= end && end <= outer.end, "{:?} in {outer:?}", node.range);
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| judge(item, &node.range, nodes, numbers)),
        Value::Object(members) => members.iter().for_each(|member| {
            assert!(member.key_range.end <= member.value.range.start);
            judge(&member.value, &node.range, nodes, numbers);
        }),
        Value::String(text) => assert!(text.len() <= 3 * (end - start)),
        Value::Number(_) => *numbers = true,
        _ => {}
    }
}
