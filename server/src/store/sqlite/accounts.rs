//! Tenants, their clients, their users.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{digest_at, time_at};
use crate::store::{Client, Error, Tenant, User};
use crate::timestamp::to_millis;

pub(super) fn server_secret(connection: &Connection, name: &str, proposal: [u8; 32]) -> Result<[u8; 32], Error> {
    connection
        .prepare_cached("INSERT INTO server_secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING")?
        .execute(params![name, proposal])?;
    Ok(connection
        .prepare_cached("SELECT value FROM server_secrets WHERE name = ?")?
        .query_row([name], |row| row.get(0))?)
}

pub(super) fn first_tenant(connection: &Connection) -> Result<Option<Tenant>, Error> {
    Ok(connection.prepare_cached("SELECT * FROM tenants ORDER BY seq LIMIT 1")?.query_row([], to_tenant).optional()?)
}

pub(super) fn tenants(connection: &Connection) -> Result<Vec<Tenant>, Error> {
    let mut statement = connection.prepare_cached("SELECT * FROM tenants ORDER BY seq")?;
    let tenants = statement.query_map([], to_tenant)?.collect::<rusqlite::Result<_>>()?;
    Ok(tenants)
}

pub(super) fn tenant(connection: &Connection, tenant_id: &str) -> Result<Option<Tenant>, Error> {
    Ok(connection
        .prepare_cached("SELECT * FROM tenants WHERE tenant_id = ?")?
        .query_row([tenant_id], to_tenant)
        .optional()?)
}

pub(super) fn add_tenant(connection: &Connection, tenant: &Tenant) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT INTO tenants (tenant_id, name, created_at) VALUES (?, ?, ?)")?
        .execute(params![tenant.tenant_id, tenant.name, to_millis(tenant.created_at)])?;
    Ok(())
}

pub(super) fn client(connection: &Connection, client_id: &str) -> Result<Option<Client>, Error> {
    Ok(connection
        .prepare_cached("SELECT * FROM clients WHERE client_id = ?")?
        .query_row([client_id], to_client)
        .optional()?)
}

pub(super) fn add_client(connection: &Connection, client: &Client) -> Result<(), Error> {
    let capabilities: Vec<&str> = client.capabilities.iter().map(|capability| capability.as_str()).collect();
    connection
        .prepare_cached(
            "INSERT INTO clients (client_id, tenant_id, secret, capabilities, created_at) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            client.client_id,
            client.tenant_id,
            client.secret.0,
            capabilities.join(" "),
            to_millis(client.created_at)
        ])?;
    Ok(())
}

pub(super) fn user(connection: &Connection, tenant_id: &str, user_id: &str) -> Result<Option<User>, Error> {
    Ok(connection
        .prepare_cached("SELECT * FROM users WHERE tenant_id = ? AND user_id = ?")?
        .query_row([tenant_id, user_id], to_user)
        .optional()?)
}

pub(super) fn user_named(connection: &Connection, tenant_id: &str, username: &str) -> Result<Option<User>, Error> {
    Ok(connection
        .prepare_cached("SELECT * FROM users WHERE tenant_id = ? AND username = ?")?
        .query_row([tenant_id, username], to_user)
        .optional()?)
}

pub(super) fn add_user(connection: &Connection, user: &User) -> Result<(), Error> {
    if user_named(connection, &user.tenant_id, &user.username)?.is_some() {
        return Err(Error::UserExists);
    }
    connection
        .prepare_cached(
            "INSERT INTO users (tenant_id, user_id, username, display_name, handle, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            user.tenant_id,
            user.user_id,
            user.username,
            user.display_name,
            user.handle,
            to_millis(user.created_at)
        ])?;
    Ok(())
}

fn to_tenant(row: &Row<'_>) -> rusqlite::Result<Tenant> {
    Ok(Tenant { tenant_id: row.get("tenant_id")?, name: row.get("name")?, created_at: time_at(row, "created_at")? })
}

fn to_client(row: &Row<'_>) -> rusqlite::Result<Client> {
    let capabilities: String = row.get("capabilities")?;
    Ok(Client {
        client_id: row.get("client_id")?,
        tenant_id: row.get("tenant_id")?,
        secret: digest_at(row, "secret")?,
        // A capability that this version does not know grants nothing.
        capabilities: capabilities.split_whitespace().filter_map(|name| name.parse().ok()).collect(),
        created_at: time_at(row, "created_at")?,
    })
}

fn to_user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        user_id: row.get("user_id")?,
        tenant_id: row.get("tenant_id")?,
        username: row.get("username")?,
        display_name: row.get("display_name")?,
        handle: row.get("handle")?,
        created_at: time_at(row, "created_at")?,
    })
}
