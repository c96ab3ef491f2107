//! What a policy would do to those who have enrolled, before it is set.

use std::collections::BTreeMap;

use assay_protocol::aaguid::Aaguid;
use assay_relying_party::policy::{Outcome, Policy, Rule};
use serde_json::{Value, json};

use super::{evaluate_by, evidence_of, share};
use crate::error::Error;
use crate::state::AppState;

/// The count.
#[derive(Debug, Default)]
struct Count {
    credentials: u64,
    would_fail: u64,
    /// Those whose metadata are missing or too old: there is no verdict on them.
    undecided: u64,
    rules: BTreeMap<Rule, [u64; 2]>,
    models: BTreeMap<Aaguid, [u64; 2]>,
}

/// Judges every enrolled credential of a tenant by a policy that nobody has set yet.
pub(crate) fn dry_run(state: &AppState, tenant_id: &str, rules: &Policy) -> Result<Value, Error> {
    let now = state.now();
    let mut count = Count::default();
    let mut after = 0;
    loop {
        let page = state.store().credentials(tenant_id, None, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for credential in &page {
            let evidence = evidence_of(credential)?;
            let decision = evaluate_by(state, rules, &evidence, now);
            count.credentials += 1;
            let [enrolled, failing] = count.models.entry(credential.aaguid).or_default();
            *enrolled += 1;
            match decision.outcome {
                Outcome::Error => count.undecided += 1,
                Outcome::Fail => {
                    count.would_fail += 1;
                    *failing += 1;
                }
                Outcome::Pass | Outcome::Skipped => {}
            }
            for rule in &decision.failed_rules {
                let [first, any] = count.rules.entry(*rule).or_default();
                *any += 1;
                if decision.failed_rule == Some(*rule) {
                    *first += 1;
                }
            }
        }
    }
    Ok(count.to_json())
}

impl Count {
    /// The share of those who would fail, by the rule that fails first and by every rule: the first
    /// say why, the others what remains when that one is relaxed.
    fn to_json(&self) -> Value {
        let by_rule = Rule::ALL.iter().map(|rule| {
            let [first, any] = self.rules.get(rule).copied().unwrap_or_default();
            let counted = json!({ "first": first, "any": any, "share": share(first, self.credentials) });
            (rule.as_str().to_owned(), counted)
        });
        let by_model = self.models.iter().filter(|(_, [_, failing])| *failing > 0).map(
            |(aaguid, [enrolled, failing])| json!({ "aaguid": aaguid, "credentials": enrolled, "would_fail": failing }),
        );
        json!({
            "credentials": self.credentials,
            "would_fail": self.would_fail,
            "share": share(self.would_fail, self.credentials),
            "undecided": self.undecided,
            "by_rule": by_rule.collect::<serde_json::Map<_, _>>(),
            "by_model": by_model.collect::<Vec<_>>(),
        })
    }
}

/// How many credentials are judged between two questions to the store.
const PAGE: u32 = 500;
