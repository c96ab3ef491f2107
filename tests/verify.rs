//! What `assay verify` promises: lines in, verdicts out, by ceremonies that the lab forges.

mod authentication;
mod edits;
mod evidence;
mod reading;
mod registration;
mod stream;

use crate::support::lines;
