//! Reports: plain data first, then four ways to show it.

mod baseline;
pub mod compare;
pub mod folder;
pub mod html;
pub mod json;
pub mod junit;
pub mod text;

mod depth;
mod model;
mod resume;
#[cfg(test)]
mod sample;

pub use baseline::{Baseline, Before, unsettled};
pub use depth::Depth;
pub use folder::{Folder, FolderError};
pub use model::{CaseReport, Facts, Report, Standing, SuiteReport, Totals, Verdict};
