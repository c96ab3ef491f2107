//! What was sent and what came, kept for every case so that a verdict can be dissected.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What it is for, in a few words.
    pub label: String,
    /// Its part in the case.
    pub role: Role,
    /// What we sent.
    pub sent: Message,
    /// What came; `None` where nothing did.
    pub received: Option<Message>,
}

/// An exchange's part in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It brings the target into the state that the case needs.
    Setup,
    /// The question itself.
    Probe,
    /// The positive twin of the question.
    Twin,
}

/// One message in one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its first line: `POST /attestation/result`, `HTTP 200`, `authenticatorMakeCredential`, `0x00 CTAP2_OK`.
    pub line: String,
    /// The one change that makes it wrong, in our words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<String>,
    /// Its content, where that is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Its content in hexadecimal, where that is bytes; or as text, where it is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Its content, taken apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One structure inside a message, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is: `client data`, `authenticator data`, `attestation statement`.
    pub title: String,
    /// Its fields in order.
    pub fields: Vec<Field>,
    /// The whole in diagnostic notation or as text, where that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notation: Option<String>,
}

/// One field of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in the specification.
    pub name: String,
    /// Its value for people.
    pub value: String,
    /// A remark: what a flag means, what is wrong with an encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the good twin has in this place, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<String>,
}

impl Message {
    /// A message that is only a first line.
    pub fn line(line: impl Into<String>) -> Self {
        Self { line: line.into(), ..Self::default() }
    }

    /// A message of JSON.
    pub fn json(line: impl Into<String>, json: Value) -> Self {
        Self { line: line.into(), json: Some(json), ..Self::default() }
    }

    /// A message of bytes.
    pub fn bytes(line: impl Into<String>, bytes: &[u8]) -> Self {
        Self { line: line.into(), raw: Some(hex(bytes)), ..Self::default() }
    }

    /// A message of text that is neither.
    pub fn text(line: impl Into<String>, text: impl Into<String>) -> Self {
        Self { line: line.into(), raw: Some(text.into()), ..Self::default() }
    }

    /// Adds what is inside.
    #[must_use]
    pub fn with_parts(mut self, parts: Vec<Part>) -> Self {
        self.parts = parts;
        self
    }

    /// Says what was changed to make it wrong.
    #[must_use]
    pub fn edited(mut self, edit: impl Into<String>) -> Self {
        self.edit = Some(edit.into());
        self
    }
}

impl Part {
    /// A part with no field yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.push(name, value, None);
        self
    }

    /// Adds a field with a remark.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>, note: Option<String>) {
        self.fields.push(Field { name: name.into(), value: value.into(), note, twin: None });
    }
}

/// Marks every field of `parts` that differs from the good twin's, by title and name.
pub fn mark_differences(parts: &mut Vec<Part>, good: &[Part]) {
    for part in parts.iter_mut() {
        let Some(twin) = good.iter().find(|other| other.title == part.title) else {
            for field in &mut part.fields {
                field.twin = Some(String::from("absent"));
            }
            continue;
        };
        for field in &mut part.fields {
            let other = twin.fields.iter().find(|other| other.name == field.name);
            let other = other.map_or("absent", |other| other.value.as_str());
            if other != field.value {
                field.twin = Some(other.to_owned());
            }
        }
        for gone in &twin.fields {
            if !part.fields.iter().any(|field| field.name == gone.name) {
                part.fields.push(Field {
                    name: gone.name.clone(),
                    value: String::from("absent"),
                    note: None,
                    twin: Some(gone.value.clone()),
                });
            }
        }
    }
    for gone in good {
        if !parts.iter().any(|part| part.title == gone.title) {
            let mut part = Part::new(gone.title.clone());
            part.fields.push(Field {
                name: String::from("whole"),
                value: String::from("absent"),
                note: None,
                twin: Some(String::from("present")),
            });
            parts.push(part);
        }
    }
}

/// The exchanges of a case, shared between it and whoever watches it.
#[derive(Debug, Clone, Default)]
pub struct Evidence(Arc<Mutex<Vec<Exchange>>>);

impl Evidence {
    /// Keeps one more exchange.
    pub fn push(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }

    /// A copy of all exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
