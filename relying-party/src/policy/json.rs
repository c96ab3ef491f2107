//! The canonical JSON of a policy: strict on the way in.

use std::fmt;

use assay_attestation::metadata::{Level, Status, Statuses};
use assay_protocol::aaguid::Aaguid;
use serde_json::{Map, Value, json};

use super::{AaguidList, Mode, Policy};

/// Every member that the canonical form may have. `tenant_id` is the caller's.
const MEMBERS: [&str; 10] = [
    "tenant_id",
    "allowed_aaguids",
    "blocked_aaguids",
    "min_certification_level",
    "block_software_auth",
    "require_known_aaguids",
    "enforcement_mode",
    "denied_statuses",
    "grace_days",
    "functional_counts_as_l1",
];

/// What is wrong with a policy's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyError {
    /// A member is unknown, absent or of the wrong type.
    Request(String),
    /// A listed AAGUID is none, or may not be listed there.
    Aaguid(String),
    /// Not a mode.
    Mode(String),
    /// Not a level that a minimum may have.
    Level(String),
}

impl PolicyError {
    /// The stable machine code; the status of the answer is 400.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Request(_) => "invalid_request",
            Self::Aaguid(_) => "invalid_aaguid",
            Self::Mode(_) => "invalid_enforcement_mode",
            Self::Level(_) => "invalid_certification_level",
        }
    }

    /// What was found, for people.
    pub fn detail(&self) -> &str {
        match self {
            Self::Request(detail) | Self::Aaguid(detail) | Self::Mode(detail) | Self::Level(detail) => detail,
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())
    }
}

impl std::error::Error for PolicyError {}

impl Policy {
    /// Reads the canonical form. `tenant_id` is passed over; absent optional members are unset, as
    /// are those that are null. A mode is `audit` or `block`: only the legacy form knows `off`.
    pub fn from_json(policy: &Value) -> Result<Self, PolicyError> {
        let policy = members(policy, &MEMBERS)?;
        match policy.get("enforcement_mode").and_then(Value::as_str) {
            Some("audit") => Self::with_mode(policy, Mode::Audit),
            Some("block") => Self::with_mode(policy, Mode::Block),
            _ => Err(mode_error(policy, "audit or block")),
        }
    }

    /// Reads what [`Self::to_json`] wrote, a policy that is off included.
    pub fn from_stored_json(policy: &Value) -> Result<Self, PolicyError> {
        match policy.get("enforcement_mode").and_then(Value::as_str) {
            Some("off") => Self::with_mode(members(policy, &MEMBERS)?, Mode::Off),
            _ => Self::from_json(policy),
        }
    }

    /// Everything that is wrong with a canonical form, where [`Self::from_json`] stops at the first.
    pub fn problems(policy: &Value) -> Vec<PolicyError> {
        let Some(members) = policy.as_object() else {
            return vec![PolicyError::Request("not an object".to_owned())];
        };
        let unknown = members.keys().filter(|name| !MEMBERS.contains(&name.as_str()));
        let mut problems: Vec<PolicyError> =
            unknown.map(|name| PolicyError::Request(format!("unknown member {name:?}"))).collect();
        let mode = members.get("enforcement_mode").and_then(Value::as_str);
        if !matches!(mode, Some("audit" | "block" | "off")) {
            problems.push(mode_error(members, "audit or block"));
        }
        problems.extend(allowed_aaguids(members).err());
        problems.extend(aaguids(members, "blocked_aaguids").err());
        problems.extend(level(members, "min_certification_level").err());
        problems.extend(flag(members, "block_software_auth", None).err());
        problems.extend(flag(members, "require_known_aaguids", None).err());
        problems.extend(statuses(members).err());
        problems.extend(days(members).err());
        problems.extend(flag(members, "functional_counts_as_l1", Some(false)).err());
        problems
    }

    fn with_mode(policy: &Map<String, Value>, mode: Mode) -> Result<Self, PolicyError> {
        let defaults = Self::new(mode);
        Ok(Self {
            mode,
            allowed_aaguids: allowed_aaguids(policy)?,
            blocked_aaguids: aaguids(policy, "blocked_aaguids")?,
            min_certification_level: level(policy, "min_certification_level")?,
            block_software_auth: flag(policy, "block_software_auth", None)?,
            require_known_aaguids: flag(policy, "require_known_aaguids", None)?,
            denied_statuses: statuses(policy)?.unwrap_or(defaults.denied_statuses),
            grace_days: days(policy)?.unwrap_or(defaults.grace_days),
            functional_counts_as_l1: flag(policy, "functional_counts_as_l1", Some(false))?,
        })
    }

