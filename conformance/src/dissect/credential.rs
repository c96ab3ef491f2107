//! The JSON around a credential, and everything inside it.

use assay_protocol::base64url;
use assay_protocol::tree::{cbor, der, json};

use super::{authenticator_data, bytes, cbor_item, json_text, short, written};
use crate::evidence::Part;

/// A registration response, from its JSON to the key inside.
pub fn registration(body: &str) -> Vec<Part> {
    let (mut parts, response) = envelope(body);
    let Some(response) = response else { return parts };
    if let Some(text) = member(&response, "clientDataJSON") {
        parts.push(json_text("client data", &text));
    }
    if let Some(object) = member(&response, "attestationObject") {
        attestation_object(&mut parts, &object);
    }
    parts
}

/// An authentication response, from its JSON to the signature inside.
pub fn authentication(body: &str) -> Vec<Part> {
    let (mut parts, response) = envelope(body);
    let Some(response) = response else { return parts };
    if let Some(text) = member(&response, "clientDataJSON") {
        parts.push(json_text("client data", &text));
    }
    if let Some(data) = member(&response, "authenticatorData") {
        parts.extend(authenticator_data(&data));
    }
    if let Some(bytes) = member(&response, "signature") {
        parts.push(signature("signature", &bytes));
    }
    parts
}

/// The outer members, and the response inside them.
fn envelope(body: &str) -> (Vec<Part>, Option<json::Node>) {
    let document = json::read(body.as_bytes());
    let mut part = Part::new("credential");
    let Some(members) = document.root.as_ref().and_then(json::Node::as_object) else {
        part.push("whole", short(body), Some(String::from("no JSON object")));
        return (vec![part], None);
    };
    let mut response = None;
    for outer in members {
        if outer.key == "response" && outer.value.as_object().is_some() {
            for inner in outer.value.as_object().into_iter().flatten() {
                // What is taken apart further down is not shown twice.
                if inner.value.as_str().is_some_and(|text| is_apart(&inner.key, text)) {
                    continue;
                }
                part.push(format!("response.{}", inner.key), short(&written(&inner.value)), None);
            }
            response = Some(outer.value.clone());
        } else {
            part.push(outer.key.clone(), short(&written(&outer.value)), None);
        }
    }
    for anomaly in &document.anomalies {
        part.push("anomaly", anomaly.to_string(), None);
    }
    (vec![part], response)
}

/// Is this member of the response shown as a part of its own?
fn is_apart(name: &str, text: &str) -> bool {
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature"].contains(&name)
        && base64url::decode(text).is_ok_and(|bytes| !bytes.is_empty())
}

fn member(response: &json::Node, name: &str) -> Option<Vec<u8>> {
    base64url::decode(response.get(name)?.as_str()?).ok()
}

fn attestation_object(parts: &mut Vec<Part>, object: &[u8]) {
    let document = cbor::read(object);
    let mut part = Part::new("attestation object");
    let Some(root) = &document.root else {
        part.push("whole", bytes(object), Some(String::from("undecodable")));
        parts.push(part);
        return;
    };
    for (key, value) in root.as_map().into_iter().flatten() {
        let name = key.as_text().map_or_else(|| cbor::diagnostic(key), str::to_owned);
        match (name.as_str(), value.as_bytes(), value.as_map()) {
            ("authData", Some([_, ..]), _) | ("attStmt", _, Some([_, ..])) => {}
            _ => part.push(name, short(&cbor::diagnostic(value)), None),
        }
    }
    if root.as_map().is_none() {
        part.push("whole", short(&cbor::diagnostic(root)), Some(String::from("no map")));
    }
    super::anomalies(&mut part, &document.anomalies);
    parts.push(part);
    if let Some(statement) = root.get_text("attStmt") {
        parts.push(attestation_statement(statement, object));
    }
    if let Some(data) = root.get_text("authData").and_then(cbor::Node::as_bytes) {
        parts.extend(authenticator_data(data));
    }
}

fn attestation_statement(statement: &cbor::Node, object: &[u8]) -> Part {
    let raw = object.get(statement.range.clone()).unwrap_or_default();
    let mut part = cbor_item("attestation statement", raw);
    part.fields.clear();
    for (key, value) in statement.as_map().into_iter().flatten() {
        let name = key.as_text().map_or_else(|| cbor::diagnostic(key), str::to_owned);
        match (name.as_str(), value.as_array(), value.as_bytes()) {
            ("x5c", Some(chain), _) => {
                for (at, certificate) in chain.iter().enumerate() {
                    let der = certificate.as_bytes().unwrap_or_default();
                    part.push(format!("x5c[{at}]"), bytes(der), Some(format!("{} bytes of DER", der.len())));
                }
                if chain.is_empty() {
                    part.push("x5c", "[]", None);
                }
            }
            ("sig", _, Some(sig)) => part.fields.extend(signature("", sig).fields),
            (_, _, Some(value)) => part.push(name, bytes(value), None),
            _ => part.push(name, short(&cbor::diagnostic(value)), None),
        }
    }
    part
}

/// A signature: its bytes, and whether they are DER.
fn signature(title: &str, sig: &[u8]) -> Part {
    let document = der::read(sig);
    let note = match (document.anomalies.first(), &document.root) {
        (Some(anomaly), _) => format!("{} bytes, not DER: {}", sig.len(), anomaly.kind.code()),
        (None, Some(root)) if root.children.len() == 2 => format!("{} bytes, DER", sig.len()),
        _ => format!("{} bytes, not a DER signature", sig.len()),
    };
    let mut part = Part::new(title);
    part.push("sig", bytes(sig), Some(note));
    part
}
