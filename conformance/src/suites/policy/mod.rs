//! The policy suite: an attestation policy engine over its API and over real registrations.

mod api;
mod audit;
mod dry_run;
mod enrolment;
mod legacy;
mod world;

pub use self::world::{PolicyTarget, PolicyWorld};
use crate::case::{Need, Suite};

/// The lab's metadata are loaded, and fresh.
pub const LAB_METADATA: Need = Need::new("lab-anchors");

/// The credentials may make tenants and clients (`POST /v1/tenants`, `POST /v1/clients`).
pub const TENANT_ADMIN: Need = Need::new("tenant-admin");

/// Keys as Bearer credentials can be made and revoked (`/v1/api-keys`); they come with the legacy shape.
pub const API_KEYS: Need = Need::new("api-keys");

/// A policy can be tried on those enrolled (`POST /v1/attestation/policy?dry_run=true`).
pub const DRY_RUN: Need = Need::new("policy-dry-run");

/// The audit log can be read, filtered and counted (`GET /v1/audit`).
pub const AUDIT_LOG: Need = Need::new("audit-log");

/// The suite.
pub fn suite() -> Suite<PolicyWorld> {
    Suite::new("policy", "Attestation policy engine")
        .with(api::cases())
        .with(legacy::cases())
        .with(dry_run::cases())
        .with(audit::cases())
        .with(enrolment::cases())
}
