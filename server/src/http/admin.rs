//! Tenants and clients, made by a client with the capability `admin`.

use serde_json::json;

use super::{Call, Reply};
use crate::audit::{Event, EventType};
use crate::auth;
use crate::error::Error;
use crate::spawn::{client_created, new_client};
use crate::store::{Capability, Tenant};
use crate::timestamp::rfc3339;

/// `POST /v1/tenants`: `{name?}` to 201 `{tenant_id, name, created_at}`.
pub(super) fn add_tenant(call: &Call) -> Result<Reply, Error> {
    auth::require(&call.state, &call.headers, Capability::Admin)?;
    let body = call.json()?;
    body.only(&["name"])?;
    let tenant = Tenant {
        tenant_id: call.state.id("ten")?,
        name: body.text("name")?.unwrap_or_default().to_owned(),
        created_at: call.state.now(),
    };
    let answer = json!({
        "tenant_id": tenant.tenant_id,
        "name": tenant.name,
        "created_at": rfc3339(tenant.created_at),
    });
    let event =
        Event::new(EventType::TenantCreated, &tenant.tenant_id, tenant.created_at).detail("name", tenant.name.as_str());
    call.state.store().add_tenant(tenant, None, vec![event])?;
    Ok(Reply::created(answer))
}

/// `POST /v1/clients`: `{tenant_id?, capabilities?}` to 201 with the secret, which is shown this once.
pub(super) fn add_client(call: &Call) -> Result<Reply, Error> {
    let admin = auth::require(&call.state, &call.headers, Capability::Admin)?;
    let body = call.json()?;
    body.only(&["tenant_id", "capabilities"])?;
    let tenant_id = body.text("tenant_id")?.unwrap_or(&admin.tenant_id);
    call.state.store().tenant(tenant_id)?.ok_or(Error::TenantUnknown)?;
    let capabilities = match body.texts("capabilities")? {
        None => vec![Capability::Attestation, Capability::Audit],
        Some(names) => names.iter().map(|name| capability(name)).collect::<Result<_, _>>()?,
    };
    let (client, client_secret) = new_client(&call.state, tenant_id, capabilities)?;
    let names: Vec<&str> = client.capabilities.iter().map(|capability| capability.as_str()).collect();
    let answer = json!({
        "client_id": client.client_id,
        "client_secret": client_secret,
        "tenant_id": client.tenant_id,
        "capabilities": names,
        "created_at": rfc3339(client.created_at),
    });
    let event = client_created(&client).detail("by", admin.client_id.as_str());
    call.state.store().add_client(client, vec![event])?;
    Ok(Reply::created(answer))
}

fn capability(name: &str) -> Result<Capability, Error> {
    name.parse().map_err(|()| {
        let known: Vec<&str> = Capability::ALL.iter().map(|capability| capability.as_str()).collect();
        Error::InvalidRequest(format!("capabilities has {name:?}, not one of {}", known.join(", ")))
    })
}
