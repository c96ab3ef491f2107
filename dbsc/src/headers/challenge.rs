//! `Secure-Session-Challenge`: strings, each with the session it is for.

use sfv::{ListEntry, ListSerializer};

use super::{key_ref, string_parameter, string_ref};
use crate::error::{Malformed, Reason};

/// One member of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What the next proof must carry as `jti`.
    pub value: String,
    /// The session it is for. A challenge without it is of no use to a browser.
    pub id: Option<String>,
}

/// Reads the header's members; a member that browsers drop stays here with its reason.
pub fn parse(value: &str) -> Result<Vec<Result<Challenge, Malformed>>, Malformed> {
    let list: sfv::List =
        sfv::Parser::new(value).parse().map_err(|error| Malformed::new(Reason::ChallengeNotList, error.to_string()))?;
    Ok(list.iter().map(member).collect())
}

/// Writes the header for these challenges.
pub fn write(challenges: &[Challenge]) -> Result<String, Malformed> {
    let mut list = ListSerializer::new();
    for challenge in challenges {
        let parameters = list.bare_item(string_ref(&challenge.value)?);
        if let Some(id) = &challenge.id {
            let _ = parameters.parameter(key_ref("id")?, string_ref(id)?).finish();
        }
    }
    Ok(list.finish().unwrap_or_default())
}

/// The challenge for session `id`: the last one in the header wins.
pub fn for_session<'a>(challenges: &'a [Result<Challenge, Malformed>], id: &str) -> Option<&'a Challenge> {
    challenges
        .iter()
        .rev()
        .filter_map(|challenge| challenge.as_ref().ok())
        .find(|challenge| challenge.id.as_deref() == Some(id))
}

fn member(member: &ListEntry) -> Result<Challenge, Malformed> {
    let ListEntry::Item(item) = member else {
        return Err(Malformed::new(Reason::ChallengeNotString, "an inner list"));
    };
    let Some(value) = item.bare_item.as_string() else {
        return Err(Malformed::new(Reason::ChallengeNotString, format!("{:?}", item.bare_item)));
    };
    Ok(Challenge {
        value: value.as_str().to_owned(),
        id: string_parameter(&item.params, "id", Reason::ChallengeIdNotString)?,
    })
}
