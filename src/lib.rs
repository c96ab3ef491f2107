//! The lab: composition root of servers, keys, clients and suites, and what the `assay` command does with them.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod inspect;
pub mod judge;
pub mod keys;
pub mod lab;
pub mod matrix;
mod near;
pub mod output;
mod pem;
pub mod recording;
mod secret;
pub mod state;
pub mod traces;
pub mod vectors;
pub mod verify;
pub mod why;
