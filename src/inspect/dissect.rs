//! From bytes to sections: the tree for the items, the typed view for the verdict.

mod authenticator_data;
mod certificate;
mod tpm;
mod tree;

use std::ops::Range;

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::base64url;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::{CoseKey, alg};
use assay_protocol::error::Malformed;
use assay_protocol::jws;
use assay_protocol::tree::guess::{Form, Guess, Wrapping, guess};
use assay_protocol::tree::{cbor, json};
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};

use self::authenticator_data::authenticator_data;
use self::certificate::{certificate, der};
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
            let view = RegistrationResponse::from_json(bytes, Dialect::WebAuthn);
            response("RegistrationResponseJSON", bytes, path, view.err())
        }
        Form::AuthenticationResponse => {
            let view = AuthenticationResponse::from_json(bytes, Dialect::WebAuthn);
            response("AuthenticationResponseJSON", bytes, path, view.err())
        }
        Form::Json => tree::json("JSON", bytes, path),
        Form::AttestationObject => attestation_object(bytes, path),
        Form::AuthenticatorData => authenticator_data(bytes, path),
        Form::CoseKey => cose_key(bytes, path),
        Form::Cbor => tree::cbor("CBOR", bytes, path),
        Form::Der => der(bytes, path),
        Form::Jwt => jwt(bytes, path),
        Form::Text => plain("text", bytes, path, String::from_utf8_lossy(bytes).into_owned()),
        Form::Binary => plain("bytes of no known kind", bytes, path, hex(bytes)),
    }
}

fn client_data(bytes: &[u8], path: &str) -> Section {
    let mut section = tree::json("client data", bytes, path);
    // A byte order mark is stripped by the ceremony, so it is no fault here.
    section.faults.retain(|fault| fault.code != "json_byte_order_mark");
    section.judge(ClientData::parse(bytes).err());
    section
}

/// The certificates of a statement and of those inside it, and the response of SafetyNet.
fn statement(section: &mut Section, att_stmt: &cbor::Node, path: &str) {
    section.inside.extend(tpm::structures(att_stmt, path));
    let chain = att_stmt.get_text("x5c").and_then(cbor::Node::as_array);
    for (at, item) in chain.into_iter().flatten().enumerate() {
        if let Some(der) = item.as_bytes() {
            section.inside.push(certificate(der, &format!("{path}/x5c/{at}")));
        }
    }
    if let Some(response) = att_stmt.get_text("response").and_then(cbor::Node::as_bytes) {
        section.inside.push(jwt(response, &format!("{path}/response")));
    }
    // Where compound statements are nested, which they must not be, the inner ones stay items.
    for (at, part) in att_stmt.as_array().into_iter().flatten().enumerate() {
        if let Some(inner) = part.get_text("attStmt").filter(|inner| inner.as_map().is_some()) {
            statement(section, inner, &format!("{path}/{at}/attStmt"));
        }
    }
}

fn attestation_object(bytes: &[u8], path: &str) -> Section {
    let mut section = tree::cbor("attestation object", bytes, path);
    section.judge(AttestationObject::parse(bytes).err());
    let Some(root) = cbor::read(bytes).root else { return section };
    if let Some(data) = root.get_text("authData").and_then(cbor::Node::as_bytes) {
        section.inside.push(authenticator_data(data, "/authData"));
    }
    if let Some(att_stmt) = root.get_text("attStmt") {
        statement(&mut section, att_stmt, "/attStmt");
    }
    section
}

fn cose_key(bytes: &[u8], path: &str) -> Section {
    let mut section = tree::cbor("COSE_Key", bytes, path);
    match CoseKey::parse(bytes) {
        Ok(key) => {
            let name = alg::name(key.alg).unwrap_or("of no known name");
            section.rows.push(Row::summary("algorithm", format!("{} {name}", key.alg)));
        }
        Err(malformed) => section.judge(Some(malformed)),
    }
    section
}

fn jwt(bytes: &[u8], path: &str) -> Section {
    let mut section = Section::empty("compact JWS", bytes, path);
    let text = String::from_utf8_lossy(bytes);
    section.judge(jws::parse(text.trim()).err());
    for (name, part) in ["header", "payload"].into_iter().zip(text.trim().split('.')) {
        if let Ok(inner) = base64url::decode(part) {
            section.inside.push(tree::json(name, &inner, &format!("/{name}")));
        }
    }
    section
}

/// A credential, its binary members as sections of their own.
fn response(title: &str, bytes: &[u8], path: &str, verdict: Option<Malformed>) -> Section {
    let mut section = tree::json(title, bytes, path);
    section.judge(verdict);
    let root = json::read(bytes).root;
    let Some(response) = root.as_ref().and_then(|root| root.get("response")) else { return section };
    for (name, form) in [
        ("clientDataJSON", Form::ClientData),
        ("attestationObject", Form::AttestationObject),
        ("authenticatorData", Form::AuthenticatorData),
        ("signature", Form::Der),
    ] {
        if name == "authenticatorData" && response.get("attestationObject").is_some() {
            continue; // a convenience copy of what the attestation object holds
        }
        let text = response.get(name).and_then(json::Node::as_str);
        if let Some(inner) = text.and_then(|text| base64url::decode(text).ok()) {
            section.inside.push(of_form(form, &inner, &format!("/response/{name}")));
        }
    }
    section
}

fn plain(title: &str, bytes: &[u8], path: &str, value: String) -> Section {
    let mut section = Section::empty(title, bytes, path);
    section.rows.push(Row::of("", value, 0..bytes.len()));
    section
}

impl Section {
    fn empty(title: &str, bytes: &[u8], path: &str) -> Self {
        Self {
            title: title.to_owned(),
            path: path.to_owned(),
            length: bytes.len(),
            rows: Vec::new(),
            faults: Vec::new(),
            inside: Vec::new(),
            bytes: bytes.to_vec(),
        }
    }

    /// Takes over what a typed view has found.
    fn judge(&mut self, verdict: Option<Malformed>) {
        self.faults.extend(verdict.map(|malformed| Fault {
            code: malformed.code().to_owned(),
            clause: Some(malformed.clause().to_owned()),
            range: malformed.at.clone(),
            detail: malformed.detail.clone(),
        }));
    }
}

impl Row {
    fn of(name: &str, value: impl Into<String>, range: Range<usize>) -> Self {
        Self { depth: 0, name: name.to_owned(), value: value.into(), range: Some(range) }
    }

    /// Something that follows from other rows.
    fn summary(name: &str, value: impl Into<String>) -> Self {
        Self { depth: 0, name: name.to_owned(), value: value.into(), range: None }
    }
}

fn hex(bytes: &[u8]) -> String {
    const MOST: usize = 48;
    let mut text: String = bytes.iter().take(MOST).map(|byte| format!("{byte:02x}")).collect();
    if bytes.len() > MOST {
        text.push('…');
    }
    text
}
