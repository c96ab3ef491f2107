//! The audit log, read by its tenant.

use assay_protocol::aaguid::Aaguid;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::call::Parameters;
use super::{Call, Reply};
use crate::audit::{EventType, Group, GroupBy, Line, Outcome, Query};
use crate::auth;
use crate::error::{Error, Problem};
use crate::policy::share;
use crate::store::{Capability, Client};
use crate::timestamp::rfc3339;

const PARAMETERS: &[&str] = &[
    "tenant_id",
    "event_type",
    "outcome",
    "failed_rule",
    "user_id",
    "aaguid",
    "source",
    "since",
    "until",
    "group_by",
    "after",
    "limit",
];

/// `GET /v1/audit`: with filters to 200 `{events, next}`, where `next` is the cursor of the
/// following page, null on the last one; with `group_by` to 200 `{group_by, total, groups}`.
pub(super) fn list(call: &Call) -> Result<Reply, Error> {
    let client = auth::require(&call.state, &call.headers, Capability::Audit)?;
    let parameters = call.query(PARAMETERS)?;
    let tenant_id = tenant(call, &client, &parameters)?;
    let query = query(&parameters)?;
    if let Some(name) = parameters.text("group_by") {
        return grouped(call, tenant_id, &query, name);
    }
    let lines = call.state.store().audit(tenant_id, &query)?;
    let full = u32::try_from(lines.len()).is_ok_and(|count| count == query.limit);
    let next = lines.last().filter(|_| full).map(|line| line.seq);
    let events: Vec<Value> = lines.iter().map(Line::to_json).collect();
    Ok(Reply::ok(json!({ "events": events, "next": next })))
}

/// The client's own tenant; only a client that may make tenants reads another's log.
fn tenant<'a>(call: &Call, client: &'a Client, parameters: &'a Parameters) -> Result<&'a str, Error> {
    let tenant_id = parameters.text("tenant_id").unwrap_or(&client.tenant_id);
    if tenant_id != client.tenant_id {
        auth::allow(client, Capability::Admin)?;
        call.state.store().tenant(tenant_id)?.ok_or(Error::TenantUnknown)?;
    }
    Ok(tenant_id)
}

fn query(parameters: &Parameters) -> Result<Query, Error> {
    let event_type = parameters.text("event_type");
    if let Some(name) = event_type.filter(|name| EventType::ALL.iter().all(|known| known.as_str() != *name)) {
        return Err(Error::InvalidRequest(format!("there is no event_type {name:?}")));
    }
    let outcome = parameters.text("outcome");
    if let Some(name) = outcome.filter(|name| Outcome::ALL.iter().all(|known| known.as_str() != *name)) {
        return Err(Error::InvalidRequest(format!("there is no outcome {name:?}")));
    }
    Ok(Query {
        after: parameters.number("after")?.unwrap_or(0),
        limit: parameters.number("limit")?.unwrap_or(DEFAULT_PAGE).clamp(1, LONGEST_PAGE),
        event_type: event_type.map(str::to_owned),
        outcome: outcome.map(str::to_owned),
        failed_rule: parameters.text("failed_rule").map(str::to_owned),
        user_id: parameters.text("user_id").map(str::to_owned),
        since: moment(parameters, "since")?,
        until: moment(parameters, "until")?,
        aaguid: parameters.text("aaguid").map(aaguid).transpose()?,
        source: parameters.text("source").map(str::to_owned),
    })
}

fn moment(parameters: &Parameters, name: &str) -> Result<Option<OffsetDateTime>, Error> {
    let not_a_time = |text: &str| {
        Error::InvalidRequest(format!("the query parameter {name} is {text:?}, not a time as in 2026-04-17T10:00:00Z"))
    };
    parameters
        .text(name)
        .map(|text| OffsetDateTime::parse(text, &Rfc3339).map_err(|_error| not_a_time(text)))
        .transpose()
}

fn aaguid(text: &str) -> Result<Aaguid, Error> {
    text.parse().map_err(|_error| {
        Problem::new(400, "invalid_aaguid", "aaguid is no AAGUID: 8-4-4-4-12 hexadecimal digits").into()
    })
}

/// Where nobody says what is to be counted, it is the verdicts of a policy.
fn grouped(call: &Call, tenant_id: &str, query: &Query, name: &str) -> Result<Reply, Error> {
    let Some((_, by)) = GroupBy::ALL.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = GroupBy::ALL.iter().map(|(name, _)| *name).collect();
        return Err(Error::InvalidRequest(format!("group_by is {name:?}, not one of {}", known.join(", "))));
    };
    let mut query = query.clone();
    if query.event_type.is_none() && *by != GroupBy::EventType {
        query.event_type = Some(EventType::Evaluated.as_str().to_owned());
    }
    let groups = call.state.store().audit_groups(tenant_id, &query, *by)?;
    let total: u64 = groups.iter().map(|group| group.lines).sum();
    let groups: Vec<Value> = groups.iter().map(|group| show(group, name, total)).collect();
    Ok(Reply::ok(json!({ "group_by": name, "event_type": query.event_type, "total": total, "groups": groups })))
}

fn show(group: &Group, name: &str, total: u64) -> Value {
    json!({
        name: group.value,
        "count": group.lines,
        "share": share(group.lines, total),
        "users": group.users,
        "first_at": rfc3339(group.first_at),
        "last_at": rfc3339(group.last_at),
    })
}

const DEFAULT_PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1000;
