//! Makes what vendors make: keys, certificates, attestation statements, whole ceremonies and
//! signed metadata, right ones and deliberately wrong ones.
//!
//! Start at [`lab::Lab`], then [`registration::RegistrationForge`] and
//! [`assertion::AssertionForge`]: good ceremonies of which [`edits::Edit`] makes one thing wrong,
//! with everything above it signed again. Equal seeds and clocks give equal bytes. This crate does
//! not know who asks for its products, and never judges them.

pub mod assertion;
pub mod cbor;
pub mod certificate;
pub mod chain;
pub mod credential;
pub mod draft;
pub mod edits;
pub mod error;
pub mod json;
pub mod keys;
pub mod lab;
pub mod metadata;
pub mod registration;
pub mod revocation;
pub mod seed;
pub mod statement;
