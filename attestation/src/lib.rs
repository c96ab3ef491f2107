//! Is this attestation statement valid, and who vouches for it.
//!
//! One file a format; [`verify`] chooses by the format's name. [`certificate`] reads X.509,
//! [`path`] follows a chain to the caller's anchors. What is true is said here; what is admitted
//! is decided elsewhere. This crate knows nothing of HTTP, storage or clocks: the time comes in.

pub mod android_key;
pub mod android_safetynet;
pub mod apple;
pub mod cache;
pub mod certificate;
pub mod compound;
mod fido_u2f;
pub mod metadata;
mod none;
pub mod oid;
mod packed;
pub mod path;
pub mod rejection;
pub mod revocation;
pub mod statement;
pub mod tpm;

pub use cache::Cache;
pub use certificate::Certificate;
pub use compound::Sufficient;
pub use path::Anchors;
pub use rejection::{Check, Reason, Rejection};
pub use statement::{AttestationType, Format, Signed, Statement, Terms, verify, verify_under};
