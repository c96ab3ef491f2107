//! The lab: composition root of servers, keys, clients and suites, and what the `assay` command does with them.

pub mod cli;
pub mod inspect;
pub mod output;
pub mod state;
pub mod verify;
