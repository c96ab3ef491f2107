//! The shape of a server's requests and answers, where it is not that of the dialect.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// Templates of bodies; `{name}` is a place for what the lab knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bodies {
    /// How tables are written.
    pub encoding: Encoding,
    /// Asks for creation options.
    pub begin_registration: Value,
    /// Brings a registration response.
    pub finish_registration: Value,
    /// Asks for request options for a named account.
    pub begin_authentication: Value,
    /// Asks for request options for whoever answers.
    pub begin_usernameless: Value,
    /// Brings an authentication response.
    pub finish_authentication: Value,
}

/// How the table of a body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As JSON.
    #[default]
    Json,
    /// As form fields, objects in them as JSON.
    Form,
}

impl Encoding {
    /// The `Content-Type` of such a body.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// The contract of FIDO's conformance tools, and what the `assay` dialect adds.
impl Default for Bodies {
    fn default() -> Self {
        let request = json!({
            "username": "{username}",
            "userVerification": "{user_verification}",
            "hints": "{hints}",
            "extensions": "{extensions}",
            "requirements": "{requirements}",
        });
        Self {
            encoding: Encoding::Json,
            begin_registration: json!({
                "username": "{username}",
                "displayName": "{display_name}",
                "authenticatorSelection": {
                    "userVerification": "{user_verification}",
                    "residentKey": "{resident_key}",
                    "requireResidentKey": "{require_resident_key}",
                    "authenticatorAttachment": "{authenticator_attachment}",
                },
                "attestation": "{attestation}",
                "attestationFormats": "{attestation_formats}",
                "hints": "{hints}",
                "mediation": "{mediation}",
                "extensions": "{extensions}",
                "requirements": "{requirements}",
            }),
            finish_registration: json!("{credential}"),
            begin_authentication: request.clone(),
            begin_usernameless: request,
            finish_authentication: json!("{credential}"),
        }
    }
}

/// A request that a session needs before it is given options: a sign-in, a page with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Method and path.
    pub request: String,
    /// Template of its body; without it there is none.
    #[serde(default)]
    pub body: Option<Value>,
    /// How the body is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// Before these ceremonies alone.
    #[serde(default)]
    pub only: Option<Ceremony>,
}

/// A ceremony, for requests that come before one of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ceremony {
    /// Registration.
    Registration,
    /// Authentication, with or without a user name.
    Authentication,
}

/// What is kept of an answer for the requests after it, by the name of its place.
pub type Keep = BTreeMap<String, String>;

/// Where something is kept from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept<'a> {
    /// A member of the answer, by JSON pointer.
    Pointer(&'a str),
    /// A header of the answer.
    Header(&'a str),
    /// A cookie of the session.
    Cookie(&'a str),
}

impl<'a> Kept<'a> {
    /// `/json/pointer`, `header NAME` or `cookie NAME`.
    pub(super) fn parse(text: &'a str) -> Self {
        match text.split_once(' ') {
            Some(("header", name)) => Self::Header(name.trim()),
            Some(("cookie", name)) => Self::Cookie(name.trim()),
            _ => Self::Pointer(text),
        }
    }
}

/// `GET /path`; without a method it is a POST.
pub(super) fn method_and_path(endpoint: &str) -> (Method, &str) {
    let is_method = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    match endpoint.split_once(' ') {
        Some((word, path)) if is_method(word) => {
            (Method::from_bytes(word.as_bytes()).unwrap_or(Method::POST), path.trim_start())
        }
        _ => (Method::POST, endpoint),
    }
}

/// One text, or a list of them.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    })
}
