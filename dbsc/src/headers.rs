//! The five header fields, their older names, and the forms in which they are met.
//!
//! Registration, Challenge and Skipped are lists of RFC 9651; Response and Session-Id are single
//! values that the specification quotes and Chromium sends bare, so both forms are read and the
//! form is reported.

pub mod challenge;
pub mod registration;
pub mod skipped;

use sfv::{KeyRef, Parameters, StringRef};

use crate::error::{Malformed, Reason};

/// A header field of DBSC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Header {
    /// `Secure-Session-Registration`, on any response: start a session.
    Registration,
    /// `Secure-Session-Challenge`, on any response: what the next proof must sign.
    Challenge,
    /// `Secure-Session-Response`, on registration and refresh requests: the proof.
    Response,
    /// `Sec-Secure-Session-Id`, on refresh requests: which session. Scripts cannot set it.
    SessionId,
    /// `Secure-Session-Skipped`, on any request: why a refresh was not made. Scripts can set it.
    Skipped,
}

/// Under which of its two names a field was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// The name in the specification.
    Current,
    /// The `Sec-Session-*` name of the drafts of 2024; Chromium 156 ignores it.
    Old,
}

/// How a single value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As a string of RFC 9651, as the specification says.
    Quoted,
    /// Without quotes, as Chromium 156 sends it.
    Bare,
}

/// All values of one field in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The values joined by a comma, as RFC 9110 5.3 allows.
    pub value: String,
    /// The name it was met under; the current one wins where both occur.
    pub spelling: Spelling,
}

impl Header {
    /// Every field.
    pub const ALL: &'static [Self] =
        &[Self::Registration, Self::Challenge, Self::Response, Self::SessionId, Self::Skipped];

    /// The field's name as the specification writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "Secure-Session-Registration",
            Self::Challenge => "Secure-Session-Challenge",
            Self::Response => "Secure-Session-Response",
            Self::SessionId => "Sec-Secure-Session-Id",
            Self::Skipped => "Secure-Session-Skipped",
        }
    }

    /// The older name, where there was one.
    pub const fn old_name(self) -> Option<&'static str> {
        match self {
            Self::Registration => Some("Sec-Session-Registration"),
            Self::Challenge => Some("Sec-Session-Challenge"),
            Self::Response => Some("Sec-Session-Response"),
            Self::SessionId => Some("Sec-Session-Id"),
            Self::Skipped => None,
        }
    }

    /// Which field and which spelling a header name is, if it is ours at all.
    pub fn recognise(name: &str) -> Option<(Self, Spelling)> {
        Self::ALL.iter().find_map(|header| {
            if name.eq_ignore_ascii_case(header.name()) {
                return Some((*header, Spelling::Current));
            }
            let old = header.old_name()?;
            name.eq_ignore_ascii_case(old).then_some((*header, Spelling::Old))
        })
    }

    /// Collects this field from a message's headers.
    pub fn find<'a>(self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Field> {
        let (mut current, mut old) = (Vec::new(), Vec::new());
        for (name, value) in headers {
            match Self::recognise(name) {
                Some((header, Spelling::Current)) if header == self => current.push(value.trim()),
                Some((header, Spelling::Old)) if header == self => old.push(value.trim()),
                _ => {}
            }
        }
        let (values, spelling) = if current.is_empty() { (old, Spelling::Old) } else { (current, Spelling::Current) };
        (!values.is_empty()).then(|| Field { value: values.join(", "), spelling })
    }
}

/// Reads `Secure-Session-Response`: the compact JWS and how it was written.
pub fn read_response(value: &str) -> Result<(String, Form), Malformed> {
    single(value, Reason::ResponseNotString)
}

/// Reads `Sec-Secure-Session-Id`: the session identifier and how it was written.
pub fn read_session_id(value: &str) -> Result<(String, Form), Malformed> {
    single(value, Reason::SessionIdNotString)
}

/// Writes a single value in either form. A value with a character outside printable ASCII has
/// neither form.
pub fn write_single(value: &str, form: Form) -> Result<String, Malformed> {
    let string = string_ref(value)?;
    Ok(match form {
        Form::Quoted => sfv::ItemSerializer::new().bare_item(string).finish(),
        Form::Bare => value.to_owned(),
    })
}

fn single(value: &str, reason: Reason) -> Result<(String, Form), Malformed> {
    let value = value.trim_matches([' ', '\t']);
    if value.starts_with('"') {
        let item: sfv::Item =
            sfv::Parser::new(value).parse().map_err(|error| Malformed::new(reason, error.to_string()))?;
        return match item.bare_item.as_string() {
            Some(string) => Ok((string.as_str().to_owned(), Form::Quoted)),
            None => Err(Malformed::new(reason, "not a string")),
        };
    }
    if value.is_empty() {
        return Err(Malformed::new(reason, "empty"));
    }
    match value.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '"' | '\\' | ',')) {
        Some(found) => Err(Malformed::new(reason, format!("{found:?} in a bare value"))),
        None => Ok((value.to_owned(), Form::Bare)),
    }
}

/// A string parameter: absent, there, or of another type.
fn string_parameter(parameters: &Parameters, name: &str, reason: Reason) -> Result<Option<String>, Malformed> {
    match parameters.get(name) {
        None => Ok(None),
        Some(value) => match value.as_string() {
            Some(string) => Ok(Some(string.as_str().to_owned())),
            None => Err(Malformed::new(reason, format!("{name} is not a string"))),
        },
    }
}

fn string_ref(value: &str) -> Result<&StringRef, Malformed> {
    StringRef::from_str(value).map_err(|error| Malformed::new(Reason::HeaderNotText, error.to_string()))
}

fn key_ref(name: &str) -> Result<&KeyRef, Malformed> {
    KeyRef::from_str(name).map_err(|error| Malformed::new(Reason::HeaderNotText, error.to_string()))
}

#[cfg(test)]
mod tests;
