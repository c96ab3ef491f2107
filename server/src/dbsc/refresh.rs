//! `POST /v1/dbsc/refresh`: a challenge for whoever asks, a new bound cookie for whoever has the key.

use assay_dbsc::check::{Check, Rejection};
use assay_dbsc::headers::{Header, read_session_id};
use assay_dbsc::proof::Proof;
use assay_dbsc::server::answer::{Answer, ask};
use assay_dbsc::server::challenge::{Issued, Purpose};
use assay_dbsc::server::defect::{self, Moment};
use assay_dbsc::server::refresh::{self, Consequence, Known};
use assay_dbsc::server::registration::Registered;
use axum::http::HeaderMap;
use serde_json::json;

use super::registration::{ATTEMPTS, read_proof};
use super::state::{Phase, State};
use super::{
    REFRESH_PATH, endpoint, event, field, layout, new_challenge, own_fault, problem, rejected, save, seconds, window,
};
use crate::audit::{Event, EventType};
use crate::cookies::Wire;
use crate::error::{Error, Problem};
use crate::state::AppState;
use crate::store::{BoundSession, Digest, Session};

/// Answers a refresh request; `session` is the signed-in session of the request's cookie, if any.
pub(crate) fn refresh(state: &AppState, session: Option<&Session>, headers: &HeaderMap) -> Result<Answer, Error> {
    // A second attempt only after somebody else wrote in between.
    for _ in 0..ATTEMPTS {
        let (bound, remembered) = named(state, session, headers)?;
        let Some(registered) = remembered.registered()? else {
            return Err(unknown());
        };
        if let Some(answer) = over(state, headers, &bound, &remembered)? {
            return Ok(answer);
        }
        let done = if field(headers, Header::Response).is_some() {
            answer(state, headers, bound, remembered, &registered)?
        } else {
            challenge(state, bound, remembered, None)?
        };
        if let Some(answer) = done {
            return Ok(answer);
        }
    }
    Err(Error::Internal("a bound session changes too fast".to_owned()))
}

/// The bound session that the request names.
fn named(state: &AppState, session: Option<&Session>, headers: &HeaderMap) -> Result<(BoundSession, State), Error> {
    let own = match session {
        Some(session) => bound_of(state, session)?,
        None => None,
    };
    let found = match field(headers, Header::SessionId) {
        None => {
            refuse(state, Check::SessionIdMissing, "no Sec-Secure-Session-Id")?;
            own
        }
        Some(value) => {
            let (id, _) = read_session_id(&value).map_err(|malformed| problem(&malformed.into()))?;
            let named = state.store().bound_session(&id)?;
            let differs = |own: &BoundSession| named.as_ref().is_none_or(|named| named.session != own.session);
            if own.as_ref().is_some_and(differs) {
                refuse(state, Check::SessionMismatch, "the request's cookie belongs to another session")?;
            }
            named.or(own)
        }
    };
    let bound = found.ok_or_else(unknown)?;
    let remembered = State::from_json(&bound.state)?;
    Ok((bound, remembered))
}

/// The session is over: say so. A browser that was robbed is refused, any other is told to stop.
fn over(
    state: &AppState,
    headers: &HeaderMap,
    bound: &BoundSession,
    remembered: &State,
) -> Result<Option<Answer>, Error> {
    let ended = match &remembered.phase {
        Phase::Ended { reason } => Some(reason.as_str()),
        _ => match state.store().session(bound.session)? {
            Some(session) if session.expires_at > state.now() => None,
            _ => Some("expired"),
        },
    };
    let Some(reason) = ended.filter(|_| state.enforced().has(Check::SessionTerminated.id())) else {
        return Ok(None);
    };
    if reason == STOLEN {
        return Err(problem(&Rejection::broken(Check::SessionTerminated, "the session was ended")).into());
    }
    let mut answer = layout(state, Wire::of(headers)).end(&bound.id);
    defect::spoil(Moment::Ended, &mut answer, state.enforced());
    Ok(Some(answer))
}

/// Judges a proof. None: somebody else wrote in between.
fn answer(
    state: &AppState,
    headers: &HeaderMap,
    bound: BoundSession,
    mut remembered: State,
    registered: &Registered,
) -> Result<Option<Answer>, Error> {
    let (proof, rejection) = match read_proof(headers) {
        Err(rejection) => (None, rejection),
        Ok(proof) => match verify(state, headers, &proof, (&bound, &remembered), registered)? {
            Err(rejection) => (Some(proof), rejection),
            Ok(()) => {
                remembered.consume(proof.jti.as_deref().unwrap_or_default());
                let mut answer = fresh(state, headers, &bound.id, &mut remembered)?;
                let done = event(state, EventType::DbscRefreshed, &bound);
                defect::spoil(Moment::Refreshed, &mut answer, state.enforced());
                return Ok(save(state, bound, &remembered, vec![done])?.then_some(answer));
            }
        },
    };
    let line = rejected(state, &bound, &rejection);
    match refresh::consequence(&rejection) {
        Consequence::Challenge => challenge(state, bound, remembered, Some((rejection, line))),
        Consequence::Refuse => {
            state.store().record(vec![line])?;
            Err(problem(&rejection).into())
        }
        Consequence::Terminate => {
            let alg = proof.map(|proof| proof.alg).unwrap_or_default();
            terminate(state, bound, remembered, vec![line.detail("alg", alg)])?;
            Err(problem(&rejection).into())
        }
    }
}

