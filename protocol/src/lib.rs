//! The wire of WebAuthn, CTAP2 and DBSC: bytes and JSON to types and back.
//!
//! Two layers. [`tree`] reads CBOR, JSON and DER without loss, with byte ranges, and never fails
//! on bad content: it lists anomalies. The typed views are built from the tree and are strict:
//! they name the anomaly or the missing member that stopped them. This crate knows nothing of
//! I/O, clocks or randomness.

pub mod aaguid;
pub mod attestation_object;
pub mod authenticator_data;
pub mod base64url;
pub mod check;
pub mod client_data;
pub mod cose;
pub mod ctap2;
pub mod ctaphid;
pub mod digest;
pub mod error;
pub mod jws;
pub mod pin_uv;
pub mod signature;
pub mod tree;
pub mod u2f;
pub mod webauthn;
