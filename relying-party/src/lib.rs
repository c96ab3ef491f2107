//! The WebAuthn ceremonies of a relying party as pure functions, with checks, profiles and the
//! attestation policy engine.
//!
//! [`registration`] and [`authentication`] each begin and finish a ceremony; the challenge, the
//! time and the store's answers come in as arguments. [`rejection::Check`] names every rule,
//! [`profile`] says which are in force. This crate knows nothing of HTTP, storage or sessions:
//! that a challenge is used once, and in time, is the caller's duty.

pub mod authentication;
mod ceremony;
mod extension_outputs;
pub mod extensions;
mod payment;
pub mod policy;
pub mod profile;
pub mod record;
pub mod registration;
pub mod rejection;
pub mod relying_party;
mod text;
pub mod trust;

pub use ceremony::BackupPolicy;
pub use payment::Payment;
pub use profile::{Profile, all_checks, all_reasons, profiles};
pub use record::CredentialRecord;
pub use rejection::{Check, Reason, Rejection};
pub use relying_party::RelyingParty;
pub use trust::Trust;

#[cfg(test)]
mod tests;
