//! Registration: options, and the answer to them.

mod options;

use std::cell::RefCell;
use std::sync::Arc;

use assay_attestation::metadata::Metadata;
use assay_protocol::base64url;
use assay_protocol::webauthn::RegistrationResponse;
use assay_relying_party::policy::{Decision, Rule};
use assay_relying_party::registration::{self, Pending, Registration};
use assay_relying_party::trust::{Chain, Demand, Trust};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::options::begin;
use super::{Attempt, Contract, Frames, authentication, challenge, refused};
use crate::audit::{Event, EventType, Outcome};
use crate::error::{Error, Problem};
use crate::http::Call;
use crate::policy;
use crate::state::AppState;
use crate::store::{Account, Ceremony, Challenge, Credential, NewCredential, Uniqueness, User};

/// What is remembered until the answer comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) pending: Pending,
    pub(super) user_id: String,
    pub(super) username: String,
    pub(super) display_name: String,
    /// Is the user made with this credential?
    pub(super) new_user: bool,
    pub(super) frames: Frames,
    pub(super) demand: Demanded,
}

/// What becomes of certificate paths that lead to no anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Demanded {
    /// The request named the attestation types that it accepts: then they must be proven.
    Proof,
    /// The policy decides.
    Report,
}

/// A registration that was stored.
pub(crate) struct Finished {
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) registration: Registration,
    pub(crate) decision: Decision,
}

/// Judges an answer, asks the policy, stores the credential.
pub(crate) fn finish(call: &Call, contract: Contract) -> Result<Finished, Error> {
    let mut attempt = Attempt::new(&call.state);
    judge(call, contract, &mut attempt)
        .map_err(|error| attempt.rejected(&call.state, EventType::RegistrationRejected, error))
}

fn judge(call: &Call, contract: Contract, attempt: &mut Attempt) -> Result<Finished, Error> {
    let state = &call.state;
    let taken = challenge::take(call, Ceremony::Registration, attempt)?;
    let remembered = remembered(state, &taken)?;
    let response = RegistrationResponse::from_json(call.json_bytes()?, contract.dialect())?;
    let registration = verify(state, &remembered, &response)?;

    // The policy of this moment decides, not that of the options.
    let current = policy::current(state, &taken.tenant_id)?;
    let evidence = registration.evidence.for_policy();
    let decision = policy::evaluate(state, &current, &evidence);
    if current.is_on() {
        let subject = policy::subject_of(state, &evidence);
        let user_id = Some(remembered.user_id.as_str());
        attempt.events.push(policy::evaluated(
            state,
            &taken.tenant_id,
            user_id,
            "registration",
            &current,
            &decision,
            &subject,
        ));
    }
    if let Some(code) = decision.code {
        return Err(refusal(&decision, code).into());
    }
    let standing = policy::Standing::of(state, &current, &evidence, &decision);
    store(state, &taken.tenant_id, &remembered, &registration, &decision, &standing, attempt)?;
    Ok(Finished { user_id: remembered.user_id, username: remembered.username, registration, decision })
}

/// Judges the response by each source of trust until one verifies its path; without one, the
/// first verdict stands.
fn verify(state: &AppState, remembered: &Remembered, response: &RegistrationResponse) -> Result<Registration, Error> {
    let rp = remembered.frames.relying_party(state);
    let config = state.config();
    let store_failed = RefCell::new(None);
    let known = |id: &[u8]| match state.store().credential(id) {
        Ok(found) => found.is_some(),
        Err(error) => {
            store_failed.replace(Some(error));
            true
        }
    };
    let finish = |metadata: Option<&Metadata>| {
        let trust = Trust {
            anchors: Some(&config.anchors).filter(|anchors| !anchors.is_empty()),
            metadata,
            bound: None,
            demand: match remembered.demand {
                Demanded::Proof => Demand::Require,
                Demanded::Report => Demand::Report,
            },
            cache: Some(state.cache()),
        };
        registration::finish(&rp, &remembered.pending, response, &trust, &known, state.profile(), state.now())
    };
    let verified = |found: &Result<Registration, _>| {
        found.as_ref().is_ok_and(|registration| registration.evidence.chain.is_verified())
    };
    let all = state.metadata();
    let mut verdict = finish(all.first().map(Arc::as_ref));
    for metadata in all.iter().skip(1) {
        if verified(&verdict) {
            break;
        }
        let other = finish(Some(metadata));
        if verified(&other) || (verdict.is_err() && other.is_ok()) {
            verdict = other;
        }
    }
    if let Some(error) = store_failed.take() {
        return Err(error.into());
    }
    let registration = verdict.map_err(|rejection| refused(&rejection, Ceremony::Registration))?;
    sound(&registration)?;
    Ok(registration)
}

