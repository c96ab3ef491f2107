//! Authentication: options, and the answer to them.

mod options;

use assay_protocol::base64url;
use assay_protocol::webauthn::AuthenticationResponse;
use assay_protocol::webauthn::signals::UnknownCredential;
use assay_relying_party::authentication::{self, Authentication, Held, Pending};
use assay_relying_party::extensions::Asked;
use assay_relying_party::registration;
use assay_relying_party::{BackupPolicy, Reason, Rejection};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) use self::options::begin;
use super::registration::{self as own_registration, Demanded};
use super::{Attempt, Contract, Frames, challenge, refused};
use crate::audit::{Event, EventType, Outcome};
use crate::check::Check;
use crate::error::{Error, Problem};
use crate::http::Call;
use crate::state::AppState;
use crate::store::{Ceremony, Challenge, Credential, CredentialUse, Digest, Session, User};

/// What is remembered until the answer comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) pending: Pending,
    /// The user who was identified before, if any.
    pub(super) user_id: Option<String>,
    pub(super) frames: Frames,
}

impl Remembered {
    /// The user who was identified, about to register: only where the check that keeps the
    /// ceremonies apart was left out.
    pub(super) fn as_registration(
        &self,
        state: &AppState,
        tenant_id: &str,
    ) -> Result<own_registration::Remembered, Error> {
        let apart = Error::Challenge(Check::ChallengeOtherCeremony);
        let Some(user_id) = &self.user_id else {
            return Err(apart);
        };
        let user = state.store().user(tenant_id, user_id)?.ok_or(apart)?;
        Ok(own_registration::Remembered {
            pending: registration::Pending {
                challenge: self.pending.challenge.clone(),
                user_handle: user.handle,
                algorithms: state.config().algorithms.clone(),
                user_verification_required: self.pending.user_verification_required,
                mediation: registration::Mediation::Optional,
                exclude_credentials: Vec::new(),
                expectations: registration::Expectations::default(),
                asked: Asked::default(),
            },
            user_id: user.user_id,
            username: user.username,
            display_name: user.display_name,
            new_user: false,
            frames: self.frames.clone(),
            demand: Demanded::Report,
        })
    }
}

/// An authentication that was written down.
pub(crate) struct Finished {
    pub(crate) user: User,
    pub(crate) authentication: Authentication,
    pub(crate) session: Session,
    /// The value of the session's cookie, which is kept nowhere.
    pub(crate) session_secret: String,
}

/// Judges an answer, writes it down and begins a session.
pub(crate) fn finish(call: &Call, contract: Contract) -> Result<Finished, Error> {
    let mut attempt = Attempt::new(&call.state);
    judge(call, contract, &mut attempt)
        .map_err(|error| attempt.rejected(&call.state, EventType::AuthenticationRejected, error))
}

fn judge(call: &Call, contract: Contract, attempt: &mut Attempt) -> Result<Finished, Error> {
    let state = &call.state;
    let taken = challenge::take(call, Ceremony::Authentication, attempt)?;
    let tenant_id = taken.tenant_id.clone();
    let remembered = remembered(taken)?;
    let response = AuthenticationResponse::from_json(call.json_bytes()?, contract.dialect())?;
    let rp = remembered.frames.relying_party(state);
    for _attempt in 0..ATTEMPTS {
        let held = held(state, &tenant_id, &response.raw_id)?;
        if let Some((_, user)) = &held {
            attempt.user_id = Some(user.user_id.clone());
        }
        let view =
            held.as_ref().map(|(credential, user)| Held { user_handle: &user.handle, record: &credential.record });
        let authentication = authentication::finish(&rp, &remembered.pending, &response, view, state.profile())
            .map_err(|rejection| refusal(state, &rejection, &response.raw_id))?;
        let Some((credential, user)) = held else {
            return Err(Error::Internal("an authentication without a credential".to_owned()));
        };
        // Another authentication by this credential may have come in between: then it is judged anew.
        if let Some((session, session_secret)) = write(state, &credential, &user, &authentication)? {
            return Ok(Finished { user, authentication, session, session_secret });
        }
    }
    Err(Error::Internal("a credential's record changes faster than it can be judged".to_owned()))
}

/// The refusal; of a credential that no tenant has, with what the page may signal of it: the one
/// thing that whoever has not signed in may be told (WebAuthn L3 14.6.3).
fn refusal(state: &AppState, rejection: &Rejection, credential_id: &[u8]) -> Error {
    let error = refused(rejection, Ceremony::Authentication);
    if rejection.code() != Reason::CredentialUnknown.info().code {
        return error;
    }
    match state.store().credential(credential_id) {
        Err(failed) => failed.into(),
        Ok(Some(_)) => error,
        Ok(None) => {
            let unknown =
                UnknownCredential { rp_id: state.relying_party().id.clone(), credential_id: credential_id.to_owned() };
            let signals = Some(json!({ "unknownCredential": unknown.to_json() }));
            Problem { signals, ..error.problem() }.into()
        }
    }
}

/// The tenant's credential with this id, and whose it is.
fn held(state: &AppState, tenant_id: &str, credential_id: &[u8]) -> Result<Option<(Credential, User)>, Error> {
    let Some(credential) = state.store().credential(credential_id)?.filter(|found| found.tenant_id == tenant_id) else {
        return Ok(None);
    };
    let user = state.store().user(tenant_id, &credential.user_id)?;
    Ok(user.map(|user| (credential, user)))
}

fn write(
    state: &AppState,
    credential: &Credential,
    user: &User,
    authentication: &Authentication,
) -> Result<Option<(Session, String)>, Error> {
    let now = state.now();
    let secret = state.secret()?;
    let session = Session {
        id: Digest::of(&secret),
        tenant_id: user.tenant_id.clone(),
        user_id: user.user_id.clone(),
        credential_id: credential.record.id.clone(),
        created_at: now,
        expires_at: now + state.config().session_lifetime,
    };
    let used = CredentialUse {
        seq: credential.seq,
        judged_by: credential.record.sign_count,
        record: authentication.record.clone(),
        at: now,
    };
    let event = |event_type| {
        Event::new(event_type, &user.tenant_id, now)
            .user(Some(&user.user_id))
            .outcome(Outcome::Pass)
            .detail("credential_id", base64url::encode(&credential.record.id))
    };
    let events = vec![
        event(EventType::AuthenticationSucceeded).detail("evidence", authentication.evidence.to_json()),
        event(EventType::SessionCreated),
    ];
    let written = state.store().use_credential(used, session.clone(), events)?;
    Ok(written.then_some((session, secret)))
}

/// What was remembered. A challenge of the other ceremony gets here only where its check was left
/// out; then anybody's credential answers it.
fn remembered(taken: Challenge) -> Result<Remembered, Error> {
    let unreadable = |error| Error::Internal(format!("a pending authentication: {error}"));
    match taken.ceremony {
        Ceremony::Authentication => serde_json::from_value(taken.pending).map_err(unreadable),
        Ceremony::Registration => {
            let other: own_registration::Remembered = serde_json::from_value(taken.pending).map_err(unreadable)?;
            Ok(Remembered {
                pending: Pending {
                    challenge: other.pending.challenge,
                    user_handle: None,
                    allow_credentials: Vec::new(),
                    user_verification_required: other.pending.user_verification_required,
                    app_id: None,
                    backup: BackupPolicy::Any,
                    asked: Asked::default(),
                    payment: None,
                },
                user_id: None,
                frames: other.frames,
            })
        }
    }
}

/// How often an authentication is judged anew because another one came in between.
const ATTEMPTS: u32 = 8;
