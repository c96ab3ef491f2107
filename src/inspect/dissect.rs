//! From bytes to sections: the tree for the items, the typed view for the verdict.

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::{CoseKey, alg};
use assay_protocol::error::Malformed;
use assay_protocol::tree::guess::{Form, Guess, Wrapping, guess};
use assay_protocol::tree::{cbor, der, json};
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};

use super::{Fault, Row, Section};

/// Takes apart whatever `input` is.
pub fn dissect(input: &[u8]) -> Section {
    let Guess { form, wrapping, bytes } = guess(input);
    let mut section = of_form(form, &bytes, "");
    section.title.push_str(&match wrapping {
        None => String::new(),
        Some(Wrapping::Hex) => ", from hexadecimal".to_owned(),
        Some(Wrapping::Base64) => ", from base64".to_owned(),
        Some(Wrapping::Pem(label)) => format!(", from PEM {label}"),
    });
    section
}

fn of_form(form: Form, bytes: &[u8], path: &str) -> Section {
    match form {
        Form::ClientData => client_data(bytes, path),
        Form::RegistrationResponse => {
            let mut section = json_section("RegistrationResponseJSON", bytes, path);
            view(&mut section, RegistrationResponse::from_json(bytes, Dialect::FidoRest));
            members_inside(&mut section, bytes);
            section
        }
        Form::AuthenticationResponse => {
            let mut section = json_section("AuthenticationResponseJSON", bytes, path);
            view(&mut section, AuthenticationResponse::from_json(bytes, Dialect::FidoRest));
            members_inside(&mut section, bytes);
            section
        }
        Form::Json => json_section("JSON", bytes, path),
        Form::AttestationObject => attestation_object(bytes, path),
        Form::AuthenticatorData => authenticator_data(bytes, path),
        Form::CoseKey => cose_key(bytes, path),
        Form::Cbor => cbor_section("CBOR", bytes, path),
        Form::Der => der_section("DER", bytes, path),
        Form::Jwt => jwt(bytes, path),
        Form::Text => plain("text", bytes, path, String::from_utf8_lossy(bytes).into_owned()),
        Form::Binary => plain("bytes of no known kind", bytes, path, hex(bytes)),
    }
}

fn client_data(bytes: &[u8], path: &str) -> Section {
    let mut section = json_section("client data", bytes, path);
    // A byte order mark is stripped by the ceremony, so it is no fault here.
    section.faults.retain(|fault| fault.code != "json_byte_order_mark");
    view(&mut section, ClientData::parse(bytes));
    section
}

fn attestation_object(bytes: &[u8], path: &str) -> Section {
    let mut section = cbor_section("attestation object", bytes, path);
    view(&mut section, AttestationObject::parse(bytes));
    let Some(root) = cbor::read(bytes).root else { return section };
    if let Some(data) = root.get_text("authData").and_then(cbor::Node::as_bytes) {
        section.inside.push(authenticator_data(data, "/authData"));
    }
    let chain = root.get_text("attStmt").and_then(|statement| statement.get_text("x5c"));
    for (at, certificate) in chain.and_then(cbor::Node::as_array).into_iter().flatten().enumerate() {
        if let Some(der) = certificate.as_bytes() {
            section.inside.push(der_section("certificate", der, &format!("/attStmt/x5c/{at}")));
        }
    }
    section
}

fn authenticator_data(bytes: &[u8], path: &str) -> Section {
    let mut section = empty("authenticator data", bytes, path);
    let mut row = |name: &str, value: String, range| {
        section.rows.push(Row { depth: 0, name: name.to_owned(), value, range: Some(range) });
    };
    if let Some((fixed, _)) = bytes.split_first_chunk::<37>() {
        let (hash, rest) = fixed.split_at(32);
        row("rpIdHash", hex(hash), 0..32);
        let flags = rest.first().copied().unwrap_or_default();
        row("flags", flag_names(flags), 32..33);
        let count = rest.iter().skip(1).fold(0u32, |count, byte| (count << 8) | u32::from(*byte));
        row("signCount", count.to_string(), 33..37);
    }
    match AuthenticatorData::parse(bytes) {
        Err(error) => section.faults.push(malformed(&error)),
        Ok(data) => {
            if let Some(attested) = &data.attested {
                let id_end = 55 + attested.credential_id.len();
                row("aaguid", attested.aaguid.to_string(), 37..53);
                row("credentialId", format!("{} bytes {}", attested.credential_id.len(), hex(&attested.credential_id)), 53..id_end);
                section.inside.push(cose_key(&attested.public_key_cbor, "/credentialPublicKey"));
            }
            if let Some(extensions) = &data.extensions {
                section.rows.push(Row { depth: 0, name: "extensions".to_owned(), value: cbor::diagnostic(extensions), range: Some(extensions.range.clone()) });
            }
        }
    }
    section
}

