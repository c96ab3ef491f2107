//! How credentials are known to stand by their tenant's policy, beside the credentials: a second
//! look never touches those.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde_json::Value;

use super::{json_at, signed, unsigned_at};
use crate::store::{Error, StandingChange};

pub(super) fn begin(connection: &Connection, credential: i64, standing: &Value) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT INTO standings (credential, standing) VALUES (?, ?)")?
        .execute(params![credential, standing.to_string()])?;
    Ok(())
}

pub(super) fn between(
    connection: &Connection,
    tenant_id: &str,
    after: u64,
    up_to: u64,
) -> Result<BTreeMap<u64, Value>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT credential, standing FROM standings JOIN credentials ON seq = credential
         WHERE credential > ?2 AND credential <= ?3 AND tenant_id = ?1",
    )?;
    let mut rows = statement.query(params![tenant_id, signed(after), signed(up_to)])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        found.insert(unsigned_at(row, "credential")?, json_at(row, "standing")?);
    }
    Ok(found)
}

pub(super) fn put(connection: &Connection, change: &StandingChange) -> Result<bool, Error> {
    let (credential, standing) = (signed(change.credential), change.standing.to_string());
    let written = match &change.judged_by {
        None => connection
            .prepare_cached("INSERT INTO standings (credential, standing) VALUES (?, ?) ON CONFLICT DO NOTHING")?
            .execute(params![credential, standing])?,
        Some(old) => connection
            .prepare_cached("UPDATE standings SET standing = ?2 WHERE credential = ?1 AND standing = ?3")?
            .execute(params![credential, standing, old.to_string()])?,
    };
    Ok(written > 0)
}
