//! Challenges: issued to one browser session for one ceremony, and consumed by the first answer.

use assay_protocol::base64url;
use assay_protocol::tree::json;
use axum::http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use time::Duration;

use super::Attempt;
use crate::audit::Event;
use crate::check::Check;
use crate::cookies::{self, SetCookie, Wire};
use crate::error::Error;
use crate::http::Call;
use crate::state::AppState;
use crate::store::{Ceremony, Challenge, Digest, Taken};

/// For what a challenge is issued.
pub(super) struct Asked<'a> {
    /// The ceremony that may answer it.
    pub(super) ceremony: Ceremony,
    /// The tenant that the ceremony belongs to.
    pub(super) tenant_id: &'a str,
    /// How long it waits.
    pub(super) lifetime: std::time::Duration,
}

/// Remembers a challenge for the browser session that asked, and gives the cookie that names it.
pub(super) fn issue(
    call: &Call,
    asked: &Asked<'_>,
    challenge: &[u8],
    pending: &impl Serialize,
    event: Event,
) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
    let state = &call.state;
    let browser = match cookies::read(&call.headers, cookies::CEREMONY).filter(|value| is_ours(value)) {
        // Two ceremonies of one browser, in two tabs or one after the other, do not disturb each other.
        Some(known) => known.to_owned(),
        None => state.secret()?,
    };
    let now = state.now();
    let pending =
        serde_json::to_value(pending).map_err(|error| Error::Internal(format!("a pending ceremony: {error}")))?;
    let challenge = Challenge {
        browser: Digest::of(&browser),
        ceremony: asked.ceremony,
        tenant_id: asked.tenant_id.to_owned(),
        challenge: challenge.to_owned(),
        pending,
        expires_at: now + asked.lifetime,
    };
    state.store().add_challenge(challenge, now - MEMORY, vec![event])?;
    let cookie = SetCookie { name: cookies::CEREMONY, value: &browser, max_age: None, wire: Wire::of(&call.headers) };
    Ok(cookie.header())
}

/// Consumes the challenge that the request's body answers, before anything else is looked at.
pub(super) fn take(call: &Call, ceremony: Ceremony, attempt: &mut Attempt) -> Result<Challenge, Error> {
    let state = &call.state;
    let browser = cookies::read(&call.headers, cookies::CEREMONY).ok_or(Error::ChallengeUnknown(
        "there is no ceremony cookie: ask for options first, and send the cookie that comes with them",
    ))?;
    let now = state.now();
    let taken = state.store().take_challenge(Digest::of(browser), ceremony, answered(&call.body), now)?;
    let (challenge, offence) = match taken {
        Taken::Fresh(challenge) => (challenge, None),
        Taken::Reused(challenge) => (challenge, Some(Check::ChallengeReused)),
        Taken::OtherCeremony(challenge) => (challenge, Some(Check::ChallengeOtherCeremony)),
        Taken::Unknown => {
            return Err(Error::ChallengeUnknown("no challenge waits for this browser session: ask for options first"));
        }
    };
    attempt.tenant_id.clone_from(&challenge.tenant_id);
    attempt.user_id = challenge.pending.get("user_id").and_then(Value::as_str).map(str::to_owned);
    if let Some(check) = offence {
        refuse(state, check)?;
    }
    if challenge.expires_at <= now {
        refuse(state, Check::ChallengeExpired)?;
    }
    Ok(challenge)
}

/// The refusal by this check, unless it is not in force.
fn refuse(state: &AppState, check: Check) -> Result<(), Error> {
    if state.enforced().has(check.id()) { Err(Error::Challenge(check)) } else { Ok(()) }
}

/// The challenge that a body claims to answer. It only chooses which of the browser's own pending
/// ceremonies is meant; whether it is the right one is judged later, on the parsed response.
fn answered(body: &[u8]) -> Option<Vec<u8>> {
    let body = json::read(body).root?;
    let client_data = base64url::decode(body.get("response")?.get("clientDataJSON")?.as_str()?).ok()?;
    base64url::decode(json::read(&client_data).root?.get("challenge")?.as_str()?).ok()
}

/// 256 bits in base64url, as [`AppState::secret`] makes them.
fn is_ours(cookie: &str) -> bool {
    base64url::decode(cookie).is_ok_and(|bytes| bytes.len() == 32)
}

/// How long an expired challenge is remembered, so that whoever is late learns why.
const MEMORY: Duration = Duration::minutes(10);