fn cose_key(bytes: &[u8], path: &str) -> Section {
    let mut section = cbor_section("COSE_Key", bytes, path);
    match CoseKey::parse(bytes) {
        Ok(key) => section.rows.push(Row {
            depth: 0,
            name: "algorithm".to_owned(),
            value: format!("{} {}", key.alg, alg::name(key.alg).unwrap_or("of no known name")),
            range: None,
        }),
        Err(error) => section.faults.push(malformed(&error)),
    }
    section
}

fn jwt(bytes: &[u8], path: &str) -> Section {
    let text = String::from_utf8_lossy(bytes);
    let mut section = empty("compact JWS", bytes, path);
    view(&mut section, assay_protocol::jws::parse(text.trim()));
    for (name, part) in ["header", "payload"].into_iter().zip(text.trim().split('.')) {
        match base64url::decode(part) {
            Ok(json) => section.inside.push(json_section(name, &json, &format!("/{name}"))),
            Err(error) => section.faults.push(Fault { code: "jws_not_base64url".to_owned(), clause: None, range: None, detail: format!("{name}: {error}") }),
        }
    }
    section
}

/// The binary members of a credential, each a section of its own.
fn members_inside(section: &mut Section, bytes: &[u8]) {
    let Some(root) = json::read(bytes).root else { return };
    let Some(response) = root.get("response") else { return };
    for (name, form) in [
        ("clientDataJSON", Form::ClientData),
        ("attestationObject", Form::AttestationObject),
        ("authenticatorData", Form::AuthenticatorData),
        ("signature", Form::Der),
    ] {
        if name == "authenticatorData" && response.get("attestationObject").is_some() {
            continue; // a convenience copy of what the attestation object holds
        }
        if let Some(json::Value::String(text)) = response.get(name).map(|node| &node.value)
            && let Ok(inner) = base64url::decode(text)
        {
            section.inside.push(of_form(form, &inner, &format!("/response/{name}")));
        }
    }
}

fn json_section(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = empty(title, bytes, path);
    let document = json::read(bytes);
    if let Some(root) = &document.root {
        json_rows(&mut section.rows, root, 0, "");
    }
    section.faults.extend(document.anomalies.iter().map(|anomaly| Fault {
        code: anomaly.kind.code().to_owned(),
        clause: None,
        range: Some(anomaly.range.clone()),
        detail: anomaly.path.clone(),
    }));
    section
}

fn json_rows(rows: &mut Vec<Row>, node: &json::Node, depth: usize, name: &str) {
    let value = match &node.value {
        json::Value::Object(members) => format!("object of {}", members.len()),
        json::Value::Array(items) => format!("array of {}", items.len()),
        json::Value::String(text) => format!("{text:?}"),
        json::Value::Number(text) => text.clone(),
        json::Value::Bool(truth) => truth.to_string(),
        json::Value::Null => "null".to_owned(),
        json::Value::Invalid => "unreadable".to_owned(),
    };
    rows.push(Row { depth, name: name.to_owned(), value, range: Some(node.range.clone()) });
    match &node.value {
        json::Value::Object(members) => {
            for member in members {
                json_rows(rows, &member.value, depth + 1, &member.key);
            }
        }
        json::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                json_rows(rows, item, depth + 1, &at.to_string());
            }
        }
        _ => {}
    }
}

fn cbor_section(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = empty(title, bytes, path);
    let document = cbor::read(bytes);
    if let Some(root) = &document.root {
        cbor_rows(&mut section.rows, root, 0, "");
    }
    section.faults.extend(document.anomalies.iter().map(|anomaly| Fault {
        code: anomaly.kind.code().to_owned(),
        clause: None,
        range: Some(anomaly.range.clone()),
        detail: anomaly.path.clone(),
    }));
    section
}

