//! What a registration has shown about its authenticator.

use assay_attestation::metadata::{Entry, KeyIdentifier, Metadata};
use assay_attestation::{AttestationType, Format};
use assay_protocol::aaguid::Aaguid;
use serde::{Deserialize, Serialize};

/// What is known of the authenticator, from a statement that is valid: an invalid one ends the
/// ceremony before any policy is asked. It can be stored with the credential, to be judged again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The attestation statement's format.
    pub fmt: Format,
    /// The attestation's type.
    pub attestation: AttestationType,
    /// Where the certificate path ends.
    pub chain: Chain,
    /// The model that it claims to be.
    pub aaguid: Aaguid,
    /// The identifier of the leaf's key, by which U2F models are known.
    pub key_identifier: Option<KeyIdentifier>,
    /// The flag BE: the key may be copied to other devices.
    pub backup_eligible: bool,
    /// The firmware's version, from the leaf.
    pub firmware: Option<u64>,
    /// SHA-256 of the DER of every certificate that the statement brought along, leaf first.
    pub certificates_sha256: Vec<[u8; 32]>,
    /// SHA-256 of the DER of the anchor in which the path ends.
    pub anchor_sha256: Option<[u8; 32]>,
}

/// Where a certificate path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// There are no certificates.
    Absent,
    /// In nothing that is bound to this model, whatever else may trust it.
    Unverified,
    /// In an anchor of this model's metadata entry.
    Metadata,
    /// In an anchor that the tenant has bound to this AAGUID.
    Tenant,
}

impl Evidence {
    /// An authenticator that claims to be this model and proves nothing.
    pub fn none(aaguid: Aaguid) -> Self {
        Self {
            fmt: Format::None,
            attestation: AttestationType::None,
            chain: Chain::Absent,
            aaguid,
            key_identifier: None,
            backup_eligible: false,
            firmware: None,
            certificates_sha256: Vec::new(),
            anchor_sha256: None,
        }
    }

    /// The entry of the claimed model. U2F has no AAGUID to claim, its certificate's key stands
    /// for it; no other format is looked up that way, lest it borrow a U2F model's good name.
    pub(super) fn entry<'m>(&self, metadata: Option<&'m Metadata>) -> Option<&'m Entry> {
        match (self.is_u2f(), self.key_identifier) {
            (true, Some(identifier)) => metadata?.by_key_identifier(&identifier),
            (true, None) => None,
            (false, _) => metadata?.by_aaguid(&self.aaguid),
        }
    }

    /// Is it proven which model this is? An entry's anchor proves nothing without the entry.
    pub(super) fn is_verified(&self, entry: Option<&Entry>) -> bool {
        self.has_certificates()
            && match self.chain {
                Chain::Absent | Chain::Unverified => false,
                Chain::Metadata => entry.is_some(),
                Chain::Tenant => true,
            }
    }

    /// Self attestation proves possession of the key, which nobody doubts: for the policy it is
    /// as good as none.
    pub(super) fn has_certificates(&self) -> bool {
        match self.attestation {
            AttestationType::None | AttestationType::SelfAttestation => false,
            AttestationType::Basic | AttestationType::AttCa | AttestationType::AnonCa => true,
        }
    }

    /// Is this one of the path's certificates, or its anchor?
    pub(super) fn has_certificate(&self, sha256: &[u8; 32]) -> bool {
        self.certificates_sha256.contains(sha256) || self.anchor_sha256.as_ref() == Some(sha256)
    }

    /// Does its statement name the model by certificate instead of by AAGUID?
    pub(super) fn is_u2f(&self) -> bool {
        self.fmt == Format::FidoU2f
    }
}
