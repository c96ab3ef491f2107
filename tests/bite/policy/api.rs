//! Defects at the three endpoints.

use serde_json::{Value, json};

use super::{EVALUATE, POLICY, code, is_saving};
use crate::bite::proxy::{Onward, Request, Response};

const MODEL_LIST: [&str; 2] = ["allowed_aaguids", "blocked_aaguids"];

pub(super) fn credentials_ignored(mut request: Request, onward: &Onward) -> Response {
    request.set_header("authorization", &onward.authorization);
    onward.send(&request)
}

pub(super) fn tenants_ignored(mut request: Request, onward: &Onward) -> Response {
    request.edit(|body| {
        if let Some(tenant) = body.get_mut("tenant_id") {
            *tenant = json!(onward.tenant_id);
        }
    });
    onward.send(&request)
}

pub(super) fn saving_merges(mut request: Request, onward: &Onward) -> Response {
    if is_saving(&request) {
        let old = onward.get(&format!("{POLICY}?tenant_id={}", onward.tenant_id));
        let old = old.pointer("/data/policy").and_then(Value::as_object).cloned().unwrap_or_default();
        request.edit(|policy| {
            for name in ["allowed_aaguids", "blocked_aaguids", "min_certification_level"] {
                if let (None, Some(value)) = (policy.get(name), old.get(name)) {
                    policy.insert(name.to_owned(), value.clone());
                }
            }
        });
    }
    onward.send(&request)
}

pub(super) fn saving_makes_another(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if !is_saving(&request) {
        return response;
    }
    response.edited(|body| {
        let version = body.pointer("/data/policy/policy_version").cloned().unwrap_or_default();
        if let Some(id) = body.pointer_mut("/data/policy/id") {
            *id = json!(format!("pol_{version}"));
        }
    })
}

pub(super) fn empty_policy_for_none(request: Request, onward: &Onward) -> Response {
    onward.send(&request).edited(|body| {
        if let Some(policy @ Value::Null) = body.pointer_mut("/data/policy") {
            *policy = json!({});
        }
    })
}

pub(super) fn tenant_guessed(mut request: Request, onward: &Onward) -> Response {
    if request.is("GET", POLICY) && !request.target.contains("tenant_id") {
        request.target = format!("{POLICY}?tenant_id={}", onward.tenant_id);
    }
    onward.send(&request)
}

fn verdict(request: &Request, onward: &Onward, edit: impl FnOnce(&mut Value)) -> Response {
    let response = onward.send(request);
    if !request.is("POST", EVALUATE) || response.status != 200 {
        return response;
    }
    response.edited(|body| edit(&mut body["data"]))
}

pub(super) fn everything_passes(request: Request, onward: &Onward) -> Response {
    verdict(&request, onward, |data| {
        data["passed"] = json!(true);
        data["failed_rule"] = Value::Null;
    })
}

pub(super) fn nothing_passes(request: Request, onward: &Onward) -> Response {
    verdict(&request, onward, |data| data["passed"] = json!(false))
}

pub(super) fn level_forgotten(request: Request, onward: &Onward) -> Response {
    verdict(&request, onward, |data| data["level"] = Value::Null)
}

pub(super) fn basis_is_a_credential(request: Request, onward: &Onward) -> Response {
    verdict(&request, onward, |data| data["basis"] = json!("credential"))
}

pub(super) fn verdicts_are_errors(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if request.is("POST", EVALUATE) && response.json().pointer("/data/passed") == Some(&json!(false)) {
        return response.with(403, &json!({"code": "attestation_unknown_aaguid"}));
    }
    response
}

pub(super) fn any_aaguid_will_do(mut request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if code(&response) != "invalid_aaguid" {
        return response;
    }
    request.edit(|body| body["aaguid"] = Value::Null);
    onward.send(&request)
}

/// Saves what can be saved of a policy that was refused for `reason`.
fn mended(
    mut request: Request,
    onward: &Onward,
    reason: &str,
    mend: impl FnOnce(&mut serde_json::Map<String, Value>),
) -> Response {
    let response = onward.send(&request);
    if !is_saving(&request) || code(&response) != reason {
        return response;
    }
    request.edit(mend);
    onward.send(&request)
}

pub(super) fn lists_are_cleaned(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_aaguid", |policy| MODEL_LIST.iter().for_each(|name| drop(policy.remove(*name))))
}

pub(super) fn modes_are_guessed(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_enforcement_mode", |policy| {
        policy.insert("enforcement_mode".to_owned(), json!("audit"));
    })
}

pub(super) fn levels_are_guessed(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_certification_level", |policy| {
        policy.insert("min_certification_level".to_owned(), json!("L2"));
    })
}

pub(super) fn flags_have_defaults(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_request", |policy| {
        for name in ["block_software_auth", "require_known_aaguids"] {
            if !policy.get(name).is_some_and(Value::is_boolean) {
                policy.insert(name.to_owned(), json!(false));
            }
        }
    })
}

pub(super) fn unknown_fields_ignored(request: Request, onward: &Onward) -> Response {
    mended(request, onward, "invalid_request", |policy| drop(policy.remove("block_sofware_auth")))
}

pub(super) fn refusals_save_something(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if is_saving(&request) && response.status == 400 {
        let other = json!({
            "tenant_id": onward.tenant_id,
            "enforcement_mode": "audit",
            "block_software_auth": false,
            "require_known_aaguids": false,
        });
        assert_eq!(onward.post(POLICY, &other).status, 200);
    }
    response
}
