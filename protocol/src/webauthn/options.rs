//! Reading the options' dictionaries: members with a path, for messages.

use super::Map;
use crate::base64url;
use crate::error::{Malformed, Reason};
use crate::tree::json::{self, AnomalyKind, Node};

/// An object of the options.
pub(super) struct Object<'n> {
    node: &'n Node,
    path: String,
}

/// The options object that is all of a text.
pub(super) fn root(document: &json::Document) -> Result<Object<'_>, Malformed> {
    let stopped_by =
        |reason, anomaly: &json::Anomaly| Err(Malformed::new(reason, anomaly.to_string()).at(anomaly.range.clone()));
    if let Some(anomaly) = document.syntax_error() {
        return stopped_by(Reason::OptionsNotJson, anomaly);
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::TrailingBytes) {
        return stopped_by(Reason::OptionsTrailingBytes, anomaly);
    }
    match &document.root {
        Some(root) => part(root),
        None => Err(Malformed::new(Reason::OptionsNotJson, "")),
    }
}

/// The options object that is part of a larger message.
pub(super) fn part(node: &Node) -> Result<Object<'_>, Malformed> {
    if node.as_object().is_none() {
        let detail = format!("{} found", node.kind());
        return Err(Malformed::new(Reason::OptionsNotObject, detail).at(node.range.clone()));
    }
    if let Some(member) = node.duplicate_member() {
        return Err(Malformed::new(Reason::OptionsDuplicateMember, member.key.clone()).at(member.key_range.clone()));
    }
    Ok(Object { node, path: String::new() })
}

impl<'n> Object<'n> {
    /// A required string.
    pub(super) fn text(&self, name: &str) -> Result<String, Malformed> {
        self.text_or_absent(name)?.ok_or_else(|| self.missing(name))
    }

    /// An optional string.
    pub(super) fn text_or_absent(&self, name: &str) -> Result<Option<String>, Malformed> {
        self.read(name, "string", |node| node.as_str().map(str::to_owned))
    }

    /// Required bytes.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, Malformed> {
        let text = self.text(name)?;
        base64url::decode(&text).map_err(|error| {
            let detail = format!("{}: {error}", self.path_to(name));
            Malformed::new(Reason::OptionsMemberNotBase64url, detail).at(self.range_of(name))
        })
    }

    /// A list of bytes, empty where absent.
    pub(super) fn all_bytes(&self, name: &str) -> Result<Vec<Vec<u8>>, Malformed> {
        let not_base64url = |error| {
            let detail = format!("{}: {error}", self.path_to(name));
            Malformed::new(Reason::OptionsMemberNotBase64url, detail).at(self.range_of(name))
        };
        self.texts(name)?.iter().map(|text| base64url::decode(text).map_err(not_base64url)).collect()
    }

    /// A required integer.
    pub(super) fn integer(&self, name: &str) -> Result<i64, Malformed> {
        self.read(name, "integer", Node::as_i64)?.ok_or_else(|| self.missing(name))
    }

    /// An optional integer that is not negative.
    pub(super) fn unsigned_or_absent(&self, name: &str) -> Result<Option<u64>, Malformed> {
        self.read(name, "unsigned integer", Node::as_u64)
    }

    /// A boolean, false where absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Malformed> {
        Ok(self.read(name, "boolean", Node::as_bool)?.unwrap_or_default())
    }

    /// A list of strings, empty where absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Malformed> {
        let list = self.read(name, "array of strings", |node| {
            let items = node.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })?;
        Ok(list.unwrap_or_default())
    }

    /// A JSON object as it is, empty where absent.
    pub(super) fn map(&self, name: &str) -> Result<Map, Malformed> {
        Ok(self.read(name, "object", Node::to_serde_map)?.unwrap_or_default())
    }

    /// A required object.
    pub(super) fn object(&self, name: &str) -> Result<Self, Malformed> {
        self.object_or_absent(name)?.ok_or_else(|| self.missing(name))
    }

    /// An optional object.
    pub(super) fn object_or_absent(&self, name: &str) -> Result<Option<Self>, Malformed> {
        let node = self.node.get(name).filter(|node| !node.is_null());
        node.map(|node| self.enter(node, self.path_to(name))).transpose()
    }

    /// A required list of objects, each read by `each`.
    pub(super) fn list<T>(
        &self,
        name: &str,
        each: impl Fn(&Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        self.list_or_absent(name, each)?.ok_or_else(|| self.missing(name))
    }

    /// An optional list of objects.
    pub(super) fn list_or_absent<T>(
        &self,
        name: &str,
        each: impl Fn(&Self) -> Result<T, Malformed>,
    ) -> Result<Option<Vec<T>>, Malformed> {
        let Some(node) = self.node.get(name).filter(|node| !node.is_null()) else {
            return Ok(None);
        };
        let Some(items) = node.as_array() else {
            return Err(wrong_type(&self.path_to(name), "array", node));
        };
        let entries = items.iter().enumerate().map(|(at, item)| {
            let path = format!("{}/{at}", self.path_to(name));
            each(&self.enter(item, path)?)
        });
        entries.collect::<Result<_, _>>().map(Some)
    }

    fn enter(&self, node: &'n Node, path: String) -> Result<Self, Malformed> {
        match node.as_object() {
            Some(_) => Ok(Self { node, path }),
            None => Err(wrong_type(&path, "object", node)),
        }
    }

    /// A member that is there, and not null, through `view`.
    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        view: impl Fn(&'n Node) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        let Some(node) = self.node.get(name).filter(|node| !node.is_null()) else {
            return Ok(None);
        };
        match view(node) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong_type(&self.path_to(name), expected, node)),
        }
    }

    fn missing(&self, name: &str) -> Malformed {
        Malformed::new(Reason::OptionsMemberMissing, self.path_to(name)).at(self.node.range.clone())
    }

    fn path_to(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn range_of(&self, name: &str) -> std::ops::Range<usize> {
        self.node.get(name).unwrap_or(self.node).range.clone()
    }
}

fn wrong_type(path: &str, expected: &str, node: &Node) -> Malformed {
    let detail = format!("{path}: {} where a {expected} belongs", node.kind());
    Malformed::new(Reason::OptionsMemberWrongType, detail).at(node.range.clone())
}
