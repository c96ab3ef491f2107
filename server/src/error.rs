//! Everything that can go wrong, and the one place where it becomes an answer.

use std::fmt;

use assay_protocol::error::Malformed;
use axum::http::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::check::Check;
use crate::config::RandomError;
use crate::store;

/// Why the server could not start.
#[derive(Debug)]
pub struct StartError(pub(crate) String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// Why a request was not granted.
#[derive(Debug)]
pub(crate) enum Error {
    /// The body is longer than the server takes.
    BodyTooLarge { limit: usize },
    /// The body broke off.
    BodyUnreadable(String),
    /// The body does not say that it is JSON.
    MediaType { found: Option<String> },
    /// The body is not one JSON text, or one that can be read in two ways.
    MalformedJson(String),
    /// A member is missing, of the wrong type, out of range or unknown.
    InvalidRequest(String),
    /// A credential in JSON, or bytes inside it, are not what they should be.
    Malformed(Malformed),
    /// No such route.
    NotFound,
    /// The route has no such method.
    MethodNotAllowed,
    /// No Basic credentials, or wrong ones.
    Unauthorized(&'static str),
    /// The credentials are good and not enough.
    Forbidden(String),
    /// The feature is not wired in this deployment.
    NotImplemented(&'static str),
    /// There is no such tenant.
    TenantUnknown,
    /// There is no user of that name, or one without credentials.
    UserUnknown,
    /// The name is taken, and nobody has shown that the account is theirs.
    AccountExists,
    /// Nothing was issued to this browser session that the answer could belong to.
    ChallengeUnknown(&'static str),
    /// A rule about challenges was broken.
    Challenge(Check),
    /// The session cookie is missing, unknown or too old.
    SessionRequired(&'static str),
    /// Anything that a part of the server has already put into words.
    Problem(Box<Problem>),
    /// The store failed.
    Store(store::Error),
    /// The random source failed.
    Random(RandomError),
    /// A defect of ours.
    Internal(String),
}

/// What a peer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable machine code.
    pub(crate) code: &'static str,
    /// What is wrong, for people; never empty.
    pub(crate) message: String,
    /// The exact check or reason, where the code is that of a family.
    pub(crate) check: Option<&'static str>,
    /// The clause that demands it.
    pub(crate) clause: Option<&'static str>,
    /// What was expected and what was got.
    pub(crate) detail: Option<String>,
    /// Seconds after which another attempt makes sense.
    pub(crate) retry_after: Option<u32>,
    /// Headers that belong to the answer.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// What the page may tell its client of the credential (WebAuthn L3 5.1.10).
    pub(crate) signals: Option<Value>,
}

impl Problem {
    /// A problem with nothing but a status, a code and a message.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            check: None,
            clause: None,
            detail: None,
            retry_after: None,
            headers: Vec::new(),
            signals: None,
        }
    }
}

impl Error {
    /// What the peer is told of it. What it may not read stays behind, in [`Error`]'s own words.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::BodyTooLarge { limit } => {
                Problem::new(413, "body_too_large", format!("the body is longer than {limit} bytes"))
            }
            Self::BodyUnreadable(_) => Problem::new(400, "body_unreadable", "the body broke off"),
            Self::MediaType { found } => Problem {
                detail: Some(
                    found
                        .as_ref()
                        .map_or_else(|| "no content-type".to_owned(), |found| format!("content-type {found:?}")),
                ),
                ..Problem::new(415, "unsupported_media_type", "the body must be application/json")
            },
            Self::MalformedJson(detail) => Problem {
                detail: Some(detail.clone()),
                ..Problem::new(400, "malformed_json", format!("the body is not well-formed JSON: {detail}"))
            },
            Self::InvalidRequest(message) => Problem::new(400, "invalid_request", message),
            Self::Malformed(malformed) => Problem {
                check: Some(malformed.code()),
                clause: Some(malformed.clause()),
                detail: Some(malformed.detail.clone()).filter(|detail| !detail.is_empty()),
                ..Problem::new(400, malformed.code(), format!("malformed input: {malformed}"))
            },
            Self::NotFound => Problem::new(404, "not_found", "there is nothing here"),
            Self::MethodNotAllowed => Problem::new(405, "method_not_allowed", "this route has no such method"),
            Self::Unauthorized(why) => Problem::new(401, "unauthorized", *why),
            Self::Forbidden(why) => Problem::new(403, "forbidden", why),
            Self::NotImplemented(what) => {
                Problem::new(501, "not_implemented", format!("{what} is not wired in this deployment"))
            }
            Self::TenantUnknown => Problem::new(404, "tenant_unknown", "there is no such tenant"),
            Self::UserUnknown => {
                Problem::new(404, "user_unknown", "there is no user of that name with a credential here")
            }
            Self::AccountExists => Problem::new(
                409,
                "account_exists",
                "the name is taken: sign in first, or send the tenant's credentials, to add a credential to it",
            ),
            Self::ChallengeUnknown(why) => Problem::new(400, "challenge_unknown", *why),
            Self::Challenge(check) => Problem {
                check: Some(check.id()),
                clause: Some(check.info().clause),
                ..Problem::new(400, check.id(), format!("refused: {}", check.info().summary))
            },
            Self::SessionRequired(why) => Problem::new(401, "session_required", *why),
            Self::Problem(problem) => (**problem).clone(),
            Self::Store(store::Error::CredentialExists) => {
                Problem::new(400, "credential_already_registered", "a credential with this id is already registered")
            }
            Self::Store(store::Error::UserExists) => Self::AccountExists.problem(),
            Self::Store(store::Error::NoUser) => Self::UserUnknown.problem(),
            Self::Store(_) | Self::Random(_) | Self::Internal(_) => {
                Problem::new(500, "internal", "the server failed; its log has the reason")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BodyUnreadable(why) | Self::Internal(why) => f.write_str(why),
            Self::Store(error) => error.fmt(f),
            Self::Random(error) => error.fmt(f),
            other => f.write_str(&other.problem().message),
        }
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}
