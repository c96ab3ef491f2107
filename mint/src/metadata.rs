//! The lab's FIDO metadata (MDS 3): a signed BLOB of its models, right or wrong in one named way.
//!
//! Real metadata may not be passed on; so the lab publishes its own, about [`models`] that have
//! every status and level, each with an attestation root of its own from the same [`Lab`](crate::lab::Lab).

mod blob;
mod edit;
mod models;
mod reroot;
mod spectrum;

#[cfg(test)]
mod tests;

pub use blob::{Issue, Overdue};
pub use edit::MetadataEdit;
pub use models::{Facts, Model, ModelId, Report, facts, models};
pub use reroot::Rerooted;
pub use spectrum::spectrum;
