//! Credential records.

use assay_protocol::aaguid::Aaguid;
use assay_relying_party::CredentialRecord;
use rusqlite::{Connection, Row, params};

use super::{accounts, json_at, signed, standings, time_at, unsigned_at};
use crate::store::{Account, Credential, CredentialUse, Error, NewCredential, Uniqueness};
use crate::timestamp::{from_millis, to_millis};

pub(super) fn by_id(connection: &Connection, credential_id: &[u8]) -> Result<Option<Credential>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM credentials WHERE credential_id = ? ORDER BY seq DESC LIMIT 1")?;
    let mut rows = statement.query([credential_id])?;
    rows.next()?.map(to_credential).transpose()
}

pub(super) fn list(
    connection: &Connection,
    tenant_id: &str,
    user_id: Option<&str>,
    after: u64,
    limit: u32,
) -> Result<Vec<Credential>, Error> {
    let mut statement = connection.prepare_cached(match user_id {
        Some(_) => "SELECT * FROM credentials WHERE tenant_id = ?1 AND seq > ?2 AND user_id = ?4 ORDER BY seq LIMIT ?3",
        None => "SELECT * FROM credentials WHERE tenant_id = ?1 AND seq > ?2 AND ?4 IS NULL ORDER BY seq LIMIT ?3",
    })?;
    let mut rows = statement.query(params![tenant_id, signed(after), limit, user_id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(to_credential(row)?);
    }
    Ok(found)
}

pub(super) fn add(connection: &Connection, new: &NewCredential) -> Result<(), Error> {
    let credential = &new.credential;
    let record = &credential.record;
    // Asked inside the transaction: two registrations of one id at the same moment do not both pass.
    if new.uniqueness == Uniqueness::Required && by_id(connection, &credential.record.id)?.is_some() {
        return Err(Error::CredentialExists);
    }
    let (tenant_id, user_id) = match &new.account {
        Account::New(user) => {
            accounts::add_user(connection, user)?;
            (&user.tenant_id, &user.user_id)
        }
        Account::Existing { tenant_id, user_id } => {
            accounts::user(connection, tenant_id, user_id)?.ok_or(Error::NoUser)?;
            (tenant_id, user_id)
        }
    };
    connection
        .prepare_cached(
            "INSERT INTO credentials (credential_id, tenant_id, user_id, public_key, alg, sign_count, uv_initialized,
             backup_eligible, backup_state, transports, aaguid, rp_id, attestation_object, client_data_json, evidence,
             created_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            record.id,
            tenant_id,
            user_id,
            record.public_key,
            credential.algorithm,
            record.sign_count,
            record.uv_initialized,
            record.backup_eligible,
            record.backup_state,
            serde_json::to_string(&record.transports).map_err(|error| Error::Corrupt(error.to_string()))?,
            credential.aaguid.as_bytes(),
            record.rp_id,
            record.attestation_object,
            record.attestation_client_data_json,
            credential.evidence.to_string(),
            to_millis(credential.created_at),
            credential.last_used_at.map(to_millis),
        ])?;
    standings::begin(connection, connection.last_insert_rowid(), &new.standing)
}

pub(super) fn used(connection: &Connection, used: &CredentialUse) -> Result<bool, Error> {
    let changed = connection
        .prepare_cached(
            "UPDATE credentials SET sign_count = ?, uv_initialized = ?, backup_eligible = ?, backup_state = ?,
             last_used_at = ? WHERE seq = ? AND sign_count = ?",
        )?
        .execute(params![
            used.record.sign_count,
            used.record.uv_initialized,
            used.record.backup_eligible,
            used.record.backup_state,
            to_millis(used.at),
            signed(used.seq),
            used.judged_by
        ])?;
    Ok(changed > 0)
}

fn to_credential(row: &Row<'_>) -> Result<Credential, Error> {
    Ok(Credential {
        seq: unsigned_at(row, "seq")?,
        tenant_id: row.get("tenant_id")?,
        user_id: row.get("user_id")?,
        record: CredentialRecord {
            sign_count: row.get("sign_count")?,
            uv_initialized: row.get("uv_initialized")?,
            transports: json_at(row, "transports")?,
            backup_eligible: row.get("backup_eligible")?,
            backup_state: row.get("backup_state")?,
            attestation_object: row.get("attestation_object")?,
            attestation_client_data_json: row.get("client_data_json")?,
            rp_id: row.get("rp_id")?,
            ..CredentialRecord::new(row.get("credential_id")?, row.get("public_key")?)
        },
        algorithm: row.get("alg")?,
        aaguid: Aaguid::from_bytes(row.get("aaguid")?),
        evidence: json_at(row, "evidence")?,
        created_at: time_at(row, "created_at")?,
        last_used_at: row.get::<_, Option<i64>>("last_used_at")?.map(from_millis),
    })
}
