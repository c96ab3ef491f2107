//! `target.toml`: a target described as data. `docs/target-files.md` is its reference.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fmt, fs, io};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Dialect;
use super::sessions::Sessions;
use super::shape::{Before, Bodies, Keep, one_or_many};
use super::template;

/// A target, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// A name for reports.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How it is spoken to.
    #[serde(default)]
    pub dialect: Dialect,
    /// Where it is: an absolute URL for servers, `udp:HOST:PORT` or `hid:PATH` for authenticators.
    pub address: String,
    /// The origin that its client data name; without it, the address's own.
    #[serde(default)]
    pub origin: Option<String>,
    /// Its RP ID; without it, what its options say, or the origin's host.
    #[serde(default)]
    pub rp_id: Option<String>,
    /// The profile that it is held to, unless the command line says otherwise.
    #[serde(default)]
    pub profile: Option<String>,
    /// Features that it has, as cases need them.
    #[serde(default)]
    pub features: BTreeSet<String>,
    /// Seconds until an answer is given up.
    #[serde(default = "ten")]
    pub timeout_seconds: u64,
    /// Connect here instead of where the address' host name points.
    #[serde(default)]
    pub connect: Option<SocketAddr>,
    /// A PEM file of authorities trusted for its TLS certificate.
    #[serde(default)]
    pub tls_roots: Option<PathBuf>,
    /// Paths of its endpoints.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// What is sent to them.
    #[serde(default)]
    pub bodies: Bodies,
    /// What a session sends before it asks for options.
    #[serde(default)]
    pub before: Vec<Before>,
    /// What is kept of an answer for the requests after it.
    #[serde(default)]
    pub keep: Keep,
    /// How its answers are read.
    #[serde(default)]
    pub answers: Answers,
    /// Where a DBSC server's sessions begin, are needed and end.
    #[serde(default)]
    pub dbsc: Sessions,
    /// Headers sent with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderValue>,
    /// Ids of cases that are known to fail, each with the reason.
    #[serde(default)]
    pub known_failures: BTreeMap<String, String>,
    /// The folder that relative paths start from; set by [`TargetFile::load`].
    #[serde(skip)]
    pub folder: PathBuf,
}

/// What can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A WebAuthn relying party.
    RelyingParty,
    /// A CTAP2 authenticator.
    Authenticator,
    /// A server of Device Bound Session Credentials.
    Dbsc,
    /// An attestation policy engine.
    Policy,
}

/// Paths of a relying party's endpoints, joined to the address; a method may stand before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoints {
    /// Creation options.
    pub begin_registration: String,
    /// A registration response.
    pub finish_registration: String,
    /// Request options for a named account.
    pub begin_authentication: String,
    /// Request options for whoever answers; without it the suite skips those cases.
    pub begin_usernameless: Option<String>,
    /// An authentication response.
    pub finish_authentication: String,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            begin_registration: String::from("/attestation/options"),
            finish_registration: String::from("/attestation/result"),
            begin_authentication: String::from("/assertion/options"),
            begin_usernameless: None,
            finish_authentication: String::from("/assertion/result"),
        }
    }
}

/// How a server's answers are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// JSON pointers to the options inside the answer, the first that is there; empty for the
    /// answer itself.
    #[serde(deserialize_with = "one_or_many")]
    pub options: Vec<String>,
    /// HTTP statuses of success; none for any 2xx.
    pub statuses: Vec<u16>,
    /// JSON pointers into the answer to a response, and what must be there if it was accepted.
    pub verified: BTreeMap<String, Value>,
    /// JSON pointer to the machine code of the very check that refused, where that is told beside
    /// a coarser code.
    pub check: Option<String>,
    /// JSON pointers to a machine code of a refusal, tried in order.
    #[serde(deserialize_with = "one_or_many")]
    pub code: Vec<String>,
    /// JSON pointers to texts for people, tried in order.
    #[serde(deserialize_with = "one_or_many")]
    pub message: Vec<String>,
    /// Patterns from error text to reason code, tried in order.
    pub codes: Vec<CodePattern>,
}

impl Answers {
    /// The options in an answer, also where they are JSON in a text.
    pub fn options_in(&self, body: &Value) -> Option<Value> {
        let found = self.options.iter().find_map(|pointer| body.pointer(pointer))?;
        let text = found.as_str().and_then(|text| serde_json::from_str(text).ok());
        Some(text.unwrap_or_else(|| found.clone()))
    }

    /// Does the answer to a response say what it must where that was accepted?
    pub fn verifies(&self, body: Option<&Value>) -> bool {
        self.verified.iter().all(|(pointer, wanted)| body.and_then(|body| body.pointer(pointer)) == Some(wanted))
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            options: vec![String::new()],
            statuses: Vec::new(),
            verified: BTreeMap::new(),
            check: None,
            code: Vec::new(),
            message: ["/errorMessage", "/message", "/error", "/detail", "/title"].map(String::from).to_vec(),
            codes: Vec::new(),
        }
    }
}

