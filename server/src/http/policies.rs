//! The three endpoints of the attestation policy.

use assay_protocol::aaguid::Aaguid;
use assay_protocol::digest::sha256;
use assay_relying_party::policy::{Evidence, Policy, PolicyError, Subject};
use serde_json::{Map, Value, json};

use super::json::Object;
use super::{Call, Reply};
use crate::audit::{Event, EventType};
use crate::auth::{self, Caller};
use crate::config::PolicyEngine;
use crate::error::{Error, Problem};
use crate::policy;
use crate::state::AppState;
use crate::store::{Capability, SavedPolicy};
use crate::timestamp::rfc3339;

/// `GET /v1/attestation/policy?tenant_id`: the policy, or null. Canonical, whoever set it; a key
/// need not name its tenant.
pub(super) fn read(call: &Call) -> Result<Reply, Error> {
    let caller = permitted(call)?;
    let parameters = call.query(&["tenant_id"])?;
    let tenant_id = match (parameters.text("tenant_id"), &caller) {
        (Some(tenant_id), _) => tenant_id,
        (None, Caller::Key(key)) => &key.tenant_id,
        (None, Caller::Client(_)) => {
            return Err(Error::InvalidRequest("the query parameter tenant_id is missing".to_owned()));
        }
    };
    own_tenant(&caller, tenant_id)?;
    let saved = call.state.store().policy(tenant_id)?;
    Ok(Reply::ok(json!({ "ok": true, "data": { "policy": saved.as_ref().map(show) } })))
}

/// `POST /v1/attestation/policy`: replaces the whole policy and gives back what was saved; with
/// `?dry_run=true` nothing is saved, and what is given back is what it would do to those enrolled.
pub(super) fn replace(call: &Call) -> Result<Reply, Error> {
    let caller = permitted(call)?;
    let dry_run = dry_run(call)?;
    let body = call.json()?;
    let (tenant_id, rules) = wished(&caller, &body)?;
    if dry_run {
        let would = policy::dry_run::dry_run(&call.state, tenant_id, &rules)?;
        return Ok(Reply::ok(json!({ "ok": true, "data": { "policy": rules.to_json(), "dry_run": would } })));
    }
    let rules = Value::Object(rules.to_json());
    let (who, id) = caller.audited();
    for _attempt in 0..ATTEMPTS {
        let old = call.state.store().policy(tenant_id)?;
        let saved = successor(&call.state, old.as_ref(), tenant_id, &rules)?;
        let updated = Event::new(EventType::PolicyUpdated, tenant_id, saved.updated_at)
            .detail("policy_id", saved.policy_id.as_str())
            .detail("policy_version", saved.version)
            .detail(who, id)
            .detail("old_hash", json!(old.as_ref().map(|old| hash(&old.rules))))
            .detail("new_hash", hash(&saved.rules));
        if call.state.store().put_policy(saved.clone(), vec![updated])? {
            return Ok(Reply::ok(json!({ "ok": true, "data": { "policy": show(&saved) } })));
        }
    }
    Err(Error::Internal(format!("the policy of {tenant_id} changes faster than it can be replaced")))
}

/// `POST /v1/attestation/evaluate`: a verdict without a registration. A bad one is still 200.
pub(super) fn evaluate(call: &Call) -> Result<Reply, Error> {
    let caller = permitted(call)?;
    let body = call.json()?;
    body.only(&["tenant_id", "user_id", "aaguid"])?;
    let tenant_id = body.required_text("tenant_id")?;
    own_tenant(&caller, tenant_id)?;
    let user_id = body.required_text("user_id")?;
    let aaguid = aaguid(&body)?;

    let stored = match aaguid {
        Some(aaguid) => stored_verdict(&call.state, tenant_id, user_id, aaguid)?,
        None => None,
    };
    let subject = match (&stored, aaguid) {
        (Some(evidence), _) => Subject::Credential(evidence),
        (None, Some(aaguid)) => Subject::Model(aaguid),
        (None, None) => Subject::NoAttestation,
    };
    let current = policy::current(&call.state, tenant_id)?;
    let verdict = policy::evaluate_ad_hoc(&call.state, &current, &subject);

    let mut told = match (&stored, aaguid) {
        (Some(evidence), _) => policy::subject_of(&call.state, evidence),
        (None, Some(aaguid)) => Value::Object(policy::model_of(&call.state, &aaguid, None)),
        (None, None) => json!({ "aaguid": null }),
    };
    if let Some(told) = told.as_object_mut() {
        told.insert("basis".to_owned(), verdict.basis.as_str().into());
        let (who, id) = caller.audited();
        told.insert(who.to_owned(), id.into());
    }
    let mut line =
        policy::evaluated(&call.state, tenant_id, Some(user_id), "adhoc", &current, &verdict.decision, &told);
    line.detail.insert("http".to_owned(), verdict.http().into());
    call.state.store().record(vec![line])?;

    match (verdict.http(), verdict.decision.code) {
        (200, _) | (_, None) => Ok(Reply::ok(json!({ "ok": true, "data": verdict.to_json() }))),
        (status, Some(code)) => Err(policy::metadata_unavailable(status, code).into()),
    }
}

