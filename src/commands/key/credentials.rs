//! `assay key credentials`.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use assay_client::credential_management::{self as management, Kept, Room};
use assay_client::{ClientError, pin};
use assay_protocol::base64url;
use assay_protocol::ctap2::UserEntity;
use assay_protocol::ctap2::client_pin::permission;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::session::{OfKey, Session};
use crate::commands::Place;
use crate::commands::mds::model::visible;
use crate::output::{Exit, print};

/// `assay key credentials ...`
#[derive(Debug, Subcommand)]
pub enum CredentialsCommand {
    /// List the discoverable credentials
    List(OfKey),
    /// Delete one
    Delete(DeleteArgs),
    /// Give the account of one other names
    Rename(RenameArgs),
}

/// Options of `assay key credentials delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The credential's id in base64url, or the beginning of it
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

/// Options of `assay key credentials rename`.
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The credential's id in base64url, or the beginning of it
    #[arg(allow_hyphen_values = true)]
    pub id: String,
    /// The account's new name
    #[arg(long)]
    pub name: Option<String>,
    /// The account's new display name
    #[arg(long)]
    pub display_name: Option<String>,
}

pub(super) fn run(here: &Place, command: &CredentialsCommand) -> Result<Exit> {
    match command {
        CredentialsCommand::List(of) => {
            let mut session = Session::open(here, of)?;
            let (credentials, room) = session.ask(|key, info| {
                management::supported(info)?;
                let token = pin::management_token(key, info, permission::CM)?;
                Ok((management::list(key, info, &token)?, management::room(key, info, &token)?))
            })?;
            tell(here, &session, &credentials, room)
        }
        CredentialsCommand::Delete(args) => {
            let mut session = Session::open(here, &args.of)?;
            let (kept, token) = one(&mut session, &args.id, permission::CM)?;
            session.confirm(args.yes, &format!("the credential of {} is deleted", words(&kept)))?;
            session.ask(|key, info| management::delete(key, info, &token, &kept.credential_id))?;
            changed(here, &session, &kept, "deleted")
        }
        CredentialsCommand::Rename(args) => {
            if args.name.is_none() && args.display_name.is_none() {
                bail!("which name? --name or --display-name");
            }
            let mut session = Session::open(here, &args.of)?;
            let (kept, token) = one(&mut session, &args.id, permission::CM)?;
            let user = UserEntity {
                id: kept.user.id.clone(),
                name: args.name.clone().or_else(|| kept.user.name.clone()),
                display_name: args.display_name.clone().or_else(|| kept.user.display_name.clone()),
            };
            let new = user.clone();
            session.ask(|key, info| management::rename(key, info, &token, &kept.credential_id, new))?;
            changed(here, &session, &Kept { user, ..kept }, "renamed")
        }
    }
}

/// The only credential whose id begins so, and a token with which more can be done.
pub(super) fn one(session: &mut Session, id: &str, permissions: u64) -> Result<(Kept, assay_protocol::pin_uv::Token)> {
    let (credentials, token) = session.ask(|key, info| {
        management::supported(info)?;
        let token = pin::management_token(key, info, permissions)?;
        Ok::<_, ClientError>((management::list(key, info, &token)?, token))
    })?;
    let mut found = credentials.into_iter().filter(|kept| base64url::encode(&kept.credential_id).starts_with(id));
    match (found.next(), found.next()) {
        (Some(kept), None) => Ok((kept, token)),
        (Some(_), Some(_)) => bail!("{id:?} begins the ids of several credentials"),
        (None, _) => bail!("{} has no credential whose id begins with {id:?}", session.target),
    }
}

fn tell(here: &Place, session: &Session, credentials: &[Kept], room: Room) -> Result<Exit> {
    if here.json {
        let told = json!({
            "key": session.identity(),
            "credentials": credentials.iter().map(to_json).collect::<Vec<_>>(),
            "existing": room.existing,
            "remaining": room.remaining,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        return Ok(Exit::Good);
    }
    let mut out = String::new();
    for kept in credentials {
        writeln!(out, "{}  {}", base64url::encode(&kept.credential_id), words(kept))?;
    }
    writeln!(out, "{} credentials, room for {} more", room.existing, room.remaining)?;
    print(&out)?;
    Ok(Exit::Good)
}

fn changed(here: &Place, session: &Session, kept: &Kept, what: &str) -> Result<Exit> {
    if here.json {
        print(&format!("{}\n", json!({ "key": session.identity(), what: to_json(kept) })))?;
    } else {
        print(&format!("{what}: {}\n", words(kept)))?;
    }
    Ok(Exit::Good)
}

/// A credential for people; what others wrote is shown without what could steer a terminal.
pub(super) fn words(kept: &Kept) -> String {
    let UserEntity { id, name, display_name } = &kept.user;
    let names: Vec<&str> = [name, display_name].into_iter().flatten().map(String::as_str).collect();
    let user = if names.is_empty() { base64url::encode(id) } else { names.join(", ") };
    visible(&format!("{} at {}", user, kept.rp_id))
}

fn to_json(kept: &Kept) -> Value {
    json!({
        "rp_id": kept.rp_id,
        "credential_id": base64url::encode(&kept.credential_id),
        "user": {
            "id": base64url::encode(&kept.user.id),
            "name": kept.user.name,
            "display_name": kept.user.display_name,
        },
        "cred_protect": kept.cred_protect,
        "has_large_blob_key": kept.large_blob_key.is_some(),
        "third_party_payment": kept.third_party_payment,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::CredentialsCommand;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: CredentialsCommand,
    }

    /// One id in 64 begins with a hyphen.
    #[test]
    fn an_id_may_begin_with_a_hyphen() {
        for line in ["x delete sim:desk -M8 --yes", "x delete --yes sim:desk -M8", "x delete sim:desk --yes -M8"] {
            let Ok(Line { command: CredentialsCommand::Delete(args) }) = Line::try_parse_from(line.split(' ')) else {
                panic!("{line}");
            };
            assert_eq!((args.id.as_str(), args.yes), ("-M8", true), "{line}");
        }
    }
}
