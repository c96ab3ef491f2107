//! The `assay` command from outside: arguments, exit codes, output, files.

mod arguments;
mod clause_map;
#[cfg(target_os = "linux")]
mod doors;
#[cfg(target_os = "linux")]
mod erasing;
mod inspecting;
mod judging;
mod key_faults;
mod key_manage;
mod key_models;
mod key_sealed;
mod key_serve;
mod listing;
mod mds;
mod output;
mod policies;
mod recordings;
mod regression;
#[cfg(target_os = "linux")]
mod touches;
mod vectors;
