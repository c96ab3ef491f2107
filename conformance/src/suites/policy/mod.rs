//! The policy suite: an attestation policy engine over its API and over real registrations.

mod api;
mod enrolment;
mod world;

pub use self::world::{PolicyTarget, PolicyWorld};
use crate::case::{Need, Suite};

/// The lab's metadata are loaded, and fresh.
pub const LAB_METADATA: Need = Need::new("lab-anchors");

/// The credentials may make tenants and clients (`POST /v1/tenants`, `POST /v1/clients`).
pub const TENANT_ADMIN: Need = Need::new("tenant-admin");

/// The suite.
pub fn suite() -> Suite<PolicyWorld> {
    Suite::new("policy", "Attestation policy engine").with(api::cases()).with(enrolment::cases())
}
