//! The audit log: appended to, never changed. Two triggers hold it to that.

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::{json_at, signed, time_at, unsigned_at};
use crate::audit::{Event, Group, GroupBy, Line, Outcome, Query};
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
    let select = format!("SELECT * FROM audit WHERE {WANTED} AND seq > ?10 ORDER BY seq LIMIT ?11");
    let mut statement = connection.prepare_cached(&select)?;
    let mut values = wanted(tenant_id, query);
    values.extend([signed(query.after).into(), i64::from(query.limit).into()]);
    let mut rows = statement.query(params_from_iter(values))?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(to_line(row)?);
    }
    Ok(lines)
}

pub(super) fn groups(
    connection: &Connection,
    tenant_id: &str,
    query: &Query,
    by: GroupBy,
) -> Result<Vec<Group>, Error> {
    let value = match by {
        GroupBy::FailedRule => "failed_rule",
        GroupBy::Outcome => "outcome",
        GroupBy::EventType => "event_type",
        GroupBy::User => "user_id",
        GroupBy::Aaguid => "json_extract(detail, '$.aaguid')",
        GroupBy::Source => "json_extract(detail, '$.source')",
    };
    let select = format!(
        "SELECT {value} AS value, count(*) AS lines, count(DISTINCT user_id) AS users, min(at) AS first_at,
         max(at) AS last_at FROM audit WHERE {WANTED} GROUP BY 1 ORDER BY lines DESC, value"
    );
    let mut statement = connection.prepare_cached(&select)?;
    let mut rows = statement.query(params_from_iter(wanted(tenant_id, query)))?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        groups.push(Group {
            value: row.get("value")?,
            lines: unsigned_at(row, "lines")?,
            users: unsigned_at(row, "users")?,
            first_at: time_at(row, "first_at")?,
            last_at: time_at(row, "last_at")?,
        });
    }
    Ok(groups)
}

/// The filters of a query; the first nine parameters of a statement.
const WANTED: &str = "tenant_id = ?1 AND (?2 IS NULL OR event_type = ?2) AND (?3 IS NULL OR outcome = ?3)
    AND (?4 IS NULL OR failed_rule = ?4) AND (?5 IS NULL OR user_id = ?5)
    AND (?6 IS NULL OR at >= ?6) AND (?7 IS NULL OR at < ?7)
    AND (?8 IS NULL OR json_extract(detail, '$.aaguid') = ?8)
    AND (?9 IS NULL OR json_extract(detail, '$.source') = ?9)";

fn wanted(tenant_id: &str, query: &Query) -> Vec<SqlValue> {
    let text = |filter: &Option<String>| SqlValue::from(filter.clone());
    vec![
        tenant_id.to_owned().into(),
        text(&query.event_type),
        text(&query.outcome),
        text(&query.failed_rule),
        text(&query.user_id),
        query.since.map(to_millis).into(),
        query.until.map(to_millis).into(),
        query.aaguid.map(|aaguid| aaguid.to_string()).into(),
        text(&query.source),
    ]
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
