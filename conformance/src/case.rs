//! What a case is: a header that says everything about it, and a small `run`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// How strongly the text demands what a case looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The text says must.
    Must,
    /// The text says must not.
    MustNot,
    /// The text says should.
    Should,
    /// The text allows it; the case says what a target that does it owes.
    May,
}

impl Level {
    /// The level as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }

    /// Does a failure at this level mean that the target does not conform?
    pub fn binds(self) -> bool {
        matches!(self, Self::Must | Self::MustNot)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A feature of the target without which a case has nothing to ask: a slug such as `uv`,
/// `lab-anchors` or `discoverable`. A target that lacks it gets a skip, never a failure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Need(Cow<'static, str>);

impl Need {
    /// A need known at compile time.
    pub const fn new(feature: &'static str) -> Self {
        Self(Cow::Borrowed(feature))
    }

    /// The feature's slug.
    pub fn feature(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Need {
    fn from(feature: &'static str) -> Self {
        Self::new(feature)
    }
}

impl From<String> for Need {
    fn from(feature: String) -> Self {
        Self(Cow::Owned(feature))
    }
}

/// Everything about a case but what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// A slug for ever, its segments divided by `/`; the last but one names the group.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The clause that demands it, such as `WebAuthn L3 7.1 step 7`.
    pub clause: String,
    /// How strongly.
    pub level: Level,
    /// What the target must have for the case to make sense.
    pub needs: Vec<Need>,
    /// Codes of the checks and malformations that this case proves.
    pub claims: Vec<String>,
    /// The state in which the case starts.
    pub given: String,
    /// What it sends.
    pub sends: String,
    /// What the text demands of the answer, in our own words.
    pub expects: String,
    /// The positive case that differs from this one by a single edit.
    pub twin: Option<String>,
}

impl Header {
    /// The id without its last segment: what reports group by.
    pub fn group(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The last segment of the id.
    pub fn name(&self) -> &str {
        self.id.rsplit_once('/').map_or(&self.id, |(_, name)| name)
    }
}

/// A case over the world `W`: the session with a target that it acts upon.
pub struct Case<W> {
    /// What the case is.
    pub header: Header,
    run: Arc<Run<W>>,
}

type Run<W> = dyn Fn(&mut W, &mut Context) -> Result<Pass, Stop> + Send + Sync;

impl<W> Case<W> {
    /// A case with the parts that none can go without; the rest is added by the methods below.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        clause: impl Into<String>,
        level: Level,
        run: impl Fn(&mut W, &mut Context) -> Result<Pass, Stop> + Send + Sync + 'static,
    ) -> Self {
        Self {
            header: Header {
                id: id.into(),
                title: title.into(),
                clause: clause.into(),
                level,
                needs: Vec::new(),
                claims: Vec::new(),
                given: String::new(),
                sends: String::new(),
                expects: String::new(),
                twin: None,
            },
            run: Arc::new(run),
        }
    }

    /// Adds features without which the case is skipped.
    #[must_use]
    pub fn needs(mut self, needs: impl IntoIterator<Item = impl Into<Need>>) -> Self {
        self.header.needs.extend(needs.into_iter().map(Into::into));
        self
    }

    /// Adds codes of checks that this case proves.
    #[must_use]
    pub fn claims(mut self, codes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.header.claims.extend(codes.into_iter().map(Into::into));
        self
    }

    /// Says in which state the case starts.
    #[must_use]
    pub fn given(mut self, text: impl Into<String>) -> Self {
        self.header.given = text.into();
        self
    }

    /// Says what the case sends.
    #[must_use]
    pub fn sends(mut self, text: impl Into<String>) -> Self {
        self.header.sends = text.into();
        self
    }

    /// Says what the text demands, in our own words.
    #[must_use]
    pub fn expects(mut self, text: impl Into<String>) -> Self {
        self.header.expects = text.into();
        self
    }

    /// Asks something of the world before the case does; what that stops with, the case ends with.
    #[must_use]
    pub fn gate(mut self, gate: impl Fn(&mut W, &mut Context) -> Result<(), Stop> + Send + Sync + 'static) -> Self
    where
        W: 'static,
    {
        let run = self.run;
        self.run = Arc::new(move |world, context| {
            gate(world, context)?;
            run(world, context)
        });
        self
    }

    /// Names the positive twin.
    #[must_use]
    pub fn twin(mut self, id: impl Into<String>) -> Self {
        self.header.twin = Some(id.into());
        self
    }

    /// Runs the case in `world`.
    pub fn run(&self, world: &mut W, context: &mut Context) -> Result<Pass, Stop> {
        (self.run)(world, context)
    }
}

// By hand: a derive would ask the same of `W`.
impl<W> Clone for Case<W> {
    fn clone(&self) -> Self {
        Self { header: self.header.clone(), run: Arc::clone(&self.run) }
    }
}

impl<W> fmt::Debug for Case<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Cases that are run together against one target.
#[derive(Debug, Clone)]
pub struct Suite<W> {
    /// A slug: `relying-party`, `authenticator`, `dbsc`, `policy`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The cases, in the order in which they run.
    pub cases: Vec<Case<W>>,
}

impl<W> Suite<W> {
    /// An empty suite.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), cases: Vec::new() }
    }

    /// Adds cases at the end.
    #[must_use]
    pub fn with(mut self, cases: impl IntoIterator<Item = Case<W>>) -> Self {
        self.cases.extend(cases);
        self
    }

    /// The headers of all cases.
    pub fn headers(&self) -> impl Iterator<Item = &Header> {
        self.cases.iter().map(|case| &case.header)
    }

    /// What is wrong with the suite itself: ids that repeat or are no slugs, twins that are not there.
    pub fn faults(&self) -> Vec<String> {
        let mut seen = std::collections::BTreeSet::new();
        let mut faults = Vec::new();
        for header in self.headers() {
            if !seen.insert(header.id.as_str()) {
                faults.push(format!("{}: the id repeats", header.id));
            }
            if !is_slug(&header.id) {
                faults.push(format!("{}: not a slug", header.id));
            }
            if header.title.is_empty() || header.clause.is_empty() {
                faults.push(format!("{}: no title or no clause", header.id));
            }
        }
        for header in self.headers() {
            if let Some(twin) = &header.twin
                && !seen.contains(twin.as_str())
            {
                faults.push(format!("{}: its twin {twin} is not in the suite", header.id));
            }
        }
        faults
    }
}

fn is_slug(id: &str) -> bool {
    id.split('/').all(|segment| {
        !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

#[cfg(test)]
mod tests;
