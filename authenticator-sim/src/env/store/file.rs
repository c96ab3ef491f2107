//! A state in one file: the whole of it in the first line, and a line for all that a command
//! changed after that. Lines are appended and synced before anybody hears of them; the whole is
//! written anew, beside the file and then in its place, when the lines outgrow it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::de::Error as _;

use super::{Store, StoreError};
use crate::state::{Change, FormatOne, State};

/// So many bytes of changes are let grow whatever the size of the whole.
const SMALL: u64 = 256 * 1024;

/// Kept in one file.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    journal: Option<Journal>,
}

/// The file, while lines may be appended to it.
#[derive(Debug)]
struct Journal {
    file: File,
    /// Bytes of the first line.
    whole: u64,
    /// Bytes of the others.
    changes: u64,
}

impl FileStore {
    /// The file of this path; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), journal: None }
    }

    /// What the text of such a file says.
    pub fn read(text: &[u8]) -> Result<State, serde_json::Error> {
        parse(text).map(|read| read.state)
    }

    /// What is kept, without a mark on the file: somebody else may be writing it.
    pub fn peek(&self) -> Result<Option<State>, StoreError> {
        match fs::read(&self.path) {
            Ok(text) => {
                let read = parse(&text).map_err(|error| StoreError::Corrupt(self.path.clone(), error))?;
                Ok(Some(read.state))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Io(self.path.clone(), error)),
        }
    }

    /// Puts the whole in the place of what there was.
    fn replace(&mut self, state: &State) -> Result<(), StoreError> {
        self.journal = None;
        let mut text = serde_json::to_vec(state).map_err(|error| StoreError::Corrupt(self.path.clone(), error))?;
        text.push(b'\n');
        let file = self.write(&text).map_err(|error| StoreError::Io(self.path.clone(), error))?;
        self.journal = Some(Journal { file, whole: length(&text), changes: 0 });
        Ok(())
    }

    fn write(&self, text: &[u8]) -> io::Result<File> {
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
        File::open(directory)?.sync_all()?;
        Ok(file)
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Option<State>, StoreError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::Io(self.path.clone(), error)),
        };
        let read = parse(&text).map_err(|error| StoreError::Corrupt(self.path.clone(), error))?;
        self.journal = None;
        if let Some((whole, changes)) = read.lines {
            let open = || -> io::Result<File> {
                let file = File::options().append(true).open(&self.path)?;
                // A line that was never finished was never acknowledged.
                file.set_len(whole + changes)?;
                file.sync_all()?;
                Ok(file)
            };
            let file = open().map_err(|error| StoreError::Io(self.path.clone(), error))?;
            self.journal = Some(Journal { file, whole, changes });
        }
        Ok(Some(read.state))
    }

    fn save(&mut self, changes: &[Change], state: &State) -> Result<(), StoreError> {
        let Some(journal) = self.journal.as_mut().filter(|journal| journal.changes <= journal.whole.max(SMALL)) else {
            return self.replace(state);
        };
        let mut line = serde_json::to_vec(changes).map_err(|error| StoreError::Corrupt(self.path.clone(), error))?;
        line.push(b'\n');
        let appended = journal.file.write_all(&line).and_then(|()| journal.file.sync_data());
        journal.changes += length(&line);
        if let Err(error) = appended {
            // Nobody knows how much of the line is there: the next thing written is the whole.
            self.journal = None;
            return Err(StoreError::Io(self.path.clone(), error));
        }
        Ok(())
    }
}

/// What a file says.
struct Read {
    state: State,
    /// The bytes of its first line and of the finished ones after it; none where no line can be appended.
    lines: Option<(u64, u64)>,
}

fn parse(text: &[u8]) -> Result<Read, serde_json::Error> {
    let first = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut state: State = match serde_json::from_slice(first) {
        Ok(state) => state,
        Err(error) => {
            let old: FormatOne = serde_json::from_slice(text).map_err(|_neither| error)?;
            known(old.format, FormatOne::FORMAT)?;
            return Ok(Read { state: old.into(), lines: None });
        }
    };
    known(state.format, State::FORMAT)?;
    let mut read = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n').skip(1).filter(|line| line.ends_with(b"\n")) {
        let changes: Vec<Change> = serde_json::from_slice(line)?;
        changes.into_iter().for_each(|change| state.apply(change));
        read += length(line);
    }
    let lines = first.ends_with(b"\n").then_some((length(first), read));
    Ok(Read { state, lines })
}

fn known(format: u32, due: u32) -> Result<(), serde_json::Error> {
    if format == due { Ok(()) } else { Err(serde_json::Error::custom(format!("form {format} is not known"))) }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
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
