//! Defects in what is made of registrations.

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use serde_json::{Map, Value, json};

use super::{POLICY, REGISTER, admitted, code, is_saving};
use crate::bite::proxy::{Onward, Request, Response};

pub(super) const ZERO: &str = "00000000-0000-0000-0000-000000000000";
pub(super) const UNKNOWN: &str = "11111111-2222-4333-8444-555555555555";
pub(super) const YUBIKEY_5: &str = "ee882879-721c-4913-9775-3dfcce97072a";

/// Saves another policy than was asked for.
pub(super) fn saved_as(mut request: Request, onward: &Onward, edit: fn(&mut Map<String, Value>)) -> Response {
    if is_saving(&request) {
        request.edit(edit);
    }
    onward.send(&request)
}

pub(super) fn without(policy: &mut Map<String, Value>, list: &str, one: &str) {
    if let Some(Value::Array(list)) = policy.get_mut(list) {
        list.retain(|other| other != one);
    }
}

pub(super) fn letters_compared(policy: &mut Map<String, Value>) {
    if let Some(Value::Array(list)) = policy.get_mut("allowed_aaguids") {
        for one in list.iter_mut() {
            if one.as_str().is_some_and(|text| text != text.to_lowercase()) {
                *one = json!(UNKNOWN);
            }
        }
    }
}

pub(super) fn minimum(policy: &mut Map<String, Value>, table: &[(&str, &str)]) {
    if let Some(minimum) = policy.get_mut("min_certification_level")
        && let Some((_, other)) = table.iter().find(|(asked, _)| minimum == asked)
    {
        *minimum = json!(other);
    }
}

/// What a registration shows.
pub(super) struct Shown {
    pub(super) fmt: String,
    pub(super) has_certificates: bool,
    pub(super) backup_eligible: bool,
}

/// How the engine refused it.
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) detail: String,
}

/// Admits some of what the policy refuses.
pub(super) fn admitting(request: Request, onward: &Onward, admits: fn(&Shown, &Refusal) -> bool) -> Response {
    let response = onward.send(&request);
    if !request.is("POST", REGISTER) || response.status != 403 {
        return response;
    }
    let detail = response.json().get("detail").and_then(Value::as_str).unwrap_or_default().to_owned();
    let refusal = Refusal { code: code(&response), detail };
    if admits(&shown(&request), &refusal) { admitted(response) } else { response }
}

fn shown(request: &Request) -> Shown {
    let body = request.json();
    let text = body.pointer("/response/attestationObject").and_then(Value::as_str).unwrap();
    let object = AttestationObject::parse(&base64url::decode(text).unwrap()).unwrap();
    let data = AuthenticatorData::parse(&object.auth_data).unwrap();
    Shown {
        has_certificates: object.att_stmt.get_text("x5c").is_some(),
        fmt: object.fmt,
        backup_eligible: data.flags.be(),
    }
}

/// Edits every status report of an entry.
pub(super) fn each_report(entry: &mut Value, edit: fn(&mut Map<String, Value>)) -> bool {
    let reports = entry.get_mut("statusReports").and_then(Value::as_array_mut).unwrap();
    reports.iter_mut().filter_map(Value::as_object_mut).for_each(edit);
    true
}

/// Edits the ways in which a model keeps its keys.
pub(super) fn protection(entry: &mut Value, edit: fn(&mut Vec<Value>)) -> bool {
    edit(entry.pointer_mut("/metadataStatement/keyProtection").and_then(Value::as_array_mut).unwrap());
    true
}

pub(super) fn is_certified(entry: &mut Value) -> bool {
    let reports = entry.get("statusReports").and_then(Value::as_array).unwrap();
    reports.iter().any(|report| report["status"] != "NOT_FIDO_CERTIFIED")
}

pub(super) fn audit_is_silent(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if request.is("GET", "/v1/audit") { response.with(200, &json!({"events": [], "next": null})) } else { response }
}

/// Lines of earlier policies alone.
pub(super) fn audit_tells_of_others(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if !request.is("GET", "/v1/audit") {
        return response;
    }
    response.edited(|body| {
        for line in body["events"].as_array_mut().unwrap() {
            let version = line["policy_version"].as_u64().unwrap();
            line["policy_version"] = json!(version - 1);
        }
    })
}

/// Judges as if in audit mode, and then only says that it refuses.
pub(super) fn refusals_are_stored(request: Request, onward: &Onward) -> Response {
    if !request.is("POST", REGISTER) {
        return onward.send(&request);
    }
    let policy = current(onward);
    let mut lenient = policy.clone();
    lenient["enforcement_mode"] = json!("audit");
    let version = onward.post(POLICY, &lenient).json().pointer("/data/policy/policy_version").cloned().unwrap();
    let response = onward.send(&request);
    onward.post(POLICY, &policy);
    let lines = onward.get("/v1/audit?event_type=attestation.evaluated&limit=1000");
    let ours = lines["events"].as_array().unwrap().iter().find(|line| line["policy_version"] == version).unwrap();
    let code = match ours["failed_rule"].as_str() {
        None => return response,
        Some("blocked_aaguids") => "attestation_blocked_aaguid",
        Some("mds_status") => "attestation_authenticator_compromised",
        Some("allowed_aaguids") => "attestation_aaguid_not_allowed",
        Some("block_software_auth") => "attestation_software_auth_blocked",
        Some("require_known_aaguids") => "attestation_unknown_aaguid",
        Some(_) => "attestation_certification_level_below_minimum",
    };
    response.with(403, &json!({"status": "failed", "errorMessage": "refused", "code": code}))
}

/// Decides by the policy that there was when the options were asked for, where that is `wanted`.
pub(super) fn moment_of_the_options(request: Request, onward: &Onward, wanted: fn(&Value) -> bool) -> Response {
    if request.is("POST", "/attestation/options") {
        *onward.memory.lock().unwrap() = current(onward);
    }
    let then = onward.memory.lock().unwrap().clone();
    if !request.is("POST", REGISTER) || !wanted(&then) {
        return onward.send(&request);
    }
    let now = current(onward);
    onward.post(POLICY, &then);
    let response = onward.send(&request);
    onward.post(POLICY, &now);
    response
}

pub(super) fn blocks(policy: &Value) -> bool {
    policy["blocked_aaguids"] != json!([])
}

pub(super) fn sign_ins_are_judged(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if request.is("POST", "/assertion/result") && blocks(&current(onward)) {
        return response.with(403, &json!({"code": "attestation_blocked_aaguid"}));
    }
    response
}

pub(super) fn audit_admits_anything(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    let is_refused = request.is("POST", REGISTER) && response.status == 400;
    if is_refused && current(onward)["enforcement_mode"] == "audit" { admitted(response) } else { response }
}

/// The tenant's policy, in the form in which it can be saved again.
fn current(onward: &Onward) -> Value {
    let answer = onward.get(&format!("{POLICY}?tenant_id={}", onward.tenant_id));
    let mut policy = answer.pointer("/data/policy").cloned().unwrap();
    for told in ["id", "policy_version", "created_at", "updated_at"] {
        policy.as_object_mut().unwrap().remove(told);
    }
    policy
}
