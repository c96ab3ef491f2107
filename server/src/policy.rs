//! A tenant's policy at work: which one holds, what metadata it is judged by, what is written down.
//!
//! The verdict itself is `assay_relying_party::policy`'s.

pub(crate) mod dry_run;
pub(crate) mod reevaluate;
mod standing;

use std::sync::Arc;

use assay_attestation::metadata::{KeyIdentifier, Metadata, Status, day};
use assay_protocol::aaguid::Aaguid;
use assay_relying_party::policy::{self, AdHoc, Decision, Evidence, Mode, Policy, Subject};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::audit::{Event, EventType, Outcome};
use crate::config::PolicyEngine;
use crate::error::{Error, Problem};
use crate::state::AppState;
use crate::store::{Credential, SavedPolicy};

pub(crate) use standing::Standing;

/// The policy that holds for a tenant now.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    /// As it was saved, if ever.
    pub(crate) saved: Option<SavedPolicy>,
    /// Its rules; off where there is none.
    pub(crate) rules: Policy,
}

impl Current {
    /// Is anything evaluated at all?
    pub(crate) fn is_on(&self) -> bool {
        self.rules.mode != Mode::Off
    }
}

/// Reads the policy that holds for a tenant now. Without the engine, none does.
pub(crate) fn current(state: &AppState, tenant_id: &str) -> Result<Current, Error> {
    let saved = match state.config().policy_engine {
        PolicyEngine::Wired => state.store().policy(tenant_id)?,
        PolicyEngine::NotWired => None,
    };
    let rules = match &saved {
        Some(saved) => Policy::from_stored_json(&saved.rules)
            .map_err(|error| Error::Internal(format!("the policy of {tenant_id}: {error}")))?,
        None => Policy::off(),
    };
    Ok(Current { saved, rules })
}

/// Judges a registration.
pub(crate) fn evaluate(state: &AppState, current: &Current, evidence: &Evidence) -> Decision {
    evaluate_by(state, &current.rules, evidence, state.now())
}

/// Judges what a registration has shown by whichever rules, as of some time.
pub(crate) fn evaluate_by(state: &AppState, rules: &Policy, evidence: &Evidence, now: OffsetDateTime) -> Decision {
    let metadata = metadata_of(state, &evidence.aaguid, evidence.key_identifier);
    policy::evaluate(rules, evidence, metadata.as_deref(), day(now))
}

/// Judges without a registration.
pub(crate) fn evaluate_ad_hoc(state: &AppState, current: &Current, subject: &Subject<'_>) -> AdHoc {
    let metadata = match subject {
        Subject::Credential(evidence) => metadata_of(state, &evidence.aaguid, evidence.key_identifier),
        Subject::Model(aaguid) => metadata_of(state, aaguid, None),
        Subject::NoAttestation => metadata_of(state, &Aaguid::ZERO, None),
    };
    policy::evaluate_ad_hoc(&current.rules, subject, metadata.as_deref(), day(state.now()))
}

/// The metadata that speak for a model: the first that know it, or else the first.
pub(crate) fn metadata_of(
    state: &AppState,
    aaguid: &Aaguid,
    key_identifier: Option<KeyIdentifier>,
) -> Option<Arc<Metadata>> {
    let all = state.metadata();
    all.iter()
        .find(|metadata| {
            metadata.by_aaguid(aaguid).is_some()
                || key_identifier.is_some_and(|identifier| metadata.by_key_identifier(&identifier).is_some())
        })
        .or_else(|| all.first())
        .cloned()
}

/// The answer where the metadata are too old to judge by, or absent: no verdict, try again.
pub(crate) fn metadata_unavailable(status: u16, code: &'static str) -> Problem {
    Problem {
        retry_after: Some(RETRY_AFTER),
        ..Problem::new(status, code, "the policy needs metadata that are missing or too old; try again later")
    }
}

/// The audit line of an evaluation.
pub(crate) fn evaluated(
    state: &AppState,
    tenant_id: &str,
    user_id: Option<&str>,
    source: &str,
    current: &Current,
    decision: &Decision,
    subject: &Value,
) -> Event {
    let outcome = match decision.outcome {
        policy::Outcome::Pass => Outcome::Pass,
        policy::Outcome::Fail => Outcome::Fail,
        policy::Outcome::Error => Outcome::Error,
        policy::Outcome::Skipped => Outcome::Skipped,
    };
    let mut event = Event::new(EventType::Evaluated, tenant_id, state.now())
        .user(user_id)
        .outcome(outcome)
        .failed_rule(decision.failed_rule.map(policy::Rule::as_str))
        .detail("source", source)
        .detail("enforcement_mode", current.rules.mode.as_str())
        .detail("policy_id", json!(current.saved.as_ref().map(|saved| &saved.policy_id)))
        .detail("policy_version", json!(current.saved.as_ref().map(|saved| saved.version)));
    event.code = decision.code.map(str::to_owned);
    for part in [subject, &decision.to_json()] {
        for (name, value) in part.as_object().into_iter().flatten() {
            if !matches!(name.as_str(), "outcome" | "failed_rule" | "code") {
                event.detail.insert(name.clone(), value.clone());
            }
        }
    }
    event
}

/// The members of an evaluation's audit line that tell of the claimed model's certification: they
/// are kept, and have no effect. A status of tomorrow's is kept by its word.
pub(crate) fn model_of(state: &AppState, aaguid: &Aaguid, key_identifier: Option<KeyIdentifier>) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("aaguid".to_owned(), json!(aaguid));
    let metadata = metadata_of(state, aaguid, key_identifier);
    let entry = metadata.as_deref().and_then(|metadata| match key_identifier {
        Some(identifier) if aaguid.is_zero() => metadata.by_key_identifier(&identifier),
        _ => metadata.by_aaguid(aaguid),
    });
    let Some(entry) = entry else { return told };
    let today = day(state.now());
    if let Some(report) = entry.certification(today, None) {
        told.insert("certification_policy_version".to_owned(), json!(report.certification_policy_version));
        told.insert("certification_requirements_version".to_owned(), json!(report.certification_requirements_version));
    }
    let unknown: Vec<&str> =
        entry.in_force(today).filter(|report| report.status == Status::Unknown).map(|report| &*report.word).collect();
    if !unknown.is_empty() {
        told.insert("unknown_statuses".to_owned(), json!(unknown));
    }
    told
}

/// The members of an evaluation's audit line that tell what was judged.
pub(crate) fn subject_of(state: &AppState, evidence: &Evidence) -> Value {
    let mut subject = model_of(state, &evidence.aaguid, evidence.key_identifier);
    let shown = json!({
        "fmt": evidence.fmt.name(),
        "attestation_type": evidence.attestation.name(),
        "anchor_sha256": evidence.anchor_sha256.map(|digest| to_hex(&digest)),
        "be": evidence.backup_eligible,
    });
    subject.extend(shown.as_object().cloned().unwrap_or_default());
    Value::Object(subject)
}

/// What a credential's registration has shown.
pub(crate) fn evidence_of(credential: &Credential) -> Result<Evidence, Error> {
    Evidence::deserialize(&credential.evidence).map_err(|error| Error::Internal(format!("stored evidence: {error}")))
}

/// A part of a whole, between 0 and 1, to a hundredth of a percent.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    let steps = part.saturating_mul(10_000).checked_div(whole).unwrap_or_default();
    f64::from(u32::try_from(steps).unwrap_or(u32::MAX)) / 10_000.0
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An hour: metadata are not issued more often.
const RETRY_AFTER: u32 = 3600;
