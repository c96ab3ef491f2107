//! Device-bound sessions: what the server remembers of them, over the steps of `assay-dbsc`.
//!
//! Two cookies. The long one names the signed-in session; once the session is bound it opens
//! nothing without the short one, which only the holder of the device's key can renew. A session
//! that the browser did not bind goes on with the long cookie alone and says `bound: false`.

pub(crate) mod refresh;
pub(crate) mod registration;
mod state;

use assay_dbsc::check::Check;
use assay_dbsc::cookie::Attributes;
use assay_dbsc::headers::skipped::{self, Skipped};
use assay_dbsc::headers::{Header, Spelling};
use assay_dbsc::proof::Proof;
use assay_dbsc::server::answer::{Answer, Layout};
use assay_dbsc::server::challenge::{Purpose, Window};
use assay_dbsc::server::defect::{self, Moment};
use assay_dbsc::site::loopback_origin;
use assay_dbsc::{Algorithm, Malformed, Rejection};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::{Value, json};

use self::state::{Phase, State};
use crate::audit::{Event, EventType, Outcome};
use crate::cookies::{self, Wire};
use crate::error::{Error, Problem};
use crate::state::AppState;
use crate::store::{BoundSession, Digest, Session};

/// Where sessions are bound.
pub(crate) const REGISTRATION_PATH: &str = "/v1/dbsc/registration";

/// Where bound sessions are kept fresh.
pub(crate) const REFRESH_PATH: &str = "/v1/dbsc/refresh";

/// The short-lived cookie.
pub(crate) const COOKIE: &str = "assay_bound";

/// Whether a session is bound to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// The browser did not take the offer, or cannot.
    Unbound,
    /// The request carried a fresh bound cookie.
    Bound,
}

impl Binding {
    /// Is it bound?
    pub(crate) fn is_bound(self) -> bool {
        self == Self::Bound
    }
}

/// The headers that offer the browser to bind a session that has just begun; called by a successful
/// authentication, whose response they go into.
pub(crate) fn offer(
    state: &AppState,
    session: &Session,
    headers: &HeaderMap,
) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    let id = state.id("dbs")?;
    let challenge = new_challenge(state, &id)?;
    let authorization = state.secret()?;
    let mut remembered = State::offered(authorization.clone());
    remembered.issue(challenge.clone(), Purpose::Registration, seconds(state));
    let bound = BoundSession {
        id: id.clone(),
        tenant_id: session.tenant_id.clone(),
        user_id: session.user_id.clone(),
        session: session.id,
        version: 1,
        state: remembered.to_json()?,
        expires_at: session.expires_at,
    };
    let event = event(state, EventType::DbscOffered, &bound);
    state.store().put_bound_session(bound, vec![event])?;
    let header = layout(state, Wire::of(headers)).offer(&challenge, Some(&authorization));
    let mut answer = Answer { status: 200, headers: vec![header.map_err(own_fault)?], body: None };
    defect::spoil(Moment::Offer, &mut answer, state.enforced());
    fields(answer.headers)
}

/// Refuses a request of a bound session without a fresh bound cookie.
pub(crate) fn require(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<Binding, Error> {
    log_skips(state, session, headers)?;
    let mut known = Vec::new();
    for bound in state.store().bound_sessions_of(session.id)? {
        let remembered = State::from_json(&bound.state)?;
        if !matches!(remembered.phase, Phase::Offered { .. }) {
            known.push(remembered);
        }
    }
    if known.is_empty() {
        return Ok(Binding::Unbound);
    }
    let refuse = |check: Check, detail: &str| match state.enforced().has(check.id()) {
        true => Err(Error::from(Problem { status: 401, ..problem(&Rejection::broken(check, detail)) })),
        false => Ok(Binding::Bound),
    };
    let Some(cookie) = cookies::read(headers, COOKIE) else {
        return refuse(Check::BoundCookieMissing, "the session is bound and the bound cookie is not here");
    };
    let digest = Digest::of(cookie);
    let Some(expires_at) = known.iter().find_map(|remembered| remembered.cookie_expiry(digest)) else {
        return refuse(Check::BoundCookieUnknown, "this session was not given this bound cookie");
    };
    if expires_at <= seconds(state) {
        return refuse(Check::BoundCookieExpired, "the bound cookie has expired: refresh it");
    }
    Ok(Binding::Bound)
}

/// Remembers that the bound sessions of a signed-in session are over, so that a refresh can be told.
pub(crate) fn end(state: &AppState, session: &Session, reason: &str) -> Result<(), Error> {
    for bound in state.store().bound_sessions_of(session.id)? {
        let mut remembered = State::from_json(&bound.state)?;
        if matches!(remembered.phase, Phase::Bound) {
            remembered.phase = Phase::Ended { reason: reason.to_owned() };
            let event = event(state, EventType::DbscTerminated, &bound).detail("reason", reason);
            // A refresh that comes between finds the signed-in session gone.
            save(state, bound, &remembered, vec![event])?;
        }
    }
    Ok(())
}

/// The header that removes the bound cookie.
pub(crate) fn removal(headers: &HeaderMap) -> Option<(HeaderName, HeaderValue)> {
    let text = format!("{COOKIE}=; {}; Max-Age=0", attributes(Wire::of(headers)));
    HeaderValue::from_str(&text).ok().map(|value| (header::SET_COOKIE, value))
}

/// How this server lays out its bound sessions.
fn layout(state: &AppState, wire: Wire) -> Layout {
    let lifetime = state.config().dbsc.cookie.as_secs();
    Layout {
        registration_path: REGISTRATION_PATH.to_owned(),
        refresh_path: REFRESH_PATH.to_owned(),
        algorithms: Algorithm::OFFERED.to_vec(),
        cookie: COOKIE.to_owned(),
        attributes: Attributes { max_age: i64::try_from(lifetime).ok(), ..Attributes::parse(attributes(wire)) },
    }
}

fn attributes(wire: Wire) -> &'static str {
    match wire {
        Wire::Clear => "Path=/; HttpOnly; SameSite=Lax",
        Wire::Tls => "Path=/; Secure; HttpOnly; SameSite=Lax",
    }
}

