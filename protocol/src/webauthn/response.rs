//! What both kinds of response have in common.

use serde_json::Value;

use super::Map;
use crate::base64url;
use crate::error::{Malformed, Reason};
use crate::tree::json::{self, AnomalyKind, Node};

/// Whose rules of form a response follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// WebAuthn L3 5.1. Optional members that are `null` count as absent.
    WebAuthn,
    /// The REST interface of FIDO's conformance tool: `rawId` and the extension results may be
    /// absent, those may also be called `getClientExtensionResults`, and an empty `userHandle`
    /// counts as absent. A `null` does not.
    FidoRest,
}

/// Refuses duplicate members and whatever is not one JSON object.
pub(super) fn root(document: &json::Document) -> Result<&Node, Malformed> {
    let stopped_by =
        |reason, anomaly: &json::Anomaly| Err(Malformed::new(reason, anomaly.to_string()).at(anomaly.range.clone()));
    if let Some(anomaly) = document.syntax_error() {
        return stopped_by(Reason::CredentialNotJson, anomaly);
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::TrailingBytes) {
        return stopped_by(Reason::CredentialTrailingBytes, anomaly);
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateMember) {
        return stopped_by(Reason::CredentialDuplicateMember, anomaly);
    }
    match &document.root {
        Some(root) => Ok(root),
        None => Err(Malformed::new(Reason::CredentialNotJson, "")),
    }
}

/// Refuses duplicate members inside a node of a larger tree.
pub(super) fn no_duplicates(node: &Node) -> Result<(), Malformed> {
    match node.duplicate_member() {
        None => Ok(()),
        Some(member) => {
            Err(Malformed::new(Reason::CredentialDuplicateMember, member.key.clone()).at(member.key_range.clone()))
        }
    }
}

/// The members around `response`.
pub(super) struct Envelope<'n> {
    pub(super) id: String,
    pub(super) raw_id: Vec<u8>,
    pub(super) kind: String,
    pub(super) response: &'n Node,
    pub(super) authenticator_attachment: Option<String>,
    pub(super) client_extension_results: Map,
}

pub(super) fn envelope(node: &Node, dialect: Dialect) -> Result<Envelope<'_>, Malformed> {
    if node.as_object().is_none() {
        return Err(wrong(Reason::CredentialNotObject, node));
    }
    let id_bytes = ID.required(node)?;
    let id = node.get("id").and_then(Node::as_str).unwrap_or_default();
    let raw_id = match (node.get("rawId"), dialect) {
        // As a rule they are the same text.
        (Some(raw_id), _) if raw_id.as_str() == Some(id) => id_bytes,
        (_, Dialect::WebAuthn) => RAW_ID.required(node)?,
        (_, Dialect::FidoRest) => RAW_ID.optional(node, dialect)?.unwrap_or(id_bytes),
    };
    let Some(kind) = node.get("type") else {
        return Err(absent(Reason::CredentialTypeMissing, node));
    };
    let Some(kind) = kind.as_str() else {
        return Err(wrong(Reason::CredentialTypeNotString, kind));
    };
    let Some(response) = node.get("response") else {
        return Err(absent(Reason::CredentialResponseMissing, node));
    };
    if response.as_object().is_none() {
        return Err(wrong(Reason::CredentialResponseNotObject, response));
    }
    let authenticator_attachment = match present(node.get("authenticatorAttachment"), dialect) {
        None => None,
        Some(attachment) => match attachment.as_str() {
            Some(text) => Some(text.to_owned()),
            None => return Err(wrong(Reason::CredentialAttachmentNotString, attachment)),
        },
    };
    Ok(Envelope {
        id: id.to_owned(),
        raw_id,
        kind: kind.to_owned(),
        response,
        authenticator_attachment,
        client_extension_results: extension_results(node, dialect)?,
    })
}

fn extension_results(node: &Node, dialect: Dialect) -> Result<Map, Malformed> {
    let results = match (node.get("clientExtensionResults"), dialect) {
        (Some(results), _) => Some(results),
        (None, Dialect::WebAuthn) => {
            return Err(absent(Reason::CredentialExtensionResultsMissing, node));
        }
        (None, Dialect::FidoRest) => node.get("getClientExtensionResults"),
    };
    match results {
        None => Ok(Map::new()),
        Some(results) => {
            results.to_serde_map().ok_or_else(|| wrong(Reason::CredentialExtensionResultsNotObject, results))
        }
    }
}

/// An optional member that counts as present.
pub(super) fn present(member: Option<&Node>, dialect: Dialect) -> Option<&Node> {
    member.filter(|node| dialect == Dialect::FidoRest || !node.is_null())
}

/// A member that holds bytes, and how it can fail to.
pub(super) struct BytesMember {
    pub(super) name: &'static str,
    pub(super) missing: Reason,
    pub(super) not_string: Reason,
    pub(super) not_base64url: Reason,
}

impl BytesMember {
    pub(super) fn required(&self, object: &Node) -> Result<Vec<u8>, Malformed> {
        match object.get(self.name) {
            Some(member) => self.decode(member),
            None => Err(absent(self.missing, object)),
        }
    }

    pub(super) fn optional(&self, object: &Node, dialect: Dialect) -> Result<Option<Vec<u8>>, Malformed> {
        present(object.get(self.name), dialect).map(|member| self.decode(member)).transpose()
    }

    fn decode(&self, member: &Node) -> Result<Vec<u8>, Malformed> {
        let Some(text) = member.as_str() else {
            return Err(wrong(self.not_string, member));
        };
        base64url::decode(text)
            .map_err(|error| Malformed::new(self.not_base64url, error.to_string()).at(member.range.clone()))
    }
}

const ID: BytesMember = BytesMember {
    name: "id",
    missing: Reason::CredentialIdMissing,
    not_string: Reason::CredentialIdNotString,
    not_base64url: Reason::CredentialIdNotBase64url,
};

const RAW_ID: BytesMember = BytesMember {
    name: "rawId",
    missing: Reason::CredentialRawIdMissing,
    not_string: Reason::CredentialRawIdNotString,
    not_base64url: Reason::CredentialRawIdNotBase64url,
};

pub(super) const CLIENT_DATA_JSON: BytesMember = BytesMember {
    name: "clientDataJSON",
    missing: Reason::CredentialClientDataJsonMissing,
    not_string: Reason::CredentialClientDataJsonNotString,
    not_base64url: Reason::CredentialClientDataJsonNotBase64url,
};

pub(super) fn absent(reason: Reason, object: &Node) -> Malformed {
    Malformed::new(reason, "").at(object.range.clone())
}

pub(super) fn wrong(reason: Reason, node: &Node) -> Malformed {
    Malformed::new(reason, format!("{} found", node.kind())).at(node.range.clone())
}

/// The members around `response`, written.
pub(super) fn write_envelope(
    id: &str,
    raw_id: &[u8],
    kind: &str,
    response: Map,
    authenticator_attachment: Option<&str>,
    client_extension_results: &Map,
) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), id.into());
    out.insert("rawId".into(), base64url::encode(raw_id).into());
    out.insert("response".into(), Value::Object(response));
    if let Some(attachment) = authenticator_attachment {
        out.insert("authenticatorAttachment".into(), attachment.into());
    }
    let results = Value::Object(client_extension_results.clone());
    out.insert("clientExtensionResults".into(), results);
    out.insert("type".into(), kind.into());
    Value::Object(out)
}
