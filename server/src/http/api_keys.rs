//! API keys: Bearer credentials for programs that know the older interface, given out and taken
//! back by a client with the capability `admin`.

use serde_json::{Value, json};

use super::{Call, Reply};
use crate::audit::{Event, EventType};
use crate::auth;
use crate::error::{Error, Problem};
use crate::store::{ApiKey, Capability, Digest};
use crate::timestamp::rfc3339;

/// `POST /v1/api-keys`: `{tenant_id?, name?, capabilities?}` to 201 with the key, which is shown this once.
pub(super) fn add(call: &Call) -> Result<Reply, Error> {
    let admin = auth::require(&call.state, &call.headers, Capability::Admin)?;
    let body = call.json()?;
    body.only(&["tenant_id", "name", "capabilities"])?;
    let tenant_id = body.text("tenant_id")?.unwrap_or(&admin.tenant_id);
    call.state.store().tenant(tenant_id)?.ok_or(Error::TenantUnknown)?;
    let capabilities = match body.texts("capabilities")? {
        None => GRANTED.to_vec(),
        Some(names) => names.iter().map(|name| capability(name)).collect::<Result<_, _>>()?,
    };
    let secret = call.state.secret()?;
    let key = ApiKey {
        key_id: call.state.id("key")?,
        tenant_id: tenant_id.to_owned(),
        name: body.text("name")?.unwrap_or_default().to_owned(),
        secret: Digest::of(&secret),
        capabilities,
        created_at: call.state.now(),
        revoked_at: None,
    };
    let mut answer = show(&key);
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("api_key".to_owned(), auth::token(&key.key_id, &secret).into());
    }
    let event = told(EventType::ApiKeyCreated, &key, call).detail("by", admin.client_id.as_str());
    call.state.store().add_api_key(key, vec![event])?;
    Ok(Reply::created(answer))
}

/// `GET /v1/api-keys?tenant_id`: 200 `{api_keys}`, without their secrets, which nobody has.
pub(super) fn list(call: &Call) -> Result<Reply, Error> {
    let admin = auth::require(&call.state, &call.headers, Capability::Admin)?;
    let parameters = call.query(&["tenant_id"])?;
    let tenant_id = parameters.text("tenant_id").unwrap_or(&admin.tenant_id);
    call.state.store().tenant(tenant_id)?.ok_or(Error::TenantUnknown)?;
    let keys: Vec<Value> = call.state.store().api_keys(tenant_id)?.iter().map(show).collect();
    Ok(Reply::ok(json!({ "api_keys": keys })))
}

/// `DELETE /v1/api-keys/{key_id}`: 204; from now on the key opens nothing. A second time is as good.
pub(super) fn revoke(call: &Call) -> Result<Reply, Error> {
    let admin = auth::require(&call.state, &call.headers, Capability::Admin)?;
    let key_id = call.uri.path().rsplit('/').next().unwrap_or_default();
    let key = call
        .state
        .store()
        .api_key(key_id)?
        .ok_or_else(|| Problem::new(404, "api_key_unknown", "there is no such API key"))?;
    let event = told(EventType::ApiKeyRevoked, &key, call).detail("by", admin.client_id.as_str());
    call.state.store().revoke_api_key(key_id, call.state.now(), vec![event])?;
    Ok(Reply::no_content())
}

fn told(event_type: EventType, key: &ApiKey, call: &Call) -> Event {
    Event::new(event_type, &key.tenant_id, call.state.now())
        .detail("key_id", key.key_id.as_str())
        .detail("name", key.name.as_str())
        .detail("capabilities", json!(names(key)))
}

fn show(key: &ApiKey) -> Value {
    json!({
        "key_id": key.key_id,
        "tenant_id": key.tenant_id,
        "name": key.name,
        "capabilities": names(key),
        "created_at": rfc3339(key.created_at),
        "revoked_at": key.revoked_at.map(rfc3339),
    })
}

fn names(key: &ApiKey) -> Vec<&'static str> {
    key.capabilities.iter().map(|capability| capability.as_str()).collect()
}

fn capability(name: &str) -> Result<Capability, Error> {
    GRANTED.iter().copied().find(|capability| capability.as_str() == name).ok_or_else(|| {
        let known: Vec<&str> = GRANTED.iter().map(|capability| capability.as_str()).collect();
        Error::InvalidRequest(format!("capabilities has {name:?}, not one of {}", known.join(", ")))
    })
}

/// What a key may be allowed: nothing but the policy of its tenant.
const GRANTED: &[Capability] = &[Capability::Attestation];
