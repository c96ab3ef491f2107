//! The audit log: appended to, never changed. Two triggers hold it to that.

use rusqlite::{Connection, Row, params};

use super::{json_at, signed, time_at, unsigned_at};
use crate::audit::{Event, Line, Outcome, Query};
use crate::store::Error;
use crate::timestamp::to_millis;

pub(super) fn append(connection: &Connection, events: &[Event]) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (tenant_id, event_type, user_id, at, outcome, failed_rule, code, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for event in events {
        let detail =
            serde_json::to_string(&event.detail).map_err(|error| Error::Corrupt(format!("an audit line: {error}")))?;
        statement.execute(params![
            event.tenant_id,
            event.event_type.as_str(),
            event.user_id,
            to_millis(event.at),
            event.outcome.map(Outcome::as_str),
            event.failed_rule,
            event.code,
            detail
        ])?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, tenant_id: &str, query: &Query) -> Result<Vec<Line>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM audit WHERE tenant_id = ?1 AND seq > ?2
         AND (?4 IS NULL OR event_type = ?4) AND (?5 IS NULL OR outcome = ?5)
         AND (?6 IS NULL OR failed_rule = ?6) AND (?7 IS NULL OR user_id = ?7)
         ORDER BY seq LIMIT ?3",
    )?;
    let mut rows = statement.query(params![
        tenant_id,
        signed(query.after),
        query.limit,
        query.event_type,
        query.outcome,
        query.failed_rule,
        query.user_id
    ])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(to_line(row)?);
    }
    Ok(lines)
}

fn to_line(row: &Row<'_>) -> Result<Line, Error> {
    Ok(Line {
        seq: unsigned_at(row, "seq")?,
        event_type: row.get("event_type")?,
        tenant_id: row.get("tenant_id")?,
        user_id: row.get("user_id")?,
        at: time_at(row, "at")?,
        outcome: row.get("outcome")?,
        failed_rule: row.get("failed_rule")?,
        code: row.get("code")?,
        detail: json_at(row, "detail")?,
    })
}