/// A pattern over error texts, and the reason code that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodePattern {
    /// A regular expression.
    pub pattern: String,
    /// The code in the lab's vocabulary, or those that the text may stand for; `assay checks` lists them.
    #[serde(deserialize_with = "one_or_many")]
    pub code: Vec<String>,
}

/// The value of a header; a secret stays outside of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HeaderValue {
    /// The value itself.
    Literal(String),
    /// The value of an environment variable.
    Env {
        /// The variable's name.
        env: String,
        /// Written before it.
        #[serde(default)]
        prefix: String,
    },
    /// The trimmed content of a file.
    File {
        /// The file's path, from the target file's folder.
        file: PathBuf,
        /// Written before it.
        #[serde(default)]
        prefix: String,
    },
}

/// A target file cannot be used.
#[derive(Debug)]
pub enum TargetFileError {
    /// A file cannot be read.
    Io(PathBuf, io::Error),
    /// The file is not TOML of the right form.
    Syntax(PathBuf, String),
    /// A pattern is no regular expression.
    Pattern(String, String),
    /// A header names a variable that is not set.
    Variable(String),
}

impl TargetFileError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(..) => "target_file_io",
            Self::Syntax(..) => "target_file_syntax",
            Self::Pattern(..) => "target_file_pattern",
            Self::Variable(_) => "target_file_variable",
        }
    }
}

impl fmt::Display for TargetFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Syntax(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Pattern(pattern, error) => write!(f, "the pattern {pattern:?}: {error}"),
            Self::Variable(name) => write!(f, "the environment variable {name} is not set"),
        }
    }
}

impl std::error::Error for TargetFileError {}

impl TargetFile {
    /// A relying party at `address` about which nothing else is known.
    pub fn relying_party(name: impl Into<String>, address: impl Into<String>, dialect: Dialect) -> Self {
        Self {
            name: name.into(),
            kind: Kind::RelyingParty,
            dialect,
            address: address.into(),
            origin: None,
            rp_id: None,
            profile: None,
            features: BTreeSet::new(),
            timeout_seconds: ten(),
            connect: None,
            tls_roots: None,
            endpoints: Endpoints::default(),
            bodies: Bodies::default(),
            before: Vec::new(),
            keep: Keep::new(),
            answers: Answers::default(),
            dbsc: Sessions::default(),
            headers: BTreeMap::new(),
            known_failures: BTreeMap::new(),
            folder: PathBuf::new(),
        }
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, TargetFileError> {
        let text = fs::read_to_string(path).map_err(|error| TargetFileError::Io(path.to_owned(), error))?;
        let mut file: Self =
            toml::from_str(&text).map_err(|error| TargetFileError::Syntax(path.to_owned(), error.to_string()))?;
        file.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(file)
    }

    /// How long an answer may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The headers with their secrets fetched, save those that hold what is kept of answers.
    pub fn resolved_headers(&self) -> Result<Vec<(String, String)>, TargetFileError> {
        let constant = self.headers.iter().filter(|(_, value)| self.kept_in(value).is_none());
        constant.map(|(name, value)| Ok((name.clone(), self.resolve(value)?))).collect()
    }

    /// The headers with places for what is kept of answers, by name and template.
    pub fn kept_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), self.kept_in(value)?)))
    }

    fn kept_in<'a>(&self, value: &'a HeaderValue) -> Option<&'a str> {
        match value {
            HeaderValue::Literal(text) if self.keep.keys().any(|name| template::has_place(text, name)) => Some(text),
            _ => None,
        }
    }

    /// The authorities of `tls_roots`, as PEM.
    pub fn tls_roots_pem(&self) -> Result<Option<Vec<u8>>, TargetFileError> {
        self.tls_roots
            .as_ref()
            .map(|path| {
                let path = self.folder.join(path);
                fs::read(&path).map_err(|error| TargetFileError::Io(path, error))
            })
            .transpose()
    }

    fn resolve(&self, value: &HeaderValue) -> Result<String, TargetFileError> {
        match value {
            HeaderValue::Literal(text) => Ok(text.clone()),
            HeaderValue::Env { env: name, prefix } => env::var(name)
                .map(|secret| format!("{prefix}{secret}"))
                .map_err(|_error| TargetFileError::Variable(name.clone())),
            HeaderValue::File { file, prefix } => {
                let path = self.folder.join(file);
                let secret = fs::read_to_string(&path).map_err(|error| TargetFileError::Io(path, error))?;
                Ok(format!("{prefix}{}", secret.trim()))
            }
        }
    }
}

fn ten() -> u64 {
    10
}

#[cfg(test)]
mod tests;
