//! DER, and what it says where it is a certificate (RFC 5280 4).

use assay_attestation::android_key::{AuthorizationList, KeyDescription};
use assay_attestation::{Certificate, apple, oid};
use time::format_description::well_known::Rfc3339;

use super::{Fault, Row, Section, tree};

/// DER of any kind.
pub(super) fn der(bytes: &[u8], path: &str) -> Section {
    match Certificate::parse(bytes) {
        Ok(read) => described(&read, path),
        Err(_) => tree::der("DER", bytes, path),
    }
}

/// DER where a certificate should be.
pub(super) fn certificate(bytes: &[u8], path: &str) -> Section {
    match Certificate::parse(bytes) {
        Ok(read) => described(&read, path),
        Err(rejection) => {
            let mut section = tree::der("certificate", bytes, path);
            section.faults.push(Fault {
                code: rejection.code().to_owned(),
                clause: Some(rejection.clause().to_owned()),
                range: None,
                detail: rejection.detail().to_owned(),
            });
            section
        }
    }
}

fn described(read: &Certificate, path: &str) -> Section {
    let mut section = tree::der("certificate", &read.der, path);
    let mut rows = vec![Row::summary("subject", subject(read))];
    if let (Ok(from), Ok(until)) = (read.not_before.format(&Rfc3339), read.not_after.format(&Rfc3339)) {
        rows.push(Row::summary("valid", format!("{from} to {until}")));
    }
    rows.push(Row::summary("key", format!("{:?}", read.key.kind)));
    match read.aaguid() {
        Ok(None) => {}
        Ok(Some(aaguid)) => rows.push(Row::summary("aaguid", aaguid.to_string())),
        Err(_) => rows.push(Row::summary("aaguid", "not sixteen bytes in an octet string")),
    }
    rows.extend(android_key(read));
    match apple::nonce(read) {
        Ok(None) => {}
        Ok(Some(nonce)) => rows.push(Row::summary("apple nonce", super::hex(&nonce))),
        Err(_) => rows.push(Row::summary("apple nonce", "not 32 bytes in an octet string in [1]")),
    }
    rows.append(&mut section.rows);
    section.rows = rows;
    section
}

/// What Android says of the key, where it says something (WebAuthn L3 8.4.1).
fn android_key(read: &Certificate) -> Vec<Row> {
    let Some(extension) = read.extension(oid::ANDROID_KEY_DESCRIPTION) else {
        return Vec::new();
    };
    let description = match KeyDescription::parse(&extension.value) {
        Ok(description) => description,
        Err(undecodable) => return vec![Row::summary("android key", format!("undecodable: {}", undecodable.0))],
    };
    let level = format!(
        "attestation {} by {}, key {} in {}",
        description.attestation_version,
        description.attestation_security_level,
        description.keymint_version,
        description.keymint_security_level
    );
    vec![
        Row::summary("android key", level),
        Row::summary("android challenge", super::hex(&description.attestation_challenge)),
        Row::summary("android software", list(&description.software_enforced)),
        Row::summary("android TEE", list(&description.tee_enforced)),
    ]
}

fn list(list: &AuthorizationList) -> String {
    let mut parts = Vec::new();
    if !list.purpose.is_empty() {
        let names = list.purpose.iter().map(|purpose| match purpose {
            2 => "sign".to_owned(),
            3 => "verify".to_owned(),
            other => other.to_string(),
        });
        parts.push(format!("purpose {}", names.collect::<Vec<_>>().join(" and ")));
    }
    match list.origin {
        None => {}
        Some(0) => parts.push("origin generated".to_owned()),
        Some(2) => parts.push("origin imported".to_owned()),
        Some(other) => parts.push(format!("origin {other}")),
    }
    if list.all_applications {
        parts.push("for all applications".to_owned());
    }
    let tags: Vec<String> = list.tags.iter().map(u32::to_string).collect();
    parts.push(if tags.is_empty() { "empty".to_owned() } else { format!("tags {}", tags.join(", ")) });
    parts.join("; ")
}

fn subject(read: &Certificate) -> String {
    let texts = read.subject_attributes.iter().filter_map(|attribute| attribute.text.as_deref());
    texts.collect::<Vec<_>>().join(", ")
}
