//! The metadata in use: to be seen, replaced and asked for again.

use axum::extract::State;
use axum::http::{HeaderName, header};
use serde_json::json;
use tokio::runtime::Handle;

use super::{Call, Reply};
use crate::auth;
use crate::error::{Error, Problem};
use crate::metadata::{Outcome, Shelf, consider, describe, offered, prometheus, refresh};
use crate::state::AppState;
use crate::store::Capability;

/// `GET /v1/metadata`: 200 with every source's state.
pub(super) fn state(call: &Call) -> Result<Reply, Error> {
    Ok(Reply::ok(describe(&call.state)))
}

/// `POST /v1/metadata`: `{blob, source?}` to 200 `{outcome, no}`; 409 where it is not newer, 400 where it is
/// refused, by the reason's code. Without a name it is for the first source that takes signed metadata.
pub(super) fn offer(call: &Call) -> Result<Reply, Error> {
    auth::require(&call.state, &call.headers, Capability::Admin)?;
    let body = call.json()?;
    body.only(&["blob", "source"])?;
    let blob = body.text("blob")?.ok_or_else(|| Error::InvalidRequest("blob is missing".to_owned()))?;
    let at = position(call, body.text("source")?, |shelf| !shelf.source().trusts.is_empty())?;
    let outcome = Handle::current().block_on(consider(&call.state, at, offered(blob)));
    answer(outcome)
}

/// `POST /v1/metadata/refresh`: `{source?}` to what came of asking it now; without a name, the first.
pub(super) fn again(call: &Call) -> Result<Reply, Error> {
    auth::require(&call.state, &call.headers, Capability::Admin)?;
    let body = call.json()?;
    body.only(&["source"])?;
    let at = position(call, body.text("source")?, |_| true)?;
    answer(Handle::current().block_on(refresh(&call.state, at)))
}

/// `GET /metrics`, for Prometheus.
pub(super) async fn metrics(State(state): State<AppState>) -> ([(HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], prometheus(&state))
}

/// The first source that fits, of that name if there is one.
fn position(call: &Call, name: Option<&str>, fits: fn(&Shelf) -> bool) -> Result<usize, Error> {
    let named = |shelf: &Shelf| name.is_none_or(|name| shelf.source().name == name);
    let found = call.state.shelves().iter().position(|shelf| named(shelf) && fits(shelf));
    found.ok_or_else(|| Problem::new(404, "metadata_source_unknown", "there is no such source of metadata").into())
}

fn answer(outcome: Option<Outcome>) -> Result<Reply, Error> {
    let outcome = outcome.ok_or_else(|| Error::Internal("metadata were not judged to the end".to_owned()))?;
    let told = |status, code, clause| Problem {
        clause: Some(clause),
        detail: Some(outcome.to_string()),
        ..Problem::new(status, code, "the metadata are not used; those in use stay")
    };
    match &outcome {
        Outcome::Loaded { no } => Ok(Reply::ok(json!({ "outcome": outcome.as_str(), "no": no }))),
        Outcome::NotModified => Ok(Reply::ok(json!({ "outcome": outcome.as_str() }))),
        Outcome::NotNewer { .. } => Err(told(409, "metadata_no_not_increased", "MDS 3.2").into()),
        Outcome::Refused(rejection) => Err(told(400, rejection.code(), rejection.clause()).into()),
        Outcome::Unreachable { .. } => Err(told(502, "metadata_unreachable", "MDS 3.2").into()),
    }
}
