//! `POST /v1/dbsc/registration`: a proof, and the session is bound to its key.

use assay_dbsc::check::{Check, Rejection};
use assay_dbsc::headers::{Header, read_response};
use assay_dbsc::proof::Proof;
use assay_dbsc::server::answer::Answer;
use assay_dbsc::server::challenge::Purpose;
use assay_dbsc::server::defect::{self, Moment};
use assay_dbsc::server::registration::{self, Offered};
use assay_dbsc::{Algorithm, Malformed, Reason, jwk};
use axum::http::HeaderMap;

use super::refresh::{find_issued, fresh};
use super::state::{Phase, State};
use super::{REGISTRATION_PATH, endpoint, event, field, fields, problem, rejected, save, seconds, window};
use crate::audit::EventType;
use crate::error::{Error, Problem};
use crate::state::AppState;
use crate::store::{BoundSession, Session};

/// Answers a registration request of a signed-in session.
pub(crate) fn register(state: &AppState, session: &Session, headers: &HeaderMap) -> Result<Answer, Error> {
    // A second attempt only after somebody else wrote in between.
    for _ in 0..ATTEMPTS {
        let proof = match read_proof(headers) {
            Ok(proof) => proof,
            Err(rejection) => return Err(refused(state, None, &rejection)?),
        };
        let Some((bound, remembered)) = offer_of(state, session, &proof)? else {
            return Err(spoiled(
                state,
                Problem::new(400, "dbsc_not_offered", "no bound session was offered to this session"),
            )?);
        };
        match verify(state, headers, &proof, &bound, &remembered) {
            Err(rejection) => return Err(refused(state, Some(&bound), &rejection?)?),
            Ok(registered) => {
                let mut changed = remembered;
                changed.bind(&registered);
                changed.consume(proof.jti.as_deref().unwrap_or_default());
                let mut answer = fresh(state, headers, &bound.id, &mut changed)?;
                let done = event(state, EventType::DbscRegistered, &bound)
                    .detail("algorithm", registered.algorithm.name())
                    .detail("thumbprint", jwk::thumbprint(&registered.key));
                if save(state, bound, &changed, vec![done])? {
                    defect::spoil(Moment::Registered, &mut answer, state.enforced());
                    return Ok(answer);
                }
            }
        }
    }
    Err(Error::Internal("a bound session changes too fast".to_owned()))
}

/// How often a write is tried against others.
pub(super) const ATTEMPTS: usize = 32;

/// The proof in the request.
pub(super) fn read_proof(headers: &HeaderMap) -> Result<Proof, Rejection> {
    let value = field(headers, Header::Response)
        .ok_or_else(|| Malformed::new(Reason::ProofMissing, "no Secure-Session-Response"))?;
    let (text, _) = read_response(&value)?;
    Ok(Proof::parse(&text)?)
}

/// The offer that the proof answers: the one its challenge names, or else the session's own.
fn offer_of(state: &AppState, session: &Session, proof: &Proof) -> Result<Option<(BoundSession, State)>, Error> {
    let mut offers = state.store().bound_sessions_of(session.id)?;
    let named = proof.jti.as_deref().and_then(|jti| jti.split('.').next());
    let at = offers.iter().position(|bound| Some(bound.id.as_str()) == named).unwrap_or(0);
    if at >= offers.len() {
        return Ok(None);
    }
    let bound = offers.swap_remove(at);
    let remembered = State::from_json(&bound.state)?;
    Ok(Some((bound, remembered)))
}

/// The step itself. The inner error is the proof's, the outer one ours.
fn verify(
    state: &AppState,
    headers: &HeaderMap,
    proof: &Proof,
    bound: &BoundSession,
    remembered: &State,
) -> Result<registration::Registered, Result<Rejection, Error>> {
    let authorization = match &remembered.phase {
        Phase::Offered { authorization } => Some(authorization.as_str()),
        Phase::Bound | Phase::Ended { .. } => None,
    };
    let ended = matches!(remembered.phase, Phase::Ended { .. });
    if ended && state.enforced().has(Check::SessionTerminated.id()) {
        return Err(Ok(Rejection::broken(Check::SessionTerminated, "the session is over")));
    }
    let offered = Offered {
        session: &bound.id,
        algorithms: Algorithm::OFFERED,
        authorization,
        endpoint: &endpoint(state, headers, REGISTRATION_PATH, proof),
        window: window(state, Purpose::Registration),
    };
    let issued = find_issued(state, bound, remembered, proof, Purpose::Registration).map_err(Err)?;
    registration::verify(proof, &offered, issued.as_ref(), seconds(state), state.enforced()).map_err(Ok)
}

/// Writes a refusal down and puts it into words.
fn refused(state: &AppState, bound: Option<&BoundSession>, rejection: &Rejection) -> Result<Error, Error> {
    if let Some(bound) = bound {
        state.store().record(vec![rejected(state, bound, rejection)])?;
    }
    spoiled(state, problem(rejection))
}

/// A refusal, by a status that asks for nothing: a 403 would be a challenge.
fn spoiled(state: &AppState, mut problem: Problem) -> Result<Error, Error> {
    let mut answer = Answer { status: problem.status, headers: Vec::new(), body: None };
    defect::spoil(Moment::RegistrationRefused, &mut answer, state.enforced());
    problem.status = answer.status;
    problem.headers = fields(answer.headers)?;
    Ok(problem.into())
}
