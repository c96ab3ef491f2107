//! Virtual keys that are kept: what one is in a file of its own, what it remembers in another beside it, sealed.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::env::{Env, FileStore, MemoryStore, OldForms, SealingSecret, Store as _, SystemRng};
use assay_authenticator_sim::persona::{AttestationKind, Persona};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::get_info::Response;
use serde::{Deserialize, Serialize};

use super::passphrase::{Passphrase, VARIABLE};
use crate::lab::Lab;
use crate::secret::Secret;
use crate::state::{State, create_private};

/// A saved key.
#[derive(Debug)]
pub struct SavedKey {
    /// What it is.
    pub persona: Persona,
    name: String,
    /// Where it keeps what it remembers.
    path: PathBuf,
    /// Whence the secret comes that seals it; none for the lab's own.
    passphrase: Option<Passphrase>,
    /// Its state may be of the time before states were sealed.
    old_forms: OldForms,
}

/// A key whose passphrase nobody gives.
#[derive(Debug)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its model, which is no secret.
    pub aaguid: Aaguid,
}

/// The form of now.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Third {
    format: u64,
    persona: Persona,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<Passphrase>,
}

/// The form of before states were sealed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    #[serde(rename = "format")]
    _format: u64,
    persona: Persona,
}

/// The form of before there were personas: a CTAP 2.1 key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    aaguid: Aaguid,
    attestation: AttestationKind,
}

const FORMAT: u64 = 3;

/// Saves a new virtual key, sealed by a passphrase or by the lab's own secret.
pub fn save(state: &State, name: &str, persona: &Persona, passphrase: Option<Passphrase>) -> Result<()> {
    let path = state.key(name)?;
    let content = serde_json::to_vec_pretty(&Third { format: FORMAT, persona: persona.clone(), passphrase })?;
    match create_private(&path, &content) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => bail!("there is a key named {name} already"),
        written => written.with_context(|| format!("{} cannot be written", path.display())),
    }
}

/// The saved key of this name.
pub fn load(state: &State, name: &str) -> Result<SavedKey> {
    let path = state.key(name)?;
    let text =
        fs::read(&path).with_context(|| format!("there is no saved key {name}; `assay key new {name}` makes one"))?;
    let damaged = || format!("{} is damaged", path.display());
    let content: serde_json::Value = serde_json::from_slice(&text).with_context(damaged)?;
    let mut passphrase = None;
    let mut old_forms = OldForms::Read;
    let persona = match content.get("format").map(serde_json::Value::as_u64) {
        None => {
            let First { aaguid, attestation } = serde_json::from_value(content).with_context(damaged)?;
            Persona { aaguid, attestation: vec![attestation], ..Persona::default() }
        }
        Some(Some(2)) => serde_json::from_value::<Second>(content).with_context(damaged)?.persona,
        Some(Some(FORMAT)) => {
            let read: Third = serde_json::from_value(content).with_context(damaged)?;
            (passphrase, old_forms) = (read.passphrase, OldForms::Refused);
            read.persona
        }
        Some(_) => bail!("{} was written by a later version than this", path.display()),
    };
    Ok(SavedKey { persona, name: name.to_owned(), path: path.with_extension("state"), passphrase, old_forms })
}

impl SavedKey {
    /// Where it keeps what it remembers. Its passphrase is asked for, if it has one that is not known.
    pub fn store(&self, state: &State) -> Result<FileStore> {
        let Some(passphrase) = &self.passphrase else { return Ok(self.sealed_by(state.sealing_secret()?)) };
        let secret = state.unlocked(&self.name, || {
            let prompt = format!("Passphrase of sim:{}: ", self.name);
            let Some(text) = Secret::named(None, VARIABLE)?.take(&prompt) else { return Ok(None) };
            match passphrase.unlock(&text)? {
                None => bail!("that is not the passphrase of sim:{}", self.name),
                secret => Ok(secret),
            }
        })?;
        let locked = || Locked { name: self.name.clone(), aaguid: self.persona.aaguid };
        Ok(self.sealed_by(secret.ok_or_else(locked)?))
    }

    /// What it says of itself, without a trace in its files, which may be in use, and without a question; none where
    /// it is locked.
    pub fn get_info(&self, lab: &Lab, state: &State) -> Result<Option<Response>> {
        let secret = match &self.passphrase {
            None => Some(state.sealing_secret()?),
            Some(passphrase) => state.unlocked(&self.name, || match Secret::named(None, VARIABLE)?.given() {
                Some(text) => passphrase.unlock(&text),
                None => Ok(None),
            })?,
        };
        let Some(secret) = secret else { return Ok(None) };
        let mut store = MemoryStore::default();
        if let Some(kept) = self.sealed_by(secret).peek()? {
            store.save(&[], &kept)?;
        }
        let env = Env { store: Box::new(store), ..Env::system() };
        Ok(Some(Authenticator::new(self.persona.config(&lab.mint)?, env)?.get_info()))
    }

    fn sealed_by(&self, secret: SealingSecret) -> FileStore {
        FileStore::new(&self.path, secret, Box::new(SystemRng)).with_old_forms(self.old_forms)
    }
}

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sim:{} is locked: its passphrase in {VARIABLE}, or a terminal to ask at", self.name)
    }
}

impl Error for Locked {}

#[cfg(test)]
mod tests;
