//! What a verdict of acceptance shows: enough to store the credential, and to ask for it again.

use assay_protocol::base64url;
use assay_relying_party::authentication::Authentication;
use assay_relying_party::registration::Registration;
use serde_json::{Value, json};

pub(super) fn of_registration(registration: &Registration) -> Value {
    let evidence = &registration.evidence;
    json!({
        "fmt": evidence.fmt,
        "attestation_type": evidence.attestation_type,
        "chain": evidence.chain,
        "aaguid": evidence.aaguid,
        "flags": evidence.flags.0,
        "sign_count": evidence.sign_count,
        "algorithm": evidence.algorithm,
        "credential_id": base64url::encode(&registration.record.id),
        "public_key": base64url::encode(&evidence.public_key),
        "backup_eligible": evidence.flags.be(),
        "backup_state": evidence.flags.bs(),
        "user_verified": evidence.flags.uv(),
        "transports": registration.record.transports,
        "extensions": evidence.extensions,
    })
}

pub(super) fn of_authentication(authentication: &Authentication) -> Value {
    let evidence = &authentication.evidence;
    json!({
        "fmt": null,
        "attestation_type": null,
        "aaguid": null,
        "flags": evidence.flags.0,
        "sign_count": evidence.sign_count,
        "counter": evidence.counter,
        "credential_id": base64url::encode(&authentication.record.id),
        "public_key": base64url::encode(&authentication.record.public_key),
        "backup_eligible": evidence.flags.be(),
        "backup_state": evidence.flags.bs(),
        "user_verified": evidence.flags.uv(),
        "user_handle": base64url::encode(&authentication.user_handle),
        "extensions": evidence.extensions,
    })
}
