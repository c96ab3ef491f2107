//! What a registration has shown about its authenticator.

use assay_attestation::metadata::{Entry, KeyIdentifier, Metadata};
use assay_attestation::{AttestationType, Certificate, Check, Format, Statement, path};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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
    /// SHA-256 of the DER of every certificate of the path, the anchor included.
    pub certificates_sha256: Vec<[u8; 32]>,
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
    /// What this valid statement and its authenticator data show. The path is followed to the
    /// anchors of the claimed model's own entry, and to no others: neither those of another model
    /// nor the roots of web sites prove which model it is.
    pub fn of(
        statement: &Statement,
        auth_data: &AuthenticatorData,
        metadata: Option<&Metadata>,
        now: OffsetDateTime,
    ) -> Self {
        let claimed = auth_data.attested.as_ref().map(|attested| attested.aaguid);
        let leaf = statement.trust_path.first();
        let mut evidence = Self {
            fmt: statement.fmt,
            attestation: statement.attestation_type,
            backup_eligible: auth_data.flags.be(),
            firmware: leaf.and_then(|leaf| leaf.firmware_version().flatten()),
            key_identifier: match statement.fmt {
                Format::FidoU2f => leaf.and_then(KeyIdentifier::of),
                _ => None,
            },
            certificates_sha256: statement
                .trust_path
                .iter()
                .map(|certificate| sha256(&certificate.der))
                .collect(),
            ..Self::none(claimed.unwrap_or_default())
        };
        if leaf.is_some() {
            evidence.chain = Chain::Unverified;
        }
        if let Some(anchor) = evidence.anchor(&statement.trust_path, metadata, now) {
            evidence.chain = Chain::Metadata;
            evidence.certificates_sha256.push(anchor);
        }
        evidence
    }

    /// The hash of the anchor that the path ends in.
    fn anchor(
        &self,
        trust_path: &[Certificate],
        metadata: Option<&Metadata>,
        now: OffsetDateTime,
    ) -> Option<[u8; 32]> {
        let entry = self.entry(metadata)?;
        // A certificate that names a model vouches for no other.
        let named = trust_path.first()?.aaguid();
        if named.is_some_and(|named| named != Some(*self.aaguid.as_bytes())) {
            return None;
        }
        // Whether a root may stand in x5c is for the statement's own rules to say.
        let enforced = Enforced::all().without(Check::RootInX5c.id());
        let anchors = &entry.attestation_root_certificates;
        let anchor = path::verify(trust_path, anchors, now, &enforced).ok()??;
        Some(sha256(&anchor.der))
    }

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

    /// Does its statement name the model by certificate instead of by AAGUID?
    pub(super) fn is_u2f(&self) -> bool {
        self.fmt == Format::FidoU2f
    }
}
