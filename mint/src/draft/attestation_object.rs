use ciborium::Value;

use super::Finish;
use crate::cbor::Map;

/// The attestation object, WebAuthn L3 6.5.4.
#[derive(Debug, Clone)]
pub struct AttestationObjectDraft {
    /// The members, in canonical order.
    pub members: Map,
    /// What befalls the bytes.
    pub finish: Option<Finish>,
}

impl AttestationObjectDraft {
    /// The right members.
    pub fn new(fmt: &str, att_stmt: Value, auth_data: Vec<u8>) -> Self {
        let mut members = Map::default();
        members.push("fmt", fmt);
        members.push("attStmt", att_stmt);
        members.push("authData", auth_data);
        Self { members, finish: None }
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.members.to_bytes();
        match self.finish {
            Some(finish) => finish(bytes),
            None => bytes,
        }
    }
}