/// How long a challenge may be answered. That of the next refresh is handed out with the cookie,
/// so it must outlive the cookie to be of use.
fn window(state: &AppState, purpose: Purpose) -> Window {
    let lifetimes = state.config().dbsc;
    let lifetime = match purpose {
        Purpose::Registration => lifetimes.challenge,
        Purpose::Refresh => lifetimes.cookie.saturating_add(lifetimes.challenge),
    };
    Window { lifetime: lifetime.as_secs(), depth: state::DEPTH }
}

/// The URL that a proof for this endpoint may name: of our origins, or of the machine itself.
fn endpoint(state: &AppState, headers: &HeaderMap, path: &str, proof: &Proof) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let own = host.and_then(loopback_origin);
    let urls = || state.config().origins.iter().chain(&own).map(|origin| format!("{origin}{path}"));
    urls().find(|url| proof.audience.as_ref() == Some(url)).or_else(|| urls().next()).unwrap_or_default()
}

/// A challenge that cannot be guessed. It begins with its session's id, so that one that was issued
/// for another session can be told from one that was never issued.
fn new_challenge(state: &AppState, id: &str) -> Result<String, Error> {
    Ok(defect::challenge(format!("{id}.{}", state.secret()?), state.enforced()))
}

/// Writes a changed state; false if somebody else was first.
fn save(state: &AppState, bound: BoundSession, remembered: &State, events: Vec<Event>) -> Result<bool, Error> {
    let changed = BoundSession { version: bound.version + 1, state: remembered.to_json()?, ..bound };
    Ok(state.store().put_bound_session(changed, events)?)
}

/// The value of one of our fields; an old spelling is noted in the log.
fn field(headers: &HeaderMap, wanted: Header) -> Option<String> {
    let pairs = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let found = wanted.find(pairs)?;
    if found.spelling == Spelling::Old {
        tracing::info!(header = wanted.old_name(), "a browser uses the old name of a header");
    }
    Some(found.value)
}

/// Writes down what a browser says it skipped. Scripts can say it too, so nothing follows from it.
fn log_skips(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = field(headers, Header::Skipped) else {
        return Ok(());
    };
    let skips: Vec<Skipped> = skipped::parse(&value).unwrap_or_default().into_iter().flatten().take(8).collect();
    let skips: Vec<Value> = skips
        .iter()
        .map(|skip| json!({ "reason": skip.reason.as_str(), "session_identifier": skip.session_identifier }))
        .collect();
    let line = Event::new(EventType::DbscSkipped, &session.tenant_id, state.now())
        .user(Some(&session.user_id))
        .detail("trusted", false)
        .detail("skipped", skips);
    Ok(state.store().record(vec![line])?)
}

fn event(state: &AppState, event_type: EventType, bound: &BoundSession) -> Event {
    Event::new(event_type, &bound.tenant_id, state.now())
        .user(Some(&bound.user_id))
        .detail("session_identifier", bound.id.as_str())
}

fn rejected(state: &AppState, bound: &BoundSession, rejection: &Rejection) -> Event {
    event(state, EventType::DbscRejected, bound)
        .outcome(Outcome::Fail)
        .code(rejection.code())
        .detail("detail", rejection.detail())
}

/// A refusal as a problem.
fn problem(rejection: &Rejection) -> Problem {
    Problem {
        check: Some(rejection.code()),
        clause: Some(rejection.clause()),
        detail: Some(rejection.detail().to_owned()).filter(|detail| !detail.is_empty()),
        ..Problem::new(400, rejection.code(), format!("refused: {}", rejection.code()))
    }
}

/// What we write is ours: a header that cannot be written is a defect.
fn own_fault(malformed: Malformed) -> Error {
    Error::Internal(malformed.to_string())
}

/// Header fields as axum has them.
pub(crate) fn fields(headers: Vec<(&'static str, String)>) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    headers
        .into_iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_str(&value).map_err(|error| Error::Internal(error.to_string()))?;
            Ok((HeaderName::from_bytes(name.as_bytes()).map_err(|error| Error::Internal(error.to_string()))?, value))
        })
        .collect()
}

fn seconds(state: &AppState) -> u64 {
    u64::try_from(state.now().unix_timestamp()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
