//! The routes of device-bound sessions.

use assay_dbsc::server::answer::Answer;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::MethodFilter;

use super::sessions::current;
use super::{Call, Dialect, Reply, route};
use crate::dbsc::{self, REFRESH_PATH, REGISTRATION_PATH};
use crate::error::Error;
use crate::state::AppState;

/// Registration and refresh; a session ends by logout, or by a proof with a wrong key.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(REGISTRATION_PATH, route(MethodFilter::POST, Dialect::Api, register))
        .route(REFRESH_PATH, route(MethodFilter::POST, Dialect::Api, refresh))
}

/// `POST /v1/dbsc/registration`: 200 with session instructions and the bound cookie.
fn register(call: &Call) -> Result<Reply, Error> {
    let session = current(&call.state, &call.headers)?;
    reply(dbsc::registration::register(&call.state, &session, &call.headers)?)
}

/// `POST /v1/dbsc/refresh`: 403 with a challenge, or 200 with session instructions and the bound cookie.
fn refresh(call: &Call) -> Result<Reply, Error> {
    let session = match current(&call.state, &call.headers) {
        Ok(session) => Some(session),
        Err(Error::SessionRequired(_)) => None,
        Err(error) => return Err(error),
    };
    reply(dbsc::refresh::refresh(&call.state, session.as_ref(), &call.headers)?)
}

fn reply(answer: Answer) -> Result<Reply, Error> {
    let status = StatusCode::from_u16(answer.status).map_err(|error| Error::Internal(error.to_string()))?;
    // No other site may embed or read these answers.
    let own = [
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    Ok(Reply { status, headers: dbsc::fields(answer.headers)?, body: answer.body }.with(own))
}
