//! The structures that several commands share.

use std::collections::BTreeMap;

use ciborium::Value;

use super::PUBLIC_KEY;
use super::fields::{self, Fields, Members, unexpected};
use super::parse::{Defect, ParseError};
use super::status::{CommandError, Status};
use crate::tree::cbor::Node;

/// The relying party (PublicKeyCredentialRpEntity).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RpEntity {
    /// RP ID.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
}

/// The account (PublicKeyCredentialUserEntity).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserEntity {
    /// User handle.
    pub id: Vec<u8>,
    /// The account's name.
    pub name: Option<String>,
    /// The person's name.
    pub display_name: Option<String>,
}

/// A credential by its id (PublicKeyCredentialDescriptor).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Credential id.
    pub id: Vec<u8>,
    /// `public-key`; entries of other types are ignored.
    pub kind: String,
    /// Hints.
    pub transports: Option<Vec<String>>,
}

/// A type and an algorithm (PublicKeyCredentialParameters).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// COSE algorithm.
    pub alg: i64,
    /// `public-key`; entries of other types are skipped.
    pub kind: String,
}

/// `pubKeyCredParams`, as far as its elements are readable: a wrong element is an error of a later
/// step than the message's syntax (CTAP 2.3 6.1.2 step 3), so it waits here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    /// The readable elements, in order of preference.
    pub entries: Vec<Parameter>,
    /// The first unreadable element.
    pub defect: Option<ParseError>,
}

/// `options`: absent and false differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Discoverable credential.
    pub rk: Option<bool>,
    /// User presence.
    pub up: Option<bool>,
    /// User verification.
    pub uv: Option<bool>,
}

/// Extension inputs or outputs by their identifiers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extensions(pub BTreeMap<String, Value>);

impl RpEntity {
    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            id: map.required("id", "rp.id", fields::text)?,
            name: map.optional("name", "rp.name", fields::text)?,
        })
    }

    /// The map.
    pub fn to_value(&self) -> Value {
        Members::default().with("id", self.id.as_str()).with_some("name", self.name.as_deref()).into_value()
    }
}

impl UserEntity {
    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            id: map.required("id", "user.id", fields::bytes)?,
            name: map.optional("name", "user.name", fields::text)?,
            display_name: map.optional("displayName", "user.displayName", fields::text)?,
        })
    }

    /// The map.
    pub fn to_value(&self) -> Value {
        Members::default()
            .with("id", self.id.as_slice())
            .with_some("name", self.name.as_deref())
            .with_some("displayName", self.display_name.as_deref())
            .into_value()
    }
}

impl Descriptor {
    /// A public key credential's descriptor, without hints.
    pub fn public_key(id: impl Into<Vec<u8>>) -> Self {
        Self { id: id.into(), kind: PUBLIC_KEY.to_owned(), transports: None }
    }

    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            id: map.required("id", "id", fields::bytes)?,
            kind: map.required("type", "type", fields::text)?,
            transports: map.optional("transports", "transports", fields::texts)?,
        })
    }

    pub(crate) fn list(node: &Node, name: &str) -> Result<Vec<Self>, ParseError> {
        fields::list(node, name, Self::from_node)
    }

    /// The map.
    pub fn to_value(&self) -> Value {
        Members::default()
            .with("id", self.id.as_slice())
            .with("type", self.kind.as_str())
            .with_some("transports", self.transports.as_deref().map(fields::text_array))
            .into_value()
    }
}

impl Parameter {
    /// A public key credential with this algorithm.
    pub fn public_key(alg: i64) -> Self {
        Self { alg, kind: PUBLIC_KEY.to_owned() }
    }

    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            alg: map.required("alg", "alg", fields::integer)?,
            kind: map.required("type", "type", fields::text)?,
        })
    }

    /// The map.
    pub fn to_value(&self) -> Value {
        Members::default().with("alg", self.alg).with("type", self.kind.as_str()).into_value()
    }
}

impl Parameters {
    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let items = node.as_array().ok_or_else(|| unexpected(node, name, "array"))?;
        let mut parameters = Self::default();
        for item in items {
            match Parameter::from_node(item, name) {
                Ok(entry) => parameters.entries.push(entry),
                Err(defect) => parameters.defect = parameters.defect.or(Some(defect)),
            }
        }
        Ok(parameters)
    }

    /// The first algorithm of the list that is supported (CTAP 2.3 6.1.2 step 3).
    pub fn choose(&self, supported: impl Fn(i64) -> Option<i64>) -> Result<i64, CommandError> {
        if let Some(defect) = &self.defect {
            let status = match defect.defect {
                Defect::MissingMember => Status::INVALID_CBOR,
                other => other.status(),
            };
            return Err(CommandError::new(status, defect.to_string()));
        }
        let known = self.entries.iter().filter(|entry| entry.kind == PUBLIC_KEY);
        known
            .map(|entry| entry.alg)
            .find_map(supported)
            .ok_or_else(|| CommandError::new(Status::UNSUPPORTED_ALGORITHM, "pubKeyCredParams: nothing supported"))
    }

    /// The readable elements as an array.
    pub fn to_value(&self) -> Value {
        fields::array(&self.entries, Parameter::to_value)
    }
}

impl FromIterator<Parameter> for Parameters {
    fn from_iter<I: IntoIterator<Item = Parameter>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect(), defect: None }
    }
}

impl Options {
    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            rk: map.optional("rk", "options.rk", fields::boolean)?,
            up: map.optional("up", "options.up", fields::boolean)?,
            uv: map.optional("uv", "options.uv", fields::boolean)?,
        })
    }

    /// The map, or none where nothing is said.
    pub fn to_value(self) -> Option<Value> {
        let said = self != Self::default();
        let members = Members::default().with_some("rk", self.rk).with_some("up", self.up).with_some("uv", self.uv);
        said.then(|| members.into_value())
    }
}

impl Extensions {
    pub(crate) fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        fields::text_map(node, name, |value, _| Ok(value.to_value())).map(Self)
    }

    /// The value of one extension.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    /// Adds one extension.
    #[must_use]
    pub fn with(mut self, id: &str, value: impl Into<Value>) -> Self {
        self.0.insert(id.to_owned(), value.into());
        self
    }

    /// Nothing asked, nothing answered?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The map; writing it in canonical form sorts it.
    pub fn to_value(&self) -> Value {
        Value::Map(self.0.iter().map(|(id, value)| (Value::from(id.as_str()), value.clone())).collect())
    }
}
