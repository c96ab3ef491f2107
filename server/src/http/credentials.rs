//! The credential records, read back by their tenant.

use serde_json::{Value, json};

use super::{Call, Reply};
use crate::auth;
use crate::error::Error;
use crate::store::Credential;
use crate::timestamp::rfc3339;

/// `GET /v1/credentials?username&user_id&after&limit` to 200 `{credentials, next}`.
pub(super) fn list(call: &Call) -> Result<Reply, Error> {
    let client = auth::require_any(&call.state, &call.headers)?;
    let parameters = call.query(&["username", "user_id", "after", "limit"])?;
    let store = call.state.store();
    let user_id = match (parameters.text("username"), parameters.text("user_id")) {
        (Some(username), None) => {
            Some(store.user_named(&client.tenant_id, username)?.ok_or(Error::UserUnknown)?.user_id)
        }
        (None, Some(user_id)) => Some(store.user(&client.tenant_id, user_id)?.ok_or(Error::UserUnknown)?.user_id),
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(Error::InvalidRequest("username and user_id exclude each other".to_owned()));
        }
    };
    let after = parameters.number("after")?.unwrap_or(0);
    let limit = parameters.number("limit")?.unwrap_or(DEFAULT_PAGE).clamp(1, LONGEST_PAGE);
    let found = store.credentials(&client.tenant_id, user_id.as_deref(), after, limit)?;
    let full = u32::try_from(found.len()).is_ok_and(|count| count == limit);
    let next = found.last().filter(|_| full).map(|credential| credential.seq);
    let credentials = found.iter().map(show).collect::<Result<Vec<Value>, Error>>()?;
    Ok(Reply::ok(json!({ "credentials": credentials, "next": next })))
}

/// The record as WebAuthn L3 4 has it, whose it is, and what its attestation showed.
fn show(credential: &Credential) -> Result<Value, Error> {
    let record = serde_json::to_value(&credential.record)
        .map_err(|error| Error::Internal(format!("a credential record: {error}")))?;
    let mut shown = json!({
        "user_id": credential.user_id,
        "algorithm": credential.algorithm,
        "aaguid": credential.aaguid,
        "evidence": credential.evidence,
        "created_at": rfc3339(credential.created_at),
        "last_used_at": credential.last_used_at.map(rfc3339),
    });
    if let (Some(shown), Value::Object(record)) = (shown.as_object_mut(), record) {
        shown.extend(record);
    }
    Ok(shown)
}

const DEFAULT_PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1000;
