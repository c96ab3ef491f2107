//! What the server remembers, behind one trait.
//!
//! Every write takes the audit lines that tell of it and stores both or neither; it returns when
//! the change is durable, not before. The trait is blocking; nothing here knows of HTTP.

mod records;
pub(crate) mod sqlite;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use time::OffsetDateTime;

pub(crate) use records::{
    Account, ApiKey, BoundSession, Capability, Ceremony, Challenge, Client, Credential, CredentialUse, Digest,
    NewCredential, SavedPolicy, Session, StandingChange, Taken, Tenant, Uniqueness, User,
};

use crate::audit::{Event, Group, GroupBy, Line, Query};

/// The records of every tenant. One implementation keeps them in SQLite.
pub(crate) trait Store: Send + Sync {
    /// The value kept under `name`; the first caller's proposal becomes it.
    fn server_secret(&self, name: &'static str, proposal: [u8; 32]) -> Result<[u8; 32], Error>;

    /// The tenant that was made first.
    fn first_tenant(&self) -> Result<Option<Tenant>, Error>;
    /// Every tenant, in the order in which they were made.
    fn tenants(&self) -> Result<Vec<Tenant>, Error>;
    /// One tenant.
    fn tenant(&self, tenant_id: &str) -> Result<Option<Tenant>, Error>;
    /// Stores a tenant, and its first client if there is one.
    fn add_tenant(&self, tenant: Tenant, client: Option<Client>, events: Vec<Event>) -> Result<(), Error>;
    /// One client.
    fn client(&self, client_id: &str) -> Result<Option<Client>, Error>;
    /// Stores a client.
    fn add_client(&self, client: Client, events: Vec<Event>) -> Result<(), Error>;

    /// One API key, revoked or not.
    fn api_key(&self, key_id: &str) -> Result<Option<ApiKey>, Error>;
    /// A tenant's API keys, oldest first.
    fn api_keys(&self, tenant_id: &str) -> Result<Vec<ApiKey>, Error>;
    /// Stores an API key.
    fn add_api_key(&self, key: ApiKey, events: Vec<Event>) -> Result<(), Error>;
    /// Revokes an API key; false if it was revoked already, or is not there.
    fn revoke_api_key(&self, key_id: &str, now: OffsetDateTime, events: Vec<Event>) -> Result<bool, Error>;

    /// One user of a tenant.
    fn user(&self, tenant_id: &str, user_id: &str) -> Result<Option<User>, Error>;
    /// The user of a tenant with this name.
    fn user_named(&self, tenant_id: &str, username: &str) -> Result<Option<User>, Error>;

    /// The newest credential with this id, of whichever tenant: they share one relying party id.
    fn credential(&self, credential_id: &[u8]) -> Result<Option<Credential>, Error>;
    /// A tenant's credentials, or one user's, oldest first, after a cursor.
    fn credentials(
        &self,
        tenant_id: &str,
        user_id: Option<&str>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Credential>, Error>;
    /// Stores a credential, its user if new, and the audit lines.
    fn add_credential(&self, new: NewCredential, events: Vec<Event>) -> Result<(), Error>;
    /// How a tenant's credentials are known to stand, by their place in the listing, after a cursor.
    fn standings(&self, tenant_id: &str, after: u64, up_to: u64) -> Result<BTreeMap<u64, Value>, Error>;
    /// Writes down how a credential stands now; false, and nothing is written, if what it was
    /// judged by is no longer what is stored.
    fn put_standing(&self, change: StandingChange, events: Vec<Event>) -> Result<bool, Error>;
    /// Writes down a successful authentication and the session it began; false, and nothing is
    /// written, if the counter that it was judged by is no longer the stored one.
    fn use_credential(&self, used: CredentialUse, session: Session, events: Vec<Event>) -> Result<bool, Error>;

    /// Stores an issued challenge and forgets those that expired before `forget_before`.
    fn add_challenge(
        &self,
        challenge: Challenge,
        forget_before: OffsetDateTime,
        events: Vec<Event>,
    ) -> Result<(), Error>;
    /// Consumes the challenge that an answer belongs to: of this browser session and ceremony, the
    /// one with these bytes, or else the newest that was not consumed.
    fn take_challenge(
        &self,
        browser: Digest,
        ceremony: Ceremony,
        answered: Option<Vec<u8>>,
        now: OffsetDateTime,
    ) -> Result<Taken, Error>;

    /// The signed-in session whose cookie has this digest.
    fn session(&self, id: Digest) -> Result<Option<Session>, Error>;
    /// Ends a session; true if there was one.
    fn end_session(&self, id: Digest, events: Vec<Event>) -> Result<bool, Error>;

    /// A tenant's policy.
    fn policy(&self, tenant_id: &str) -> Result<Option<SavedPolicy>, Error>;
    /// Replaces a tenant's policy if the stored version is one below this one's; false if it is not.
    fn put_policy(&self, policy: SavedPolicy, events: Vec<Event>) -> Result<bool, Error>;

    /// One device-bound session, or the offer of one.
    fn bound_session(&self, id: &str) -> Result<Option<BoundSession>, Error>;
    /// The device-bound sessions, and offers, that hang on a signed-in session.
    fn bound_sessions_of(&self, session: Digest) -> Result<Vec<BoundSession>, Error>;
    /// Stores a device-bound session if the stored version is one below this one's (0: there is none);
    /// false if it is not, in which case nothing is written.
    fn put_bound_session(&self, bound: BoundSession, events: Vec<Event>) -> Result<bool, Error>;

    /// Writes audit lines that tell of no change.
    fn record(&self, events: Vec<Event>) -> Result<(), Error>;
    /// A tenant's audit lines, oldest first.
    fn audit(&self, tenant_id: &str, query: &Query) -> Result<Vec<Line>, Error>;
    /// The same lines counted, the largest group first; the cursor and the limit do not apply.
    fn audit_groups(&self, tenant_id: &str, query: &Query, by: GroupBy) -> Result<Vec<Group>, Error>;
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Error {
    /// A credential with this id is already registered.
    CredentialExists,
    /// A user with this name already exists.
    UserExists,
    /// The user does not exist.
    NoUser,
    /// SQLite's own complaint.
    Sqlite(String),
    /// A stored value does not read back.
    Corrupt(String),
    /// The store has been closed.
    Closed,
    /// The file was written by a newer version of this program.
    TooNew {
        /// The version in the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CredentialExists => write!(f, "a credential with this id is already registered"),
            Self::UserExists => write!(f, "a user with this name already exists"),
            Self::NoUser => write!(f, "the user does not exist"),
            Self::Sqlite(message) => write!(f, "the database: {message}"),
            Self::Corrupt(message) => write!(f, "a stored value does not read back: {message}"),
            Self::Closed => write!(f, "the store is closed"),
            Self::TooNew { found, known } => {
                write!(f, "the database has schema version {found}, this program knows {known}")
            }
        }
    }
}

impl std::error::Error for Error {}
