//! The four outcomes of a case, and how a case ends early.

use serde::{Deserialize, Serialize};

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// The target did what the text demands.
    Pass(Pass),
    /// The target broke the clause.
    Fail(Failure),
    /// The target lacks a feature that the case needs.
    Skip {
        /// The feature's slug, or a sentence.
        feature: String,
    },
    /// The lab could not ask, so nothing is known of the target.
    Broken {
        /// What got in the way.
        why: String,
    },
}

impl Outcome {
    /// The outcome's name as reports write it; a pass that nobody could attribute is its own kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pass(pass) if pass.attribution == Attribution::Unattributed => "unattributed",
            Self::Pass(_) => "pass",
            Self::Fail(_) => "fail",
            Self::Skip { .. } => "skip",
            Self::Broken { .. } => "broken",
        }
    }

    /// Is it a pass, attributed or not?
    pub fn is_pass(&self) -> bool {
        matches!(self, Self::Pass(_))
    }
}

impl From<Result<Pass, Stop>> for Outcome {
    fn from(result: Result<Pass, Stop>) -> Self {
        match result {
            Ok(pass) => Self::Pass(pass),
            Err(Stop::Fail(failure)) => Self::Fail(failure),
            Err(Stop::Skip(feature)) => Self::Skip { feature },
            Err(Stop::Broken(why)) => Self::Broken { why },
        }
    }
}

/// A pass, and how sure we are of its cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// Whether the reason was the expected one.
    pub attribution: Attribution,
    /// The verdict's reasoning in a sentence.
    pub because: String,
}

/// What is known of the reason behind a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attribution {
    /// No refusal was asked for, so there is no reason to know.
    NotAsked,
    /// The target gave the expected reason.
    Exact,
    /// The target refused but gave no reason that we can read, or another one: it may have
    /// refused for something else.
    Unattributed,
}

impl Pass {
    /// A pass in which no reason was asked for.
    pub fn plain(because: impl Into<String>) -> Self {
        Self { attribution: Attribution::NotAsked, because: because.into() }
    }

    /// A refusal for the expected reason.
    pub fn attributed(because: impl Into<String>) -> Self {
        Self { attribution: Attribution::Exact, because: because.into() }
    }

    /// A refusal whose reason is not known.
    pub fn unattributed(because: impl Into<String>) -> Self {
        Self { attribution: Attribution::Unattributed, because: because.into() }
    }
}

/// How the target broke the clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What the text demands of this very answer.
    pub expected: String,
    /// What came.
    pub got: String,
    /// Why the one is not the other, where it is not plain.
    pub because: String,
}

/// Why a case ended before its end; what `?` carries out of a `run`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The target broke the clause.
    Fail(Failure),
    /// The target lacks this feature.
    Skip(String),
    /// The lab could not ask.
    Broken(String),
}

impl Stop {
    /// The target broke the clause.
    pub fn fail(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Fail(Failure { expected: expected.into(), got: got.into(), because: String::new() })
    }

    /// The same, with the reasoning.
    pub fn fail_because(expected: impl Into<String>, got: impl Into<String>, because: impl Into<String>) -> Self {
        Self::Fail(Failure { expected: expected.into(), got: got.into(), because: because.into() })
    }

    /// The target lacks a feature.
    pub fn skip(feature: impl Into<String>) -> Self {
        Self::Skip(feature.into())
    }

    /// The lab could not ask.
    pub fn broken(why: impl Into<String>) -> Self {
        Self::Broken(why.into())
    }
}
