//! JSON as a forger writes it: members in any order, twice, or not JSON at all.

use serde_json::Value;

/// A JSON value of which every byte can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// An ordinary value.
    Value(Value),
    /// An object whose members keep their order and may repeat.
    Object(Object),
    /// Text put down as it is.
    Raw(String),
}

/// The members of an object, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(pub Vec<(String, Json)>);

impl Object {
    /// The value of the first member called `key`.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The object that the first member called `key` holds.
    pub fn object_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.0.iter_mut().find(|(name, _)| name == key).and_then(|(_, value)| match value {
            Json::Object(object) => Some(object),
            _ => None,
        })
    }

    /// Replaces the member called `key`, or adds it at the end.
    pub fn set(&mut self, key: &str, value: impl Into<Json>) {
        let value = value.into();
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Adds a member at the end, whether or not there is one of that name.
    pub fn push(&mut self, key: &str, value: impl Into<Json>) {
        self.0.push((key.to_owned(), value.into()));
    }

    /// Puts a member first, whether or not there is one of that name.
    pub fn push_front(&mut self, key: &str, value: impl Into<Json>) {
        self.0.insert(0, (key.to_owned(), value.into()));
    }

    /// Takes all members called `key` away.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    /// Gives the members called `from` the name `to`.
    pub fn rename(&mut self, from: &str, to: &str) {
        for (name, _) in &mut self.0 {
            if name == from {
                to.clone_into(name);
            }
        }
    }

    /// The text of a member that is a string.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Json::Value(Value::String(text))) => Some(text),
            _ => None,
        }
    }

    /// The object in JSON, without white space.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            write_string(name, out);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }
}

impl Json {
    /// The value in JSON, without white space.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Value(Value::String(text)) => write_string(text, out),
            Self::Value(value) => out.push_str(&value.to_string()),
            Self::Object(object) => object.write(out),
            Self::Raw(text) => out.push_str(text),
        }
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Value(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Value(text.into())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Value(number.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Value(value.into())
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

/// WebAuthn L3 5.8.1.1, CCDToString.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
}
