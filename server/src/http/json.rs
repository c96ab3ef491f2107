//! Request bodies, read strictly: what is wrong is named by its place and kind.

use std::str::FromStr;

use assay_protocol::tree::json::{self, AnomalyKind, Node};
use serde_json::{Map, Value};

use crate::error::Error;

/// An object in a request's body.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    node: Node,
    /// Its place, such as `requirements.`; empty for the body itself.
    place: String,
}

impl Object {
    /// Reads a body. Whatever two readers might read differently is refused: duplicate members,
    /// bytes behind the value, text that is not UTF-8.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        let document = json::read(body);
        if let Some(anomaly) = document.anomalies.iter().find(|anomaly| anomaly.kind != AnomalyKind::ByteOrderMark) {
            return Err(Error::MalformedJson(anomaly.to_string()));
        }
        let root = document.root.ok_or_else(|| Error::MalformedJson("nothing is there".to_owned()))?;
        Self::of(root, String::new(), "the body")
    }

    fn of(node: Node, place: String, name: &str) -> Result<Self, Error> {
        match node.as_object() {
            Some(_) => Ok(Self { node, place }),
            None => Err(wrong_type(name, "an object", &node)),
        }
    }

    /// The same as a value of `serde_json`.
    pub(crate) fn to_value(&self) -> Value {
        self.node.to_serde()
    }

    /// Refuses members that nobody reads.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Error> {
        let members = self.node.as_object().unwrap_or_default();
        match members.iter().find(|member| !known.contains(&member.key.as_str())) {
            Some(member) => Err(Error::InvalidRequest(format!("unknown member {}{}", self.place, member.key))),
            None => Ok(()),
        }
    }

    /// A member, whatever it is.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.node.get(name)
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        self.typed(name, "a string", Node::as_str)
    }

    /// A string that must be there and hold something.
    pub(crate) fn required_text(&self, name: &str) -> Result<&str, Error> {
        match self.text(name)? {
            Some("") => Err(Error::InvalidRequest(format!("{}{name} is empty", self.place))),
            Some(text) => Ok(text),
            None => Err(Error::InvalidRequest(format!("{}{name} is missing", self.place))),
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Error> {
        self.typed(name, "true or false", Node::as_bool)
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Error> {
        let place = format!("{}{name}", self.place);
        self.get(name).map(|node| Self::of(node.clone(), format!("{place}."), &place)).transpose()
    }

    /// An object as a map of `serde_json`.
    pub(crate) fn map(&self, name: &str) -> Result<Option<Map<String, Value>>, Error> {
        self.typed(name, "an object", Node::to_serde_map)
    }

    /// An array of strings.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Error> {
        self.typed(name, "an array of strings", |node| {
            node.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// An array of integers.
    pub(crate) fn integers(&self, name: &str) -> Result<Option<Vec<i64>>, Error> {
        self.typed(name, "an array of integers", |node| node.as_array()?.iter().map(Node::as_i64).collect())
    }

    /// An integer.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Error> {
        self.typed(name, "an integer", Node::as_i64)
    }

    /// A string that is one of a few words.
    pub(crate) fn word<W: Copy>(&self, name: &str, words: &[(&str, W)]) -> Result<Option<W>, Error> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                let place = &self.place;
                Err(Error::InvalidRequest(format!("{place}{name} is {text:?}, not one of {}", known.join(", "))))
            }
        }
    }

    /// A string that names one of a type's values.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        let unknown = |text: &str| Error::InvalidRequest(format!("{}{name} has no value {text:?}", self.place));
        self.text(name)?.map(|text| text.parse().map_err(|_error| unknown(text))).transpose()
    }

    /// An array of strings that each name one of a type's values.
    pub(crate) fn all_parsed<T: FromStr>(&self, name: &str) -> Result<Vec<T>, Error> {
        let unknown = |text: &str| Error::InvalidRequest(format!("{}{name} has no value {text:?}", self.place));
        let texts = self.texts(name)?.unwrap_or_default();
        texts.iter().map(|text| text.parse().map_err(|_error| unknown(text))).collect()
    }

    fn typed<'a, T>(
        &'a self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Node) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(node) = self.get(name) else {
            return Ok(None);
        };
        match read(node) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong_type(&format!("{}{name}", self.place), expected, node)),
        }
    }
}

fn wrong_type(name: &str, expected: &str, got: &Node) -> Error {
    Error::InvalidRequest(format!("{name} must be {expected}, it is of the type {}", got.kind()))
}

#[cfg(test)]
mod tests;
