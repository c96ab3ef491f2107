//! One policy a tenant.

use rusqlite::{Connection, params};

use super::{json_at, signed, time_at, unsigned_at};
use crate::store::{Error, SavedPolicy};
use crate::timestamp::to_millis;

pub(super) fn of_tenant(connection: &Connection, tenant_id: &str) -> Result<Option<SavedPolicy>, Error> {
    let mut statement = connection.prepare_cached("SELECT * FROM policies WHERE tenant_id = ?")?;
    let mut rows = statement.query([tenant_id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(SavedPolicy {
        policy_id: row.get("policy_id")?,
        tenant_id: row.get("tenant_id")?,
        rules: json_at(row, "rules")?,
        version: unsigned_at(row, "version")?,
        created_at: time_at(row, "created_at")?,
        updated_at: time_at(row, "updated_at")?,
    }))
}

pub(super) fn put(connection: &Connection, policy: &SavedPolicy) -> Result<bool, Error> {
    let columns = params![
        policy.tenant_id,
        policy.policy_id,
        policy.rules.to_string(),
        signed(policy.version),
        to_millis(policy.created_at),
        to_millis(policy.updated_at)
    ];
    let written = if policy.version <= 1 {
        connection
            .prepare_cached(
                "INSERT INTO policies (tenant_id, policy_id, rules, version, created_at, updated_at)
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )?
            .execute(columns)?
    } else {
        connection
            .prepare_cached(
                "UPDATE policies SET policy_id = ?2, rules = ?3, version = ?4, created_at = ?5, updated_at = ?6
                 WHERE tenant_id = ?1 AND version = ?4 - 1",
            )?
            .execute(columns)?
    };
    Ok(written > 0)
}
