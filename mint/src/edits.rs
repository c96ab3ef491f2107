//! Named edits: each makes a good ceremony wrong in exactly one way.
//!
//! An edit belongs to one layer; whatever is built above that layer is made, hashed and signed
//! again, so that nothing else is wrong. Slugs are stable for ever.

/// Declares the edits of one layer: `Variant = "slug", Effect, "what it plants", closure;`.
macro_rules! edits {
    ($(#[$meta:meta])* pub enum $name:ident on $draft:ty { $($variant:ident = $slug:literal, $effect:ident, $plants:literal, $edit:expr;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $plants] $variant,)* }

        impl $name {
            /// Every edit of this layer.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Slug, effect and defect.
            pub const fn info(self) -> $crate::edits::EditInfo {
                match self {
                    $(Self::$variant => $crate::edits::EditInfo {
                        slug: $slug,
                        effect: $crate::edits::Effect::$effect,
                        plants: $plants,
                    },)*
                }
            }

            pub(crate) fn apply(self, draft: &mut $draft) {
                match self {
                    $(Self::$variant => {
                        let edit: fn(&mut $draft) = $edit;
                        edit(draft);
                    })*
                }
            }
        }

        impl From<$name> for $crate::edits::Edit {
            fn from(edit: $name) -> Self {
                Self::$name(edit)
            }
        }
    };
}

/// Applies the edits of one layer, in their order.
macro_rules! apply {
    ($edits:expr, $layer:ident, $draft:expr) => {
        for edit in $edits.iter() {
            if let $crate::edits::Edit::$layer(edit) = edit {
                edit.apply($draft);
            }
        }
    };
}
pub(crate) use apply;

mod android_key;
mod android_safetynet;
mod apple;
mod attestation_object;
mod authenticator_data;
mod certificate;
mod client_data;
mod compound;
mod credential_key;
mod envelope;
mod extensions;
mod path;
mod signature;
mod statement;
mod tpm;
mod wire;

#[cfg(test)]
mod tests;

pub use android_key::AndroidKeyEdit;
pub use android_safetynet::SafetynetEdit;
pub use apple::AppleEdit;
pub use attestation_object::AttestationObjectEdit;
pub use authenticator_data::AuthenticatorDataEdit;
pub use certificate::CertificateEdit;
pub use client_data::ClientDataEdit;
pub use compound::CompoundEdit;
pub use credential_key::CredentialKeyEdit;
pub use envelope::EnvelopeEdit;
pub use extensions::ExtensionsEdit;
pub use path::{PathEdit, X5cEdit};
pub use signature::{SignatureEdit, SigningEdit};
pub use statement::StatementEdit;
pub use tpm::{TpmCertificateEdit, TpmEdit};

/// What is known of an edit without applying it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditInfo {
    /// Its stable name.
    pub slug: &'static str,
    /// What a verifier should make of it.
    pub effect: Effect,
    /// The defect that it plants.
    pub plants: &'static str,
}

/// What a verifier should make of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The ceremony is wrong.
    Wrong,
    /// The ceremony is still right, if unusual.
    Harmless,
    /// Profiles and policies differ.
    Debated,
}

/// An edit of some layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edit {
    /// Of the client data.
    ClientDataEdit(ClientDataEdit),
    /// Of the credential public key; registrations only.
    CredentialKeyEdit(CredentialKeyEdit),
    /// Of the authenticator's extension outputs.
    ExtensionsEdit(ExtensionsEdit),
    /// Of the authenticator data.
    AuthenticatorDataEdit(AuthenticatorDataEdit),
    /// Of what Android says of a key; `android-key` only.
    AndroidKeyEdit(AndroidKeyEdit),
    /// Of what Apple certifies; `apple` only.
    AppleEdit(AppleEdit),
    /// Of the answer of a service of Google's; `android-safetynet` only.
    SafetynetEdit(SafetynetEdit),
    /// Of the attestation certificate; `packed` with certificates and `fido-u2f` only.
    CertificateEdit(CertificateEdit),
    /// Of the certificate of a TPM's attestation key; `tpm` only.
    TpmCertificateEdit(TpmCertificateEdit),
    /// Of the authorities above it.
    PathEdit(PathEdit),
    /// Of the list of certificates in the statement.
    X5cEdit(X5cEdit),
    /// Of what is signed, and by whom.
    SigningEdit(SigningEdit),
    /// Of what a TPM says; `tpm` only.
    TpmEdit(TpmEdit),
    /// Of the signature's bytes.
    SignatureEdit(SignatureEdit),
    /// Of the attestation statement; registrations only.
    StatementEdit(StatementEdit),
    /// Of several statements; `compound` only.
    CompoundEdit(CompoundEdit),
    /// Of the attestation object; registrations only.
    AttestationObjectEdit(AttestationObjectEdit),
    /// Of the JSON around all of it.
    EnvelopeEdit(EnvelopeEdit),
}

