//! Virtual keys that are kept: what one is in a file of its own, what it remembers in another beside it.

use std::fs;

use anyhow::{Context as _, Result, bail};
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::env::{Env, FileStore, MemoryStore, Store as _};
use assay_authenticator_sim::persona::{AttestationKind, Persona};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::ctap2::get_info::Response;
use serde::{Deserialize, Serialize};

use crate::lab::Lab;
use crate::state::State;

/// A saved key.
pub struct SavedKey {
    /// What it is.
    pub persona: Persona,
    /// Where it keeps what it remembers.
    pub store: FileStore,
}

/// The form of now.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    format: u64,
    persona: Persona,
}

/// The form of before there were personas: a CTAP 2.1 key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    aaguid: Aaguid,
    attestation: AttestationKind,
}

const FORMAT: u64 = 2;

/// Saves a new virtual key.
pub fn save(state: &State, name: &str, persona: &Persona) -> Result<()> {
    let path = state.key(name)?;
    if path.exists() {
        bail!("there is a key named {name} already");
    }
    let content = serde_json::to_vec_pretty(&Second { format: FORMAT, persona: persona.clone() })?;
    fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))
}

/// The saved key of this name.
pub fn load(state: &State, name: &str) -> Result<SavedKey> {
    let path = state.key(name)?;
    let text =
        fs::read(&path).with_context(|| format!("there is no saved key {name}; `assay key new {name}` makes one"))?;
    let damaged = || format!("{} is damaged", path.display());
    let content: serde_json::Value = serde_json::from_slice(&text).with_context(damaged)?;
    let persona = match content.get("format").map(serde_json::Value::as_u64) {
        None => {
            let First { aaguid, attestation } = serde_json::from_value(content).with_context(damaged)?;
            Persona { aaguid, attestation: vec![attestation], ..Persona::default() }
        }
        Some(Some(FORMAT)) => serde_json::from_value::<Second>(content).with_context(damaged)?.persona,
        Some(_) => bail!("{} was written by a later version than this", path.display()),
    };
    Ok(SavedKey { persona, store: FileStore::new(path.with_extension("state")) })
}

impl SavedKey {
    /// What it says of itself, without a trace in its files: it may be in use.
    pub fn get_info(&self, lab: &Lab) -> Result<Response> {
        let mut store = MemoryStore::default();
        if let Some(state) = self.store.peek()? {
            store.save(&[], &state)?;
        }
        let env = Env { store: Box::new(store), ..Env::system() };
        Ok(Authenticator::new(self.persona.config(&lab.mint)?, env)?.get_info())
    }
}

#[cfg(test)]
mod tests;
