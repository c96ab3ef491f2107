//! Verdicts without a registration: for dashboards, reports and the daily second look.

use assay_attestation::metadata::Metadata;
use assay_attestation::{AttestationType, Format};
use assay_protocol::aaguid::Aaguid;
use serde_json::{Value, json};
use time::Date;

use super::{Chain, Decision, Evidence, Outcome, Policy, Rule, evaluate};

/// Whom the question is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A credential that the user has: what its registration has shown.
    Credential(&'a Evidence),
    /// A model: a good specimen, whose path is taken to be verified.
    Model(Aaguid),
    /// Any authenticator that tells nothing.
    NoAttestation,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdHoc {
    /// The verdict. Its `http` and `code` are those of a registration.
    pub decision: Decision,
    /// What it was reached by.
    pub basis: Basis,
}

/// What a verdict was reached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// A registration's evidence.
    Credential,
    /// The model's metadata.
    Model,
}

/// Judges by the same rules as a registration.
pub fn evaluate_ad_hoc(policy: &Policy, subject: &Subject<'_>, metadata: Option<&Metadata>, today: Date) -> AdHoc {
    let specimen = match subject {
        Subject::Credential(evidence) => {
            return AdHoc { decision: evaluate(policy, evidence, metadata, today), basis: Basis::Credential };
        }
        Subject::Model(aaguid) if !aaguid.is_zero() => Evidence {
            fmt: Format::Packed,
            attestation: AttestationType::Basic,
            chain: Chain::Metadata,
            ..Evidence::none(*aaguid)
        },
        Subject::Model(_) | Subject::NoAttestation => Evidence::none(Aaguid::ZERO),
    };
    AdHoc { decision: evaluate(policy, &specimen, metadata, today), basis: Basis::Model }
}

impl AdHoc {
    /// Would it be in order, whatever the mode? Without a policy everything is.
    pub fn passed(&self) -> bool {
        matches!(self.decision.outcome, Outcome::Pass | Outcome::Skipped)
    }

    /// 200 for every verdict; 503 where there is none.
    pub fn http(&self) -> u16 {
        match self.decision.outcome {
            Outcome::Error => self.decision.http,
            _ => 200,
        }
    }

    /// The members of the answer.
    pub fn to_json(&self) -> Value {
        let decision = &self.decision;
        json!({
            "passed": self.passed(),
            "failed_rule": decision.failed_rule.map(Rule::as_str),
            "failed_rules": decision.failed_rules.iter().map(|rule| rule.as_str()).collect::<Vec<_>>(),
            "level": decision.level.as_str(),
            "basis": self.basis.as_str(),
            "mds_no": decision.mds_no,
            "mds_stale": decision.mds_stale,
        })
    }
}

impl Basis {
    /// `credential` or `model`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Model => "model",
        }
    }
}
