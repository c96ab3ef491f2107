//! What this deployment can do, and that it lives.

use assay_attestation::metadata::{Age, day};
use assay_attestation::{Check, Format};
use assay_relying_party::policy::Policy;
use serde_json::{Value, json};

use super::{Call, Reply};
use crate::config::PolicyEngine;
use crate::error::Error;

/// `GET /healthz`: 200 while the store writes.
pub(super) fn health(call: &Call) -> Result<Reply, Error> {
    call.state.store().record(Vec::new())?;
    Ok(Reply::ok(json!({ "status": "ok" })))
}

/// `GET /v1/capabilities`: 200 with everything that a tester or an operator may want to know before asking.
pub(super) fn list(call: &Call) -> Result<Reply, Error> {
    let config = call.state.config();
    let today = day(call.state.now());
    let metadata: Vec<Value> = call
        .state
        .metadata()
        .iter()
        .map(|metadata| {
            json!({
                "no": metadata.no,
                "next_update": metadata.next_update.to_string(),
                "age": Age::of(Some(metadata), today, Policy::GRACE_DAYS).as_str(),
                "entries": metadata.entries().len(),
                "entries_rejected": metadata.entries_rejected(),
            })
        })
        .collect();
    // What is refused for its format alone is not taken.
    let deprecated = call.state.enforced().has(Check::AndroidSafetynetDeprecated.id());
    let formats = Format::ALL.into_iter().filter(|format| !deprecated || *format != Format::AndroidSafetynet);
    let formats: Vec<&str> = formats.map(Format::name).collect();
    Ok(Reply::ok(json!({
        "server": "assay",
        "dialect": "assay",
        "version": env!("CARGO_PKG_VERSION"),
        "rp_id": config.rp_id,
        "origins": config.origins,
        "related_origins": config.related_origins,
        "profile": config.profile.name,
        "without": config.without,
        "formats": formats,
        "algorithms": config.algorithms,
        "policy_engine": config.policy_engine == PolicyEngine::Wired,
        "dbsc": true,
        "metadata": metadata,
        "limits": {
            "body_bytes": config.body_limit,
            "challenge_seconds": config.challenge_lifetime.as_secs(),
        },
    })))
}
