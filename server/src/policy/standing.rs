//! How an enrolled credential stands: the verdict on it, and what is reported of its model.

use assay_relying_party::policy::{Decision, Evidence, Mode, Outcome, Policy, Rule};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::{Current, evaluate_by};
use crate::state::AppState;

/// What one look at a credential has found. Kept beside it, so that the next look can tell a
/// change from what is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// `pass` or `fail`; `skipped` where the tenant has no policy in force.
    outcome: String,
    /// Every rule that it fails.
    failed_rules: Vec<String>,
    /// What is reported of its model, for whatever firmware.
    statuses: Vec<String>,
    /// Is one of them in force against this very authenticator, and denied?
    compromised: bool,
}

/// Whether the risk of letting a credential sign in has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Risk {
    Raised,
    Unchanged,
    Lowered,
}

impl Standing {
    /// How it stands by a decision that has just been made.
    pub(crate) fn of(state: &AppState, current: &Current, evidence: &Evidence, decision: &Decision) -> Self {
        Self::as_of(state, current, evidence, decision, state.now())
    }

    pub(super) fn as_of(
        state: &AppState,
        current: &Current,
        evidence: &Evidence,
        decision: &Decision,
        now: OffsetDateTime,
    ) -> Self {
        let compromised = match current.rules.mode {
            // No rule is asked, but a stolen key is told of all the same.
            Mode::Off => {
                let denials = evaluate_by(state, &Policy::new(Mode::Audit), evidence, now);
                denials.failed_rules.contains(&Rule::MdsStatus)
            }
            Mode::Audit | Mode::Block => decision.failed_rules.contains(&Rule::MdsStatus),
        };
        Self {
            outcome: decision.outcome.as_str().to_owned(),
            failed_rules: decision.failed_rules.iter().map(ToString::to_string).collect(),
            statuses: decision.statuses.iter().map(|status| status.as_str().to_owned()).collect(),
            compromised,
        }
    }

    /// As it is kept.
    pub(crate) fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Does it rest on metadata?
    pub(super) fn knows_statuses(&self) -> bool {
        !self.statuses.is_empty()
    }

    /// Is anything wrong with it?
    pub(super) fn is_clean(&self) -> bool {
        !self.compromised && self.outcome != Outcome::Fail.as_str()
    }

    /// What has become of the risk since `before`.
    pub(super) fn risk_since(&self, before: Option<&Self>) -> Risk {
        let danger = |standing: &Self| (standing.compromised, standing.failed_rules.len());
        match danger(self).cmp(&before.map_or((false, 0), danger)) {
            std::cmp::Ordering::Greater => Risk::Raised,
            std::cmp::Ordering::Equal => Risk::Unchanged,
            std::cmp::Ordering::Less => Risk::Lowered,
        }
    }
}

impl Risk {
    /// `raised`, `unchanged` or `lowered`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Unchanged => "unchanged",
            Self::Lowered => "lowered",
        }
    }
}
