//! Issued challenges. A consumed one stays until it expires, so that a replay is known for what it is.

use rusqlite::{Connection, Row, params};
use time::OffsetDateTime;

use super::{digest_at, json_at, time_at};
use crate::store::{Ceremony, Challenge, Digest, Error, Taken};
use crate::timestamp::to_millis;

pub(super) fn add(connection: &Connection, challenge: &Challenge, forget_before: OffsetDateTime) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM challenges WHERE expires_at < ?")?.execute([to_millis(forget_before)])?;
    connection
        .prepare_cached(
            "INSERT INTO challenges (browser, ceremony, tenant_id, challenge, pending, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            challenge.browser.0,
            challenge.ceremony.as_str(),
            challenge.tenant_id,
            challenge.challenge,
            challenge.pending.to_string(),
            to_millis(challenge.expires_at)
        ])?;
    Ok(())
}

pub(super) fn take(
    connection: &Connection,
    browser: Digest,
    ceremony: Ceremony,
    answered: Option<&[u8]>,
    now: OffsetDateTime,
) -> Result<Taken, Error> {
    let issued = issued_to(connection, browser)?;
    let with_these_bytes =
        || issued.iter().filter(|row| answered.is_some_and(|bytes| row.challenge.challenge == bytes));
    let chosen = with_these_bytes()
        .find(|row| row.challenge.ceremony == ceremony)
        .or_else(|| with_these_bytes().next())
        .or_else(|| issued.iter().find(|row| row.challenge.ceremony == ceremony && !row.consumed));
    let Some(row) = chosen else {
        return Ok(Taken::Unknown);
    };
    connection
        .prepare_cached("UPDATE challenges SET consumed_at = coalesce(consumed_at, ?) WHERE seq = ?")?
        .execute(params![to_millis(now), row.seq])?;
    let challenge = row.challenge.clone();
    Ok(if challenge.ceremony != ceremony {
        Taken::OtherCeremony(challenge)
    } else if row.consumed {
        Taken::Reused(challenge)
    } else {
        Taken::Fresh(challenge)
    })
}

struct Issued {
    seq: i64,
    consumed: bool,
    challenge: Challenge,
}

/// What a browser session was issued, newest first.
fn issued_to(connection: &Connection, browser: Digest) -> Result<Vec<Issued>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM challenges WHERE browser = ? ORDER BY seq DESC LIMIT 64")?;
    let mut rows = statement.query([browser.0])?;
    let mut issued = Vec::new();
    while let Some(row) = rows.next()? {
        issued.push(to_issued(row)?);
    }
    Ok(issued)
}

fn to_issued(row: &Row<'_>) -> Result<Issued, Error> {
    let ceremony: String = row.get("ceremony")?;
    Ok(Issued {
        seq: row.get("seq")?,
        consumed: row.get::<_, Option<i64>>("consumed_at")?.is_some(),
        challenge: Challenge {
            browser: digest_at(row, "browser")?,
            ceremony: [Ceremony::Registration, Ceremony::Authentication]
                .into_iter()
                .find(|known| known.as_str() == ceremony)
                .ok_or_else(|| Error::Corrupt(format!("ceremony {ceremony}")))?,
            tenant_id: row.get("tenant_id")?,
            challenge: row.get("challenge")?,
            pending: json_at(row, "pending")?,
            expires_at: time_at(row, "expires_at")?,
        },
    })
}
