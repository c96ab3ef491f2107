//! Strict JSON objects: well formed, no duplicate members at any depth.

use assay_protocol::tree::json::{self, AnomalyKind};
use serde_json::{Map, Value};

use crate::error::{Malformed, Reason};

/// The names of what can be wrong with an object in one place of the protocol.
pub(crate) struct Reasons {
    /// Not JSON at all, or with something behind it.
    pub(crate) not_json: Reason,
    /// A member occurs twice.
    pub(crate) duplicate: Reason,
    /// JSON, but not an object.
    pub(crate) not_object: Reason,
}

/// Reads an object.
pub(crate) fn object(bytes: &[u8], reasons: &Reasons) -> Result<Map<String, Value>, Malformed> {
    let document = json::read(bytes);
    if let Some(anomaly) = document.anomalies.first() {
        let reason = match anomaly.kind {
            AnomalyKind::DuplicateMember => reasons.duplicate,
            _ => reasons.not_json,
        };
        return Err(Malformed::new(reason, format!("{:?} at {:?}", anomaly.kind, anomaly.range)));
    }
    let Some(root) = document.root else {
        return Err(Malformed::new(reasons.not_json, "empty"));
    };
    match root.to_serde() {
        Value::Object(members) => Ok(members),
        other => Err(Malformed::new(reasons.not_object, kind(&other))),
    }
}

/// What a value is, for a message.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
