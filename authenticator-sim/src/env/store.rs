//! What outlives an authenticator's power.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::state::State;

/// A place for an authenticator's state.
pub trait Store: Send {
    /// The state that was saved last, if any.
    fn load(&mut self) -> Result<Option<State>, StoreError>;

    /// Saves the state; when this returns it is safe.
    fn save(&mut self, state: &State) -> Result<(), StoreError>;
}

/// Nothing is kept: the state lives as long as the authenticator.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStore;

/// Kept in memory; clones share it, so that it outlives the authenticator.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Option<State>>>);

/// Kept in one file, replaced as a whole.
#[derive(Debug, Clone)]
pub struct FileStore {
    path: PathBuf,
}

/// Why the state could not be loaded or saved.
#[derive(Debug)]
pub enum StoreError {
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// The file is not a state.
    Corrupt(PathBuf, serde_json::Error),
}

impl Store for NoStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        Ok(None)
    }

    fn save(&mut self, _state: &State) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save(&mut self, state: &State) -> Result<(), StoreError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
        Ok(())
    }
}

impl FileStore {
    /// The file of this path; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let directory = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(directory)?;
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let temporary = directory.join(name);
        let mut file = private_file(&temporary)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&temporary, &self.path)?;
        File::open(directory)?.sync_all()
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        match fs::read(&self.path) {
            Ok(text) => {
                serde_json::from_slice(&text).map(Some).map_err(|error| StoreError::Corrupt(self.path.clone(), error))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Io(self.path.clone(), error)),
        }
    }

    fn save(&mut self, state: &State) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(state).map_err(|error| StoreError::Corrupt(self.path.clone(), error))?;
        self.replace(&text).map_err(|error| StoreError::Io(self.path.clone(), error))
    }
}

/// The file holds private keys: nobody else may read it.
#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    File::create(path)
}

impl StoreError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(..) => "store_io",
            Self::Corrupt(..) => "store_corrupt",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Corrupt(path, error) => write!(f, "{} is not an authenticator's state: {error}", path.display()),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            Self::Corrupt(_, error) => Some(error),
        }
    }
}
