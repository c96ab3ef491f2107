//! A folder of reports that appears as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{fmt, process};

use super::{Report, html, json, junit, text};

/// The file whose presence says that a folder is ours to replace.
const MARK: &str = "report.json";

/// A folder of reports in the making: written beside its final place, then renamed over it.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    staging: PathBuf,
}

/// The folder could not be written.
#[derive(Debug)]
pub enum FolderError {
    /// Something that is no folder of reports is in its place.
    NotOurs(PathBuf),
    /// The file system refused.
    Io(PathBuf, io::Error),
}

impl FolderError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs(_) => "report_folder_not_ours",
            Self::Io(..) => "report_folder_io",
        }
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs(path) => {
                write!(f, "{} exists and is no folder of reports: choose another, or remove it", path.display())
            }
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for FolderError {}

impl Folder {
    /// Begins a folder that will stand at `place`. An empty folder, or one of reports, is replaced;
    /// anything else is left alone and refused.
    pub fn begin(place: &Path) -> Result<Self, FolderError> {
        if !replaceable(place).map_err(|error| FolderError::Io(place.to_owned(), error))? {
            return Err(FolderError::NotOurs(place.to_owned()));
        }
        let staging = beside(place, "new");
        let made = || {
            if let Some(parent) = place.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                fs::create_dir_all(parent)?;
            }
            if staging.exists() {
                fs::remove_dir_all(&staging)?;
            }
            fs::create_dir(&staging)
        };
        made().map_err(|error| FolderError::Io(staging.clone(), error))?;
        Ok(Self { place: place.to_owned(), staging })
    }

    /// Where further files of the folder are written before it is put in place.
    pub fn path(&self) -> &Path {
        &self.staging
    }

    /// Writes one file.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let path = self.staging.join(name);
        let written = || {
            let mut file = File::create(&path)?;
            file.write_all(content)?;
            file.sync_all()
        };
        written().map_err(|error| FolderError::Io(path.clone(), error))
    }

    /// Writes `report` in its four forms: `report.json`, `report.html`, `report.txt`, `junit.xml`.
    pub fn write_report(&self, report: &Report) -> Result<(), FolderError> {
        self.write(MARK, json::to_string(report).as_bytes())?;
        self.write("report.html", html::page(report).as_bytes())?;
        self.write("report.txt", text::render(report, text::Style::Plain).as_bytes())?;
        self.write("junit.xml", junit::render(report).as_bytes())
    }

    /// Puts the folder in its place.
    pub fn commit(self) -> Result<(), FolderError> {
        let old = beside(&self.place, "old");
        let swapped = || {
            if self.place.exists() {
                if old.exists() {
                    fs::remove_dir_all(&old)?;
                }
                fs::rename(&self.place, &old)?;
            }
            if let Err(error) = fs::rename(&self.staging, &self.place) {
                // Put back what was there.
                if old.exists() {
                    fs::rename(&old, &self.place)?;
                }
                return Err(error);
            }
            if old.exists() {
                fs::remove_dir_all(&old)?;
            }
            Ok(())
        };
        swapped().map_err(|error| FolderError::Io(self.place.clone(), error))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // After a commit there is nothing to remove, and an abandoned folder is no error.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// Writes a folder that holds `report` and nothing else.
pub fn write_all(report: &Report, place: &Path) -> Result<(), FolderError> {
    let folder = Folder::begin(place)?;
    folder.write_report(report)?;
    folder.commit()
}

fn replaceable(place: &Path) -> io::Result<bool> {
    match fs::read_dir(place) {
        Ok(mut entries) => Ok(entries.next().is_none() || place.join(MARK).is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error),
    }
}

fn beside(place: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_else(|| "report".as_ref()));
    name.push(format!(".{what}-{}", process::id()));
    place.with_file_name(name)
}

#[cfg(test)]
mod tests;
