//! The DBSC suite: does a server bind its sessions to a device, and does a stolen cookie die?
//!
//! Proofs are good ones with one edit, signed again where a forger could sign; before a refused
//! refresh its good twin has been accepted in the same session, after a refused registration in a
//! session of its own. What a server owes in its own output is read from the good exchanges.

mod browser;
mod cookie;
mod draft;
mod judge;
mod offer;
mod refresh;
mod registration;
mod sign_in;
mod steps;
mod table;
mod termination;
mod wire;
mod world;

pub use wire::Between;
pub use world::{DbscTarget, TargetClock, World, opener, opener_with};

use crate::case::{Need, Suite};

/// The lab can move the target's clock, so that nobody waits ten minutes.
pub const TARGET_CLOCK: Need = Need::new("target-clock");

/// The suite.
pub fn suite() -> Suite<World> {
    Suite::new("dbsc", "Device Bound Session Credentials: servers")
        .with(offer::cases())
        .with(registration::cases())
        .with(refresh::cases())
        .with(cookie::cases())
        .with(termination::cases())
        .with(browser::cases())
}

#[cfg(test)]
mod tests;
