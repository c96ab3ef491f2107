//! The layers of a ceremony while they can still be edited.
//!
//! A forge fills a draft with what is right, applies the edits meant for that layer, and writes
//! it out; the layers above are then made from those bytes, signed again as a capable forger would.

mod android_key;
mod android_safetynet;
mod apple;
mod attestation_object;
mod authenticator_data;
mod client_data;
mod compound;
mod credential_key;
mod envelope;
mod signing;

pub use android_key::KeyDescriptionDraft;
pub use android_safetynet::SafetynetDraft;
pub use apple::AppleDraft;
pub use attestation_object::AttestationObjectDraft;
pub use authenticator_data::{AttestedDraft, AuthenticatorDataDraft};
pub use client_data::ClientDataDraft;
pub use compound::CompoundDraft;
pub use credential_key::CredentialKeyDraft;
pub(crate) use credential_key::any_public_key;
pub use envelope::EnvelopeDraft;
pub use signing::{SigningDraft, X5cDraft};

/// What may happen to bytes after everything else.
pub type Finish = fn(Vec<u8>) -> Vec<u8>;
