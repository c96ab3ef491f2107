//! Challenges and sessions (WebAuthn L3 13.5.3), and credentials that are taken (7.1 step 26).

mod challenge;
mod duplicate;

use super::basis::Basis;
use super::world::World;
use crate::case::Case;

/// Every case about what a server remembers between two messages.
pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = challenge::cases();
    cases.extend(duplicate::cases());
    cases
}
