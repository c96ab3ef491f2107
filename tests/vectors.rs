//! Published vectors and captures from real devices, each by name, as lines of `assay verify`.

mod real_device;
mod w3c;

use assay::verify::decide_text;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url::encode;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// When every line is decided that does not say when.
const NOW: OffsetDateTime = datetime!(2026-11-22 00:00 UTC);

/// Every algorithm that any vector has, so that none fails for not having been offered.
const EVERY_ALGORITHM: [i64; 7] = [-7, -8, -35, -36, -53, -257, -65535];

fn decide(line: &Value) -> Value {
    let verdict = decide_text(line.to_string().as_bytes(), 1, NOW);
    assert_eq!(verdict["id"], line["id"]);
    verdict
}

/// `accept`, or the code of the refusal.
fn code(verdict: &Value) -> &str {
    match verdict["outcome"].as_str().unwrap() {
        "accept" => "accept",
        _ => verdict["code"].as_str().unwrap(),
    }
}

/// What is stored of a credential whose registration is not accepted, as if it had been.
fn stored(attestation_object: &[u8]) -> Value {
    let object = AttestationObject::parse(attestation_object).unwrap();
    let data = AuthenticatorData::parse(&object.auth_data).unwrap();
    let attested = data.attested.unwrap();
    json!({
        "credential_id": encode(&attested.credential_id),
        "public_key": encode(&attested.public_key_cbor),
        "sign_count": data.sign_count,
        "backup_eligible": data.flags.be(),
        "backup_state": data.flags.bs(),
        "uv_initialized": data.flags.uv(),
    })
}

/// The same from the evidence of a registration that was.
fn stored_from(evidence: &Value) -> Value {
    json!({
        "credential_id": evidence["credential_id"],
        "public_key": evidence["public_key"],
        "sign_count": evidence["sign_count"],
        "backup_eligible": evidence["backup_eligible"],
        "backup_state": evidence["backup_state"],
        "uv_initialized": evidence["user_verified"],
    })
}
