//! Which URLs a session is for: origin or site first, then the rules, the last that matches.

use std::fmt;

use url::{Host, Url};

use crate::error::{Malformed, Reason};
use crate::site::{same_origin, same_site};

/// The scope as the server writes it in its instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The origin; where absent, that of the refresh URL's response.
    pub origin: Option<String>,
    /// The origin alone, or its whole site.
    pub reach: Reach,
    /// The rules in the order written.
    pub rules: Vec<Rule>,
}

/// `include_site`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// `false`: this origin only.
    Origin,
    /// `true`: every origin of the site.
    Site,
}

/// One rule of `scope_specification`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it decides.
    pub kind: RuleKind,
    /// Which hosts it is about.
    pub domain: HostPattern,
    /// Which paths it is about.
    pub path: String,
}

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// In scope.
    Include,
    /// Out of scope.
    Exclude,
}

/// A host pattern: `*`, a host, or `*.` and a suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPattern {
    /// Every host.
    Any,
    /// This host.
    Exact(String),
    /// Every host below this one, but not this one.
    Below(String),
}

/// A scope whose origin and refresh URL are known: it can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// A URL of the scope's origin.
    pub origin: Url,
    /// The origin alone, or its whole site.
    pub reach: Reach,
    /// The rules in the order written.
    pub rules: Vec<Rule>,
    /// Never in scope itself.
    pub refresh_url: Url,
}

impl Resolved {
    /// Is a request to `url` in scope?
    pub fn includes(&self, url: &Url) -> bool {
        let reached = match self.reach {
            Reach::Origin => same_origin(&self.origin, url),
            Reach::Site => same_site(&self.origin, url),
        };
        if !reached || self.is_refresh_url(url) {
            return false;
        }
        self.rules.iter().rev().find(|rule| rule.matches(url)).is_none_or(|rule| rule.kind == RuleKind::Include)
    }

    fn is_refresh_url(&self, url: &Url) -> bool {
        same_origin(&self.refresh_url, url) && self.refresh_url.path() == url.path()
    }
}

impl Rule {
    /// Is the rule about this URL?
    pub fn matches(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| self.domain.matches(host)) && path_matches(&self.path, url.path())
    }
}

impl RuleKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }
}

impl HostPattern {
    /// Reads a pattern; `reason` names the member it stands in.
    pub fn parse(text: &str, reason: Reason) -> Result<Self, Malformed> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let (below, name) = match text.strip_prefix("*.") {
            Some(suffix) => (true, suffix),
            None => (false, text),
        };
        if name.is_empty() || name.contains(['*', '/', '@', '?', '#', '%']) {
            return Err(Malformed::new(reason, format!("host pattern {text:?}")));
        }
        let host =
            Host::parse(name).map_err(|error| Malformed::new(reason, format!("host pattern {text:?}: {error}")))?;
        match (below, host) {
            (true, Host::Domain(name)) => Ok(Self::Below(name)),
            (true, _) => Err(Malformed::new(reason, format!("{text:?}: a wildcard on an address"))),
            (false, host) => Ok(Self::Exact(host.to_string())),
        }
    }

    /// Does a host match?
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => name == host,
            Self::Below(suffix) => {
                host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exact(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*.{suffix}"),
        }
    }
}

/// Equal; or a prefix that ends in a slash; or a prefix that a slash follows.
pub fn path_matches(pattern: &str, path: &str) -> bool {
    match path.strip_prefix(pattern) {
        Some(rest) => rest.is_empty() || pattern.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests;
