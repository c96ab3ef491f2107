//! Defects of Bearer keys and of the shape that they come with.

use serde_json::{Map, Value, json};

use super::{POLICY, code, is_saving};
use crate::bite::proxy::{Onward, Request, Response};

/// A policy that a key saves.
fn by_key(request: &Request) -> bool {
    is_saving(request) && request.header("authorization").is_some_and(|value| value.starts_with("Bearer "))
}

/// What a key saves, with its mode taken for another.
pub(super) fn mode_taken(mut request: Request, onward: &Onward, sent: &str, taken: &str) -> Response {
    if by_key(&request) && request.json().get("enforcement_mode") == Some(&json!(sent)) {
        request.edit(|policy| drop(policy.insert("enforcement_mode".to_owned(), json!(taken))));
    }
    onward.send(&request)
}

fn canonical(onward: &Onward, mode: &str) -> Value {
    json!({
        "tenant_id": onward.tenant_id,
        "enforcement_mode": mode,
        "block_software_auth": false,
        "require_known_aaguids": false,
    })
}

pub(super) fn no_level_is_none(request: Request, onward: &Onward) -> Response {
    if by_key(&request) && request.json().get("minimum_certification_level").is_none() {
        return onward.post(POLICY, &canonical(onward, "block"));
    }
    onward.send(&request)
}

pub(super) fn tenants_ignored(mut request: Request, onward: &Onward) -> Response {
    if by_key(&request) {
        request.edit(|policy| drop(policy.remove("tenant_id")));
    }
    onward.send(&request)
}

/// Saves what can be saved of a key's policy that was refused for `reason`.
fn mended(mut request: Request, onward: &Onward, reason: &str, mend: fn(&mut Map<String, Value>)) -> Response {
    let response = onward.send(&request);
    if !by_key(&request) || code(&response) != reason {
        return response;
    }
    request.edit(mend);
    onward.send(&request)
}

pub(super) fn shapes_mixed(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_request", |policy| drop(policy.remove("block_software_auth")))
}

pub(super) fn canonical_modes_taken(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_enforcement_mode", |policy| {
        policy.insert("enforcement_mode".to_owned(), json!("warn"));
    })
}

pub(super) fn clients_send_either(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if is_saving(&request) && !by_key(&request) && code(&response) == "invalid_request" {
        return onward.post(POLICY, &canonical(onward, "block"));
    }
    response
}

pub(super) fn keys_never_die(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if by_key(&request) && response.status == 401 {
        return onward.post(POLICY, &canonical(onward, "audit"));
    }
    response
}
