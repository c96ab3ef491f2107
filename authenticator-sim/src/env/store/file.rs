//! A state in one sealed file: the whole of it in the first record, and a record for all that a command changed after
//! that. Records are appended and synced before anybody hears of them; the whole is written anew, beside the file and
//! then in its place, when the records outgrow it.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::error::Unspecified;

use super::clear::{self, Lines, length};
use super::sealed::{self, Chain, Opened, Refusal};
use super::{Damage, SealingSecret, Store, StoreError};
use crate::env::Rng;
use crate::state::{Change, State};

/// So many bytes of changes are let grow whatever the size of the whole.
const SMALL: u64 = 256 * 1024;

/// Kept in one file, which nobody else may use from when it is loaded until this is dropped.
pub struct FileStore {
    path: PathBuf,
    secret: SealingSecret,
    rng: Box<dyn Rng>,
    old_forms: OldForms,
    hold: Option<File>,
    journal: Option<Journal>,
}

/// Are files of the time before they were sealed read?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldForms {
    /// As damage: whoever can write the file could else put one there without the secret.
    Refused,
    /// As what they are; one is sealed as soon as it is loaded.
    Read,
}

/// The file, while records may be appended to it.
struct Journal {
    file: File,
    chain: Chain,
    lines: Lines,
}

/// What a file says, and where the next record goes.
struct Read {
    state: State,
    end: Option<(Lines, Chain)>,
}

impl FileStore {
    /// The file of this path, sealed by this secret; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>, secret: SealingSecret, rng: Box<dyn Rng>) -> Self {
        Self { path: path.into(), secret, rng, old_forms: OldForms::Refused, hold: None, journal: None }
    }

    /// The same with another word on files that are not sealed.
    pub fn with_old_forms(self, old_forms: OldForms) -> Self {
        Self { old_forms, ..self }
    }

    /// What the text of a file says.
    pub fn read(text: &[u8], secret: &SealingSecret) -> Result<State, StoreError> {
        parse(text, secret, OldForms::Refused).map(|read| read.state).map_err(|why| why.at(Path::new("")))
    }

    /// What the text of a file says that is not sealed.
    pub fn read_old(text: &[u8]) -> Result<State, Damage> {
        clear::read(text)
    }

    /// What is kept, without a mark on the file: somebody else may be writing it.
    pub fn peek(&self) -> Result<Option<State>, StoreError> {
        Ok(self.parsed()?.map(|read| read.state))
    }

    fn parsed(&self) -> Result<Option<Read>, StoreError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        };
        parse(&text, &self.secret, self.old_forms).map(Some).map_err(|why| why.at(&self.path))
    }

    /// Two who append would each go on from a record that is not the last.
    fn hold(&mut self) -> Result<(), StoreError> {
        if self.hold.is_none() {
            let open = || -> io::Result<File> {
                fs::create_dir_all(directory(&self.path))?;
                private_file(&beside(&self.path, ".lock"))
            };
            let file = open().map_err(|error| self.io(error))?;
            match file.try_lock() {
                Ok(()) => self.hold = Some(file),
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(self.path.clone())),
                Err(TryLockError::Error(error)) => return Err(self.io(error)),
            }
        }
        Ok(())
    }

    /// Puts the whole in the place of what there was.
    fn replace(&mut self, state: &State) -> Result<(), StoreError> {
        self.journal = None;
        let content = serde_json::to_vec(state).map_err(|error| self.io(error.into()))?;
        let sealed = || -> Result<(Chain, Vec<u8>), Unspecified> {
            let (mut chain, mut text) = Chain::begin(&self.secret, self.rng.as_mut())?;
            text.extend(chain.seal(content, self.rng.as_mut())?);
            Ok((chain, text))
        };
        let (chain, text) = sealed().map_err(|Unspecified| self.unsealed())?;
        let file = write(&self.path, &text).map_err(|error| self.io(error))?;
        self.journal = Some(Journal { file, chain, lines: Lines { whole: length(&text), changes: 0 } });
        Ok(())
    }

    fn io(&self, error: io::Error) -> StoreError {
        StoreError::Io(self.path.clone(), error)
    }

    /// A failure of the cryptographic library.
    fn unsealed(&self) -> StoreError {
        self.io(io::Error::other("it cannot be sealed"))
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        self.hold()?;
        self.journal = None;
        let Some(Read { state, end }) = self.parsed()? else { return Ok(None) };
        match end {
            Some((lines, chain)) => {
                let open = || -> io::Result<File> {
                    let file = File::options().append(true).open(&self.path)?;
                    // A record that was never finished was never acknowledged.
                    file.set_len(lines.whole + lines.changes)?;
                    file.sync_all()?;
                    Ok(file)
                };
                let file = open().map_err(|error| self.io(error))?;
                self.journal = Some(Journal { file, chain, lines });
            }
            None => self.replace(&state)?,
        }
        Ok(Some(state))
    }

    fn save(&mut self, changes: &[Change], state: &State) -> Result<(), StoreError> {
        self.hold()?;
        // Whatever goes wrong from here, nobody knows how much of the record is there: the next thing written is the
        // whole.
        let Some(mut journal) =
            self.journal.take().filter(|journal| journal.lines.changes <= journal.lines.whole.max(SMALL))
        else {
            return self.replace(state);
        };
        let content = serde_json::to_vec(changes).map_err(|error| self.io(error.into()))?;
        let line = journal.chain.seal(content, self.rng.as_mut()).map_err(|Unspecified| self.unsealed())?;
        let appended = journal.file.write_all(&line).and_then(|()| journal.file.sync_data());
        appended.map_err(|error| self.io(error))?;
        journal.lines.changes += length(&line);
        self.journal = Some(journal);
        Ok(())
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Refusal {
    fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Secret => StoreError::WrongSecret(path.to_owned()),
            Self::Damage(damage) => StoreError::Corrupt(path.to_owned(), damage),
        }
    }
}

fn parse(text: &[u8], secret: &SealingSecret, old_forms: OldForms) -> Result<Read, Refusal> {
    if old_forms == OldForms::Read && !sealed::is_sealed(text) {
        return Ok(Read { state: clear::read(text)?, end: None });
    }
    let Opened { state, lines, chain } = sealed::open(text, secret)?;
    Ok(Read { state, end: Some((lines, chain)) })
}

fn write(path: &Path, text: &[u8]) -> io::Result<File> {
    let directory = directory(path);
    fs::create_dir_all(directory)?;
    let temporary = beside(path, ".tmp");
    let mut file = private_file(&temporary)?;
    file.set_len(0)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()?;
    Ok(file)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Nobody else may read it.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
