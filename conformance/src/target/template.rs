//! Requests that a target file describes: bodies and paths with places for what the lab knows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What is known when a request is made, by the names that a target file uses.
pub(super) type Values = BTreeMap<String, Value>;

/// The place of the response under judgement, which is text: a hostile one may be no JSON at all.
pub(super) const CREDENTIAL: &str = "credential";

/// Stands for the response until the JSON around it is written; no target file can contain it.
const MARK: &str = "\u{0}credential";

/// A body of JSON.
pub(super) fn json(template: &Value, values: &Values, credential: Option<&str>) -> String {
    let mut values = values.clone();
    if credential.is_some() {
        values.insert(CREDENTIAL.to_owned(), Value::from(MARK));
    }
    let body = fill(template, &values).unwrap_or_else(|| Value::Object(Map::new())).to_string();
    match credential {
        Some(text) => body.replace(&Value::from(MARK).to_string(), text),
        None => body,
    }
}

/// A body of form fields: the members of a table, objects as JSON.
pub(super) fn form(template: &Value, values: &Values, credential: Option<&str>) -> String {
    let mut values = values.clone();
    if let Some(text) = credential {
        values.insert(CREDENTIAL.to_owned(), Value::from(text));
    }
    let fields = template.as_object().into_iter().flatten();
    let pairs = fields.filter_map(|(name, member)| {
        let value = fill(member, &values)?;
        Some(format!("{}={}", encoded(name), encoded(&plain(&value))))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A path, in which values are percent-encoded.
pub(super) fn path(template: &str, values: &Values) -> String {
    interpolated(template, values, encoded)
}

/// A header's value; `None` where something in it is not known.
pub(super) fn header(template: &str, values: &Values) -> Option<String> {
    let known = places(template).all(|name| values.contains_key(name));
    known.then(|| interpolated(template, values, str::to_owned))
}

/// Is there a place for `name` in the template?
pub(super) fn mentions(template: &Value, name: &str) -> bool {
    match template {
        Value::String(text) => has_place(text, name),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::Object(members) => members.values().any(|member| mentions(member, name)),
        _ => false,
    }
}

/// Is there a place for `name` in the text?
pub(super) fn has_place(text: &str, name: &str) -> bool {
    places(text).any(|place| place == name)
}

/// A string that is one place becomes its value, or nothing where that is not known. Tables that
/// lose every member are left out as well.
fn fill(template: &Value, values: &Values) -> Option<Value> {
    match template {
        Value::String(text) => match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if is_name(name) => values.get(name).cloned(),
            _ => Some(Value::from(interpolated(text, values, str::to_owned))),
        },
        Value::Array(items) => Some(items.iter().filter_map(|item| fill(item, values)).collect()),
        Value::Object(members) => {
            let filled = members.iter().filter_map(|(name, member)| Some((name.clone(), fill(member, values)?)));
            let filled: Map<String, Value> = filled.collect();
            (members.is_empty() || !filled.is_empty()).then_some(Value::Object(filled))
        }
        other => Some(other.clone()),
    }
}

/// Text with its places filled; what is not known is empty, and braces around no name stay.
fn interpolated(template: &str, values: &Values, encode: fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if is_name(name) => {
                out.push_str(&values.get(name).map(|value| encode(&plain(value))).unwrap_or_default());
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A value as text: strings without their quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// RFC 3986 percent-encoding of all but unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