/// A path that leads to nobody we know is for the policy to judge; one that is broken in itself
/// makes the attestation invalid, whatever the policy.
fn sound(registration: &Registration) -> Result<(), Error> {
    let Chain::Unverified { code } = registration.evidence.chain else {
        return Ok(());
    };
    if code == assay_attestation::Check::PathUntrusted.id() {
        return Ok(());
    }
    let clause = assay_attestation::Check::ALL.iter().find(|check| check.id() == code).map(|check| check.info().clause);
    Err(Problem {
        check: Some(code),
        clause,
        ..Problem::new(400, "invalid_attestation", "refused: the attestation's certificate path is not sound")
    }
    .into())
}

fn store(
    state: &AppState,
    tenant_id: &str,
    remembered: &Remembered,
    registration: &Registration,
    decision: &Decision,
    standing: &policy::Standing,
    attempt: &Attempt,
) -> Result<(), Error> {
    let now = state.now();
    let evidence = registration.evidence.for_policy();
    let kept = serde_json::to_value(&evidence).map_err(|error| Error::Internal(format!("evidence: {error}")))?;
    let registered = Event::new(EventType::CredentialRegistered, tenant_id, now)
        .user(Some(&remembered.user_id))
        .outcome(Outcome::Pass)
        .detail("credential_id", base64url::encode(&registration.record.id))
        .detail("policy_outcome", decision.outcome.as_str())
        .detail("evidence", audited(registration));
    let account = if remembered.new_user {
        Account::New(User {
            user_id: remembered.user_id.clone(),
            tenant_id: tenant_id.to_owned(),
            username: remembered.username.clone(),
            display_name: remembered.display_name.clone(),
            handle: remembered.pending.user_handle.clone(),
            created_at: now,
        })
    } else {
        Account::Existing { tenant_id: tenant_id.to_owned(), user_id: remembered.user_id.clone() }
    };
    let credential = Credential {
        seq: 0,
        tenant_id: tenant_id.to_owned(),
        user_id: remembered.user_id.clone(),
        record: registration.record.clone(),
        algorithm: registration.evidence.algorithm,
        aaguid: evidence.aaguid,
        evidence: kept,
        created_at: now,
        last_used_at: None,
    };
    let check = assay_relying_party::Check::CredentialAlreadyRegistered.id();
    let uniqueness = if state.enforced().has(check) { Uniqueness::Required } else { Uniqueness::Waived };
    let mut events = attempt.events.clone();
    events.push(registered);
    let standing = standing.to_json();
    Ok(state.store().add_credential(NewCredential { account, credential, uniqueness, standing }, events)?)
}

/// What the audit keeps of a registration: not the certificates themselves.
fn audited(registration: &Registration) -> Value {
    let mut evidence = registration.evidence.to_json();
    if let Some(members) = evidence.as_object_mut() {
        members.remove("x5c");
        members.remove("public_key");
    }
    evidence
}

fn refusal(decision: &Decision, code: &'static str) -> Problem {
    if decision.http == 503 {
        return policy::metadata_unavailable(decision.http, code);
    }
    let rule = decision.failed_rule.map_or("", Rule::as_str);
    let reason = decision.reason.map(|reason| reason.to_string()).unwrap_or_default();
    Problem {
        detail: Some(format!("{rule}: {reason}")),
        ..Problem::new(decision.http, code, "the tenant's attestation policy does not admit this authenticator")
    }
}

/// What was remembered. A challenge of the other ceremony gets here only where its check was left
/// out; then the user who was identified registers.
fn remembered(state: &AppState, taken: &Challenge) -> Result<Remembered, Error> {
    let unreadable = |error| Error::Internal(format!("a pending registration: {error}"));
    let pending = taken.pending.clone();
    match taken.ceremony {
        Ceremony::Registration => serde_json::from_value(pending).map_err(unreadable),
        Ceremony::Authentication => {
            let other: authentication::Remembered = serde_json::from_value(pending).map_err(unreadable)?;
            other.as_registration(state, &taken.tenant_id)
        }
    }
}
