//! `Secure-Session-Registration`: algorithms in an inner list, the rest in its parameters.

use sfv::{InnerList, ListEntry, ListSerializer, TokenRef};

use super::{key_ref, string_parameter, string_ref};
use crate::error::{Malformed, Reason};

/// One member of the header: one offer to register a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// The accepted algorithms as written, unknown ones included.
    pub algorithms: Vec<String>,
    /// Where to register, relative to the response's URL.
    pub path: String,
    /// What the proof must sign. Without it a browser registers without any proof.
    pub challenge: Option<String>,
    /// What the proof must repeat.
    pub authorization: Option<String>,
    /// A key of another session to share.
    pub provider: Option<Provider>,
}

/// Federated registration: whose key to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The thumbprint of the provider session's key.
    pub key: String,
    /// The provider's session.
    pub session_id: String,
    /// The provider's origin.
    pub url: String,
}

/// Reads the header's members. A list that cannot be read is an error; a member that cannot be
/// read is skipped by browsers and stays here with its reason.
pub fn parse(value: &str) -> Result<Vec<Result<Registration, Malformed>>, Malformed> {
    let list: sfv::List = sfv::Parser::new(value)
        .parse()
        .map_err(|error| Malformed::new(Reason::RegistrationNotList, error.to_string()))?;
    Ok(list
        .iter()
        .map(|member| match member {
            ListEntry::InnerList(inner) => Registration::from_member(inner),
            ListEntry::Item(_) => Err(Malformed::new(Reason::RegistrationNotInnerList, "a member is a single item")),
        })
        .collect())
}

/// Writes the header for these offers.
pub fn write(offers: &[Registration]) -> Result<String, Malformed> {
    let mut list = ListSerializer::new();
    for offer in offers {
        let mut inner = list.inner_list();
        for algorithm in &offer.algorithms {
            let token = TokenRef::from_str(algorithm)
                .map_err(|error| Malformed::new(Reason::RegistrationAlgorithmNotToken, error.to_string()))?;
            inner.bare_item(token);
        }
        let mut parameters = inner.finish().parameter(key_ref("path")?, string_ref(&offer.path)?);
        for (name, value) in offer.optional_parameters() {
            parameters = parameters.parameter(key_ref(name)?, string_ref(value)?);
        }
    }
    Ok(list.finish().unwrap_or_default())
}

impl Registration {
    fn from_member(inner: &InnerList) -> Result<Self, Malformed> {
        let mut algorithms = Vec::with_capacity(inner.items.len());
        for item in &inner.items {
            let Some(token) = item.bare_item.as_token() else {
                return Err(Malformed::new(Reason::RegistrationAlgorithmNotToken, format!("{:?}", item.bare_item)));
            };
            algorithms.push(token.as_str().to_owned());
        }
        let string = |name| string_parameter(&inner.params, name, Reason::RegistrationParameterNotString);
        let Some(path) = string("path")? else {
            return Err(Malformed::new(Reason::RegistrationPathMissing, "no path"));
        };
        let provider = match (string("provider_key")?, string("provider_session_id")?, string("provider_url")?) {
            (None, None, None) => None,
            (Some(key), Some(session_id), Some(url)) => Some(Provider { key, session_id, url }),
            _ => {
                return Err(Malformed::new(
                    Reason::RegistrationProviderIncomplete,
                    "provider_key, provider_session_id and provider_url go together",
                ));
            }
        };
        Ok(Self {
            algorithms,
            path,
            challenge: string("challenge")?,
            authorization: string("authorization")?,
            provider,
        })
    }

    fn optional_parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let provider = self.provider.as_ref();
        [
            ("challenge", self.challenge.as_deref()),
            ("authorization", self.authorization.as_deref()),
            ("provider_key", provider.map(|p| p.key.as_str())),
            ("provider_session_id", provider.map(|p| p.session_id.as_str())),
            ("provider_url", provider.map(|p| p.url.as_str())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}
