//! What a policy does to every model that the metadata know, and to those that it names itself.

use assay_attestation::metadata::{Entry, Level, Metadata, ModelId};
use assay_attestation::{AttestationType, Format};
use assay_protocol::aaguid::Aaguid;
use time::Date;

use super::{AaguidList, Chain, Decision, Evidence, Mode, Policy, Reason, Rule, evaluate};

/// One model before the policy.
#[derive(Debug, Clone)]
pub struct Row<'m> {
    /// What the model is known by.
    pub id: ModelId,
    /// What the metadata say about it; `None` for a model that only the policy names.
    pub entry: Option<&'m Entry>,
    /// The best attestation that the model makes.
    pub attestation: AttestationType,
    /// The verdict on a good specimen, whose path ends where it should.
    pub decision: Decision,
    /// Every rule that it fails and why, in order.
    pub failures: Vec<(Rule, Reason)>,
}

/// Judges a good specimen of every model: in the order of the metadata, then the models that the
/// policy lists and the metadata do not know. UAF models are left out: no WebAuthn ceremony meets
/// them.
pub fn matrix<'m>(policy: &Policy, metadata: Option<&'m Metadata>, today: Date) -> Vec<Row<'m>> {
    let entries = metadata.map(Metadata::entries).unwrap_or_default();
    let known = entries.iter().filter_map(|entry| Some((Some(entry), specimen(entry)?)));
    let listed = policy.allowed_aaguids.iter().chain(policy.blocked_aaguids.iter());
    let mut strangers: Vec<Aaguid> = Vec::new();
    for aaguid in listed.filter(|aaguid| metadata.and_then(|metadata| metadata.by_aaguid(aaguid)).is_none()) {
        if !strangers.contains(aaguid) {
            strangers.push(*aaguid);
        }
    }
    let strangers = strangers.into_iter().map(|aaguid| (None, stranger(aaguid)));
    known
        .chain(strangers)
        .map(|(entry, evidence)| Row {
            id: entry.map_or(ModelId::Aaguid(evidence.aaguid), |entry| entry.id.clone()),
            entry,
            attestation: evidence.attestation,
            decision: evaluate(policy, &evidence, metadata, today),
            failures: failures(policy, &evidence, metadata, today),
        })
        .collect()
}

/// Each rule on its own: a decision keeps the reason of the first failure only.
fn failures(policy: &Policy, evidence: &Evidence, metadata: Option<&Metadata>, today: Date) -> Vec<(Rule, Reason)> {
    let all = evaluate(&Policy { mode: Mode::Audit, ..policy.clone() }, evidence, metadata, today).failed_rules;
    all.into_iter()
        .filter_map(|rule| Some((rule, evaluate(&policy.only(rule), evidence, metadata, today).reason?)))
        .collect()
}

impl Policy {
    /// The same policy with one rule left, in audit mode: which needs no metadata to be fresh.
    fn only(&self, rule: Rule) -> Self {
        let is = |other| rule == other;
        let list = |other, list: &AaguidList| if is(other) { list.clone() } else { AaguidList::default() };
        Self {
            mode: Mode::Audit,
            blocked_aaguids: list(Rule::BlockedAaguids, &self.blocked_aaguids),
            allowed_aaguids: list(Rule::AllowedAaguids, &self.allowed_aaguids),
            block_software_auth: is(Rule::BlockSoftwareAuth) && self.block_software_auth,
            require_known_aaguids: is(Rule::RequireKnownAaguids) && self.require_known_aaguids,
            min_certification_level: self.min_certification_level.filter(|_: &Level| is(Rule::MinCertificationLevel)),
            denied_statuses: if is(Rule::MdsStatus) { self.denied_statuses } else { Default::default() },
            ..self.clone()
        }
    }
}

/// The best that a model can show. A model that attests with nothing but the credential's own key,
/// or not at all, never proves what it is.
fn specimen(entry: &Entry) -> Option<Evidence> {
    let makes = |kind: &str| entry.attestation_types.iter().any(|made| made == kind);
    let attestation = if makes("basic_full") || entry.attestation_types.is_empty() {
        AttestationType::Basic
    } else if makes("attca") {
        AttestationType::AttCa
    } else if makes("anonca") {
        AttestationType::AnonCa
    } else if makes("basic_surrogate") {
        AttestationType::SelfAttestation
    } else {
        AttestationType::None
    };
    let (aaguid, key_identifier, fmt) = match &entry.id {
        ModelId::Aaguid(aaguid) => (*aaguid, None, Format::Packed),
        ModelId::KeyIdentifier(identifier) => (Aaguid::ZERO, Some(*identifier), Format::FidoU2f),
        ModelId::Aaid(_) => return None,
    };
    let (fmt, chain) = match attestation {
        AttestationType::None => (Format::None, Chain::Absent),
        AttestationType::SelfAttestation => (fmt, Chain::Absent),
        _ => (fmt, Chain::Metadata),
    };
    Some(Evidence { fmt, attestation, chain, key_identifier, ..Evidence::none(aaguid) })
}

/// A model that is not in the metadata: it may attest, nothing vouches for it. The zero AAGUID
/// stands for those that do not attest at all.
fn stranger(aaguid: Aaguid) -> Evidence {
    if aaguid.is_zero() {
        return Evidence::none(aaguid);
    }
    Evidence {
        fmt: Format::Packed,
        attestation: AttestationType::Basic,
        chain: Chain::Unverified,
        ..Evidence::none(aaguid)
    }
}
