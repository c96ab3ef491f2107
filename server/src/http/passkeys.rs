//! The server's own registration and authentication.

use assay_protocol::base64url;
use assay_relying_party::policy::Rule;
use axum::http::{HeaderName, HeaderValue};
use serde_json::json;

use super::{Call, Reply};
use crate::ceremony::{Contract, authentication, registration};
use crate::cookies::{self, SetCookie, Wire};
use crate::dbsc;
use crate::error::Error;
use crate::timestamp::rfc3339;

/// `POST /v1/registration/options`: `{username, displayName?, authenticatorSelection?, attestation?,
/// attestationFormats?, hints?, extensions?, requirements?}` to `PublicKeyCredentialCreationOptionsJSON`.
pub(super) fn registration_options(call: &Call) -> Result<Reply, Error> {
    let begun = registration::begin(call, Contract::Own)?;
    Ok(Reply::ok(begun.options.to_json()).with(begun.cookie))
}

/// `POST /v1/registration/verify`: `RegistrationResponseJSON` to 201.
pub(super) fn registration_verify(call: &Call) -> Result<Reply, Error> {
    let finished = registration::finish(call, Contract::Own)?;
    let evidence = &finished.registration.evidence;
    Ok(Reply::created(json!({
        "user_id": finished.user_id,
        "username": finished.username,
        "credential_id": base64url::encode(&finished.registration.record.id),
        "aaguid": evidence.aaguid,
        "fmt": evidence.fmt.name(),
        "attestation_type": evidence.attestation_type.name(),
        "attestation": {
            "outcome": finished.decision.outcome.as_str(),
            "failed_rule": finished.decision.failed_rule.map(Rule::as_str),
        },
    })))
}

/// `POST /v1/authentication/options`: `{username?, userVerification?, hints?, extensions?, requirements?}` to
/// `PublicKeyCredentialRequestOptionsJSON`.
pub(super) fn authentication_options(call: &Call) -> Result<Reply, Error> {
    let begun = authentication::begin(call, Contract::Own)?;
    Ok(Reply::ok(begun.options.to_json()).with(begun.cookie))
}

/// `POST /v1/authentication/verify`: `AuthenticationResponseJSON` to 200, and a session.
pub(super) fn authentication_verify(call: &Call) -> Result<Reply, Error> {
    let finished = authentication::finish(call, Contract::Own)?;
    let record = &finished.authentication.record;
    let body = json!({
        "user_id": finished.user.user_id,
        "username": finished.user.username,
        "credential_id": base64url::encode(&record.id),
        "sign_count": record.sign_count,
        "backup_state": record.backup_state,
        "session": { "expires_at": rfc3339(finished.session.expires_at) },
    });
    Ok(Reply::ok(body).with(signed_in(call, &finished)?))
}

/// The session's cookie, and the offer to bind it to the device.
pub(super) fn signed_in(
    call: &Call,
    finished: &authentication::Finished,
) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    let cookie = SetCookie {
        name: cookies::SESSION,
        value: &finished.session_secret,
        max_age: Some(call.state.config().session_lifetime),
        wire: Wire::of(&call.headers),
    };
    let mut headers = dbsc::offer(&call.state, &finished.session, &call.headers)?;
    headers.extend(cookie.header());
    Ok(headers)
}
