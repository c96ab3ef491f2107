//! Defects of the dry run and of the audit log.

use serde_json::{Value, json};

use super::{POLICY, is_saving};
use crate::bite::proxy::{Onward, Request, Response};

const AUDIT: &str = "/v1/audit";

fn is_dry(request: &Request) -> bool {
    is_saving(request) && request.target.contains("dry_run=true")
}

pub(super) fn dry_runs_save(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if is_dry(&request) && response.status == 200 {
        assert_eq!(onward.post(POLICY, &request.json()).status, 200);
    }
    response
}

pub(super) fn dry_runs_take_anything(request: Request, onward: &Onward) -> Response {
    let response = onward.send(&request);
    if is_dry(&request) && response.status == 400 {
        return response.with(200, &json!({ "ok": true, "data": { "dry_run": { "would_fail": 0 } } }));
    }
    response
}

/// The count of a dry run with another number in it.
pub(super) fn miscounted(request: Request, onward: &Onward, pointer: &str, number: &Value) -> Response {
    let response = onward.send(&request);
    if !is_dry(&request) || response.status != 200 {
        return response;
    }
    response.edited(|body| *body.pointer_mut(pointer).unwrap() = number.clone())
}

/// The lines of the audit log, edited; false drops the line.
pub(super) fn lines(request: Request, onward: &Onward, edit: fn(&mut Value) -> bool) -> Response {
    let response = onward.send(&request);
    if !request.is("GET", AUDIT) {
        return response;
    }
    response.edited(|body| {
        if let Some(events) = body.get_mut("events").and_then(Value::as_array_mut) {
            events.retain_mut(edit);
        }
    })
}

pub(super) fn filters_ignored(mut request: Request, onward: &Onward) -> Response {
    if request.is("GET", AUDIT) {
        let known = ["event_type=", "user_id=", "group_by=", "after=", "limit="];
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let kept: Vec<&str> = query.split('&').filter(|part| known.iter().any(|name| part.starts_with(name))).collect();
        request.target = format!("{path}?{}", kept.join("&"));
    }
    onward.send(&request)
}

pub(super) fn grouped_by_outcome(mut request: Request, onward: &Onward) -> Response {
    request.target = request.target.replace("group_by=failed_rule", "group_by=outcome");
    onward.send(&request)
}

pub(super) fn groups_miscounted(request: Request, onward: &Onward) -> Response {
    onward.send(&request).edited(|body| {
        if let Some(count) = body.pointer_mut("/groups/0/count") {
            *count = json!(1);
        }
    })
}
