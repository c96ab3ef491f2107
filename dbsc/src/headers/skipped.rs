//! `Secure-Session-Skipped`: why a browser did not refresh. Scripts can set it, so a server logs
//! it and decides nothing by it.

use std::fmt;

use sfv::{ListEntry, ListSerializer, TokenRef};

use super::{key_ref, string_parameter, string_ref};
use crate::error::{Malformed, Reason};

/// The three reasons that the specification knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// The refresh endpoint gave no answer.
    Unreachable,
    /// The refresh endpoint answered with a server error.
    ServerError,
    /// The browser keeps a limit on signatures or requests.
    QuotaExceeded,
}

/// One session that was not refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Why.
    pub reason: SkipReason,
    /// Which session.
    pub session_identifier: Option<String>,
}

impl SkipReason {
    /// The token on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::ServerError => "server_error",
            Self::QuotaExceeded => "quota_exceeded",
        }
    }

    fn from_token(token: &str) -> Option<Self> {
        [Self::Unreachable, Self::ServerError, Self::QuotaExceeded].into_iter().find(|reason| reason.as_str() == token)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads the header's members.
pub fn parse(value: &str) -> Result<Vec<Result<Skipped, Malformed>>, Malformed> {
    let list: sfv::List =
        sfv::Parser::new(value).parse().map_err(|error| Malformed::new(Reason::SkippedNotList, error.to_string()))?;
    Ok(list.iter().map(member).collect())
}

/// Writes the header for these sessions.
pub fn write(skipped: &[Skipped]) -> Result<String, Malformed> {
    let mut list = ListSerializer::new();
    for skip in skipped {
        let token = TokenRef::from_str(skip.reason.as_str())
            .map_err(|error| Malformed::new(Reason::SkippedNotToken, error.to_string()))?;
        let parameters = list.bare_item(token);
        if let Some(id) = &skip.session_identifier {
            let _ = parameters.parameter(key_ref("session_identifier")?, string_ref(id)?).finish();
        }
    }
    Ok(list.finish().unwrap_or_default())
}

fn member(member: &ListEntry) -> Result<Skipped, Malformed> {
    let token = match member {
        ListEntry::Item(item) => item.bare_item.as_token().map(|token| (token, &item.params)),
        ListEntry::InnerList(_) => None,
    };
    let Some((token, parameters)) = token else {
        return Err(Malformed::new(Reason::SkippedNotToken, "not a token"));
    };
    let Some(reason) = SkipReason::from_token(token.as_str()) else {
        return Err(Malformed::new(Reason::SkippedUnknownReason, token.as_str()));
    };
    Ok(Skipped {
        reason,
        session_identifier: string_parameter(parameters, "session_identifier", Reason::SkippedIdNotString)?,
    })
}
