//! Reports: plain data first, then four ways to show it.

pub mod folder;
pub mod html;
pub mod json;
pub mod junit;
pub mod text;

mod model;
#[cfg(test)]
mod sample;

pub use folder::{Folder, FolderError};
pub use model::{CaseReport, Facts, Report, Standing, SuiteReport, Totals, Verdict};
