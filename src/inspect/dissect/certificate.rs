//! DER, and what it says where it is a certificate (RFC 5280 4).

use assay_attestation::Certificate;
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
    rows.append(&mut section.rows);
    section.rows = rows;
    section
}

fn subject(read: &Certificate) -> String {
    let texts = read.subject_attributes.iter().filter_map(|attribute| attribute.text.as_deref());
    texts.collect::<Vec<_>>().join(", ")
}
