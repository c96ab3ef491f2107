//! `assay key info --mds`: does a key say of itself what its metadata statement says of its model?

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A member of getInfo in which key and statement differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Its name; of an option, `options.NAME`.
    pub(super) member: String,
    /// In the statement; null where it has none.
    pub(super) statement: Value,
    /// Of the key; null where it has none.
    pub(super) key: Value,
}

/// What a key's life changes: that it is there counts, its value does not (CTAP 2.3 6.4).
const OF_ITS_LIFE: [&str; 9] = [
    "remainingDiscoverableCredentials",
    "forcePINChange",
    "uvCountSinceLastPinEntry",
    "longTouchForReset",
    "pinComplexityPolicy",
    "encIdentifier",
    "encCredStoreState",
    "certifications",
    "attestationFormats",
];

/// Options that whoever has the key turns on and off.
const SET_BY_PEOPLE: [&str; 7] =
    ["clientPin", "uv", "bioEnroll", "userVerificationMgmtPreview", "alwaysUv", "ep", "makeCredUvNotRqd"];

/// Options that are the same whether they are left out or have this value.
const DEFAULTS: [(&str, bool); 5] =
    [("plat", false), ("rk", false), ("up", true), ("makeCredUvNotRqd", false), ("pinUvAuthToken", false)];

/// What can only rise: the statement may be of an earlier day.
const RISES: [&str; 2] = ["firmwareVersion", "minPINLength"];

/// Lists whose order says nothing.
const SETS: [&str; 4] = ["versions", "extensions", "transports", "certifications"];

/// Every difference between the `authenticatorGetInfo` of a statement and what the key tells.
pub(super) fn differences(statement: &Map<String, Value>, key: &Map<String, Value>) -> Vec<Difference> {
    let names: BTreeSet<&String> = statement.keys().chain(key.keys()).collect();
    let null = Value::Null;
    let mut found = Vec::new();
    for name in names {
        let (said, told) = (statement.get(name).unwrap_or(&null), key.get(name).unwrap_or(&null));
        if name == "options" {
            found.extend(options(said, told));
        } else if !agree(name, said, told) {
            found.push(Difference { member: name.clone(), statement: said.clone(), key: told.clone() });
        }
    }
    found
}

fn agree(name: &str, said: &Value, told: &Value) -> bool {
    if OF_ITS_LIFE.contains(&name) && !said.is_null() && !told.is_null() {
        return true;
    }
    match (name, said, told) {
        ("aaguid", Value::String(said), Value::String(told)) => {
            said.replace('-', "").eq_ignore_ascii_case(&told.replace('-', ""))
        }
        (name, Value::Number(said), Value::Number(told)) if RISES.contains(&name) => told.as_u64() >= said.as_u64(),
        (name, Value::Array(said), Value::Array(told)) if SETS.contains(&name) => {
            said.len() == told.len() && said.iter().all(|item| told.contains(item))
        }
        // An empty list and none are the same to whoever reads them.
        (_, Value::Array(list), Value::Null) | (_, Value::Null, Value::Array(list)) => list.is_empty(),
        _ => said == told,
    }
}

fn options(said: &Value, told: &Value) -> Vec<Difference> {
    let empty = Map::new();
    let (said, told) = (said.as_object().unwrap_or(&empty), told.as_object().unwrap_or(&empty));
    let names: BTreeSet<&String> = said.keys().chain(told.keys()).collect();
    let differing = names.into_iter().filter_map(|name| {
        let default = || DEFAULTS.iter().find(|(known, _)| known == name).map(|(_, value)| Value::Bool(*value));
        let (ours, theirs) = (said.get(name).cloned().or_else(default), told.get(name).cloned().or_else(default));
        let by_people = SET_BY_PEOPLE.contains(&name.as_str()) && ours.is_some() && theirs.is_some();
        (ours != theirs && !by_people).then(|| Difference {
            member: format!("options.{name}"),
            statement: ours.unwrap_or_default(),
            key: theirs.unwrap_or_default(),
        })
    });
    differing.collect()
}
