//! Whom the relying party believes about an authenticator's model (WebAuthn L3 7.1 steps 23, 24).

mod vouched;

use std::collections::BTreeMap;

use assay_attestation::metadata::{Entry, KeyIdentifier, Metadata};
use assay_attestation::{Anchors, AttestationType, Cache, Format, Statement, path};
use assay_protocol::aaguid::Aaguid;
use assay_protocol::check::Enforced;
use assay_protocol::cose::alg;
use serde::Serialize;
use time::OffsetDateTime;

pub use self::vouched::Voice;
pub(crate) use self::vouched::Vouched;
use crate::policy;
use crate::rejection::{Check, Rejection};

/// Where trust anchors come from. With none of the three, certificate paths are not judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust<'a> {
    /// Anchors for any model.
    pub anchors: Option<&'a Anchors>,
    /// FIDO's metadata: each model has anchors of its own.
    pub metadata: Option<&'a Metadata>,
    /// Anchors that the operator has bound to single models.
    pub bound: Option<&'a BTreeMap<Aaguid, Anchors>>,
    /// What becomes of those who do not lead to an anchor.
    pub demand: Demand,
    /// What was read and verified before.
    pub cache: Option<&'a Cache>,
}

/// What becomes of attestations that lead to no anchor, or contradict the model's metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Demand {
    /// The registration fails.
    #[default]
    Require,
    /// The evidence says so, and a policy decides.
    Report,
}

/// Where the certificate path ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// There are no certificates.
    Absent,
    /// Nobody was asked.
    NotJudged,
    /// In no acceptable anchor, or not soundly.
    Unverified {
        /// The code of the rule that the path breaks.
        code: &'static str,
    },
    /// In an anchor given for any model.
    Anchor,
    /// In an anchor of this model's metadata entry.
    Metadata,
    /// In an anchor that the operator has bound to this model.
    Bound,
}

impl<'a> Trust<'a> {
    /// Paths are not judged.
    pub fn unjudged() -> Self {
        Self::default()
    }

    /// Every path must end in one of these anchors.
    pub fn anchors(anchors: &'a Anchors) -> Self {
        Self { anchors: Some(anchors), ..Self::default() }
    }

    /// Every path must end in an anchor that the metadata list for its model.
    pub fn metadata(metadata: &'a Metadata) -> Self {
        Self { metadata: Some(metadata), ..Self::default() }
    }

    /// The metadata entry of the claimed model: by the attestation key for U2F, which has no
    /// AAGUID, and by AAGUID for all others.
    fn entry(&self, statement: &Statement, aaguid: &Aaguid) -> Option<&'a Entry> {
        let metadata = self.metadata?;
        match statement.fmt {
            Format::FidoU2f => metadata.by_key_identifier(&KeyIdentifier::of(statement.trust_path.first()?)?),
            _ => metadata.by_aaguid(aaguid),
        }
    }

    /// Follows the path to whichever anchor will do, and gives that anchor's SHA-256 too; the refusal
    /// is that of the last source asked.
    fn judge_path(
        &self,
        statement: &Statement,
        aaguid: &Aaguid,
        now: OffsetDateTime,
        enforced: &Enforced,
    ) -> Result<(Chain, Option<[u8; 32]>), Rejection> {
        if statement.trust_path.is_empty() {
            return Ok((Chain::Absent, None));
        }
        if self.anchors.is_none() && self.bound.is_none() && self.metadata.is_none() {
            return Ok((Chain::NotJudged, None));
        }
        // U2F has no AAGUID that anything could be bound to.
        let has_aaguid = statement.fmt != Format::FidoU2f;
        let bound = self.bound.filter(|_| has_aaguid).and_then(|bound| bound.get(aaguid));
        let entry = self.entry(statement, aaguid);
        let entry = entry.map(|entry| &entry.attestation_root_certificates);
        let nothing = Anchors::default();
        let sources = match (self.anchors, bound, entry) {
            (None, None, None) => [None, None, Some((&nothing, Chain::Anchor))],
            (anchors, bound, entry) => [
                anchors.map(|anchors| (anchors, Chain::Anchor)),
                bound.map(|anchors| (anchors, Chain::Bound)),
                entry.map(|anchors| (anchors, Chain::Metadata)),
            ],
        };
        let mut verdict = Ok(UNTRUSTED);
        for (anchors, chain) in sources.into_iter().flatten() {
            let verified = match self.cache {
                Some(cache) => cache.verify(&statement.trust_path, anchors, now, enforced),
                None => path::verify(&statement.trust_path, anchors, now, enforced).map(Option::<&_>::cloned),
            };
            match verified {
                Ok(Some(anchor)) => return Ok((chain, Some(anchor.fingerprint()))),
                Ok(None) => {}
                Err(rejection) => verdict = Err(rejection),
            }
        }
        match (verdict, self.demand) {
            (Err(rejection), Demand::Require) => Err(rejection.into()),
            (Err(rejection), Demand::Report) => Ok((Chain::Unverified { code: rejection.code() }, None)),
            (Ok(chain), _) => Ok((chain, None)),
        }
    }

    /// Compares a registration with what its model's metadata say.
    fn judge_model(
        &self,
        statement: &Statement,
        aaguid: &Aaguid,
        credential_algorithm: i64,
        enforced: &Enforced,
    ) -> Result<(), Rejection> {
        let Some(entry) = self.entry(statement, aaguid).filter(|_| self.demand == Demand::Require) else {
            return Ok(());
        };
        let types: &[&str] = match statement.attestation_type {
            AttestationType::None => return Ok(()),
            AttestationType::SelfAttestation => &["basic_surrogate"],
            AttestationType::Basic | AttestationType::AttCa => &["basic_full", "attca"],
            AttestationType::AnonCa => &["anonca"],
        };
        let listed = &entry.attestation_types;
        if !listed.is_empty() && !listed.iter().any(|listed| types.contains(&listed.as_str())) {
            Check::MetadataAttestationType
                .refuse(enforced, format!("{} attestation, the model makes {listed:?}", statement.attestation_type))?;
        }
        let listed = &entry.authentication_algorithms;
        if !listed.is_empty() && !listed.iter().any(|name| alg::of_registry(name) == Some(credential_algorithm)) {
            Check::MetadataAlgorithm
                .refuse(enforced, format!("COSE algorithm {credential_algorithm}, the model makes {listed:?}"))?;
        }
        Ok(())
    }
}

const UNTRUSTED: Chain = Chain::Unverified { code: assay_attestation::Check::PathUntrusted.id() };

impl Chain {
    /// Does it end in an anchor?
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Anchor | Self::Metadata | Self::Bound)
    }

    /// The same in the policy engine's terms, where only an anchor of the very model counts.
    pub fn for_policy(&self) -> policy::Chain {
        match self {
            Self::Absent => policy::Chain::Absent,
            Self::NotJudged | Self::Unverified { .. } | Self::Anchor => policy::Chain::Unverified,
            Self::Metadata => policy::Chain::Metadata,
            Self::Bound => policy::Chain::Tenant,
        }
    }
}

#[cfg(test)]
mod tests;
