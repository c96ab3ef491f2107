use std::mem;

use super::{ClientData, Payment, TokenBinding, TokenBindingStatus, payment};
use crate::error::{Malformed, Reason};
use crate::tree::json::{AnomalyKind, Document, Node, Value};

pub(super) fn parse(document: Document) -> Result<ClientData, Malformed> {
    let stopped_by = |reason, anomaly: &crate::tree::json::Anomaly| {
        Err(Malformed::new(reason, anomaly.to_string()).at(anomaly.range.clone()))
    };
    if !document.anomalies.is_empty() {
        if let Some(anomaly) = document.anomaly(AnomalyKind::InvalidUtf8) {
            return stopped_by(Reason::ClientDataInvalidUtf8, anomaly);
        }
        if let Some(anomaly) = document.syntax_error() {
            return stopped_by(Reason::ClientDataNotJson, anomaly);
        }
        if let Some(anomaly) = document.anomaly(AnomalyKind::TrailingBytes) {
            return stopped_by(Reason::ClientDataTrailingBytes, anomaly);
        }
        if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateMember) {
            return stopped_by(Reason::ClientDataDuplicateMember, anomaly);
        }
    }
    let Some(root) = document.root else {
        return Err(Malformed::new(Reason::ClientDataNotJson, ""));
    };
    let range = root.range.clone();
    let Value::Object(members) = root.value else {
        return Err(wrong(Reason::ClientDataNotObject, &root));
    };

    let mut kind = None;
    let mut challenge = None;
    let mut origin = None;
    let mut cross_origin = None;
    let mut top_origin = None;
    let mut token_binding = TokenBinding::Absent;
    let mut payment = Payment::Absent;
    let mut unknown = Vec::new();
    for mut member in members {
        let value = &mut member.value;
        match member.key.as_str() {
            "type" => kind = Some(text(value, Reason::ClientDataTypeNotString)?),
            "challenge" => challenge = Some(text(value, Reason::ClientDataChallengeNotString)?),
            "origin" => origin = Some(text(value, Reason::ClientDataOriginNotString)?),
            "crossOrigin" => match value.as_bool() {
                Some(value) => cross_origin = Some(value),
                None => return Err(wrong(Reason::ClientDataCrossOriginNotBoolean, value)),
            },
            "topOrigin" => top_origin = Some(text(value, Reason::ClientDataTopOriginNotString)?),
            "tokenBinding" => token_binding = binding(value),
            "payment" => payment = payment::read(value),
            _ => unknown.push(member.key.into()),
        }
    }
    let missing = |reason| move || Malformed::new(reason, "").at(range.clone());
    Ok(ClientData {
        kind: kind.ok_or_else(missing.clone()(Reason::ClientDataTypeMissing))?,
        challenge: challenge.ok_or_else(missing.clone()(Reason::ClientDataChallengeMissing))?,
        origin: origin.ok_or_else(missing(Reason::ClientDataOriginMissing))?,
        cross_origin,
        top_origin,
        token_binding,
        payment,
        unknown,
    })
}

fn text(node: &mut Node, reason: Reason) -> Result<String, Malformed> {
    match &mut node.value {
        Value::String(text) => Ok(mem::take(text)),
        _ => Err(wrong(reason, node)),
    }
}

fn binding(node: &Node) -> TokenBinding {
    if node.as_object().is_none() {
        return TokenBinding::Ill(format!("{} found", node.kind()));
    }
    let Some(status) = node.get("status") else {
        return TokenBinding::Ill("no status".into());
    };
    let Some(status) = status.as_str() else {
        return TokenBinding::Ill(format!("status is a {}", status.kind()));
    };
    let id = node.get("id").map(Node::as_str);
    match (status, id) {
        ("present", Some(Some(id))) => TokenBinding::WellFormed(TokenBindingStatus::Present(id.to_owned())),
        ("present", None) => TokenBinding::Ill("present without id".into()),
        (_, Some(None)) => TokenBinding::Ill("id is not a string".into()),
        ("supported", _) => TokenBinding::WellFormed(TokenBindingStatus::Supported),
        ("not-supported", _) => TokenBinding::WellFormed(TokenBindingStatus::NotSupported),
        _ => TokenBinding::Ill("unknown status".into()),
    }
}

fn wrong(reason: Reason, node: &Node) -> Malformed {
    Malformed::new(reason, format!("{} found", node.kind())).at(node.range.clone())
}