/// `POST /v1/attestation/reevaluate`: looks at every tenant's credentials again, now.
pub(super) fn reevaluate(call: &Call) -> Result<Reply, Error> {
    auth::require(&call.state, &call.headers, Capability::Admin)?;
    if call.state.config().policy_engine == PolicyEngine::NotWired {
        return Err(Error::NotImplemented("the attestation policy engine"));
    }
    let done = policy::reevaluate::reevaluate(&call.state, call.state.now())?;
    Ok(Reply::ok(json!({ "judged": done.judged, "changed": done.changed, "unjudged": done.unjudged })))
}

/// Whoever may use these endpoints; without the engine, nobody.
fn permitted(call: &Call) -> Result<Caller, Error> {
    let caller = auth::caller(&call.state, &call.headers)?;
    if call.state.config().policy_engine == PolicyEngine::NotWired {
        return Err(Error::NotImplemented("the attestation policy engine"));
    }
    caller.allow(Capability::Attestation)?;
    Ok(caller)
}

fn own_tenant(caller: &Caller, tenant_id: &str) -> Result<(), Error> {
    if caller.tenant_id() == tenant_id {
        return Ok(());
    }
    Err(Error::Forbidden("the tenant_id is not the caller's tenant".to_owned()))
}

/// The tenant and the rules of a body. Which of the two shapes it has is told by who asks: clients
/// send the canonical one, which names the tenant; keys the legacy one, which need not.
fn wished<'a>(caller: &'a Caller, body: &'a Object) -> Result<(&'a str, Policy), Error> {
    match caller {
        Caller::Client(_) => {
            let tenant_id = body.required_text("tenant_id")?;
            own_tenant(caller, tenant_id)?;
            Ok((tenant_id, Policy::from_json(&body.to_value())?))
        }
        Caller::Key(key) => {
            let tenant_id = body.text("tenant_id")?.unwrap_or(&key.tenant_id);
            own_tenant(caller, tenant_id)?;
            Ok((tenant_id, Policy::from_legacy_json(&body.to_value())?))
        }
    }
}

fn dry_run(call: &Call) -> Result<bool, Error> {
    let parameters = call.query(&["dry_run"])?;
    match parameters.text("dry_run") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Error::InvalidRequest(format!("dry_run is {other:?}, neither true nor false"))),
    }
}

/// What follows the policy that a tenant has now.
fn successor(
    state: &AppState,
    old: Option<&SavedPolicy>,
    tenant_id: &str,
    rules: &Value,
) -> Result<SavedPolicy, Error> {
    let now = state.now();
    Ok(match old {
        Some(old) => SavedPolicy { rules: rules.clone(), version: old.version + 1, updated_at: now, ..old.clone() },
        None => SavedPolicy {
            policy_id: state.id("pol")?,
            tenant_id: tenant_id.to_owned(),
            rules: rules.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        },
    })
}

/// What the user's newest credential of this model showed when it was registered.
fn stored_verdict(state: &AppState, tenant_id: &str, user_id: &str, aaguid: Aaguid) -> Result<Option<Evidence>, Error> {
    let credentials = state.store().credentials(tenant_id, Some(user_id), 0, u32::MAX)?;
    let newest = credentials.into_iter().rev().find(|credential| credential.aaguid == aaguid);
    newest.map(|credential| policy::evidence_of(&credential)).transpose()
}

/// The AAGUID in question; null is an authenticator that tells none.
fn aaguid(body: &Object) -> Result<Option<Aaguid>, Error> {
    match body.get("aaguid") {
        None => Err(Error::InvalidRequest("aaguid is missing; null stands for no attestation".to_owned())),
        Some(node) if node.is_null() => Ok(None),
        Some(node) => match node.as_str().and_then(|text| text.parse().ok()) {
            Some(aaguid) => Ok(Some(aaguid)),
            None => {
                Err(Problem::new(400, "invalid_aaguid", "aaguid is no AAGUID: 8-4-4-4-12 hexadecimal digits").into())
            }
        },
    }
}

fn show(saved: &SavedPolicy) -> Value {
    let mut policy = Map::new();
    policy.insert("id".to_owned(), saved.policy_id.as_str().into());
    policy.insert("tenant_id".to_owned(), saved.tenant_id.as_str().into());
    policy.extend(saved.rules.as_object().cloned().unwrap_or_default());
    policy.insert("policy_version".to_owned(), saved.version.into());
    policy.insert("created_at".to_owned(), rfc3339(saved.created_at).into());
    policy.insert("updated_at".to_owned(), rfc3339(saved.updated_at).into());
    Value::Object(policy)
}

fn hash(rules: &Value) -> String {
    policy::to_hex(&sha256(rules.to_string().as_bytes()))
}

impl From<PolicyError> for Error {
    fn from(error: PolicyError) -> Self {
        Problem::new(400, error.code(), error.detail()).into()
    }
}

/// Two clients that replace a policy at the same moment both succeed, one after the other.
const ATTEMPTS: u32 = 16;
