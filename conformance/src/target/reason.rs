//! From a server's refusal to a reason code.

use regex::Regex;
use serde_json::Value;

use super::file::{Answers, TargetFileError};

/// Why a server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The code, in the lab's vocabulary.
    pub code: String,
    /// Further codes that it may stand for, where the server's words are coarser than ours.
    pub also: Vec<String>,
    /// Where it comes from.
    pub source: Source,
}

impl Reason {
    /// Does it say one of `codes`?
    pub fn is_any(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str()) || self.also.iter().any(|also| codes.contains(&also.as_str()))
    }
}

/// Where a reason code comes from, which decides how much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The server stated it.
    Stated,
    /// We read it from an error text, by the target file's patterns.
    Mapped,
}

/// How reasons are read from a target's answers.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    codes: Vec<String>,
    messages: Vec<String>,
    patterns: Vec<(Regex, Vec<String>)>,
}

impl Reasons {
    /// Prepares what a target file says.
    pub fn new(answers: &Answers) -> Result<Self, TargetFileError> {
        let mut patterns = Vec::with_capacity(answers.codes.len());
        for map in &answers.codes {
            let pattern = Regex::new(&map.pattern)
                .map_err(|error| TargetFileError::Pattern(map.pattern.clone(), error.to_string()))?;
            patterns.push((pattern, map.code.clone()));
        }
        Ok(Self {
            codes: answers.check.iter().chain(&answers.code).cloned().collect(),
            messages: answers.message.clone(),
            patterns,
        })
    }

    /// What the answer says to people: the first of the message members that is a text.
    pub fn message(&self, body: Option<&Value>, text: &str) -> String {
        let member = |pointer: &String| body?.pointer(pointer)?.as_str().map(str::to_owned);
        self.messages.iter().find_map(member).unwrap_or_else(|| text.chars().take(500).collect())
    }

    /// The reason: stated in one of the code members, or else mapped from `message`.
    pub fn reason(&self, body: Option<&Value>, message: &str) -> Option<Reason> {
        let stated = self.codes.iter().find_map(|pointer| {
            let code = body?.pointer(pointer)?.as_str()?;
            Some(Reason { code: code.to_owned(), also: Vec::new(), source: Source::Stated })
        });
        stated.or_else(|| {
            let (_, codes) = self.patterns.iter().find(|(pattern, _)| pattern.is_match(message))?;
            let (code, also) = codes.split_first()?;
            Some(Reason { code: code.clone(), also: also.to_vec(), source: Source::Mapped })
        })
    }
}
