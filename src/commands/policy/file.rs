//! A policy in a file: what is posted, in either shape, or what a GET gives back.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use assay_protocol::tree::json::{self, AnomalyKind};
use assay_relying_party::policy::{Policy, PolicyError};
use serde_json::Value;

/// The two shapes of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Canonical,
    Legacy,
}

/// What was found in the file.
pub(super) enum Found {
    Policy(Shape, Box<Policy>),
    /// What is wrong, in the words of the server, or of JSON.
    Problems(Vec<String>),
}

/// Reads a policy.
pub(super) fn read(path: &Path) -> Result<Found> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(parse(&bytes))
}

fn parse(bytes: &[u8]) -> Found {
    let document = json::read(bytes);
    // As strict as the server: whatever two readers might read differently is refused.
    let faults: Vec<String> = document
        .anomalies
        .iter()
        .filter(|anomaly| anomaly.kind != AnomalyKind::ByteOrderMark)
        .map(|anomaly| format!("{}: {anomaly}", place(bytes, anomaly.range.start)))
        .collect();
    if !faults.is_empty() {
        return Found::Problems(faults);
    }
    let Some(root) = document.root else {
        return Found::Problems(vec!["the file is empty".to_owned()]);
    };
    let policy = unwrapped(root.to_serde());
    let legacy = Policy::from_legacy_json(&policy);
    match Policy::from_stored_json(&policy) {
        Ok(policy) => Found::Policy(Shape::Canonical, Box::new(policy)),
        Err(error) => match (shape_of(&policy), legacy) {
            (Shape::Legacy, Ok(policy)) => Found::Policy(Shape::Legacy, Box::new(policy)),
            (Shape::Legacy, Err(error)) => Found::Problems(vec![error.to_string()]),
            (Shape::Canonical, _) => {
                let problems: Vec<String> = Policy::problems(&policy).iter().map(PolicyError::to_string).collect();
                Found::Problems(if problems.is_empty() { vec![error.to_string()] } else { problems })
            }
        },
    }
}

/// Only the legacy shape calls the level so, and has these modes.
fn shape_of(policy: &Value) -> Shape {
    let flags = ["block_software_auth", "require_known_aaguids", "min_certification_level", "blocked_aaguids"];
    let mode = policy.get("enforcement_mode").and_then(Value::as_str);
    let legacy = policy.get("minimum_certification_level").is_some() || matches!(mode, Some("warn" | "off" | "block"));
    match legacy && flags.iter().all(|flag| policy.get(flag).is_none()) {
        true => Shape::Legacy,
        false => Shape::Canonical,
    }
}

/// What a GET gives back, without what the server has added.
fn unwrapped(document: Value) -> Value {
    let mut policy = document.pointer("/data/policy").cloned().unwrap_or(document);
    if let Some(members) = policy.as_object_mut() {
        for added in ["id", "policy_version", "created_at", "updated_at"] {
            members.remove(added);
        }
    }
    policy
}

/// Where a byte stands, as editors count.
fn place(bytes: &[u8], at: usize) -> String {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    format!("line {line}, column {}", before.len() - start + 1)
}

#[cfg(test)]
mod tests {
    use super::{Found, Shape, parse};

    fn problems(text: &str) -> Vec<String> {
        match parse(text.as_bytes()) {
            Found::Problems(problems) => problems,
            Found::Policy(..) => panic!("a good policy: {text}"),
        }
    }

    fn shape(text: &str) -> Shape {
        match parse(text.as_bytes()) {
            Found::Policy(shape, _) => shape,
            Found::Problems(problems) => panic!("{problems:?}"),
        }
    }

    const FLAGS: &str = r#""block_software_auth":false,"require_known_aaguids":false"#;

    #[test]
    fn both_shapes_and_an_answer_are_read() {
        assert_eq!(shape(&format!("{{\"enforcement_mode\":\"block\",{FLAGS}}}")), Shape::Canonical);
        let answer = format!(
            "{{\"ok\":true,\"data\":{{\"policy\":{{\"id\":\"pol_1\",\"policy_version\":3,\"enforcement_mode\":\"off\",{FLAGS}}}}}}}"
        );
        assert_eq!(shape(&answer), Shape::Canonical);
        assert_eq!(shape(r#"{"enforcement_mode":"warn"}"#), Shape::Legacy);
        assert_eq!(shape(r#"{"enforcement_mode":"block","minimum_certification_level":"L1"}"#), Shape::Legacy);
    }

    #[test]
    fn every_problem_has_its_words() {
        let found = problems("{\"enforcement_mode\":\"block\",\n \"enforcement_mode\":\"audit\"}");
        assert!(found[0].starts_with("line 2, column "), "{found:?}");
        let found = problems(r#"{"enforcement_mode":"warn","blocked_aaguids":["x"],"block_software_auth":1}"#);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].starts_with("invalid_enforcement_mode: "));
        let found = problems(r#"{"enforcement_mode":"block","minimum_certification_level":"L7"}"#);
        assert!(found[0].starts_with("invalid_certification_level: "), "{found:?}");
        let mixed =
            problems(&format!("{{\"enforcement_mode\":\"block\",\"minimum_certification_level\":\"L1\",{FLAGS}}}"));
        assert!(mixed[0].contains("minimum_certification_level"), "{mixed:?}");
        assert_eq!(problems("").len(), 1);
    }
}