fn verify(
    state: &AppState,
    headers: &HeaderMap,
    proof: &Proof,
    (bound, remembered): (&BoundSession, &State),
    registered: &Registered,
) -> Result<Result<(), Rejection>, Error> {
    let known = Known {
        session: &bound.id,
        registered,
        endpoint: &endpoint(state, headers, REFRESH_PATH, proof),
        window: window(state, Purpose::Refresh),
    };
    let issued = find_issued(state, bound, remembered, proof, Purpose::Refresh)?;
    Ok(refresh::verify(proof, &known, issued.as_ref(), seconds(state), state.enforced()))
}

/// Asks for a proof over a fresh challenge, and says what was wrong with the last one.
fn challenge(
    state: &AppState,
    bound: BoundSession,
    mut remembered: State,
    refused: Option<(Rejection, Event)>,
) -> Result<Option<Answer>, Error> {
    let value = new_challenge(state, &bound.id)?;
    remembered.issue(value.clone(), Purpose::Refresh, seconds(state));
    let mut answer = ask(&bound.id, &value).map_err(own_fault)?;
    let mut lines = vec![event(state, EventType::DbscChallenged, &bound)];
    if let Some((rejection, line)) = refused {
        lines.insert(0, line);
        answer.body = Some(json!({
            "code": rejection.code(),
            "message": format!("refused: {}", rejection.code()),
            "check": rejection.code(),
            "clause": rejection.clause(),
            "detail": rejection.detail(),
        }));
    }
    defect::spoil(Moment::Asked, &mut answer, state.enforced());
    Ok(save(state, bound, &remembered, lines)?.then_some(answer))
}

/// Somebody without the key answered for this session: nobody keeps it.
fn terminate(state: &AppState, bound: BoundSession, mut remembered: State, mut lines: Vec<Event>) -> Result<(), Error> {
    let session = bound.session;
    remembered.phase = Phase::Ended { reason: STOLEN.to_owned() };
    lines.push(event(state, EventType::DbscTerminated, &bound).detail("reason", STOLEN));
    let ended = Event::new(EventType::SessionEnded, &bound.tenant_id, state.now())
        .user(Some(&bound.user_id))
        .detail("reason", STOLEN);
    save(state, bound, &remembered, lines)?;
    // Even where another write was first: the session that opens doors goes now.
    state.store().end_session(session, vec![ended])?;
    Ok(())
}

/// The bound cookie, the instructions and the next challenge, remembered in `remembered`.
pub(super) fn fresh(state: &AppState, headers: &HeaderMap, id: &str, remembered: &mut State) -> Result<Answer, Error> {
    let now = seconds(state);
    let (cookie, next) = (state.secret()?, new_challenge(state, id)?);
    remembered.give_cookie(Digest::of(&cookie), now.saturating_add(state.config().dbsc.cookie.as_secs()));
    remembered.issue(next.clone(), Purpose::Refresh, now);
    layout(state, Wire::of(headers)).session(id, &cookie, &next).map_err(own_fault)
}

/// What is known of the proof's challenge: here, or in the session that it names.
pub(super) fn find_issued(
    state: &AppState,
    bound: &BoundSession,
    remembered: &State,
    proof: &Proof,
    purpose: Purpose,
) -> Result<Option<Issued>, Error> {
    let Some(jti) = &proof.jti else {
        return Ok(None);
    };
    if let Some(issued) = remembered.issued(&bound.id, jti) {
        return Ok(Some(issued));
    }
    let Some((other, _)) = jti.split_once('.').filter(|(id, _)| *id != bound.id) else {
        return Ok(None);
    };
    let Some(other) = state.store().bound_session(other)? else {
        return Ok(None);
    };
    let issued = State::from_json(&other.state)?.issued(&other.id, jti);
    Ok(issued.filter(|issued| issued.purpose == purpose))
}

fn bound_of(state: &AppState, session: &Session) -> Result<Option<BoundSession>, Error> {
    for bound in state.store().bound_sessions_of(session.id)? {
        if State::from_json(&bound.state)?.registered()?.is_some() {
            return Ok(Some(bound));
        }
    }
    Ok(None)
}

fn refuse(state: &AppState, check: Check, detail: &str) -> Result<(), Error> {
    match state.enforced().has(check.id()) {
        true => Err(problem(&Rejection::broken(check, detail)).into()),
        false => Ok(()),
    }
}

fn unknown() -> Error {
    Problem::new(404, "dbsc_session_unknown", "there is no such bound session").into()
}

/// Why a session ended that somebody without its key tried to refresh.
const STOLEN: &str = "wrong_key";
