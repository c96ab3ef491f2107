//! Targets: what is judged, and how it is reached.
//!
//! A target file (`docs/target-files.md`) describes one; [`RelyingPartyTarget`] is what the
//! relying-party suite asks of it. [`fido_rest`] reaches any server that speaks the REST contract
//! of FIDO's conformance tools, and with it the [`assay`] dialect, which adds reason codes; what a
//! server of another [`shape`] wants and says, the file tells.

pub mod assay;
pub mod fido_rest;
pub mod file;
pub mod http;
mod reason;
pub mod sessions;
pub mod shape;
mod template;

use std::fmt;

use assay_protocol::webauthn::{CreationOptions, RequestOptions};
use serde_json::{Map, Value};

pub use file::{TargetFile, TargetFileError};
pub use reason::{Reason, Reasons, Source};

/// What the relying-party suite asks of a server.
pub trait RelyingPartyTarget: Send {
    /// Asks for creation options.
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError>;

    /// Sends a registration response: text, because a hostile one may be no JSON at all.
    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError>;

    /// Asks for request options.
    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError>;

    /// Sends an authentication response.
    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError>;

    /// A second session with the same server, with no cookie of this one.
    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError>;

    /// Asks for the document of related origins (WebAuthn L3 5.11); not every way to a server leads there.
    fn related_origins(&mut self) -> Result<Answer, TargetError> {
        Err(TargetError::Configuration(String::from("related origins cannot be asked for by this way")))
    }

    /// The dialect, which decides how much a reason weighs.
    fn dialect(&self) -> Dialect;
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The REST contract of FIDO's conformance tools.
    #[default]
    FidoRest,
    /// The same endpoints, with `requirements` on options, authentication without a user name,
    /// and the machine code of a refusal in `code`.
    Assay,
    /// A contract of the server's own, which the target file describes, around the JSON forms of WebAuthn.
    WebauthnJson,
}

/// What creation options are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// The account's name.
    pub username: String,
    /// The account's name for people.
    pub display_name: String,
    /// `required`, `preferred` or `discouraged`; `None` leaves the server's default.
    pub user_verification: Option<String>,
    /// `none`, `indirect`, `direct` or `enterprise`.
    pub attestation: Option<String>,
    /// `required`, `preferred` or `discouraged`.
    pub resident_key: Option<String>,
    /// `platform` or `cross-platform`.
    pub authenticator_attachment: Option<String>,
    /// `conditional` for a creation that the client starts.
    pub mediation: Option<String>,
    /// `security-key`, `client-device`, `hybrid`.
    pub hints: Vec<String>,
    /// The formats of attestation, most wanted first.
    pub attestation_formats: Vec<String>,
    /// Extension inputs.
    pub extensions: Map<String, Value>,
    /// What the server shall demand in this ceremony beyond its profile; `assay` dialect only.
    pub requirements: Option<Value>,
}

/// What request options are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationRequest {
    /// The account's name; `None` asks for an authentication of whoever answers.
    pub username: Option<String>,
    /// `required`, `preferred` or `discouraged`.
    pub user_verification: Option<String>,
    /// `security-key`, `client-device`, `hybrid`.
    pub hints: Vec<String>,
    /// Extension inputs.
    pub extensions: Map<String, Value>,
    /// What the server shall demand in this ceremony beyond its profile; `assay` dialect only.
    pub requirements: Option<Value>,
}

/// The answer to a request for options.
#[derive(Debug, Clone, PartialEq)]
pub enum Begin<T> {
    /// Options came.
    Offered(Offer<T>),
    /// The server refused to begin.
    Refused(Answer),
}

/// Options, read and as they came.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer<T> {
    /// The options, read.
    pub options: T,
    /// The JSON from which they were read.
    pub json: Value,
    /// The whole answer.
    pub answer: Answer,
}

/// A server's answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Did the server accept?
    pub accepted: bool,
    /// The HTTP status.
    pub status: u16,
    /// Why it refused, as far as that can be read.
    pub reason: Option<Reason>,
    /// What it says to people.
    pub message: String,
    /// The body, where it is JSON.
    pub body: Option<Value>,
    /// The body as text, where it is not.
    pub text: String,
    /// The header `Content-Type`.
    pub content_type: String,
    /// The request line that it answers.
    pub request_line: String,
    /// The body that it answers.
    pub request_body: String,
}

impl Answer {
    /// The answer in a few words: `accepted (HTTP 200)`, `refused (HTTP 400, challenge_mismatch)`.
    pub fn summary(&self) -> String {
        let word = if self.accepted { "accepted" } else { "refused" };
        match &self.reason {
            Some(reason) => format!("{word} (HTTP {}, {})", self.status, reason.code),
            None if self.message.is_empty() => format!("{word} (HTTP {})", self.status),
            None => format!("{word} (HTTP {}, \"{}\")", self.status, self.message),
        }
    }
}

/// The target could not be asked, or answered in a way that is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// No connection.
    Unreachable(String),
    /// A connection, but no whole answer: it was reset, or the time was over.
    NoAnswer(String),
    /// Options came that cannot be read.
    BadOptions(String),
    /// The target file does not say enough, or what it names is not there.
    Configuration(String),
    /// The server has no way to be asked for this.
    NoWayToAsk(&'static str),
}

impl TargetError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "target_unreachable",
            Self::NoAnswer(_) => "target_no_answer",
            Self::BadOptions(_) => "target_bad_options",
            Self::Configuration(_) => "target_configuration",
            Self::NoWayToAsk(_) => "target_no_way_to_ask",
        }
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the target cannot be reached: {why}"),
            Self::NoAnswer(why) => write!(f, "the target gave no answer: {why}"),
            Self::BadOptions(why) => write!(f, "the target's options cannot be read: {why}"),
            Self::Configuration(why) => write!(f, "the target is not described well enough: {why}"),
            Self::NoWayToAsk(what) => write!(f, "the target has no way to be asked for {what}"),
        }
    }
}

impl std::error::Error for TargetError {}