impl Edit {
    /// Every edit of every layer, from the inside out.
    pub fn all() -> impl Iterator<Item = Self> {
        let client_data = ClientDataEdit::ALL.iter().copied().map(Self::ClientDataEdit);
        client_data
            .chain(CredentialKeyEdit::ALL.iter().copied().map(Self::CredentialKeyEdit))
            .chain(ExtensionsEdit::ALL.iter().copied().map(Self::ExtensionsEdit))
            .chain(AuthenticatorDataEdit::ALL.iter().copied().map(Self::AuthenticatorDataEdit))
            .chain(AndroidKeyEdit::ALL.iter().copied().map(Self::AndroidKeyEdit))
            .chain(AppleEdit::ALL.iter().copied().map(Self::AppleEdit))
            .chain(SafetynetEdit::ALL.iter().copied().map(Self::SafetynetEdit))
            .chain(CertificateEdit::ALL.iter().copied().map(Self::CertificateEdit))
            .chain(TpmCertificateEdit::ALL.iter().copied().map(Self::TpmCertificateEdit))
            .chain(PathEdit::ALL.iter().copied().map(Self::PathEdit))
            .chain(X5cEdit::ALL.iter().copied().map(Self::X5cEdit))
            .chain(SigningEdit::ALL.iter().copied().map(Self::SigningEdit))
            .chain(TpmEdit::ALL.iter().copied().map(Self::TpmEdit))
            .chain(SignatureEdit::ALL.iter().copied().map(Self::SignatureEdit))
            .chain(StatementEdit::ALL.iter().copied().map(Self::StatementEdit))
            .chain(CompoundEdit::ALL.iter().copied().map(Self::CompoundEdit))
            .chain(AttestationObjectEdit::ALL.iter().copied().map(Self::AttestationObjectEdit))
            .chain(EnvelopeEdit::ALL.iter().copied().map(Self::EnvelopeEdit))
    }

    /// The edit of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::all().find(|edit| edit.slug() == slug)
    }

    /// Slug, effect and defect.
    pub const fn info(self) -> EditInfo {
        match self {
            Self::ClientDataEdit(edit) => edit.info(),
            Self::CredentialKeyEdit(edit) => edit.info(),
            Self::ExtensionsEdit(edit) => edit.info(),
            Self::AuthenticatorDataEdit(edit) => edit.info(),
            Self::AndroidKeyEdit(edit) => edit.info(),
            Self::AppleEdit(edit) => edit.info(),
            Self::SafetynetEdit(edit) => edit.info(),
            Self::CertificateEdit(edit) => edit.info(),
            Self::TpmCertificateEdit(edit) => edit.info(),
            Self::PathEdit(edit) => edit.info(),
            Self::X5cEdit(edit) => edit.info(),
            Self::SigningEdit(edit) => edit.info(),
            Self::TpmEdit(edit) => edit.info(),
            Self::SignatureEdit(edit) => edit.info(),
            Self::StatementEdit(edit) => edit.info(),
            Self::CompoundEdit(edit) => edit.info(),
            Self::AttestationObjectEdit(edit) => edit.info(),
            Self::EnvelopeEdit(edit) => edit.info(),
        }
    }

    /// Its stable name.
    pub const fn slug(self) -> &'static str {
        self.info().slug
    }
}
