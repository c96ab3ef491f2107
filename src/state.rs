//! What the lab keeps between runs: its seed, saved keys and their secret, and the credentials of servers it started.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use assay_authenticator_sim::env::SealingSecret;

/// The state directory.
#[derive(Debug, Clone)]
pub struct State {
    root: PathBuf,
    unlocked: Arc<Mutex<BTreeMap<String, SealingSecret>>>,
}

impl State {
    /// Opens `folder`, or the XDG state directory's `assay`, and makes it where it is missing.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        let root = match folder {
            Some(folder) => folder.to_owned(),
            None => default_root()?,
        };
        fs::create_dir_all(&root).with_context(|| format!("the state directory {} cannot be made", root.display()))?;
        Ok(Self { root, unlocked: Arc::default() })
    }

    /// The lab's seed: 32 random bytes, made at the first call, readable by the owner alone.
    pub fn seed(&self) -> Result<[u8; 32]> {
        self.random_bytes("lab-seed")
    }

    /// The secret by which saved keys are sealed: bytes like the seed's, made at the first call.
    pub fn sealing_secret(&self) -> Result<SealingSecret> {
        self.random_bytes("sealing-secret").map(SealingSecret::new)
    }

    fn random_bytes(&self, name: &str) -> Result<[u8; 32]> {
        let path = self.root.join(name);
        if !path.exists() {
            let (mut fresh, mut own) = ([0; 32], [0; 8]);
            getrandom::fill(&mut fresh).context("no randomness from the system")?;
            getrandom::fill(&mut own).context("no randomness from the system")?;
            // Two first runs at once: whoever links first wins, both read the winner's.
            let own = self.root.join(format!("{name}.{:016x}", u64::from_be_bytes(own)));
            let made = create_private(&own, &fresh).and_then(|()| fs::hard_link(&own, &path));
            fs::remove_file(&own).ok();
            match made {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(error).with_context(|| format!("{} cannot be made", path.display()));
                }
                // What is sealed by it outlives a loss of power; so must the secret.
                _ => sync_folder(&self.root).with_context(|| format!("{} cannot be kept", path.display()))?,
            }
        }
        let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(bytes) => Ok(bytes),
            Err(_) => bail!("{} has {} bytes instead of 32", path.display(), bytes.len()),
        }
    }

    /// The secret of a key with a passphrase: asked for once, however often the key is opened.
    pub(crate) fn unlocked(
        &self,
        name: &str,
        unlock: impl FnOnce() -> Result<Option<SealingSecret>>,
    ) -> Result<Option<SealingSecret>> {
        let mut known = self.unlocked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = known.get(name) {
            return Ok(Some(secret.clone()));
        }
        let secret = unlock()?;
        known.extend(secret.clone().map(|secret| (name.to_owned(), secret)));
        Ok(secret)
    }

    /// Where the key `name` lives.
    pub fn key(&self, name: &str) -> Result<PathBuf> {
        let fits = !name.is_empty()
            && name.len() <= 64
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !fits {
            bail!("a key's name has 1 to 64 letters, digits, - and _, not {name:?}");
        }
        let folder = self.root.join("keys");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder.join(format!("{name}.json")))
    }

    /// The names of all saved keys, sorted.
    pub fn keys(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.root.join("keys"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    /// Where the last good metadata from an address are kept.
    pub fn metadata_copy(&self, address: &str) -> Result<PathBuf> {
        let folder = self.root.join("metadata");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let digest = assay_protocol::digest::sha256(address.as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(folder.join(format!("{name}.json")))
    }

    /// Remembers the bootstrap credentials of the server at `port`, so that `assay test` finds them.
    pub fn remember_server(&self, port: u16, ready_line: &str) -> Result<()> {
        let folder = self.root.join("servers");
        fs::create_dir_all(&folder)?;
        write_private(&folder.join(format!("{port}.json")), ready_line.as_bytes())
    }

    /// Forgets the server at `port`.
    pub fn forget_server(&self, port: u16) {
        fs::remove_file(self.root.join("servers").join(format!("{port}.json"))).ok();
    }

    /// The ready line of the server that this lab started at `port`, if any.
    pub fn server(&self, port: u16) -> Option<serde_json::Value> {
        let text = fs::read(self.root.join("servers").join(format!("{port}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

fn default_root() -> Result<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(folder) = absolute("XDG_STATE_HOME") {
        return Ok(folder.join("assay"));
    }
    match absolute("HOME") {
        Some(home) => Ok(home.join(".local/state/assay")),
        None => bail!("neither XDG_STATE_HOME nor HOME is set: give --state DIR"),
    }
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let written = write_synced(File::options().truncate(true).create(true), &beside, content);
    let renamed = written.and_then(|()| fs::rename(&beside, path));
    renamed.with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes a file that was not there yet and that only its owner can read.
pub(crate) fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    write_synced(File::options().create_new(true), path, content)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder is no file that could be synced.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn write_synced(options: &mut OpenOptions, path: &Path, content: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.write(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
