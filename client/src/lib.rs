//! The browser's part: options in, credential out.
//!
//! The client steps of WebAuthn (5.1.3, 5.1.4.1) over one authenticator that is already reached:
//! origin and RP ID rules, client data, PIN/UV auth tokens, credential lists in batches. What the
//! person does and what is random is injected. Beside ceremonies it manages an authenticator: PIN,
//! credentials, large blobs, configuration, fingers, one file each. This crate judges no ceremony as a relying party
//! would, and it does not know which transport carries its messages.

pub mod authenticator;
pub mod bio_enrollment;
pub mod client;
pub mod config;
mod create;
mod credential_list;
pub mod credential_management;
pub mod dbsc;
pub mod error;
mod get;
pub mod large_blobs;
pub mod origin;
pub mod pin;
pub mod random;
mod requirements;
mod response;
pub mod rp_id;
pub mod user;

pub use authenticator::Authenticator;
pub use client::{Client, Embedding, Timeouts, WellKnown};
pub use error::{ClientError, DomName};
pub use origin::Origin;
pub use random::{Random, RandomFailed, SystemRandom};
pub use user::{Account, PinReason, PinRequest, User};

#[cfg(test)]
mod testing;
