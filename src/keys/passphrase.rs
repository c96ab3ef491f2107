//! A passphrase in the place of the lab's own secret: Argon2id (RFC 9106) makes of it what seals a key's state.

use anyhow::{Context as _, Result, anyhow, bail};
use argon2::{Algorithm, Argon2, Params, Version};
use assay_authenticator_sim::env::{SealingSecret, SecretId};
use assay_authenticator_sim::state::Secret as Bytes;
use serde::{Deserialize, Serialize};

/// The environment variable that holds one.
pub const VARIABLE: &str = "ASSAY_PASSPHRASE";

/// How the secret is made of a passphrase, and whether it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passphrase {
    algorithm: Argon2id,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: Bytes,
    /// The secret that comes of the right one.
    secret: SecretId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Argon2id {
    #[serde(rename = "argon2id")]
    Version0x13,
}

/// The most that a file may ask for, in KiB and passes.
const MOST: (u32, u32) = (1 << 20, 64);

impl Passphrase {
    /// How it will be made of this one, with the parameters that RFC 9106 4 recommends where memory is short.
    pub fn new(text: &str) -> Result<Self> {
        if text.is_empty() {
            bail!("a passphrase has at least one character");
        }
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).context("no randomness from the system")?;
        let (memory_kib, passes, lanes) = (64 << 10, 3, 4);
        let secret = derive(text, &salt, (memory_kib, passes, lanes))?.id();
        let salt = Bytes(salt.to_vec());
        Ok(Self { algorithm: Argon2id::Version0x13, memory_kib, passes, lanes, salt, secret })
    }

    /// The secret, if this is the passphrase.
    pub fn unlock(&self, text: &str) -> Result<Option<SealingSecret>> {
        let Self { memory_kib, passes, lanes, salt, .. } = self;
        let secret = derive(text, &salt.0, (*memory_kib, *passes, *lanes))?;
        Ok(Some(secret).filter(|secret| secret.id() == self.secret))
    }
}

fn derive(text: &str, salt: &[u8], (memory_kib, passes, lanes): (u32, u32, u32)) -> Result<SealingSecret> {
    if memory_kib > MOST.0 || passes > MOST.1 {
        bail!("{memory_kib} KiB and {passes} passes are more than is spent on a passphrase");
    }
    let refused = |error: argon2::Error| anyhow!("Argon2id: {error}");
    let parameters = Params::new(memory_kib, passes, lanes, Some(32)).map_err(refused)?;
    let mut secret = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon2.hash_password_into(text.as_bytes(), salt, &mut secret).map_err(refused)?;
    Ok(SealingSecret::new(secret))
}

#[cfg(test)]
mod tests;
