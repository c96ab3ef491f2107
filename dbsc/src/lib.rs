//! Device Bound Session Credentials, both halves, as pure steps.
//!
//! [`headers`], [`proof`], [`instructions`], [`scope`] and [`cookie`] are the wire; [`server`] says
//! what a server must refuse and must send, [`client`] what a browser does with it. Every refusal
//! has a code of [`check::Check`] or [`error::Reason`]. This crate knows nothing of HTTP servers,
//! sockets, clocks, randomness or storage.

pub mod algorithm;
pub mod check;
pub mod client;
pub mod cookie;
pub mod error;
pub mod headers;
pub mod instructions;
mod json;
pub mod jwk;
pub mod proof;
pub mod scope;
pub mod server;
pub mod site;

pub use algorithm::Algorithm;
pub use check::{Check, Duty, Rejection};
pub use error::{Malformed, Reason};
