//! The store in SQLite: one writer that commits in groups, readers beside it.

mod accounts;
mod api_keys;
mod challenges;
mod credentials;
mod ledger;
mod policies;
mod queue;
mod schema;
mod sessions;
mod standings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    ApiKey, BoundSession, Ceremony, Challenge, Client, Credential, CredentialUse, Digest, Error, NewCredential,
    SavedPolicy, Session, StandingChange, Store, Taken, Tenant, User,
};
use crate::audit::{Event, Group, GroupBy, Line, Query};
use crate::config::Database;
use crate::timestamp;
use queue::Queue;

/// The records in one SQLite database.
#[derive(Debug)]
pub(crate) struct Sqlite {
    queue: Queue,
    readers: Readers,
}

/// Where reads go.
#[derive(Debug)]
enum Readers {
    /// To connections of their own, beside the writer.
    Pool { path: PathBuf, idle: Mutex<Vec<Connection>> },
    /// Through the writer: a database in memory has one connection.
    Writer,
}

impl Sqlite {
    /// Opens the database, makes it if it is not there, and brings it to the newest schema.
    pub(crate) fn open(database: &Database) -> Result<Self, Error> {
        let connection = match database {
            Database::Memory => Connection::open_in_memory()?,
            Database::File(path) => open_file(path)?,
        };
        connection.execute_batch("PRAGMA foreign_keys = ON;")?;
        schema::migrate(&connection)?;
        let readers = match database {
            Database::Memory => Readers::Writer,
            Database::File(path) => Readers::Pool { path: path.clone(), idle: Mutex::new(Vec::new()) },
        };
        Ok(Self { queue: Queue::start(connection)?, readers })
    }

    /// Runs a read; it sees every write that was acknowledged before.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Readers::Pool { path, idle } = &self.readers else {
            return self.queue.run(work);
        };
        let ready = idle.lock().map_err(|_poisoned| Error::Closed)?.pop();
        let connection = match ready {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(path, flags)?;
                connection.busy_timeout(BUSY_TIMEOUT)?;
                connection
            }
        };
        let found = work(&connection);
        idle.lock().map_err(|_poisoned| Error::Closed)?.push(connection);
        found
    }
}

#[cfg(test)]
impl Sqlite {
    /// A session without a ceremony before it.
    pub(crate) fn begin_session(&self, session: Session) -> Result<(), Error> {
        let now = session.created_at;
        self.queue.run(move |connection| sessions::add(connection, &session, now))
    }
}

