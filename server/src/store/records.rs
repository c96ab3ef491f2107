//! The rows, as the rest of the server sees them.

use std::str::FromStr;

use assay_protocol::aaguid::Aaguid;
use assay_relying_party::CredentialRecord;
use serde_json::Value;
use time::OffsetDateTime;

/// The SHA-256 of a secret that only its owner keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl Digest {
    /// The digest of a secret.
    pub(crate) fn of(secret: &str) -> Self {
        Self(assay_protocol::digest::sha256(secret.as_bytes()))
    }
}

/// A tenant: every other row belongs to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tenant {
    pub(crate) tenant_id: String,
    pub(crate) name: String,
    pub(crate) created_at: OffsetDateTime,
}

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Capability {
    /// Read and set its tenant's attestation policy, evaluate it.
    Attestation,
    /// Read its tenant's audit log.
    Audit,
    /// Make tenants, and clients of any tenant.
    Admin,
}

impl Capability {
    pub(crate) const ALL: &'static [Self] = &[Self::Attestation, Self::Audit, Self::Admin];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Attestation => "attestation",
            Self::Audit => "audit",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Capability {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|capability| capability.as_str() == text).ok_or(())
    }
}

/// A server-to-server client with Basic credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) tenant_id: String,
    pub(crate) secret: Digest,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) created_at: OffsetDateTime,
}

/// A Bearer key: whoever shows it speaks for its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKey {
    pub(crate) key_id: String,
    pub(crate) tenant_id: String,
    /// What its owner calls it.
    pub(crate) name: String,
    pub(crate) secret: Digest,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) created_at: OffsetDateTime,
    /// Since when it opens nothing.
    pub(crate) revoked_at: Option<OffsetDateTime>,
}

/// A user of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) user_id: String,
    pub(crate) tenant_id: String,
    pub(crate) username: String,
    pub(crate) display_name: String,
    /// WebAuthn's user handle: random, and it says nothing about the user.
    pub(crate) handle: Vec<u8>,
    pub(crate) created_at: OffsetDateTime,
}

/// A credential record, whose it is, and what its attestation showed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Credential {
    /// Its place in the listing.
    pub(crate) seq: u64,
    pub(crate) tenant_id: String,
    pub(crate) user_id: String,
    pub(crate) record: CredentialRecord,
    /// The COSE algorithm of its key.
    pub(crate) algorithm: i64,
    pub(crate) aaguid: Aaguid,
    /// What the attestation showed, for a later evaluation of a policy.
    pub(crate) evidence: Value,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) last_used_at: Option<OffsetDateTime>,
}

/// A credential to store and whom it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewCredential {
    pub(crate) account: Account,
    /// Its `seq`, `tenant_id` and `user_id` are filled in from the account.
    pub(crate) credential: Credential,
    pub(crate) uniqueness: Uniqueness,
    /// How it stands by the policy of its registration.
    pub(crate) standing: Value,
}

/// What is known of how a credential stands by its tenant's policy; a change is told once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StandingChange {
    /// The credential's place in the listing.
    pub(crate) credential: u64,
    /// What was known when it was judged; if somebody has written since, nothing is written.
    pub(crate) judged_by: Option<Value>,
    pub(crate) standing: Value,
}

/// Whom a new credential belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// A user who is made with it; an existing user of that name is a conflict.
    New(User),
    /// A user who is there.
    Existing { tenant_id: String, user_id: String },
}

/// Whether a credential id may be registered a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uniqueness {
    Required,
    Waived,
}

/// What a successful authentication changes in a credential record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CredentialUse {
    pub(crate) seq: u64,
    /// The counter that the authentication was judged by; if another authentication has changed it
    /// since, nothing is written.
    pub(crate) judged_by: u32,
    pub(crate) record: CredentialRecord,
    pub(crate) at: OffsetDateTime,
}

/// The two ceremonies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ceremony {
    Registration,
    Authentication,
}

impl Ceremony {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
        }
    }
}

/// An issued challenge and what the server must remember until it is answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Challenge {
    /// The browser session it was issued to.
    pub(crate) browser: Digest,
    pub(crate) ceremony: Ceremony,
    pub(crate) tenant_id: String,
    pub(crate) challenge: Vec<u8>,
    pub(crate) pending: Value,
    pub(crate) expires_at: OffsetDateTime,
}

/// What was found when a challenge was to be consumed. Whatever is found is consumed now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Taken {
    /// It was waiting.
    Fresh(Challenge),
    /// It had been consumed before.
    Reused(Challenge),
    /// These bytes were issued for the other ceremony.
    OtherCeremony(Challenge),
    /// Nothing was issued to this browser session.
    Unknown,
}

/// A signed-in session; the cookie's value is known to the browser alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Digest,
    pub(crate) tenant_id: String,
    pub(crate) user_id: String,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

/// A tenant's policy as it was saved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SavedPolicy {
    pub(crate) policy_id: String,
    pub(crate) tenant_id: String,
    /// The rules, in the canonical shape.
    pub(crate) rules: Value,
    /// 1 for the first one.
    pub(crate) version: u64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

/// A device-bound session, or the offer of one: the store keeps the state and guards its order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BoundSession {
    pub(crate) id: String,
    pub(crate) tenant_id: String,
    pub(crate) user_id: String,
    /// The signed-in session it protects.
    pub(crate) session: Digest,
    /// Grows by one with each write; a write on a stale version is refused.
    pub(crate) version: u64,
    pub(crate) state: Value,
    pub(crate) expires_at: OffsetDateTime,
}
