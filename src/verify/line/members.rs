//! Members by their types. One that is absent and one that is null are the same.

use assay_protocol::base64url;
use assay_protocol::tree::json::Node;

/// A stable code, and what is wrong.
pub(super) type Offence = (&'static str, String);

/// Refuses members that are not in the list, and repeated ones; `holder` is the member that holds
/// them, or empty for the line.
pub(super) fn known(node: &Node, holder: &str, names: &[&str]) -> Result<(), Offence> {
    let Some(members) = node.as_object() else {
        return Err(wrong_type(holder, "an object"));
    };
    let place = if holder.is_empty() { "a line" } else { holder };
    let mut seen = vec![false; names.len()];
    for member in members {
        let at = names.iter().position(|name| *name == member.key);
        match at.and_then(|at| seen.get_mut(at)) {
            None => return Err(("line_unknown_member", format!("{:?} is not a member of {place}", member.key))),
            Some(true) => return Err(("line_duplicate_member", format!("{:?} stands twice in {place}", member.key))),
            Some(seen) => *seen = true,
        }
    }
    Ok(())
}

pub(super) fn of<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.get(name).filter(|member| !member.is_null())
}

pub(super) fn missing(name: &str) -> Offence {
    ("line_member_missing", format!("{name} is missing"))
}

pub(super) fn string(node: &Node, name: &str) -> Result<Option<String>, Offence> {
    typed(node, name, "a string", |member| member.as_str().map(str::to_owned))
}

pub(super) fn one_of(node: &Node, name: &str, values: &[&str]) -> Result<Option<String>, Offence> {
    match string(node, name)? {
        Some(text) if !values.contains(&text.as_str()) => {
            Err(("line_member_value", format!("{name} {text:?} is none of {}", values.join(", "))))
        }
        other => Ok(other),
    }
}

pub(super) fn boolean(node: &Node, name: &str) -> Result<Option<bool>, Offence> {
    typed(node, name, "true or false", Node::as_bool)
}

pub(super) fn unsigned(node: &Node, name: &str) -> Result<Option<u32>, Offence> {
    let parse = |member: &Node| member.as_u64().and_then(|count| u32::try_from(count).ok());
    typed(node, name, "a whole number of 32 bits", parse)
}

pub(super) fn integers(node: &Node, name: &str) -> Result<Option<Vec<i64>>, Offence> {
    let parse = |member: &Node| member.as_array()?.iter().map(Node::as_i64).collect();
    typed(node, name, "a list of whole numbers", parse)
}

pub(super) fn strings(node: &Node, name: &str) -> Result<Option<Vec<String>>, Offence> {
    let parse = |member: &Node| member.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    typed(node, name, "a list of strings", parse)
}

pub(super) fn object(node: &Node, name: &str) -> Result<Option<serde_json::Map<String, serde_json::Value>>, Offence> {
    if let Some(again) = of(node, name).and_then(Node::duplicate_member) {
        return Err(("line_duplicate_member", format!("{:?} stands twice in {name}", again.key)));
    }
    typed(node, name, "an object", Node::to_serde_map)
}

pub(super) fn bytes(node: &Node, name: &str) -> Result<Option<Vec<u8>>, Offence> {
    string(node, name)?.map(|text| decode(&text, name)).transpose()
}

pub(super) fn decode(text: &str, name: &str) -> Result<Vec<u8>, Offence> {
    base64url::decode(text).map_err(|error| ("line_member_value", format!("{name} is no base64url: {error}")))
}

/// Standard base64 as in PEM, or base64url: an anchor is pasted from anywhere.
pub(super) fn base64(text: &str, name: &str) -> Result<Vec<u8>, Offence> {
    let url = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    decode(&url.split_ascii_whitespace().collect::<String>(), name)
}

fn typed<T>(node: &Node, name: &str, wanted: &str, parse: impl Fn(&Node) -> Option<T>) -> Result<Option<T>, Offence> {
    match of(node, name) {
        None => Ok(None),
        Some(member) => parse(member).map(Some).ok_or_else(|| wrong_type(name, wanted)),
    }
}

fn wrong_type(name: &str, wanted: &str) -> Offence {
    ("line_member_type", format!("{name} is not {wanted}"))
}
