//! What a client says it can do: `getClientCapabilities()` (WebAuthn L3 5.1.7, 5.8.7).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::Map;

/// A capability of a client. It tells nothing of authenticators: that an extension is listed does
/// not mean that any authenticator there knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// A registration that the client starts.
    ConditionalCreate,
    /// An authentication from an input field.
    ConditionalGet,
    /// A phone, found over Bluetooth.
    HybridTransport,
    /// A platform authenticator, or a phone.
    PasskeyPlatformAuthenticator,
    /// Related origins.
    RelatedOrigins,
    /// `signalAllAcceptedCredentials`.
    SignalAllAcceptedCredentials,
    /// `signalCurrentUserDetails`.
    SignalCurrentUserDetails,
    /// `signalUnknownCredential`.
    SignalUnknownCredential,
    /// A platform authenticator that verifies its user.
    UserVerifyingPlatformAuthenticator,
    /// The client processes this extension.
    Extension(String),
    /// A key that is not known here.
    Other(String),
}

/// What a client has said. Of what is not there nothing is known (14.5.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities(BTreeMap<String, bool>);

const NAMED: [(&str, Capability); 9] = [
    ("conditionalCreate", Capability::ConditionalCreate),
    ("conditionalGet", Capability::ConditionalGet),
    ("hybridTransport", Capability::HybridTransport),
    ("passkeyPlatformAuthenticator", Capability::PasskeyPlatformAuthenticator),
    ("relatedOrigins", Capability::RelatedOrigins),
    ("signalAllAcceptedCredentials", Capability::SignalAllAcceptedCredentials),
    ("signalCurrentUserDetails", Capability::SignalCurrentUserDetails),
    ("signalUnknownCredential", Capability::SignalUnknownCredential),
    ("userVerifyingPlatformAuthenticator", Capability::UserVerifyingPlatformAuthenticator),
];

const EXTENSION: &str = "extension:";

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(id) => write!(f, "{EXTENSION}{id}"),
            Self::Other(key) => f.write_str(key),
            named => f.write_str(NAMED.iter().find(|(_, known)| known == named).map_or("", |(name, _)| name)),
        }
    }
}

impl FromStr for Capability {
    type Err = std::convert::Infallible;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let named = NAMED.iter().find(|(name, _)| *name == key).map(|(_, capability)| capability.clone());
        let extension = || key.strip_prefix(EXTENSION).map(|id| Self::Extension(id.to_owned()));
        Ok(named.or_else(extension).unwrap_or_else(|| Self::Other(key.to_owned())))
    }
}

impl Capabilities {
    /// The same, and this one too.
    #[must_use]
    pub fn with(mut self, capability: &Capability, has: bool) -> Self {
        self.0.insert(capability.to_string(), has);
        self
    }

    /// Has the client the capability? `None`: it does not say.
    pub fn has(&self, capability: &Capability) -> Option<bool> {
        self.0.get(&capability.to_string()).copied()
    }

    /// What is said, by ascending keys.
    pub fn iter(&self) -> impl Iterator<Item = (Capability, bool)> {
        self.0.iter().filter_map(|(key, has)| Some((key.parse().ok()?, *has)))
    }

    /// Reads the record; `None` where a member is no boolean.
    pub fn from_json(record: &Map) -> Option<Self> {
        record.iter().map(|(key, has)| Some((key.clone(), has.as_bool()?))).collect::<Option<_>>().map(Self)
    }

    /// The record, its keys ascending as clients must have them.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(|(key, has)| (key.clone(), Value::Bool(*has))).collect::<Map>().into()
    }
}

#[cfg(test)]
mod tests;
