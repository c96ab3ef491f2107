//! Cases, runner, verdicts, reports and target files, for any authenticator, relying party or
//! DBSC server.
//!
//! A [`Suite`](case::Suite) is a list of [`Case`](case::Case)s, each a header and a small `run`.
//! The [`runner`] gives every case a fresh world (a session with the target), a seed of its own
//! and a deadline, and turns what happened into one of four outcomes. [`report`] renders the
//! same plain data as text, JSON, JUnit and one HTML page.
//!
//! This crate knows nothing of our server and our simulator: a target is reached over its wire,
//! the profile it is held to is told, never asked for, and expected reasons are strings.

pub mod case;
pub mod context;
pub mod coverage;
pub mod dissect;
pub mod evidence;
pub mod known;
pub mod report;
pub mod runner;
pub mod seed;
pub mod suites;
pub mod target;
pub mod verdict;
