//! The audit log's lines: every evaluation and every change of state is one.
//!
//! A line is written in the same transaction as the change it tells of, so that neither exists
//! without the other. What a peer may read and what the log keeps are two things: a line may
//! hold internal detail, an answer never does; neither ever holds a secret.

use assay_protocol::aaguid::Aaguid;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::timestamp;

/// Declares [`EventType`] with its wire names.
macro_rules! event_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum EventType { $($(#[$doc])* $variant,)* }

        impl EventType {
            /// Every type of event.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name in the log and in its filter.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

event_types! {
    /// The server came up.
    ServerStarted = "server.started",
    /// A tenant was made.
    TenantCreated = "tenant.created",
    /// A client and its secret were made.
    ClientCreated = "client.created",
    /// An API key was issued.
    ApiKeyCreated = "api_key.created",
    /// An API key was revoked.
    ApiKeyRevoked = "api_key.revoked",
    /// A registration challenge was issued.
    RegistrationStarted = "registration.started",
    /// A registration was refused.
    RegistrationRejected = "registration.rejected",
    /// A credential was stored.
    CredentialRegistered = "credential.registered",
    /// An authentication challenge was issued.
    AuthenticationStarted = "authentication.started",
    /// An authentication was refused.
    AuthenticationRejected = "authentication.rejected",
    /// A credential signed in.
    AuthenticationSucceeded = "authentication.succeeded",
    /// A signed-in session began.
    SessionCreated = "session.created",
    /// A signed-in session ended.
    SessionEnded = "session.ended",
    /// A tenant's attestation policy was set or replaced.
    PolicyUpdated = "attestation.policy_updated",
    /// A policy was evaluated.
    Evaluated = "attestation.evaluated",
    /// A second look at an enrolled credential found that it stands otherwise than before.
    StatusChanged = "attestation.status_changed",
    /// A new issue of metadata is in use.
    MetadataLoaded = "metadata.loaded",
    /// An issue of metadata was refused, and the old one stays in use.
    MetadataRefused = "metadata.refused",
    /// A device-bound session was offered to a browser.
    DbscOffered = "dbsc.offered",
    /// A device-bound session was registered.
    DbscRegistered = "dbsc.registered",
    /// A refresh was answered with a challenge.
    DbscChallenged = "dbsc.challenged",
    /// A refresh was proven.
    DbscRefreshed = "dbsc.refreshed",
    /// A proof was refused.
    DbscRejected = "dbsc.rejected",
    /// A browser reported that it skipped a refresh.
    DbscSkipped = "dbsc.skipped",
    /// A device-bound session ended.
    DbscTerminated = "dbsc.terminated",
}

/// How an evaluation or a ceremony came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// Every rule was met.
    Pass,
    /// A rule failed.
    Fail,
    /// No verdict could be given.
    Error,
    /// Nothing was evaluated.
    Skipped,
}

impl Outcome {
    /// Every outcome.
    pub(crate) const ALL: &'static [Self] = &[Self::Pass, Self::Fail, Self::Error, Self::Skipped];

    /// The stable name in the log and in its filter.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// A line to be written; the store gives it its sequence number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// What happened.
    pub(crate) event_type: EventType,
    /// The tenant it happened to.
    pub(crate) tenant_id: String,
    /// The user it happened to, where one is known.
    pub(crate) user_id: Option<String>,
    /// When.
    pub(crate) at: OffsetDateTime,
    /// How it came out, where it could come out in more than one way.
    pub(crate) outcome: Option<Outcome>,
    /// The policy rule that failed first.
    pub(crate) failed_rule: Option<String>,
    /// The machine code of a refusal.
    pub(crate) code: Option<String>,
    /// Whatever else belongs to this type of event; flattened into the line.
    pub(crate) detail: Map<String, Value>,
}

impl Event {
    /// A line with nothing but its type, tenant and time.
    pub(crate) fn new(event_type: EventType, tenant_id: &str, at: OffsetDateTime) -> Self {
        Self {
            event_type,
            tenant_id: tenant_id.to_owned(),
            user_id: None,
            at,
            outcome: None,
            failed_rule: None,
            code: None,
            detail: Map::new(),
        }
    }

    /// With the user it happened to.
    #[must_use]
    pub(crate) fn user(mut self, user_id: Option<&str>) -> Self {
        self.user_id = user_id.map(str::to_owned);
        self
    }

    /// With how it came out.
    #[must_use]
    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// With the machine code of a refusal.
    #[must_use]
    pub(crate) fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// With the policy rule that failed first.
    #[must_use]
    pub(crate) fn failed_rule(mut self, rule: Option<&str>) -> Self {
        self.failed_rule = rule.map(str::to_owned);
        self
    }

    /// With one more member.
    #[must_use]
    pub(crate) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

/// A line as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Its place in the log; it only grows, and is the cursor of a listing.
    pub(crate) seq: u64,
    /// The type's name.
    pub(crate) event_type: String,
    /// The tenant.
    pub(crate) tenant_id: String,
    /// The user, where one is known.
    pub(crate) user_id: Option<String>,
    /// When.
    pub(crate) at: OffsetDateTime,
    /// The outcome's name.
    pub(crate) outcome: Option<String>,
    /// The policy rule that failed first.
    pub(crate) failed_rule: Option<String>,
    /// The machine code of a refusal.
    pub(crate) code: Option<String>,
    /// The other members.
    pub(crate) detail: Map<String, Value>,
}

impl Line {
    /// The line as the audit interface shows it.
    pub(crate) fn to_json(&self) -> Value {
        let mut line = Map::new();
        line.insert("seq".to_owned(), self.seq.into());
        line.insert("event_type".to_owned(), self.event_type.as_str().into());
        line.insert("tenant_id".to_owned(), self.tenant_id.as_str().into());
        line.insert("user_id".to_owned(), self.user_id.as_deref().into());
        line.insert("ts".to_owned(), timestamp::rfc3339(self.at).into());
        line.insert("outcome".to_owned(), self.outcome.as_deref().into());
        line.insert("failed_rule".to_owned(), self.failed_rule.as_deref().into());
        line.insert("code".to_owned(), self.code.as_deref().into());
        for (name, value) in &self.detail {
            line.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(line)
    }
}

/// Which lines a listing wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// Only lines after this sequence number.
    pub(crate) after: u64,
    /// At most so many lines.
    pub(crate) limit: u32,
    /// Only this type of event.
    pub(crate) event_type: Option<String>,
    /// Only this outcome.
    pub(crate) outcome: Option<String>,
    /// Only lines in which this rule failed first.
    pub(crate) failed_rule: Option<String>,
    /// Only lines about this user.
    pub(crate) user_id: Option<String>,
    /// Only lines from then on.
    pub(crate) since: Option<OffsetDateTime>,
    /// Only lines before then.
    pub(crate) until: Option<OffsetDateTime>,
    /// Only evaluations of this model.
    pub(crate) aaguid: Option<Aaguid>,
    /// Only evaluations on this occasion.
    pub(crate) source: Option<String>,
}

/// What lines are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// The policy rule that failed first; null where none did.
    FailedRule,
    /// The outcome.
    Outcome,
    /// The type of event.
    EventType,
    /// The model.
    Aaguid,
    /// The occasion of the evaluation.
    Source,
    /// The user.
    User,
}

impl GroupBy {
    /// Every way, and its name in a query.
    pub(crate) const ALL: &'static [(&'static str, Self)] = &[
        ("failed_rule", Self::FailedRule),
        ("outcome", Self::Outcome),
        ("event_type", Self::EventType),
        ("aaguid", Self::Aaguid),
        ("source", Self::Source),
        ("user_id", Self::User),
    ];
}

/// Lines that have one value in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The value; none where the lines have none.
    pub(crate) value: Option<String>,
    /// How many lines there are.
    pub(crate) lines: u64,
    /// How many users they are about.
    pub(crate) users: u64,
    /// The first of them.
    pub(crate) first_at: OffsetDateTime,
    /// The last of them.
    pub(crate) last_at: OffsetDateTime,
}
