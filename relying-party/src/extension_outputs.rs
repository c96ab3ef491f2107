//! Extension outputs of both kinds (WebAuthn L3 9, 10; CTAP 2.3 12). What was not asked for, and
//! what is not known, is tolerated; what is known must be of its type.

use assay_protocol::base64url;
use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::{Node, Value as Cbor};
use assay_protocol::webauthn::extensions::Outputs;
use serde_json::{Map, Value};

use crate::rejection::{Check, Rejection};

/// Reads the client's outputs; where ill-typed ones pass, they count as absent.
pub(crate) fn client(results: &Map<String, Value>, enforced: &Enforced) -> Result<Outputs, Rejection> {
    if results.is_empty() {
        return Ok(Outputs::default());
    }
    match Outputs::from_results(results) {
        Ok(outputs) => Ok(outputs),
        Err(malformed) => {
            Check::ExtensionOutput.refuse(enforced, malformed.detail)?;
            Ok(Outputs::default())
        }
    }
}

/// Judges the authenticator's outputs.
pub(crate) fn authenticator(outputs: Option<&Node>, enforced: &Enforced) -> Result<(), Rejection> {
    for (id, output) in outputs.and_then(Node::as_map).into_iter().flatten() {
        let id = id.as_text().unwrap_or_default();
        if !is_typed(id, output) {
            Check::ExtensionOutput.refuse(enforced, format!("the output of {id} is {}", output.kind()))?;
        }
    }
    Ok(())
}

fn is_typed(id: &str, output: &Node) -> bool {
    match id {
        "credProtect" => matches!(output.as_unsigned(), Some(1..=3)),
        "minPinLength" => output.as_unsigned().is_some(),
        // Whether it worked, in a registration; a result, in an authentication.
        "hmac-secret" | "credBlob" => output.as_bool().is_some() || output.as_bytes().is_some(),
        "hmac-secret-mc" => output.as_bytes().is_some(),
        "thirdPartyPayment" => output.as_bool().is_some(),
        "uvm" => is_uvm(output),
        _ => true,
    }
}

/// One to three factors, each of three numbers (WebAuthn L2 10.3).
fn is_uvm(output: &Node) -> bool {
    let factors = output.as_array().filter(|factors| (1..=3).contains(&factors.len()));
    let is_factor = |factor: &Node| {
        factor
            .as_array()
            .is_some_and(|numbers| numbers.len() == 3 && numbers.iter().all(|one| one.as_unsigned().is_some()))
    };
    factors.is_some_and(|factors| factors.iter().all(is_factor))
}

/// The outputs as JSON, for the audit: bytes as base64url, what JSON has no word for as null.
pub(crate) fn to_json(outputs: Option<&Node>) -> Map<String, Value> {
    let entries = outputs.and_then(Node::as_map).into_iter().flatten();
    entries.map(|(id, output)| (id.as_text().unwrap_or_default().to_owned(), value(output))).collect()
}

fn value(node: &Node) -> Value {
    match &node.value {
        Cbor::Unsigned(value) => (*value).into(),
        Cbor::Negative(_) => node.as_int().into(),
        Cbor::Bytes(bytes) => base64url::encode(bytes).into(),
        Cbor::Text(text) => text.as_str().into(),
        Cbor::Array(items) => items.iter().map(value).collect(),
        Cbor::Map(entries) => entries
            .iter()
            .map(|(key, item)| {
                let key = match value(key) {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                (key, value(item))
            })
            .collect::<Map<_, _>>()
            .into(),
        Cbor::Bool(value) => (*value).into(),
        Cbor::Float(value) => (*value).into(),
        _ => Value::Null,
    }
}
