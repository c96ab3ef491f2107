//! Signed-in sessions and the device-bound sessions that protect them.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{digest_at, json_at, signed, time_at, unsigned_at};
use crate::store::{BoundSession, Digest, Error, Session};
use crate::timestamp::to_millis;

pub(super) fn by_id(connection: &Connection, id: Digest) -> Result<Option<Session>, Error> {
    Ok(connection.prepare_cached("SELECT * FROM sessions WHERE id = ?")?.query_row([id.0], to_session).optional()?)
}

/// Stores a session and forgets those, and their bound ones, that have expired.
pub(super) fn add(connection: &Connection, session: &Session, now: OffsetDateTime) -> Result<(), Error> {
    for expired in ["DELETE FROM sessions WHERE expires_at < ?", "DELETE FROM bound_sessions WHERE expires_at < ?"] {
        connection.prepare_cached(expired)?.execute([to_millis(now)])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO sessions (id, tenant_id, user_id, credential_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            session.id.0,
            session.tenant_id,
            session.user_id,
            session.credential_id,
            to_millis(session.created_at),
            to_millis(session.expires_at)
        ])?;
    Ok(())
}

/// Ends a session. The bound ones that hang on it stay until they expire, so that a refresh can be
/// told that its session is over.
pub(super) fn end(connection: &Connection, id: Digest) -> Result<bool, Error> {
    Ok(connection.prepare_cached("DELETE FROM sessions WHERE id = ?")?.execute([id.0])? > 0)
}

pub(super) fn bound(connection: &Connection, id: &str) -> Result<Option<BoundSession>, Error> {
    let mut statement = connection.prepare_cached("SELECT * FROM bound_sessions WHERE id = ?")?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(to_bound).transpose()
}

pub(super) fn bound_to(connection: &Connection, session: Digest) -> Result<Vec<BoundSession>, Error> {
    let mut statement = connection.prepare_cached("SELECT * FROM bound_sessions WHERE session = ? ORDER BY id")?;
    let mut rows = statement.query([session.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(to_bound(row)?);
    }
    Ok(found)
}

pub(super) fn put_bound(connection: &Connection, bound: &BoundSession) -> Result<bool, Error> {
    let columns = params![
        bound.id,
        bound.tenant_id,
        bound.user_id,
        bound.session.0,
        signed(bound.version),
        bound.state.to_string(),
        to_millis(bound.expires_at)
    ];
    let written = if bound.version <= 1 {
        connection
            .prepare_cached(
                "INSERT INTO bound_sessions (id, tenant_id, user_id, session, version, state, expires_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )?
            .execute(columns)?
    } else {
        connection
            .prepare_cached(
                "UPDATE bound_sessions SET tenant_id = ?2, user_id = ?3, session = ?4, version = ?5, state = ?6,
                 expires_at = ?7 WHERE id = ?1 AND version = ?5 - 1",
            )?
            .execute(columns)?
    };
    Ok(written > 0)
}

fn to_session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: digest_at(row, "id")?,
        tenant_id: row.get("tenant_id")?,
        user_id: row.get("user_id")?,
        credential_id: row.get("credential_id")?,
        created_at: time_at(row, "created_at")?,
        expires_at: time_at(row, "expires_at")?,
    })
}

fn to_bound(row: &Row<'_>) -> Result<BoundSession, Error> {
    Ok(BoundSession {
        id: row.get("id")?,
        tenant_id: row.get("tenant_id")?,
        user_id: row.get("user_id")?,
        session: digest_at(row, "session")?,
        version: unsigned_at(row, "version")?,
        state: json_at(row, "state")?,
        expires_at: time_at(row, "expires_at")?,
    })
}
