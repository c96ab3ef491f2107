//! API keys: their digests only.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{digest_at, time_at};
use crate::store::{ApiKey, Error};
use crate::timestamp::{from_millis, to_millis};

pub(super) fn by_id(connection: &Connection, key_id: &str) -> Result<Option<ApiKey>, Error> {
    Ok(connection.prepare_cached("SELECT * FROM api_keys WHERE key_id = ?")?.query_row([key_id], to_key).optional()?)
}

pub(super) fn of_tenant(connection: &Connection, tenant_id: &str) -> Result<Vec<ApiKey>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM api_keys WHERE tenant_id = ? ORDER BY created_at, key_id")?;
    let keys = statement.query_map([tenant_id], to_key)?.collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

pub(super) fn add(connection: &Connection, key: &ApiKey) -> Result<(), Error> {
    let capabilities: Vec<&str> = key.capabilities.iter().map(|capability| capability.as_str()).collect();
    connection
        .prepare_cached(
            "INSERT INTO api_keys (key_id, tenant_id, name, secret, capabilities, created_at, revoked_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            key.key_id,
            key.tenant_id,
            key.name,
            key.secret.0,
            capabilities.join(" "),
            to_millis(key.created_at),
            key.revoked_at.map(to_millis)
        ])?;
    Ok(())
}

pub(super) fn revoke(connection: &Connection, key_id: &str, now: OffsetDateTime) -> Result<bool, Error> {
    let changed = connection
        .prepare_cached("UPDATE api_keys SET revoked_at = ?2 WHERE key_id = ?1 AND revoked_at IS NULL")?
        .execute(params![key_id, to_millis(now)])?;
    Ok(changed > 0)
}

fn to_key(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    let capabilities: String = row.get("capabilities")?;
    Ok(ApiKey {
        key_id: row.get("key_id")?,
        tenant_id: row.get("tenant_id")?,
        name: row.get("name")?,
        secret: digest_at(row, "secret")?,
        // A capability that this version does not know grants nothing.
        capabilities: capabilities.split_whitespace().filter_map(|name| name.parse().ok()).collect(),
        created_at: time_at(row, "created_at")?,
        revoked_at: row.get::<_, Option<i64>>("revoked_at")?.map(from_millis),
    })
}
