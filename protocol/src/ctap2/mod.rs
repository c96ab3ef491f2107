//! CTAP2 messages: commands, their parameters and responses, status codes (CTAP 2.3 6 and 8).
//!
//! Reading is strict: a message is one CBOR map in the canonical form, no deeper than four
//! levels, with members of the right types; unknown keys are ignored. Writing is canonical.
//! CTAP has no names for its inputs, so every command has a `Request` and a `Response`.

pub mod bio_enrollment;
pub mod client_pin;
pub mod command;
pub mod config;
pub mod credential_management;
pub mod entity;
pub(crate) mod fields;
pub mod get_assertion;
pub mod get_info;
pub mod large_blobs;
pub mod make_credential;
pub mod params;
pub mod parse;
pub mod reply;
pub mod status;

pub use command::Command;
pub use entity::{Descriptor, Extensions, Options, Parameter, Parameters, RpEntity, UserEntity};
pub use params::Params;
pub use parse::{Defect, ParseError};
pub use reply::ReplyError;
pub use status::{CommandError, Status};

/// The longest message an authenticator must take where getInfo names no other limit (CTAP 2.3 6.4).
pub const DEFAULT_MAX_MSG_SIZE: u64 = 1024;

/// The type of every credential so far.
pub const PUBLIC_KEY: &str = "public-key";

#[cfg(test)]
pub(crate) mod tests;
