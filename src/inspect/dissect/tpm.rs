//! What a TPM says and signs, field by field (TPM 2.0 Part 2, 10.12 and 12.2).

use assay_attestation::tpm::{CertInfo, Field, PubArea, Value};
use assay_attestation::{Reason, Rejection};
use assay_protocol::tree::cbor;

use super::{Fault, Row, Section, hex};

/// The two structures of a `tpm` statement, as far as they are there.
pub(super) fn structures(statement: &cbor::Node, path: &str) -> Vec<Section> {
    let member = |name: &str| statement.get_text(name).and_then(cbor::Node::as_bytes);
    let place = |name: &str| format!("{path}/{name}");
    let pub_area =
        member("pubArea").map(|bytes| section("TPMT_PUBLIC", &place("pubArea"), bytes, PubArea::dissect(bytes)));
    let cert_info =
        member("certInfo").map(|bytes| section("TPMS_ATTEST", &place("certInfo"), bytes, CertInfo::dissect(bytes)));
    pub_area.into_iter().chain(cert_info).collect()
}

fn section(title: &str, path: &str, bytes: &[u8], (fields, fault): (Vec<Field>, Option<Rejection>)) -> Section {
    let mut section = Section::empty(title, bytes, path);
    section.rows = fields.iter().map(|field| row(field, bytes)).collect();
    section.faults = fault.map(|rejection| place(&rejection, &fields, bytes)).into_iter().collect();
    section
}

fn row(field: &Field, bytes: &[u8]) -> Row {
    let value = match field.value {
        Value::Number(number) if field.name == "objectAttributes" => attributes(number),
        Value::Number(number) if field.name == "magic" => format!("{number:#010x}"),
        Value::Number(number) => number.to_string(),
        Value::Named(number, Some(name)) => format!("{number:#06x} {name}"),
        Value::Named(number, None) => format!("{number:#06x}"),
        Value::Size(size) => format!("{size} bytes follow"),
        Value::Buffer => hex(bytes.get(field.range.clone()).unwrap_or_default()),
    };
    Row::of(field.name, value, field.range.clone())
}

/// TPMA_OBJECT by the names of its bits.
fn attributes(bits: u64) -> String {
    const NAMES: [(u32, &str); 11] = [
        (1, "fixedTPM"),
        (2, "stClear"),
        (4, "fixedParent"),
        (5, "sensitiveDataOrigin"),
        (6, "userWithAuth"),
        (7, "adminWithPolicy"),
        (10, "noDA"),
        (11, "encryptedDuplication"),
        (16, "restricted"),
        (17, "decrypt"),
        (18, "sign"),
    ];
    let set: Vec<&str> = NAMES.iter().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, name)| *name).collect();
    format!("{bits:#010x} {}", set.join(" "))
}

/// A wrong field is marked itself; what cannot be read, or should not be there, from its first byte on.
fn place(rejection: &Rejection, fields: &[Field], bytes: &[u8]) -> Fault {
    let field = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.range.clone());
    let range = match rejection {
        Rejection::Check { check: assay_attestation::Check::TpmMagic, .. } => field("magic"),
        Rejection::Check { check: assay_attestation::Check::TpmType, .. } => field("type"),
        Rejection::Malformed { reason: Reason::TpmPubAreaUnsupported, .. } => {
            fields.last().map(|field| field.range.clone())
        }
        _ => Some(fields.last().map_or(0, |field| field.range.end)..bytes.len()),
    };
    Fault {
        code: rejection.code().to_owned(),
        clause: Some(rejection.clause().to_owned()),
        range,
        detail: rejection.detail().to_owned(),
    }
}
