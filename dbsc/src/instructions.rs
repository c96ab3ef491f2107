//! Session instructions: the JSON with which a server starts, changes or ends a session.

use serde_json::{Map, Value, json};

use crate::cookie::Attributes;
use crate::error::{Malformed, Reason};
use crate::json::{Reasons, kind, object};
use crate::scope::{HostPattern, Reach, Rule, RuleKind, Scope};

/// What a server says about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instructions {
    /// The session is as described.
    Continue(SessionInstructions),
    /// `continue` is false: the session ends.
    Terminate {
        /// Which one. The specification lets it out; Chromium 156 needs it.
        session_identifier: Option<String>,
    },
}

/// A session as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInstructions {
    /// The server's name for the session.
    pub session_identifier: String,
    /// Where to refresh, relative to the URL that served this; absent means that URL itself.
    pub refresh_url: Option<String>,
    /// Which requests the session is for.
    pub scope: Scope,
    /// The cookies that the session keeps fresh. Never empty.
    pub credentials: Vec<Credential>,
    /// Hosts of other sites whose requests may wait for a refresh.
    pub allowed_refresh_initiators: Vec<HostPattern>,
}

/// One bound cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The cookie's name.
    pub name: String,
    /// The attributes as written.
    pub attributes: String,
}

impl Instructions {
    /// Reads the body of a registration or refresh response. Unknown members are tolerated.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let members = object(
            body,
            &Reasons {
                not_json: Reason::InstructionsNotJson,
                duplicate: Reason::InstructionsDuplicateMember,
                not_object: Reason::InstructionsNotObject,
            },
        )?;
        let session_identifier =
            optional_string(&members, "session_identifier", Reason::InstructionsSessionIdentifier)?;
        let ends = match members.get("continue") {
            None | Some(Value::Bool(true)) => false,
            Some(Value::Bool(false)) => true,
            Some(other) => return wrong(Reason::InstructionsContinue, "continue", other),
        };
        if ends {
            return Ok(Self::Terminate { session_identifier });
        }
        let Some(session_identifier) = session_identifier.filter(|id| !id.is_empty()) else {
            return Err(Malformed::new(
                Reason::InstructionsSessionIdentifier,
                "session_identifier is missing or empty",
            ));
        };
        Ok(Self::Continue(SessionInstructions {
            session_identifier,
            refresh_url: optional_string(&members, "refresh_url", Reason::InstructionsRefreshUrl)?,
            scope: scope(members.get("scope"))?,
            credentials: credentials(members.get("credentials"))?,
            allowed_refresh_initiators: initiators(members.get("allowed_refresh_initiators"))?,
        }))
    }

    /// The JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Continue(session) => session.to_json(),
            Self::Terminate { session_identifier } => {
                let mut members = Map::new();
                if let Some(id) = session_identifier {
                    members.insert("session_identifier".to_owned(), json!(id));
                }
                members.insert("continue".to_owned(), json!(false));
                Value::Object(members)
            }
        }
    }
}

impl SessionInstructions {
    /// The JSON.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("session_identifier".to_owned(), json!(self.session_identifier));
        if let Some(url) = &self.refresh_url {
            members.insert("refresh_url".to_owned(), json!(url));
        }
        members.insert("scope".to_owned(), self.scope.to_json());
        let credentials = self
            .credentials
            .iter()
            .map(|credential| json!({"type": "cookie", "name": credential.name, "attributes": credential.attributes}));
        members.insert("credentials".to_owned(), credentials.collect());
        if !self.allowed_refresh_initiators.is_empty() {
            let hosts = self.allowed_refresh_initiators.iter();
            members.insert("allowed_refresh_initiators".to_owned(), hosts.map(ToString::to_string).collect());
        }
        Value::Object(members)
    }
}

impl Scope {
    /// The JSON.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some(origin) = &self.origin {
            members.insert("origin".to_owned(), json!(origin));
        }
        members.insert("include_site".to_owned(), json!(self.reach == Reach::Site));
        let rules = self
            .rules
            .iter()
            .map(|rule| json!({"type": rule.kind.as_str(), "domain": rule.domain.to_string(), "path": rule.path}));
        members.insert("scope_specification".to_owned(), rules.collect());
        Value::Object(members)
    }
}

