//! Where a DBSC server's sessions begin, are needed and end.

use serde::{Deserialize, Serialize};

/// Paths of a DBSC server, joined to its address. Where sessions are registered and refreshed, the
/// server itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sessions {
    /// The request that signs a user in; without it the lab signs in with a passkey of its own.
    pub sign_in: Option<SignIn>,
    /// What only a signed-in user gets, by GET.
    pub protected: String,
    /// What ends the session, by POST; an empty path where there is no such thing.
    pub sign_out: String,
}

/// A request that signs a user in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Its path.
    pub path: String,
    /// Its body, for which it is a POST. `{user}` stands for a name that no earlier sign-in had.
    #[serde(default)]
    pub body: Option<String>,
    /// The body's type.
    #[serde(default = "form")]
    pub content_type: String,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { sign_in: None, protected: String::from("/v1/whoami"), sign_out: String::from("/v1/logout") }
    }
}

fn form() -> String {
    String::from("application/x-www-form-urlencoded")
}
