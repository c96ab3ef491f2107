//! Guessing what a pasted message is, for people who inspect one.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{cbor, der, json};
use crate::authenticator_data::AuthenticatorData;
use crate::jws;

/// What a message seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Collected client data.
    ClientData,
    /// RegistrationResponseJSON.
    RegistrationResponse,
    /// AuthenticationResponseJSON.
    AuthenticationResponse,
    /// Other JSON.
    Json,
    /// An attestation object.
    AttestationObject,
    /// Authenticator data.
    AuthenticatorData,
    /// A COSE_Key.
    CoseKey,
    /// Another CBOR map or array.
    Cbor,
    /// A DER SEQUENCE, such as a certificate or a signature.
    Der,
    /// A compact JSON web signature or token.
    Jwt,
    /// Text of no known kind.
    Text,
    /// Bytes of no known kind.
    Binary,
}

/// What was around the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrapping {
    /// Hexadecimal digits.
    Hex,
    /// Base64 in either alphabet, padded or not.
    Base64,
    /// PEM with this label.
    Pem(String),
}

/// A guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// What the message seems to be.
    pub form: Form,
    /// What was around it, if anything.
    pub wrapping: Option<Wrapping>,
    /// The message itself.
    pub bytes: Vec<u8>,
}

/// Guesses what `input` is, after taking off one layer of base64, hexadecimal digits or PEM. What
/// is whole is looked for first, then what is recognizable in spite of being broken.
pub fn guess(input: &[u8]) -> Guess {
    attempt(input, whole).or_else(|| attempt(input, broken)).unwrap_or_else(|| {
        let text = std::str::from_utf8(input);
        // Words are base64 too; only digits that make whole bytes speak for themselves.
        match text.ok().and_then(|text| hex(&compact(text))) {
            Some(bytes) => Guess { form: Form::Binary, wrapping: Some(Wrapping::Hex), bytes },
            None => {
                let form = if text.is_ok() { Form::Text } else { Form::Binary };
                Guess { form, wrapping: None, bytes: input.to_vec() }
            }
        }
    })
}

/// What `input` is by the word of `structure`, bare or wrapped.
fn attempt(input: &[u8], structure: fn(&[u8]) -> Option<Form>) -> Option<Guess> {
    let bare = |form, bytes: &[u8]| Guess { form, wrapping: None, bytes: bytes.to_vec() };
    if let Some(form) = structure(input) {
        return Some(bare(form, input));
    }
    let text = std::str::from_utf8(input).ok()?.trim();
    if jws::parse(text).is_ok() {
        return Some(bare(Form::Jwt, text.as_bytes()));
    }
    if let Some((label, bytes)) = pem(text) {
        let form = structure(&bytes).or_else(|| broken(&bytes)).unwrap_or(Form::Binary);
        return Some(Guess { form, wrapping: Some(Wrapping::Pem(label)), bytes });
    }
    let compact = compact(text);
    [(Wrapping::Hex, hex(&compact)), (Wrapping::Base64, base64(&compact))].into_iter().find_map(|(wrapping, bytes)| {
        let bytes = bytes?;
        Some(Guess { form: structure(&bytes)?, wrapping: Some(wrapping), bytes })
    })
}

fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The form of bytes that have a structure this crate knows.
fn whole(bytes: &[u8]) -> Option<Form> {
    let json = json::read(bytes);
    if let Some(root) = &json.root
        && json.syntax_error().is_none()
        && json.rest.is_empty()
        && (root.as_object().is_some() || root.as_array().is_some())
    {
        return Some(json_form(root));
    }
    let der = der::read(bytes);
    let covers = |root: &der::Node| root.is(der::tag::SEQUENCE) && root.range == (0..bytes.len());
    if der.root.as_ref().is_some_and(covers)
        && !der.anomalies.iter().any(|anomaly| anomaly.kind == der::AnomalyKind::Truncated)
    {
        return Some(Form::Der);
    }
    let cbor = cbor::read(bytes);
    if let Some(root) = &cbor.root
        && cbor.syntax_error().is_none()
        && cbor.rest.is_empty()
        && (root.as_map().is_some() || root.as_array().is_some())
    {
        return Some(cbor_form(root));
    }
    AuthenticatorData::parse(bytes)
        .is_ok()
        .then_some(Form::AuthenticatorData)
        .filter(|_| std::str::from_utf8(bytes).is_err())
}

/// The form of bytes that begin like a structure, and break off, go on, or go wrong. Text has to
/// begin like an object; other bytes must be such as no text has.
fn broken(bytes: &[u8]) -> Option<Form> {
    let json = json::read(bytes);
    if let Some(root) = json.root.as_ref().filter(|root| root.as_object().is_some()) {
        return Some(json_form(root));
    }
    if std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|character| !character.is_control())) {
        return None;
    }
    let der = der::read(bytes);
    // Of a value that breaks off there are no children, but a length in two or three bytes speaks for itself.
    let likely = |root: &der::Node| !root.children.is_empty() || matches!(bytes, [_, 0x81..=0x83, ..]);
    if der.root.as_ref().is_some_and(|root| root.is(der::tag::SEQUENCE) && likely(root)) {
        return Some(Form::Der);
    }
    let cbor = cbor::read(bytes);
    let root = cbor.root.as_ref()?;
    root.as_map().is_some_and(|members| !members.is_empty()).then(|| cbor_form(root))
}

fn json_form(root: &json::Node) -> Form {
    let response = |name| {
        let response = root.get("response");
        response.is_some_and(|response| response.get(name).is_some())
    };
    if root.get("type").is_some() && root.get("challenge").is_some() && root.get("origin").is_some() {
        Form::ClientData
    } else if response("attestationObject") {
        Form::RegistrationResponse
    } else if response("signature") {
        Form::AuthenticationResponse
    } else {
        Form::Json
    }
}

fn cbor_form(root: &cbor::Node) -> Form {
    if root.get_text("authData").is_some() && root.get_text("fmt").is_some() {
        Form::AttestationObject
    } else if root.get(1).and_then(cbor::Node::as_int).is_some()
        && root.get(3).and_then(cbor::Node::as_int).is_some()
        && root.get(-1).is_some()
    {
        Form::CoseKey
    } else {
        Form::Cbor
    }
}

fn pem(text: &str) -> Option<(String, Vec<u8>)> {
    let (label, rest) = text.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.split_whitespace().collect();
    Some((label.to_owned(), base64(&body)?))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .strip_prefix("0x")
        .unwrap_or(text)
        .chars()
        .filter(|character| *character != ':')
        .map(|character| character.to_digit(16).and_then(|digit| digit.try_into().ok()))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if digits.is_empty() || !pairs.remainder().is_empty() {
        return None;
    }
    let bytes = pairs.map(|pair| pair.iter().fold(0, |high: u8, low| (high << 4) | low));
    Some(bytes.collect())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    if text.is_empty() {
        return None;
    }
    [&alphabet::URL_SAFE, &alphabet::STANDARD]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, CONFIG).decode(text).ok())
}

#[cfg(test)]
mod tests;