fn cbor_rows(rows: &mut Vec<Row>, node: &cbor::Node, depth: usize, name: &str) {
    let value = match &node.value {
        cbor::Value::Map(members) => format!("map of {}", members.len()),
        cbor::Value::Array(items) => format!("array of {}", items.len()),
        cbor::Value::Bytes(bytes) => format!("{} bytes {}", bytes.len(), hex(bytes)),
        cbor::Value::Tag(number, _) => format!("tag {number}"),
        _ => cbor::diagnostic(node),
    };
    rows.push(Row { depth, name: name.to_owned(), value, range: Some(node.range.clone()) });
    match &node.value {
        cbor::Value::Map(members) => {
            for (key, value) in members {
                cbor_rows(rows, value, depth + 1, &cbor::diagnostic(key));
            }
        }
        cbor::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                cbor_rows(rows, item, depth + 1, &at.to_string());
            }
        }
        cbor::Value::Tag(_, inner) => cbor_rows(rows, inner, depth + 1, "tagged"),
        _ => {}
    }
}

fn der_section(title: &str, bytes: &[u8], path: &str) -> Section {
    let mut section = empty(title, bytes, path);
    let document = der::read(bytes);
    if let Some(root) = &document.root {
        der_rows(&mut section.rows, root, bytes, 0);
    }
    section.faults.extend(document.anomalies.iter().map(|anomaly| Fault {
        code: anomaly.kind.code().to_owned(),
        clause: None,
        range: Some(anomaly.range.clone()),
        detail: anomaly.path.clone(),
    }));
    section
}

fn der_rows(rows: &mut Vec<Row>, node: &der::Node, bytes: &[u8], depth: usize) {
    let content = node.content_of(bytes);
    let value = match node.oid_of(bytes) {
        Some(oid) => oid,
        None if node.constructed => format!("{} inside", node.children.len()),
        None if matches!(node.tag, der::tag::UTF8_STRING | der::tag::PRINTABLE_STRING | der::tag::IA5_STRING | der::tag::UTC_TIME | der::tag::GENERALIZED_TIME) => {
            format!("{:?}", String::from_utf8_lossy(content))
        }
        None => hex(content),
    };
    rows.push(Row { depth, name: node.type_name(), value, range: Some(node.range.clone()) });
    for child in &node.children {
        der_rows(rows, child, bytes, depth + 1);
    }
}

fn view<T>(section: &mut Section, outcome: Result<T, Malformed>) {
    if let Err(error) = outcome {
        section.faults.push(malformed(&error));
    }
}

fn malformed(error: &Malformed) -> Fault {
    Fault {
        code: error.code().to_owned(),
        clause: Some(error.clause().to_owned()),
        range: error.at.clone(),
        detail: error.detail.clone(),
    }
}

fn plain(title: &str, bytes: &[u8], path: &str, value: String) -> Section {
    let mut section = empty(title, bytes, path);
    section.rows.push(Row { depth: 0, name: String::new(), value, range: Some(0..bytes.len()) });
    section
}

fn empty(title: &str, bytes: &[u8], path: &str) -> Section {
    Section {
        title: title.to_owned(),
        path: path.to_owned(),
        length: bytes.len(),
        rows: Vec::new(),
        faults: Vec::new(),
        inside: Vec::new(),
        bytes: bytes.to_vec(),
    }
}

fn flag_names(flags: u8) -> String {
    const NAMES: [&str; 8] = ["UP", "RFU1", "UV", "BE", "BS", "RFU2", "AT", "ED"];
    let set: Vec<&str> = NAMES
        .iter()
        .enumerate()
        .filter(|(bit, _)| flags >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect();
    format!("{flags:#04x} {}", set.join(" "))
}

fn hex(bytes: &[u8]) -> String {
    const MOST: usize = 48;
    let mut text: String = bytes.iter().take(MOST).map(|byte| format!("{byte:02x}")).collect();
    if bytes.len() > MOST {
        text.push('…');
    }
    text
}
