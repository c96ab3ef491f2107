//! The attestation object: what a registration brings (WebAuthn L3 6.5.4).

use ciborium::Value;

use crate::error::{Malformed, Reason};
use crate::tree::cbor::{self, Anomaly, AnomalyKind, Node};

/// The parsed object. Members beyond the three are tolerated.
#[derive(Debug, Clone, PartialEq)]
pub struct AttestationObject {
    /// The attestation statement format's identifier.
    pub fmt: String,
    /// The attestation statement: a map or, for `compound`, an array.
    pub att_stmt: Node,
    /// The authenticator data, as the statement signs it.
    pub auth_data: Vec<u8>,
    /// What is not canonical, in the object and in the statement.
    pub anomalies: Vec<Anomaly>,
}

impl AttestationObject {
    /// Reads an attestation object that is all of `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let document = cbor::read(bytes);
        let stopped_by =
            |reason, anomaly: &Anomaly| Err(Malformed::new(reason, anomaly.to_string()).at(anomaly.range.clone()));
        if let Some(anomaly) = document.syntax_error() {
            return stopped_by(Reason::AttestationObjectNotCbor, anomaly);
        }
        if let Some(anomaly) = document.anomaly(AnomalyKind::TrailingBytes) {
            return stopped_by(Reason::AttestationObjectTrailingBytes, anomaly);
        }
        if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateKey) {
            return stopped_by(Reason::AttestationObjectDuplicateKey, anomaly);
        }
        let Some(root) = document.root else {
            return Err(Malformed::new(Reason::AttestationObjectNotCbor, ""));
        };
        let range = root.range.clone();
        let cbor::Value::Map(entries) = root.value else {
            return Err(wrong(Reason::AttestationObjectNotMap, &root));
        };

        let (mut fmt, mut att_stmt, mut auth_data) = (None, None, None);
        for (key, value) in entries {
            match key.as_text() {
                Some("fmt") => fmt = Some(value),
                Some("attStmt") => att_stmt = Some(value),
                Some("authData") => auth_data = Some(value),
                _ => {}
            }
        }
        let missing = |reason| Malformed::new(reason, "").at(range.clone());
        let fmt = fmt.ok_or_else(|| missing(Reason::AttestationObjectFmtMissing))?;
        let cbor::Value::Text(fmt) = fmt.value else {
            return Err(wrong(Reason::AttestationObjectFmtNotText, &fmt));
        };
        let att_stmt = att_stmt.ok_or_else(|| missing(Reason::AttestationObjectAttStmtMissing))?;
        match &att_stmt.value {
            cbor::Value::Map(_) => {}
            cbor::Value::Array(_) if fmt == COMPOUND => {}
            _ => return Err(wrong(Reason::AttestationObjectAttStmtWrongType, &att_stmt)),
        }
        let auth_data = auth_data.ok_or_else(|| missing(Reason::AttestationObjectAuthDataMissing))?;
        let cbor::Value::Bytes(auth_data) = auth_data.value else {
            return Err(wrong(Reason::AttestationObjectAuthDataNotBytes, &auth_data));
        };
        Ok(Self { fmt, att_stmt, auth_data, anomalies: document.anomalies })
    }

    /// The canonical bytes of an object with these members.
    pub fn to_bytes(fmt: &str, att_stmt: &Value, auth_data: &[u8]) -> Vec<u8> {
        cbor::to_canonical(&Value::Map(vec![
            ("fmt".into(), fmt.into()),
            ("attStmt".into(), att_stmt.clone()),
            ("authData".into(), Value::Bytes(auth_data.to_vec())),
        ]))
    }
}

/// The one format whose statement is an array.
const COMPOUND: &str = "compound";

fn wrong(reason: Reason, node: &Node) -> Malformed {
    Malformed::new(reason, format!("{} found", node.kind())).at(node.range.clone())
}

#[cfg(test)]
mod tests;
