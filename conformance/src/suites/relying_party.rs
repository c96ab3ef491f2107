//! The relying-party suite: registration and authentication of WebAuthn, and the attestation
//! formats none, packed and fido-u2f.
//!
//! Nearly every case is a row of a table: a good ceremony, one edit, what the text demands, and
//! the codes that a server may give. The edited ceremony is hashed and signed again, so that
//! nothing else is wrong with it, and after a refusal the good twin must still be accepted.
//! Edits and their slugs are `assay-mint`'s.

mod algorithm;
mod authentication;
mod base;
mod basis;
mod ceremony;
mod judge;
mod level3;
mod options;
mod registration;
mod rule;
mod session;
mod shared;
mod world;

pub use base::Base;
pub use basis::Basis;
pub use world::{World, opener};

use crate::case::Suite;

/// The cases that a profile asks for: `w3c-l3`, `tool-compatible` or `hardened`.
pub fn suite(profile: &str) -> Suite<World> {
    let mut suite = Suite::new("relying-party", "Relying party: registration and authentication");
    for (basis, case) in registration::cases()
        .into_iter()
        .chain(authentication::cases())
        .chain(session::cases())
        .chain(level3::cases())
        .chain(options::cases())
    {
        if basis.is_in(profile) {
            suite.cases.push(case);
        }
    }
    suite
}

/// The batch whose certificate a server with the feature `lab-batch-anchor` lists among its anchors.
pub const ANCHORED_BATCH: &str = "anchored";

/// The profiles that the suite knows.
pub const PROFILES: [&str; 3] = ["w3c-l3", "tool-compatible", "hardened"];

#[cfg(test)]
mod tests;
