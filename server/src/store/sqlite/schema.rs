//! The tables, and how an older file becomes a newer one.

use rusqlite::Connection;

use crate::store::Error;

/// Brings the database to the newest schema; each step and its version number commit together.
pub(super) fn migrate(connection: &Connection) -> Result<(), Error> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    for (version, step) in (1_i64..).zip(STEPS) {
        if version > found {
            connection.execute_batch(&format!("BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; COMMIT;"))?;
        }
    }
    Ok(())
}

/// One step a version; a released step never changes again.
const STEPS: &[&str] = &["
CREATE TABLE server_secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
    seq INTEGER PRIMARY KEY,
    tenant_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    secret BLOB NOT NULL,
    capabilities TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    handle BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    UNIQUE (tenant_id, username)
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    credential_id BLOB NOT NULL,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    public_key BLOB NOT NULL,
    alg INTEGER NOT NULL,
    sign_count INTEGER NOT NULL,
    uv_initialized INTEGER NOT NULL,
    backup_eligible INTEGER,
    backup_state INTEGER NOT NULL,
    transports TEXT NOT NULL,
    aaguid BLOB NOT NULL,
    rp_id TEXT,
    attestation_object BLOB,
    client_data_json BLOB,
    evidence TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
) STRICT;
CREATE INDEX credentials_by_id ON credentials (credential_id);
CREATE INDEX credentials_by_user ON credentials (tenant_id, user_id);

CREATE TABLE challenges (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    browser BLOB NOT NULL,
    ceremony TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    challenge BLOB NOT NULL,
    pending TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    consumed_at INTEGER
) STRICT;
CREATE INDEX challenges_by_browser ON challenges (browser, ceremony);
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    credential_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE policies (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (tenant_id),
    policy_id TEXT NOT NULL,
    rules TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bound_sessions (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bound_sessions_by_session ON bound_sessions (session);
CREATE INDEX bound_sessions_by_expiry ON bound_sessions (expires_at);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    user_id TEXT,
    at INTEGER NOT NULL,
    outcome TEXT,
    failed_rule TEXT,
    code TEXT,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_tenant ON audit (tenant_id, seq);
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
", "
CREATE TABLE standings (
    credential INTEGER PRIMARY KEY REFERENCES credentials (seq) ON DELETE CASCADE,
    standing TEXT NOT NULL
) STRICT;

CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    name TEXT NOT NULL,
    secret BLOB NOT NULL,
    capabilities TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);
"];