    /// Writes the canonical form. Members that the first users of this form do not know are
    /// written only where they say something other than the default.
    pub fn to_json(&self) -> Map<String, Value> {
        let texts = |list: &AaguidList| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut policy = Map::new();
        let mut put = |name: &str, value| policy.insert(name.to_owned(), value);
        put("allowed_aaguids", json!(texts(&self.allowed_aaguids)));
        put("blocked_aaguids", json!(texts(&self.blocked_aaguids)));
        put("min_certification_level", json!(self.min_certification_level.map(Level::as_str)));
        put("block_software_auth", json!(self.block_software_auth));
        put("require_known_aaguids", json!(self.require_known_aaguids));
        put("enforcement_mode", json!(self.mode.as_str()));
        if self.denied_statuses != Self::DENIED_STATUSES {
            let denied: Vec<_> = self.denied_statuses.iter().map(Status::as_str).collect();
            put("denied_statuses", json!(denied));
        }
        if self.grace_days != Self::GRACE_DAYS {
            put("grace_days", json!(self.grace_days));
        }
        if self.functional_counts_as_l1 {
            put("functional_counts_as_l1", json!(true));
        }
        policy
    }
}

/// The members of an object that has none but these.
pub(super) fn members<'a>(policy: &'a Value, known: &[&str]) -> Result<&'a Map<String, Value>, PolicyError> {
    let Some(policy) = policy.as_object() else {
        return Err(PolicyError::Request("not an object".to_owned()));
    };
    match policy.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(PolicyError::Request(format!("unknown member {unknown:?}"))),
        None => Ok(policy),
    }
}

pub(super) fn mode_error(policy: &Map<String, Value>, expected: &str) -> PolicyError {
    let got = policy.get("enforcement_mode").unwrap_or(&Value::Null);
    PolicyError::Mode(format!("enforcement_mode is {got}, expected {expected}"))
}

/// To allow the zero AAGUID would be to allow everything that does not tell what it is.
pub(super) fn allowed_aaguids(policy: &Map<String, Value>) -> Result<AaguidList, PolicyError> {
    let allowed = aaguids(policy, "allowed_aaguids")?;
    if allowed.contains(&Aaguid::ZERO) {
        return Err(PolicyError::Aaguid("the zero AAGUID cannot be allowed: it names no model".to_owned()));
    }
    Ok(allowed)
}

fn aaguids(policy: &Map<String, Value>, name: &str) -> Result<AaguidList, PolicyError> {
    let Some(list) = array(policy, name)? else {
        return Ok(AaguidList::default());
    };
    list.iter()
        .map(|text| {
            text.as_str()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| PolicyError::Aaguid(format!("{name} has {text}, which is no AAGUID")))
        })
        .collect()
}

pub(super) fn level(policy: &Map<String, Value>, name: &str) -> Result<Option<Level>, PolicyError> {
    let Some(value) = present(policy, name) else {
        return Ok(None);
    };
    match value.as_str().map(str::parse) {
        Some(Ok(level)) => Ok(Some(level)),
        _ => Err(PolicyError::Level(format!("{name} is {value}, expected one of L1, L1plus, L2, L2plus, L3, L3plus"))),
    }
}

fn flag(policy: &Map<String, Value>, name: &str, default: Option<bool>) -> Result<bool, PolicyError> {
    match (policy.get(name), default) {
        (Some(Value::Bool(flag)), _) => Ok(*flag),
        (None | Some(Value::Null), Some(default)) => Ok(default),
        (None, None) => Err(PolicyError::Request(format!("{name} is missing"))),
        (Some(other), _) => Err(PolicyError::Request(format!("{name} is {other}, expected true or false"))),
    }
}

fn statuses(policy: &Map<String, Value>) -> Result<Option<Statuses>, PolicyError> {
    let Some(list) = array(policy, "denied_statuses")? else {
        return Ok(None);
    };
    let mut statuses = Statuses::default();
    for word in list {
        let status = word.as_str().map(Status::from_word);
        match status.filter(|status| Policy::DENIED_STATUSES.has(*status)) {
            Some(status) => statuses.insert(status),
            None => {
                return Err(PolicyError::Request(format!(
                    "denied_statuses has {word}, which is no status that can be denied"
                )));
            }
        }
    }
    Ok(Some(statuses))
}

fn days(policy: &Map<String, Value>) -> Result<Option<u32>, PolicyError> {
    let Some(value) = present(policy, "grace_days") else {
        return Ok(None);
    };
    match value.as_u64().and_then(|days| u32::try_from(days).ok()) {
        Some(days) => Ok(Some(days)),
        None => Err(PolicyError::Request(format!("grace_days is {value}, expected a number of days"))),
    }
}

fn array<'a>(policy: &'a Map<String, Value>, name: &str) -> Result<Option<&'a Vec<Value>>, PolicyError> {
    match present(policy, name) {
        None => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(other) => Err(PolicyError::Request(format!("{name} is {other}, expected an array"))),
    }
}

fn present<'a>(policy: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    policy.get(name).filter(|value| !value.is_null())
}
