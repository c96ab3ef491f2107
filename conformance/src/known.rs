//! Failures that are known: data with reasons, so that a build stays green while one is worked on
//! or argued about, and goes red for everything else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::{Deserialize, Serialize};

/// Why a case is known to fail on a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFailure {
    /// Why, in a sentence.
    pub reason: String,
    /// The clause by which our verdict stands, where it is another one than the case's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Who is right, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjudication: Option<String>,
    /// What was sent and what came, where the reason needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

impl KnownFailure {
    /// A failure known for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }
}

/// Known failures by the ids of their cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFailures(BTreeMap<String, KnownFailure>);

/// The form of a file of known failures: `docs/target-files.md` describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    failure: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    case: Option<String>,
    #[serde(default)]
    cases: Vec<String>,
    reason: String,
    clause: Option<String>,
    adjudication: Option<String>,
    transcript: Option<String>,
}

impl KnownFailures {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, KnownError> {
        let text = fs::read_to_string(path).map_err(|error| KnownError::Io(path.to_owned(), error))?;
        Self::parse(&text).map_err(|what| KnownError::Syntax(path.to_owned(), what))
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut known = Self::default();
        for Entry { case, mut cases, reason, clause, adjudication, transcript } in file.failure {
            cases.extend(case);
            if cases.is_empty() {
                return Err(format!("an entry without a case: {reason:?}"));
            }
            let failure = KnownFailure { reason, clause, adjudication, transcript };
            for case in cases {
                known.add(case, failure.clone())?;
            }
        }
        Ok(known)
    }

    /// Adds one; a case is listed once, and with a reason.
    pub fn add(&mut self, case: String, failure: KnownFailure) -> Result<(), String> {
        if failure.reason.trim().is_empty() {
            return Err(format!("{case} is listed without a reason"));
        }
        if self.0.contains_key(&case) {
            return Err(format!("{case} is listed twice"));
        }
        self.0.insert(case, failure);
        Ok(())
    }

    /// Adds those of another list.
    pub fn merge(&mut self, other: Self) -> Result<(), String> {
        other.0.into_iter().try_for_each(|(case, failure)| self.add(case, failure))
    }

    /// Is this case known to fail?
    pub fn of(&self, case: &str) -> Option<&KnownFailure> {
        self.0.get(case)
    }

    /// The ids listed that are no case's.
    pub fn strangers(&self, is_case: impl Fn(&str) -> bool) -> Vec<&str> {
        self.0.keys().map(String::as_str).filter(|id| !is_case(id)).collect()
    }
}

/// A file of known failures cannot be used.
#[derive(Debug)]
pub enum KnownError {
    /// It cannot be read.
    Io(PathBuf, io::Error),
    /// It is not TOML of the right form.
    Syntax(PathBuf, String),
}

impl KnownError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(..) => "known_failures_io",
            Self::Syntax(..) => "known_failures_syntax",
        }
    }
}

impl fmt::Display for KnownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Syntax(path, what) => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for KnownError {}

#[cfg(test)]
mod tests;