fn open_file(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Sqlite(format!("journal mode is {mode}, not wal")));
    }
    // FULL: a commit returns after the log is on the disk, so that an acknowledged write survives anything.
    connection.execute_batch("PRAGMA synchronous = FULL;")?;
    Ok(connection)
}

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl Store for Sqlite {
    fn server_secret(&self, name: &'static str, proposal: [u8; 32]) -> Result<[u8; 32], Error> {
        self.queue.run(move |connection| accounts::server_secret(connection, name, proposal))
    }

    fn first_tenant(&self) -> Result<Option<Tenant>, Error> {
        self.read(accounts::first_tenant)
    }

    fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        self.read(accounts::tenants)
    }

    fn tenant(&self, tenant_id: &str) -> Result<Option<Tenant>, Error> {
        let tenant_id = tenant_id.to_owned();
        self.read(move |connection| accounts::tenant(connection, &tenant_id))
    }

    fn add_tenant(&self, tenant: Tenant, client: Option<Client>, events: Vec<Event>) -> Result<(), Error> {
        self.write(events, move |connection| {
            accounts::add_tenant(connection, &tenant)?;
            client.map_or(Ok(()), |client| accounts::add_client(connection, &client))
        })
    }

    fn client(&self, client_id: &str) -> Result<Option<Client>, Error> {
        let client_id = client_id.to_owned();
        self.read(move |connection| accounts::client(connection, &client_id))
    }

    fn add_client(&self, client: Client, events: Vec<Event>) -> Result<(), Error> {
        self.write(events, move |connection| accounts::add_client(connection, &client))
    }

    fn api_key(&self, key_id: &str) -> Result<Option<ApiKey>, Error> {
        let key_id = key_id.to_owned();
        self.read(move |connection| api_keys::by_id(connection, &key_id))
    }

    fn api_keys(&self, tenant_id: &str) -> Result<Vec<ApiKey>, Error> {
        let tenant_id = tenant_id.to_owned();
        self.read(move |connection| api_keys::of_tenant(connection, &tenant_id))
    }

    fn add_api_key(&self, key: ApiKey, events: Vec<Event>) -> Result<(), Error> {
        self.write(events, move |connection| api_keys::add(connection, &key))
    }

    fn revoke_api_key(&self, key_id: &str, now: OffsetDateTime, events: Vec<Event>) -> Result<bool, Error> {
        let key_id = key_id.to_owned();
        self.write_if(events, move |connection| api_keys::revoke(connection, &key_id, now))
    }

    fn user(&self, tenant_id: &str, user_id: &str) -> Result<Option<User>, Error> {
        let (tenant_id, user_id) = (tenant_id.to_owned(), user_id.to_owned());
        self.read(move |connection| accounts::user(connection, &tenant_id, &user_id))
    }

    fn user_named(&self, tenant_id: &str, username: &str) -> Result<Option<User>, Error> {
        let (tenant_id, username) = (tenant_id.to_owned(), username.to_owned());
        self.read(move |connection| accounts::user_named(connection, &tenant_id, &username))
    }

    fn credential(&self, credential_id: &[u8]) -> Result<Option<Credential>, Error> {
        let credential_id = credential_id.to_owned();
        self.read(move |connection| credentials::by_id(connection, &credential_id))
    }

    fn credentials(
        &self,
        tenant_id: &str,
        user_id: Option<&str>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Credential>, Error> {
        let (tenant_id, user_id) = (tenant_id.to_owned(), user_id.map(str::to_owned));
        self.read(move |connection| credentials::list(connection, &tenant_id, user_id.as_deref(), after, limit))
    }

    fn add_credential(&self, new: NewCredential, events: Vec<Event>) -> Result<(), Error> {
        self.write(events, move |connection| credentials::add(connection, &new))
    }

    fn standings(&self, tenant_id: &str, after: u64, up_to: u64) -> Result<BTreeMap<u64, Value>, Error> {
        let tenant_id = tenant_id.to_owned();
        self.read(move |connection| standings::between(connection, &tenant_id, after, up_to))
    }

    fn put_standing(&self, change: StandingChange, events: Vec<Event>) -> Result<bool, Error> {
        self.write_if(events, move |connection| standings::put(connection, &change))
    }

    fn use_credential(&self, used: CredentialUse, session: Session, events: Vec<Event>) -> Result<bool, Error> {
        self.write_if(events, move |connection| {
            let current = credentials::used(connection, &used)?;
            if current {
                sessions::add(connection, &session, used.at)?;
            }
            Ok(current)
        })
    }

    fn add_challenge(
        &self,
        challenge: Challenge,
        forget_before: OffsetDateTime,
        events: Vec<Event>,
    ) -> Result<(), Error> {
        self.write(events, move |connection| challenges::add(connection, &challenge, forget_before))
    }

    fn take_challenge(
        &self,
        browser: Digest,
        ceremony: Ceremony,
        answered: Option<Vec<u8>>,
        now: OffsetDateTime,
    ) -> Result<Taken, Error> {
        self.queue.run(move |connection| challenges::take(connection, browser, ceremony, answered.as_deref(), now))
    }

    fn session(&self, id: Digest) -> Result<Option<Session>, Error> {
        self.read(move |connection| sessions::by_id(connection, id))
    }

    fn end_session(&self, id: Digest, events: Vec<Event>) -> Result<bool, Error> {
        self.write_if(events, move |connection| sessions::end(connection, id))
    }

    fn policy(&self, tenant_id: &str) -> Result<Option<SavedPolicy>, Error> {
        let tenant_id = tenant_id.to_owned();
        self.read(move |connection| policies::of_tenant(connection, &tenant_id))
    }

    fn put_policy(&self, policy: SavedPolicy, events: Vec<Event>) -> Result<bool, Error> {
        self.write_if(events, move |connection| policies::put(connection, &policy))
    }

    fn bound_session(&self, id: &str) -> Result<Option<BoundSession>, Error> {
        let id = id.to_owned();
        self.read(move |connection| sessions::bound(connection, &id))
    }

    fn bound_sessions_of(&self, session: Digest) -> Result<Vec<BoundSession>, Error> {
        self.read(move |connection| sessions::bound_to(connection, session))
    }

    fn put_bound_session(&self, bound: BoundSession, events: Vec<Event>) -> Result<bool, Error> {
        self.write_if(events, move |connection| sessions::put_bound(connection, &bound))
    }

    fn record(&self, events: Vec<Event>) -> Result<(), Error> {
        self.write(events, |_connection| Ok(()))
    }

    fn audit(&self, tenant_id: &str, query: &Query) -> Result<Vec<Line>, Error> {
        let (tenant_id, query) = (tenant_id.to_owned(), query.clone());
        self.read(move |connection| ledger::list(connection, &tenant_id, &query))
    }

    fn audit_groups(&self, tenant_id: &str, query: &Query, by: GroupBy) -> Result<Vec<Group>, Error> {
        let (tenant_id, query) = (tenant_id.to_owned(), query.clone());
        self.read(move |connection| ledger::groups(connection, &tenant_id, &query, by))
    }
}

impl Sqlite {
    /// A change and the lines that tell of it, together.
    fn write(
        &self,
        events: Vec<Event>,
        change: impl FnOnce(&Connection) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        self.queue.run(move |connection| {
            change(connection)?;
            ledger::append(connection, &events)
        })
    }

    /// A change that may turn out to be none; then there is nothing to tell of.
    fn write_if(
        &self,
        events: Vec<Event>,
        change: impl FnOnce(&Connection) -> Result<bool, Error> + Send + 'static,
    ) -> Result<bool, Error> {
        self.queue.run(move |connection| {
            let changed = change(connection)?;
            if changed {
                ledger::append(connection, &events)?;
            }
            Ok(changed)
        })
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.to_string())
    }
}

/// A stored time.
fn time_at(row: &Row<'_>, column: &str) -> rusqlite::Result<OffsetDateTime> {
    Ok(timestamp::from_millis(row.get(column)?))
}

/// A stored digest.
fn digest_at(row: &Row<'_>, column: &str) -> rusqlite::Result<Digest> {
    Ok(Digest(row.get(column)?))
}

/// A stored JSON value.
fn json_at<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, Error> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
}

/// A sequence number or a counter, which SQLite keeps signed.
fn unsigned_at(row: &Row<'_>, column: &str) -> Result<u64, Error> {
    let signed: i64 = row.get(column)?;
    u64::try_from(signed).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
}

/// A sequence number as SQLite keeps it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
