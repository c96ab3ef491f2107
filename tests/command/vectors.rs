//! `assay vectors export`: the suite as data, consumed by our own relying party.

use std::collections::BTreeSet;
use std::env;

use assay::cli::TestKind;
use assay::judge::headers;
use assay::vectors::{SEED, line, record};
use assay::verify::decide_text;
use serde_json::Value;
use time::macros::datetime;

use crate::support::command::{assay, run};
use crate::support::place::Place;

/// Every vector has the form that its schema says, and our own relying party comes to its verdict for its reason.
#[test]
fn our_own_relying_party_agrees_with_every_vector() {
    let first = export();
    let schema: Value = serde_json::from_str(include_str!("../../docs/vectors.schema.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&first.schema).unwrap(), schema);
    let vectors: Vec<Value> = first.vectors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let (mut wrong, mut accepted, mut rejected) = (Vec::new(), 0, 0);
    for vector in &vectors {
        let id = &vector["id"];
        if let Some(offence) = offence(&schema, vector) {
            wrong.push(format!("{id}: {offence}"));
        }
        let verdict = decide_text(line(vector).unwrap().as_bytes(), 1, datetime!(2000-01-01 00:00 UTC));
        let codes = vector["expect"]["codes"].as_array().unwrap();
        match vector["expect"]["verdict"].as_str().unwrap() {
            "accept" => accepted += 1,
            _ => rejected += 1,
        }
        if verdict["outcome"] != vector["expect"]["verdict"] || (!codes.is_empty() && !codes.contains(&verdict["code"]))
        {
            wrong.push(format!("{id}: expected {}, got {} {}", vector["expect"], verdict["outcome"], verdict["code"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), accepted + rejected);
    assert!(accepted > 200 && rejected > 200, "{accepted} accepted, {rejected} rejected");

    let left_out: Value = serde_json::from_str(&first.left_out).unwrap();
    let left_out = left_out["left_out"].as_array().unwrap();
    let told: BTreeSet<&str> = vectors.iter().filter(|one| one["role"] == "probe").map(case).collect();
    let left: BTreeSet<&str> = left_out.iter().map(case).collect();
    let all: BTreeSet<String> = headers(TestKind::Server, "w3c-l3").into_iter().map(|header| header.id).collect();
    assert!(told.is_disjoint(&left));
    assert_eq!(told.union(&left).copied().collect::<Vec<_>>(), all.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(left_out.iter().all(|one| !one["reason"].as_str().unwrap().is_empty()));
}

/// The same seed, the same bytes: a part of the suite, all of it with `ASSAY_LONG=1`.
#[test]
fn what_is_recorded_comes_again() {
    let part = ["registration/client-data/", "registration/policy/", "authentication/payment/"].map(str::to_owned);
    let filter = if env::var_os("ASSAY_LONG").is_some_and(|long| long == "1") { &[][..] } else { &part[..] };
    let sent = || {
        let ceremonies = record("w3c-l3", SEED, datetime!(2026-11-22 00:00 UTC), filter).unwrap();
        let texts = ceremonies.into_iter().map(|one| (one.case, one.line.to_string(), one.credential));
        texts.collect::<Vec<_>>()
    };
    let first = sent();
    assert!(first.len() > 50, "{} ceremonies", first.len());
    assert!(first == sent(), "two recordings, two different texts");
}

fn case(entry: &Value) -> &str {
    entry["case"].as_str().unwrap()
}

/// The files of one export.
struct Exported {
    vectors: String,
    schema: String,
    left_out: String,
}

fn export() -> Exported {
    let place = Place::new();
    run(&mut assay(&place, ["vectors", "export", "--out", "vectors"])).expect(0);
    let read = |name: &str| std::fs::read_to_string(place.join("vectors").join(name)).unwrap();
    Exported { vectors: read("vectors.jsonl"), schema: read("vectors.schema.json"), left_out: read("left-out.json") }
}

/// What is wrong with a value, by as much of JSON Schema as our schema uses.
fn offence(schema: &Value, value: &Value) -> Option<String> {
    if schema.get("const").is_some_and(|only| only != value) {
        return Some(format!("{value} is not the constant"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return Some(format!("{value} is not in the list"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = match &schema["type"] {
        Value::String(wanted) => wanted == kind,
        Value::Array(wanted) => wanted.iter().any(|one| one == kind),
        _ => true,
    };
    if !fits {
        return Some(format!("{value} is of the wrong type"));
    }
    if let Some(found) = value.as_array().into_iter().flatten().find_map(|item| offence(&schema["items"], item)) {
        return Some(found);
    }
    let object = value.as_object()?;
    let lacking =
        schema["required"].as_array().into_iter().flatten().find(|name| !object.contains_key(name.as_str().unwrap()));
    if let Some(name) = lacking {
        return Some(format!("lacks {name}"));
    }
    object.iter().find_map(|(name, member)| match schema["properties"].get(name) {
        Some(known) => offence(known, member).map(|what| format!("{name}: {what}")),
        None => (schema["additionalProperties"] == Value::Bool(false)).then(|| format!("may not have {name}")),
    })
}
