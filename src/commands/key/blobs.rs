//! `assay key blobs`.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use assay_client::credential_management::{self as management, Kept};
use assay_client::large_blobs::{self, Array, Opened};
use assay_client::{ClientError, pin};
use assay_protocol::base64url;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use clap::{Args, Subcommand};
use serde_json::json;

use super::credentials::{one, words};
use super::session::{OfKey, Session};
use crate::commands::Place;
use crate::output::{Exit, print};

/// `assay key blobs ...`
#[derive(Debug, Subcommand)]
pub enum BlobsCommand {
    /// List the large blobs of this key's credentials
    List(OfKey),
    /// Write the blob of a credential to a file
    Get(GetArgs),
    /// Keep a file as the blob of a credential
    Set(SetArgs),
    /// Delete the blob of a credential
    Delete(DeleteArgs),
}

/// A credential of a key.
#[derive(Debug, Args)]
pub struct OfCredential {
    /// The key
    #[command(flatten)]
    pub of: OfKey,
    /// The credential's id in base64url, or the beginning of it
    #[arg(allow_hyphen_values = true)]
    pub id: String,
}

/// Options of `assay key blobs get`.
#[derive(Debug, Args)]
pub struct GetArgs {
    /// The credential
    #[command(flatten)]
    pub of: OfCredential,
    /// Where the blob goes
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `assay key blobs set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The credential
    #[command(flatten)]
    pub of: OfCredential,
    /// What is to be kept, - for standard input
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
}

/// Options of `assay key blobs delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The credential
    #[command(flatten)]
    pub of: OfCredential,
    /// Do it; without, it is only said what would be done
    #[arg(long)]
    pub yes: bool,
}

pub(super) fn run(here: &Place, command: &BlobsCommand) -> Result<Exit> {
    match command {
        BlobsCommand::List(of) => list(here, of),
        BlobsCommand::Get(args) => {
            let Opening { session, kept, array, .. } = Opening::of(here, &args.of, permission::CM)?;
            let content = match array.find(own_key(&kept)?) {
                Some((_, Opened::Content(content))) => content,
                Some((_, Opened::Damaged)) => bail!("the blob of {} is damaged", words(&kept)),
                None => bail!("there is no blob of {}", words(&kept)),
            };
            fs::write(&args.out, &content).with_context(|| format!("{} cannot be written", args.out.display()))?;
            done(here, &session, &kept, "read", content.len())
        }
        BlobsCommand::Set(args) => {
            let content = content(&args.file)?;
            let mut opening = Opening::of(here, &args.of, permission::CM | permission::LBW)?;
            let mut nonce = [0; 12];
            getrandom::fill(&mut nonce).context("no randomness from the system")?;
            opening.array.put(own_key(&opening.kept)?, nonce, &content)?;
            opening.write()?;
            done(here, &opening.session, &opening.kept, "kept", content.len())
        }
        BlobsCommand::Delete(args) => {
            let mut opening = Opening::of(here, &args.of, permission::CM | permission::LBW)?;
            if !opening.array.remove(own_key(&opening.kept)?) {
                bail!("there is no blob of {}", words(&opening.kept));
            }
            opening.session.confirm(args.yes, &format!("the blob of {} is deleted", words(&opening.kept)))?;
            opening.write()?;
            done(here, &opening.session, &opening.kept, "deleted", 0)
        }
    }
}

/// A credential and the array in which its blob would be.
struct Opening {
    session: Session,
    kept: Kept,
    token: Token,
    array: Array,
}

impl Opening {
    fn of(here: &Place, of: &OfCredential, permissions: u64) -> Result<Self> {
        let mut session = Session::open(here, &of.of)?;
        session.ask(|_, info| Ok(large_blobs::supported(info)?))?;
        let (kept, token) = one(&mut session, &of.id, permissions)?;
        let array = session.ask(large_blobs::read)?;
        Ok(Self { session, kept, token, array })
    }

    fn write(&mut self) -> Result<()> {
        let Self { session, token, array, .. } = self;
        session.ask(|key, info| large_blobs::write(key, info, Some(token), array))
    }
}

fn own_key(kept: &Kept) -> Result<&[u8]> {
    kept.large_blob_key
        .as_deref()
        .with_context(|| format!("{} can have no blob: it was made without the extension largeBlobKey", words(kept)))
}

fn content(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut content = Vec::new();
        std::io::stdin().lock().read_to_end(&mut content).context("standard input")?;
        return Ok(content);
    }
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn list(here: &Place, of: &OfKey) -> Result<Exit> {
    let mut session = Session::open(here, of)?;
    let (credentials, array) = session.ask(|key, info| {
        large_blobs::supported(info)?;
        management::supported(info)?;
        let token = pin::management_token(key, info, permission::CM)?;
        Ok::<_, ClientError>((management::list(key, info, &token)?, large_blobs::read(key, info)?))
    })?;
    let blobs: Vec<(&Kept, Opened)> =
        credentials.iter().filter_map(|kept| Some((kept, array.find(kept.large_blob_key.as_deref()?)?.1))).collect();
    let others = array.len().saturating_sub(blobs.len());
    let size = |blob: &Opened| match blob {
        Opened::Content(content) => Some(content.len()),
        Opened::Damaged => None,
    };
    if here.json {
        let list = blobs.iter().map(|(kept, blob)| {
            json!({
                "credential_id": base64url::encode(&kept.credential_id), "rp_id": kept.rp_id, "bytes": size(blob),
            })
        });
        let told = json!({
            "key": session.identity(), "blobs": list.collect::<Vec<_>>(), "of_nobody_here": others,
            "array_was_damaged": array.was_damaged,
            "serialized_bytes": array.serialize().len(),
            "max_serialized_bytes": session.info.max_serialized_large_blob_array,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
        return Ok(Exit::Good);
    }
    let mut out = String::new();
    for (kept, blob) in &blobs {
        let bytes = size(blob).map_or("damaged".to_owned(), |bytes| format!("{bytes} bytes"));
        writeln!(out, "{}  {bytes}, of {}", base64url::encode(&kept.credential_id), words(kept))?;
    }
    writeln!(out, "{} blobs, and {others} of nobody whose credential is kept here", blobs.len())?;
    print(&out)?;
    Ok(Exit::Good)
}

fn done(here: &Place, session: &Session, kept: &Kept, what: &str, bytes: usize) -> Result<Exit> {
    if here.json {
        let id = base64url::encode(&kept.credential_id);
        let told = json!({ "key": session.identity(), "credential_id": id, "blob": what, "bytes": bytes });
        print(&format!("{told}\n"))?;
    } else {
        print(&format!("{what}: the blob of {}\n", words(kept)))?;
    }
    Ok(Exit::Good)
}