impl Credential {
    /// The attributes as a cookie's.
    pub fn cookie_attributes(&self) -> Attributes {
        Attributes::parse(&self.attributes)
    }
}

fn scope(value: Option<&Value>) -> Result<Scope, Malformed> {
    let Some(Value::Object(members)) = value else {
        return missing_or_wrong(Reason::InstructionsScope, "scope", value);
    };
    let reach = match members.get("include_site") {
        Some(Value::Bool(true)) => Reach::Site,
        Some(Value::Bool(false)) => Reach::Origin,
        other => return missing_or_wrong(Reason::InstructionsIncludeSite, "include_site", other),
    };
    let rules = match members.get("scope_specification") {
        None => Vec::new(),
        Some(Value::Array(rules)) => rules.iter().map(rule).collect::<Result<_, _>>()?,
        Some(other) => return wrong(Reason::InstructionsRules, "scope_specification", other),
    };
    Ok(Scope {
        // Chromium 156 takes an empty origin for an absent one.
        origin: optional_string(members, "origin", Reason::InstructionsOrigin)?.filter(|origin| !origin.is_empty()),
        reach,
        rules,
    })
}

fn rule(value: &Value) -> Result<Rule, Malformed> {
    let Value::Object(members) = value else {
        return wrong(Reason::InstructionsRules, "a rule", value);
    };
    let kind = match members.get("type").and_then(Value::as_str) {
        Some("include") => RuleKind::Include,
        Some("exclude") => RuleKind::Exclude,
        _ => return missing_or_wrong(Reason::InstructionsRuleType, "type", members.get("type")),
    };
    let domain = optional_string(members, "domain", Reason::InstructionsRuleDomain)?;
    let path = optional_string(members, "path", Reason::InstructionsRulePath)?;
    let path = path.unwrap_or_else(|| "/".to_owned());
    if !path.starts_with('/') {
        return Err(Malformed::new(Reason::InstructionsRulePath, format!("path {path:?}")));
    }
    Ok(Rule {
        kind,
        domain: HostPattern::parse(domain.as_deref().unwrap_or("*"), Reason::InstructionsRuleDomain)?,
        path,
    })
}

fn credentials(value: Option<&Value>) -> Result<Vec<Credential>, Malformed> {
    match value {
        Some(Value::Array(items)) if !items.is_empty() => items.iter().map(credential).collect(),
        other => missing_or_wrong(Reason::InstructionsCredentials, "credentials", other),
    }
}

fn credential(value: &Value) -> Result<Credential, Malformed> {
    let Value::Object(members) = value else {
        return wrong(Reason::InstructionsCredentials, "a credential", value);
    };
    let kind = members.get("type");
    if kind.and_then(Value::as_str) != Some("cookie") {
        return missing_or_wrong(Reason::InstructionsCredentialType, "type", kind);
    }
    let name = optional_string(members, "name", Reason::InstructionsCredentialName)?;
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(Malformed::new(Reason::InstructionsCredentialName, "name is missing or empty"));
    };
    let attributes = optional_string(members, "attributes", Reason::InstructionsCredentialAttributes)?;
    Ok(Credential { name, attributes: attributes.unwrap_or_default() })
}

fn initiators(value: Option<&Value>) -> Result<Vec<HostPattern>, Malformed> {
    let reason = Reason::InstructionsInitiators;
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(hosts)) => hosts
            .iter()
            .map(|host| match host {
                Value::String(host) => HostPattern::parse(host, reason),
                other => wrong(reason, "an initiator", other),
            })
            .collect(),
        Some(other) => wrong(reason, "allowed_refresh_initiators", other),
    }
}

fn optional_string(members: &Map<String, Value>, name: &str, reason: Reason) -> Result<Option<String>, Malformed> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => wrong(reason, name, other),
    }
}

fn missing_or_wrong<T>(reason: Reason, name: &str, value: Option<&Value>) -> Result<T, Malformed> {
    match value {
        None => Err(Malformed::new(reason, format!("{name} is missing"))),
        Some(value) => wrong(reason, name, value),
    }
}

fn wrong<T>(reason: Reason, name: &str, value: &Value) -> Result<T, Malformed> {
    let detail = match value {
        Value::String(text) => format!("{name} is {text:?}"),
        other => format!("{name} is {}", kind(other)),
    };
    Err(Malformed::new(reason, detail))
}

#[cfg(test)]
mod tests;
