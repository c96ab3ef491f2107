//! The audit log, read by its tenant.

use serde_json::{Value, json};

use super::{Call, Reply};
use crate::audit::{EventType, Line, Outcome, Query};
use crate::auth;
use crate::error::Error;
use crate::store::Capability;

/// `GET /v1/audit?event_type&outcome&failed_rule&user_id&after&limit` to 200 `{events, next}`;
/// `next` is the cursor of the following page, null on the last one.
pub(super) fn list(call: &Call) -> Result<Reply, Error> {
    let client = auth::require(&call.state, &call.headers, Capability::Audit)?;
    let parameters = call.query(&["event_type", "outcome", "failed_rule", "user_id", "after", "limit"])?;
    let event_type = parameters.text("event_type");
    if let Some(name) = event_type.filter(|name| EventType::ALL.iter().all(|known| known.as_str() != *name)) {
        return Err(Error::InvalidRequest(format!("there is no event_type {name:?}")));
    }
    let outcome = parameters.text("outcome");
    if let Some(name) = outcome.filter(|name| Outcome::ALL.iter().all(|known| known.as_str() != *name)) {
        return Err(Error::InvalidRequest(format!("there is no outcome {name:?}")));
    }
    let query = Query {
        after: parameters.number("after")?.unwrap_or(0),
        limit: parameters.number("limit")?.unwrap_or(DEFAULT_PAGE).clamp(1, LONGEST_PAGE),
        event_type: event_type.map(str::to_owned),
        outcome: outcome.map(str::to_owned),
        failed_rule: parameters.text("failed_rule").map(str::to_owned),
        user_id: parameters.text("user_id").map(str::to_owned),
    };
    let lines = call.state.store().audit(&client.tenant_id, &query)?;
    let full = u32::try_from(lines.len()).is_ok_and(|count| count == query.limit);
    let next = lines.last().filter(|_| full).map(|line| line.seq);
    let events: Vec<Value> = lines.iter().map(Line::to_json).collect();
    Ok(Reply::ok(json!({ "events": events, "next": next })))
}

const DEFAULT_PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1000;
