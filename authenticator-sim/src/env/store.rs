//! What outlives an authenticator's power.

mod clear;
mod file;
mod sealed;
mod secret;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

pub use file::{FileStore, OldForms};
pub use secret::{SealingSecret, SecretId};

use crate::state::{Change, State};

/// A place for an authenticator's state.
pub trait Store: Send {
    /// The state that was saved last, if any.
    fn load(&mut self) -> Result<Option<State>, StoreError>;

    /// Saves what has changed, all of it or nothing; when this returns it is safe. `state` is what
    /// the changes have made, for stores that write the whole of it.
    fn save(&mut self, changes: &[Change], state: &State) -> Result<(), StoreError>;
}

/// Nothing is kept: the state lives as long as the authenticator.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStore;

/// Kept in memory; clones share it, so that it outlives the authenticator.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Option<State>>>);

/// Why the state could not be loaded or saved.
#[derive(Debug)]
pub enum StoreError {
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// The file is not as it was written.
    Corrupt(PathBuf, Damage),
    /// The file is sealed by another secret.
    WrongSecret(PathBuf),
    /// Somebody else uses the file.
    InUse(PathBuf),
}

/// How a file is not as it was written. Nothing of it is used, and nothing is written over it.
#[derive(Debug)]
pub enum Damage {
    /// It does not begin as such a file does.
    Header(serde_json::Error),
    /// It has a form of another version.
    Form(u32),
    /// The whole was never finished.
    Unfinished,
    /// The record of this number was changed, moved, or written to another file.
    Record(u64),
    /// What is said there is no state.
    Content(serde_json::Error),
}

impl Store for NoStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }

    fn save(&mut self, _changes: &[Change], _state: &State) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save(&mut self, changes: &[Change], state: &State) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_mut() {
            Some(kept) => changes.iter().cloned().for_each(|change| kept.apply(change)),
            None => *kept = Some(state.clone()),
        }
        Ok(())
    }
}

impl StoreError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(..) => "store_io",
            Self::Corrupt(..) => "store_corrupt",
            Self::WrongSecret(..) => "store_wrong_secret",
            Self::InUse(..) => "store_in_use",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Corrupt(path, damage) => write!(f, "{} is damaged: {damage}", path.display()),
            Self::WrongSecret(path) => write!(f, "{} is sealed by another secret", path.display()),
            Self::InUse(path) => write!(f, "{} is in use elsewhere", path.display()),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => write!(f, "it is no sealed state: {error}"),
            Self::Form(form) => write!(f, "form {form} is not known"),
            Self::Unfinished => f.write_str("its first record was never finished"),
            Self::Record(number) => write!(f, "record {number} is not what was written there"),
            Self::Content(error) => write!(f, "it is no state: {error}"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            Self::Corrupt(_, Damage::Header(error) | Damage::Content(error)) => Some(error),
            Self::Corrupt(..) | Self::WrongSecret(_) | Self::InUse(_) => None,
        }
    }
}
