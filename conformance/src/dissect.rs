//! Takes messages apart for people: whatever is in them, right or wrong, with a remark where it
//! is wrong. Nothing here fails, and nothing here judges.

mod authenticator_data;
mod credential;

use assay_protocol::tree::{cbor, json};

pub use authenticator_data::authenticator_data;
pub use credential::{authentication, registration};

use crate::evidence::{Part, hex};

/// One CBOR item: its anomalies as fields, the whole in diagnostic notation.
pub fn cbor_item(title: &str, bytes: &[u8]) -> Part {
    let document = cbor::read(bytes);
    let mut part = Part::new(title);
    if let Some(entries) = document.root.as_ref().and_then(cbor::Node::as_map) {
        for (key, value) in entries {
            part.push(cbor::diagnostic(key), short(&cbor::diagnostic(value)), None);
        }
    }
    anomalies(&mut part, &document.anomalies);
    part.notation = document.root.as_ref().map(cbor::diagnostic);
    part
}

/// One JSON text: the members of its object and its anomalies.
pub fn json_text(title: &str, text: &[u8]) -> Part {
    let document = json::read(text);
    let mut part = Part::new(title);
    match document.root.as_ref().and_then(json::Node::as_object) {
        Some(members) => {
            for member in members {
                part.push(member.key.clone(), short(&written(&member.value)), None);
            }
        }
        None => part.push("whole", short(&String::from_utf8_lossy(text)), Some(String::from("no JSON object"))),
    }
    for anomaly in &document.anomalies {
        part.push("anomaly", anomaly.to_string(), None);
    }
    part.notation = Some(String::from_utf8_lossy(text).into_owned());
    part
}

/// Bytes for a table: all of them up to 64, then the first 32 and how many there are.
pub fn bytes(bytes: &[u8]) -> String {
    match bytes.get(..32) {
        Some(head) if bytes.len() > 64 => format!("{}… ({} bytes)", hex(head), bytes.len()),
        _ if bytes.is_empty() => String::from("(empty)"),
        _ => hex(bytes),
    }
}

fn anomalies(part: &mut Part, anomalies: &[cbor::Anomaly]) {
    for anomaly in anomalies {
        part.push("anomaly", anomaly.to_string(), None);
    }
}

/// A JSON value as it would be written, strings without quotes.
fn written(node: &json::Node) -> String {
    match node.as_str() {
        Some(text) => text.to_owned(),
        None => node.to_serde().to_string(),
    }
}

/// Text for a table: cut after 160 characters.
fn short(text: &str) -> String {
    let length = text.chars().count();
    if length <= 160 {
        return text.to_owned();
    }
    let head: String = text.chars().take(120).collect();
    format!("{head}… ({length} characters)")
}

#[cfg(test)]
mod tests;
