//! The routes, and the door behind which nothing is asynchronous.

mod admin;
mod api_keys;
mod audit;
mod body;
pub(crate) mod call;
mod capabilities;
mod credentials;
mod dbsc;
mod fido;
pub(crate) mod json;
mod metadata;
mod passkeys;
mod policies;
pub(crate) mod sessions;
mod signals;
#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::webauthn::related_origins;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use serde_json::{Map, Value};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub(crate) use call::{Call, Reply};

use crate::error::{Error, Problem};
use crate::state::AppState;

/// Every route of the server.
pub(crate) fn router(state: AppState) -> Router {
    use Dialect::{Api, FidoRest};
    const GET: MethodFilter = MethodFilter::GET;
    const POST: MethodFilter = MethodFilter::POST;
    const DELETE: MethodFilter = MethodFilter::DELETE;
    Router::new()
        .route("/healthz", route(GET, Api, capabilities::health))
        .route("/attestation/options", route(POST, FidoRest, fido::attestation_options))
        .route("/attestation/result", route(POST, FidoRest, fido::attestation_result))
        .route("/assertion/options", route(POST, FidoRest, fido::assertion_options))
        .route("/assertion/result", route(POST, FidoRest, fido::assertion_result))
        .route("/v1/registration/options", route(POST, Api, passkeys::registration_options))
        .route("/v1/registration/verify", route(POST, Api, passkeys::registration_verify))
        .route("/v1/authentication/options", route(POST, Api, passkeys::authentication_options))
        .route("/v1/authentication/verify", route(POST, Api, passkeys::authentication_verify))
        .route("/v1/attestation/policy", route(GET, Api, policies::read).merge(route(POST, Api, policies::replace)))
        .route("/v1/attestation/evaluate", route(POST, Api, policies::evaluate))
        .route("/v1/attestation/reevaluate", route(POST, Api, policies::reevaluate))
        .route("/v1/audit", route(GET, Api, audit::list))
        .route("/v1/tenants", route(POST, Api, admin::add_tenant))
        .route("/v1/clients", route(POST, Api, admin::add_client))
        .route("/v1/api-keys", route(GET, Api, api_keys::list).merge(route(POST, Api, api_keys::add)))
        .route("/v1/api-keys/{key_id}", route(DELETE, Api, api_keys::revoke))
        .route("/v1/credentials", route(GET, Api, credentials::list))
        .route("/v1/capabilities", route(GET, Api, capabilities::list))
        .route("/v1/users/{user_id}/signals", route(GET, Api, signals::of_user))
        .route(related_origins::PATH, route(GET, Api, signals::related_origins))
        .route("/v1/metadata", route(GET, Api, metadata::state).merge(route(POST, Api, metadata::offer)))
        .route("/v1/metadata/refresh", route(POST, Api, metadata::again))
        .route("/metrics", on(GET, metadata::metrics))
        .route("/v1/whoami", route(GET, Api, sessions::whoami))
        .route("/v1/logout", route(POST, Api, sessions::logout))
        .merge(dbsc::routes())
        .fallback(async || answer(Api, Err(Error::NotFound)))
        .method_not_allowed_fallback(async || answer(Api, Err(Error::MethodNotAllowed)))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(default_header(header::CACHE_CONTROL, "no-store"))
        .layer(default_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .with_state(state)
}

/// A blocking handler behind a method; its answer is written in a dialect.
pub(crate) fn route(
    method: MethodFilter,
    dialect: Dialect,
    handler: fn(&Call) -> Result<Reply, Error>,
) -> MethodRouter<AppState> {
    on(method, async move |State(state): State<AppState>, request: Request| {
        answer(dialect, handle(state, request, handler).await)
    })
}

/// How answers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The server's own: the answer's members, or a problem.
    Api,
    /// FIDO's test interface: `status` and `errorMessage` in every answer.
    FidoRest,
}

/// Reads the request and runs the handler where it may block.
async fn handle(state: AppState, request: Request, handler: fn(&Call) -> Result<Reply, Error>) -> Result<Reply, Error> {
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body, state.config().body_limit).await?;
    let call = Call { state, headers: parts.headers, uri: parts.uri, body };
    tokio::task::spawn_blocking(move || handler(&call))
        .await
        .unwrap_or_else(|error| Err(Error::Internal(format!("a handler did not finish: {error}"))))
}

/// Writes an answer.
fn answer(dialect: Dialect, result: Result<Reply, Error>) -> Response {
    let mut reply = result.unwrap_or_else(|error| {
        let problem = error.problem();
        if problem.status >= 500 {
            tracing::error!(%error, code = problem.code, "a request failed");
        } else {
            tracing::debug!(%error, code = problem.code, "a request was refused");
        }
        refusal(dialect, &problem)
    });
    if dialect == Dialect::FidoRest && reply.status.is_success() {
        reply.body = Some(with_status("ok", String::new(), reply.body));
    }
    let mut response = Response::new(reply.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string())));
    *response.status_mut() = reply.status;
    if reply.body.is_some() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in reply.headers {
        response.headers_mut().append(name, value);
    }
    response
}

/// A problem as an answer.
fn refusal(dialect: Dialect, problem: &Problem) -> Reply {
    let mut body = Map::new();
    // FIDO's interface knows no family codes: whoever reads its code wants the exact reason.
    let code = match dialect {
        Dialect::Api => problem.code,
        Dialect::FidoRest => problem.check.unwrap_or(problem.code),
    };
    body.insert("code".to_owned(), code.into());
    if dialect == Dialect::Api {
        body.insert("message".to_owned(), problem.message.as_str().into());
    }
    let optional = [("check", problem.check), ("clause", problem.clause), ("detail", problem.detail.as_deref())];
    for (name, value) in optional {
        if let Some(value) = value {
            body.insert(name.to_owned(), value.into());
        }
    }
    if let Some(signals) = &problem.signals {
        body.insert("signals".to_owned(), signals.clone());
    }
    let body = match dialect {
        Dialect::Api => Value::Object(body),
        Dialect::FidoRest => with_status("failed", problem.message.clone(), Some(Value::Object(body))),
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Reply { status, headers: problem.headers.clone(), body: Some(body) };
    if problem.code == "unauthorized" && problem.headers.is_empty() {
        let challenge = HeaderValue::from_static("Basic realm=\"assay\", charset=\"UTF-8\"");
        reply.headers.push((header::WWW_AUTHENTICATE, challenge));
    }
    if let Some(seconds) = problem.retry_after {
        reply.headers.push((header::RETRY_AFTER, HeaderValue::from(seconds)));
    }
    reply
}

/// FIDO's two members before the others.
fn with_status(status: &str, message: String, body: Option<Value>) -> Value {
    let mut members = Map::new();
    members.insert("status".to_owned(), status.into());
    members.insert("errorMessage".to_owned(), message.into());
    if let Some(Value::Object(body)) = body {
        members.extend(body);
    }
    Value::Object(members)
}

fn default_header(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The longest that one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
