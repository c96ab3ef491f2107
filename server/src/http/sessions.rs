//! What a signed-in session opens, and its end.

use axum::http::HeaderMap;
use serde_json::json;
use std::time::Duration;

use super::{Call, Reply};
use crate::audit::{Event, EventType};
use crate::cookies::{self, SetCookie, Wire};
use crate::dbsc;
use crate::error::Error;
use crate::state::AppState;
use crate::store::{Digest, Session};
use crate::timestamp::rfc3339;

/// `GET /v1/whoami`: 200 for whoever is signed in, and bound to the device if the session is.
pub(super) fn whoami(call: &Call) -> Result<Reply, Error> {
    let session = current(&call.state, &call.headers)?;
    let bound = dbsc::require(&call.state, &session, &call.headers)?;
    let user = call
        .state
        .store()
        .user(&session.tenant_id, &session.user_id)?
        .ok_or(Error::SessionRequired("the user of this session is gone"))?;
    Ok(Reply::ok(json!({
        "user_id": user.user_id,
        "username": user.username,
        "tenant_id": user.tenant_id,
        "bound": bound.is_bound(),
        "created_at": rfc3339(session.created_at),
        "expires_at": rfc3339(session.expires_at),
    })))
}

/// `POST /v1/logout`: 204, and the session is over.
pub(super) fn logout(call: &Call) -> Result<Reply, Error> {
    let session = current(&call.state, &call.headers)?;
    dbsc::end(&call.state, &session, "logout")?;
    let ended = Event::new(EventType::SessionEnded, &session.tenant_id, call.state.now()).user(Some(&session.user_id));
    call.state.store().end_session(session.id, vec![ended.detail("reason", "logout")])?;
    let removed =
        SetCookie { name: cookies::SESSION, value: "", max_age: Some(Duration::ZERO), wire: Wire::of(&call.headers) };
    Ok(Reply::no_content().with(removed.header()).with(dbsc::removal(&call.headers)))
}

/// The session that the request's cookie names.
pub(crate) fn current(state: &AppState, headers: &HeaderMap) -> Result<Session, Error> {
    let cookie = cookies::read(headers, cookies::SESSION)
        .ok_or(Error::SessionRequired("there is no session cookie: sign in"))?;
    let session = state
        .store()
        .session(Digest::of(cookie))?
        .ok_or(Error::SessionRequired("the session cookie names no session: sign in"))?;
    if session.expires_at <= state.now() {
        return Err(Error::SessionRequired("the session has expired: sign in"));
    }
    Ok(session)
}
