//! The format `android-safetynet` (WebAuthn L3 8.5). Google has ended the service and the
//! specification means to drop the format: it is refused by name, unless a profile wants it.

use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256_parts;
use assay_protocol::jws::{self, Jws};
use assay_protocol::signature::SignatureError;
use assay_protocol::tree::cbor::Node;
use assay_protocol::tree::json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::certificate::Certificate;
use crate::path::MAX_CERTIFICATES;
use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{AttestationType, Format, Signed, Statement, Terms};

/// The name of the service, in the certificate that signs its answers.
pub const LEAF_NAME: &str = "attest.android.com";

pub(crate) fn verify(
    att_stmt: &Node,
    signed: &Signed<'_>,
    terms: &Terms,
    enforced: &Enforced,
) -> Result<Statement, Rejection> {
    Check::AndroidSafetynetDeprecated.refuse(enforced, "the service is no more")?;
    // 8.5: syntax; `ver` is reserved, and nothing is made of it
    let ver = att_stmt.get_text("ver").ok_or_else(|| Reason::AndroidSafetynetVerMissing.because(""))?;
    if ver.as_text().is_none() {
        return Err(Reason::AndroidSafetynetVerNotText.because(ver.kind()));
    }
    let response = att_stmt.get_text("response").ok_or_else(|| Reason::AndroidSafetynetResponseMissing.because(""))?;
    let response =
        response.as_bytes().ok_or_else(|| Reason::AndroidSafetynetResponseNotBytes.because(response.kind()))?;
    // 8.5: a valid response
    let text = std::str::from_utf8(response).or(Err(Reason::AndroidSafetynetResponseNotText.because("")))?;
    let jws = jws::parse(text)?;
    let trust_path = x5c(&jws.header)?;
    let leaf = trust_path.first().ok_or_else(|| Reason::AndroidSafetynetX5c.because("no certificate"))?;
    judge_signature(&jws, leaf, enforced)?;
    let payload = payload(&jws)?;
    // 8.5: the nonce
    let expected = STANDARD.encode(sha256_parts(&[signed.auth_data_bytes, signed.client_data_hash]));
    if payload.get("nonce").and_then(Value::as_str) != Some(expected.as_str()) {
        Check::AndroidSafetynetNonce.refuse(enforced, "the response is to another registration")?;
    }
    // 8.5: it came from the service
    if !leaf.bears(LEAF_NAME) {
        Check::AndroidSafetynetHostname.refuse(enforced, format!("signed by {:?}", leaf.common_name()))?;
    }
    if payload.get("ctsProfileMatch") != Some(&Value::Bool(true)) {
        Check::AndroidSafetynetCtsProfile.refuse(enforced, "ctsProfileMatch is not true")?;
    }
    judge_time(&payload, terms.now, enforced)?;
    Ok(Statement::single(Format::AndroidSafetynet, AttestationType::Basic, None, trust_path))
}

fn judge_signature(jws: &Jws<'_>, leaf: &Certificate, enforced: &Enforced) -> Result<(), Rejection> {
    let (_, key) = leaf
        .key
        .public_key()
        .ok_or_else(|| Reason::AttestationKeyUnsupported.because(format!("{:?}", leaf.key.kind)))?;
    match jws.verify(&key) {
        Ok(()) => Ok(()),
        Err(SignatureError::Malformed(malformed)) => Err(malformed.into()),
        Err(error) => Check::AndroidSafetynetSignature.refuse(enforced, format!("{}: {error}", jws.alg)),
    }
}

fn payload(jws: &Jws<'_>) -> Result<Map<String, Value>, Rejection> {
    let document = json::read(&jws.payload);
    if let Some(anomaly) = document.anomalies.first() {
        return Err(Reason::AndroidSafetynetPayload.because(anomaly.to_string()));
    }
    let payload = document.root.as_ref().and_then(json::Node::to_serde_map);
    payload.ok_or_else(|| Reason::AndroidSafetynetPayload.because("no object"))
}

/// Who has no clock cannot ask.
fn judge_time(payload: &Map<String, Value>, now: Option<OffsetDateTime>, enforced: &Enforced) -> Result<(), Rejection> {
    let Some(now) = now else { return Ok(()) };
    let said = payload.get("timestampMs").and_then(Value::as_i64);
    let said = said.and_then(|ms| OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok());
    let is_recent = |said: OffsetDateTime| now - said <= OLDEST && said - now <= AHEAD;
    if !said.is_some_and(is_recent) {
        Check::AndroidSafetynetTime.refuse(enforced, format!("made at {said:?}, now {now}"))?;
    }
    Ok(())
}

/// How long a ceremony may take.
const OLDEST: Duration = Duration::minutes(5);
/// How far the service's clock may be ahead.
const AHEAD: Duration = Duration::minutes(1);

fn x5c(header: &Map<String, Value>) -> Result<Vec<Certificate>, Rejection> {
    let Some(Value::Array(path)) = header.get("x5c") else {
        return Err(Reason::AndroidSafetynetX5c.because("the header has no x5c"));
    };
    if path.len() > MAX_CERTIFICATES {
        return Err(Reason::StatementX5cTooLong.because(format!("{} certificates", path.len())));
    }
    let certificates = path.iter().map(|certificate| {
        let der = certificate.as_str().and_then(|text| STANDARD.decode(text).ok());
        Certificate::parse(&der.ok_or_else(|| Reason::AndroidSafetynetX5c.because("x5c has no base64"))?)
    });
    certificates.collect()
}

#[cfg(test)]
mod tests;
