//! A virtual CTAP2 authenticator: one file a command, its steps in the specification's order.
//!
//! Start at [`authenticator::Authenticator`]: configured by [`config::KeyConfig`], living in an
//! [`env::Env`] of person, clock, random numbers and store, it turns request bytes into reply
//! bytes. [`device::Device`] is the CTAPHID device around it without any I/O, and
//! [`serve::Simulator`] runs both over a line of reports. It can be told to do one thing wrong by a
//! [`defect::Defect`], and be any model by a [`persona::Persona`]. This crate does not know who is driving it.

pub mod attestation;
pub mod authenticator;
mod authenticator_config;
mod authorization;
mod bio_enrollment;
mod built_in_uv;
mod client_pin;
pub mod config;
mod credential;
mod credential_management;
pub mod defect;
pub mod device;
pub mod env;
mod extensions;
mod get_assertion;
mod get_info;
mod large_blobs;
mod make_credential;
pub mod operation;
pub mod persona;
mod presence;
mod reset;
pub mod serve;
pub mod state;
mod token;
mod u2f;
mod user_verification;

#[cfg(test)]
mod testing;
