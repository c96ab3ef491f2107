//! The second look at credentials that are enrolled: each day, and whenever the metadata change.
//!
//! It tells and touches nothing: no credential is changed, nobody is locked out. How a credential
//! stands is kept beside it, so that the same change is told once, however often one looks.

use assay_protocol::base64url;
use assay_relying_party::policy::{Decision, Outcome};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Current, Standing, current, evaluate_by, evaluated, evidence_of, subject_of};
use crate::audit::{Event, EventType};
use crate::config::PolicyEngine;
use crate::error::Error;
use crate::state::AppState;
use crate::store::{Credential, StandingChange};

/// What a look at all credentials has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reevaluation {
    /// How many were judged.
    pub(crate) judged: u64,
    /// How many of them stand otherwise than before.
    pub(crate) changed: u64,
    /// How many could not be judged: their metadata are missing or too old, or their evidence does
    /// not read back. For them what was known stands.
    pub(crate) unjudged: u64,
}

/// Judges every enrolled credential of every tenant by the tenant's policy and the metadata as of
/// `now`, and writes `attestation.status_changed` for each one that stands otherwise than before.
pub(crate) fn reevaluate(state: &AppState, now: OffsetDateTime) -> Result<Reevaluation, Error> {
    let mut done = Reevaluation::default();
    if state.config().policy_engine == PolicyEngine::NotWired {
        return Ok(done);
    }
    for tenant in state.store().tenants()? {
        let current = current(state, &tenant.tenant_id)?;
        let mut after = 0;
        loop {
            let page = state.store().credentials(&tenant.tenant_id, None, after, PAGE)?;
            let Some(last) = page.last() else { break };
            let up_to = last.seq;
            let mut known = state.store().standings(&tenant.tenant_id, after, up_to)?;
            for credential in &page {
                match look(state, &current, credential, known.remove(&credential.seq), now)? {
                    Look::Unjudged => done.unjudged += 1,
                    Look::Same => done.judged += 1,
                    Look::Changed => {
                        done.judged += 1;
                        done.changed += 1;
                    }
                }
            }
            after = up_to;
        }
    }
    tracing::info!(
        judged = done.judged,
        changed = done.changed,
        unjudged = done.unjudged,
        "credentials looked at again"
    );
    Ok(done)
}

enum Look {
    Unjudged,
    Same,
    Changed,
}

fn look(
    state: &AppState,
    current: &Current,
    credential: &Credential,
    known: Option<Value>,
    now: OffsetDateTime,
) -> Result<Look, Error> {
    let evidence = match evidence_of(credential) {
        Ok(evidence) => evidence,
        Err(error) => {
            tracing::warn!(%error, credential = credential.seq, "a credential cannot be judged again");
            return Ok(Look::Unjudged);
        }
    };
    let decision = evaluate_by(state, &current.rules, &evidence, now);
    let standing = Standing::as_of(state, current, &evidence, &decision, now);
    let before: Option<Standing> = known.clone().and_then(|known| serde_json::from_value(known).ok());
    // That nobody can say any more what a model's statuses are is no news of the model.
    let blind = decision.mds_no.is_none() && before.as_ref().is_some_and(Standing::knows_statuses);
    if decision.outcome == Outcome::Error || blind {
        return Ok(Look::Unjudged);
    }
    if before.as_ref() == Some(&standing) {
        return Ok(Look::Same);
    }
    let news = before.is_some() || !standing.is_clean();
    let events =
        if news { told(state, current, credential, &decision, before.as_ref(), &standing, now)? } else { vec![] };
    let change = StandingChange { credential: credential.seq, judged_by: known, standing: standing.to_json() };
    let written = state.store().put_standing(change, events)?;
    Ok(if written && news { Look::Changed } else { Look::Same })
}

/// The verdict as every evaluation is written down, and what is new about it.
fn told(
    state: &AppState,
    current: &Current,
    credential: &Credential,
    decision: &Decision,
    before: Option<&Standing>,
    standing: &Standing,
    now: OffsetDateTime,
) -> Result<Vec<Event>, Error> {
    let mut subject = subject_of(state, &evidence_of(credential)?);
    if let Some(subject) = subject.as_object_mut() {
        subject.insert("credential_id".to_owned(), base64url::encode(&credential.record.id).into());
    }
    let (tenant_id, user_id) = (credential.tenant_id.as_str(), Some(credential.user_id.as_str()));
    let mut evaluation = evaluated(state, tenant_id, user_id, "reevaluation", current, decision, &subject);
    // Nobody has asked, so nobody was answered.
    evaluation.code = None;
    evaluation.detail.insert("http".to_owned(), Value::Null);
    evaluation.at = now;
    let mut change = Event { event_type: EventType::StatusChanged, ..evaluation.clone() };
    change.detail.insert("old".to_owned(), json!(before.map(Standing::to_json)));
    change.detail.insert("new".to_owned(), standing.to_json());
    change.detail.insert("risk".to_owned(), standing.risk_since(before).as_str().into());
    Ok(if current.is_on() { vec![evaluation, change] } else { vec![change] })
}

/// How many credentials are looked at between two questions to the store.
const PAGE: u32 = 500;
