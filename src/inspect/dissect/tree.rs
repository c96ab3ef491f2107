//! The items of JSON, CBOR and DER as rows, and their anomalies as faults.

use std::ops::Range;

use assay_protocol::tree::{cbor, der, json};

use super::{Fault, Row, Section, hex};

pub(super) fn json(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = Section::empty(title, bytes, path);
    let document = json::read(bytes);
    if let Some(root) = &document.root {
        json_rows(&mut section.rows, root, 0, "");
    }
    let faults = document.anomalies.iter().map(|anomaly| fault(anomaly.kind.code(), &anomaly.range, &anomaly.path));
    section.faults.extend(faults);
    section
}

fn json_rows(rows: &mut Vec<Row>, node: &json::Node, depth: usize, name: &str) {
    let value = match &node.value {
        json::Value::Object(members) => format!("object of {}", members.len()),
        json::Value::Array(items) => format!("array of {}", items.len()),
        json::Value::String(text) => format!("{text:?}"),
        json::Value::Number(text) => text.clone(),
        json::Value::Bool(truth) => truth.to_string(),
        json::Value::Null => "null".to_owned(),
        json::Value::Invalid => "unreadable".to_owned(),
    };
    rows.push(Row { depth, name: name.to_owned(), value, range: Some(node.range.clone()) });
    for member in node.as_object().into_iter().flatten() {
        json_rows(rows, &member.value, depth + 1, &member.key);
    }
    for (at, item) in node.as_array().into_iter().flatten().enumerate() {
        json_rows(rows, item, depth + 1, &at.to_string());
    }
}

pub(super) fn cbor(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = Section::empty(title, bytes, path);
    let document = cbor::read(bytes);
    if let Some(root) = &document.root {
        cbor_rows(&mut section.rows, root, 0, "");
    }
    let faults = document.anomalies.iter().map(|anomaly| fault(anomaly.kind.code(), &anomaly.range, &anomaly.path));
    section.faults.extend(faults);
    section
}

fn cbor_rows(rows: &mut Vec<Row>, node: &cbor::Node, depth: usize, name: &str) {
    let value = match &node.value {
        cbor::Value::Map(members) => format!("map of {}", members.len()),
        cbor::Value::Array(items) => format!("array of {}", items.len()),
        cbor::Value::Bytes(bytes) => format!("{} bytes {}", bytes.len(), hex(bytes)),
        cbor::Value::Tag(number, _) => format!("tag {number}"),
        _ => cbor::diagnostic(node),
    };
    rows.push(Row { depth, name: name.to_owned(), value, range: Some(node.range.clone()) });
    match &node.value {
        cbor::Value::Map(members) => {
            for (key, value) in members {
                cbor_rows(rows, value, depth + 1, &cbor::diagnostic(key));
            }
        }
        cbor::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                cbor_rows(rows, item, depth + 1, &at.to_string());
            }
        }
        cbor::Value::Tag(_, inner) => cbor_rows(rows, inner, depth + 1, "tagged"),
        _ => {}
    }
}

pub(super) fn der(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = Section::empty(title, bytes, path);
    let document = der::read(bytes);
    if let Some(root) = &document.root {
        der_rows(&mut section.rows, root, bytes, 0);
    }
    let faults = document.anomalies.iter().map(|anomaly| fault(anomaly.kind.code(), &anomaly.range, &anomaly.path));
    section.faults.extend(faults);
    section
}

fn der_rows(rows: &mut Vec<Row>, node: &der::Node, bytes: &[u8], depth: usize) {
    use der::tag::{GENERALIZED_TIME, IA5_STRING, PRINTABLE_STRING, UTC_TIME, UTF8_STRING};
    let content = node.content_of(bytes);
    let value = match node.oid_of(bytes) {
        Some(oid) => oid,
        None if node.constructed => format!("{} inside", node.children.len()),
        None => match node.tag {
            UTF8_STRING | PRINTABLE_STRING | IA5_STRING | UTC_TIME | GENERALIZED_TIME => {
                format!("{:?}", String::from_utf8_lossy(content))
            }
            _ => hex(content),
        },
    };
    rows.push(Row { depth, name: node.type_name(), value, range: Some(node.range.clone()) });
    for child in &node.children {
        der_rows(rows, child, bytes, depth + 1);
    }
}

fn fault(code: &str, range: &Range<usize>, path: &str) -> Fault {
    Fault { code: code.to_owned(), clause: None, range: Some(range.clone()), detail: path.to_owned() }
}
