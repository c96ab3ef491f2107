//! What a policy does to every model, as plain data: for a table, a spreadsheet, a page.

pub mod csv;
pub mod html;
pub mod table;

use std::collections::BTreeMap;

use assay_attestation::metadata::{Age, Metadata};
use assay_relying_party::policy::{self, Mode, Outcome, Policy, Reason, Row, Rule};
use serde::Serialize;
use serde_json::{Map, Value};
use time::Date;

/// The whole matrix.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// The policy, canonically.
    pub policy: Map<String, Value>,
    /// `off`, `audit` or `block`.
    pub mode: &'static str,
    /// The day that it was judged on.
    pub day: String,
    /// The issue of the metadata.
    pub mds_no: Option<u64>,
    /// The day on which the next issue is or was due.
    pub mds_next_update: Option<String>,
    /// `fresh`, `stale`, `expired` or `missing`.
    pub mds_age: &'static str,
    /// How many models there are of each verdict.
    pub count: BTreeMap<Verdict, usize>,
    /// What each rule does.
    pub rules: Vec<RuleCount>,
    /// Every model.
    pub models: Vec<Model>,
}

/// What a rule does to the models.
#[derive(Debug, Clone, Serialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static str,
    /// Does the policy ask anything by it?
    pub active: bool,
    /// How many models fail it first.
    pub first: usize,
    /// How many fail it at all.
    pub any: usize,
}

/// One model.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// Its AAGUID, or the identifier of its attestation key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `fido2` or `u2f`; empty where the metadata do not know it.
    pub protocol: String,
    /// The level in force.
    pub level: &'static str,
    /// The statuses in force.
    pub statuses: Vec<&'static str>,
    /// How it keeps its keys.
    pub key_protection: Vec<&'static str>,
    /// The best attestation that it makes.
    pub attestation: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Every rule that it fails, in order, and why.
    pub failures: Vec<Failure>,
}

/// A rule that a model fails.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// The rule.
    pub rule: &'static str,
    /// The word for the reason, as in the audit log.
    pub reason: String,
    /// The reason in a sentence.
    pub why: String,
}

/// What becomes of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is refused.
    Refused,
    /// It is admitted, and recorded as a failure.
    Flagged,
    /// There are no metadata to judge it by: 503.
    Undecided,
    /// It is admitted.
    Admitted,
}

impl Verdict {
    /// Every verdict, the worst first.
    pub const ALL: [Self; 4] = [Self::Refused, Self::Flagged, Self::Undecided, Self::Admitted];

    /// `refused`, `flagged`, `undecided` or `admitted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Flagged => "flagged",
            Self::Undecided => "undecided",
            Self::Admitted => "admitted",
        }
    }
}

impl Matrix {
    /// Judges every model on this day.
    pub fn of(rules: &Policy, metadata: Option<&Metadata>, day: Date) -> Self {
        let rows = policy::matrix(rules, metadata, day);
        let models: Vec<Model> = rows.iter().map(|row| model(row, day)).collect();
        let mut count: BTreeMap<Verdict, usize> = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
        for model in &models {
            *count.entry(model.verdict).or_default() += 1;
        }
        Self {
            policy: rules.to_json(),
            mode: rules.mode.as_str(),
            day: day.to_string(),
            mds_no: metadata.map(|metadata| metadata.no),
            mds_next_update: metadata.map(|metadata| metadata.next_update.to_string()),
            mds_age: Age::of(metadata, day, rules.grace_days).as_str(),
            count,
            rules: Rule::ALL.iter().map(|rule| counted(*rule, rules, &models)).collect(),
            models,
        }
    }

    /// How many models have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.count.get(&verdict).copied().unwrap_or_default()
    }

    /// In a sentence.
    pub fn sentence(&self) -> String {
        let (all, flagged, refused) = (self.models.len(), self.count(Verdict::Flagged), self.count(Verdict::Refused));
        let undecided = self.count(Verdict::Undecided);
        if self.mode == "off" {
            return format!("Nothing is evaluated: all {all} models are admitted.");
        }
        let mut text = match self.mode {
            "audit" => format!("{flagged} of {all} models would fail; in audit mode they are admitted and recorded."),
            _ => format!("{refused} of {all} models are refused."),
        };
        if undecided > 0 {
            text.push_str(&format!(
                " {undecided} cannot be judged: the metadata are {}, and the answer is 503.",
                self.mds_age
            ));
        }
        text
    }
}

impl Model {
    /// The rule that it fails first.
    pub fn failed_rule(&self) -> &'static str {
        self.failures.first().map_or("", |failure| failure.rule)
    }

    /// Every reason, in one line.
    pub fn why(&self) -> String {
        self.failures.iter().map(|failure| failure.why.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// Does it speak of this?
    pub fn mentions(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let words = [&self.id, &self.name, &self.protocol, self.level, self.attestation, self.failed_rule()];
        words.iter().any(|word| word.to_lowercase().contains(&text))
            || self.statuses.iter().chain(&self.key_protection).any(|word| word.to_lowercase().contains(&text))
    }
}

fn model(row: &Row<'_>, day: Date) -> Model {
    let decision = &row.decision;
    let verdict = match (decision.outcome, decision.is_admitted()) {
        (Outcome::Error, _) => Verdict::Undecided,
        (Outcome::Fail, false) => Verdict::Refused,
        (Outcome::Fail, true) => Verdict::Flagged,
        (Outcome::Pass | Outcome::Skipped, _) => Verdict::Admitted,
    };
    let name = row.entry.map_or("(not in the metadata)", |entry| entry.description.as_str());
    Model {
        id: row.id.to_string(),
        name: if name.is_empty() { "(no name)".to_owned() } else { name.to_owned() },
        protocol: row.entry.map(|entry| entry.protocol.clone()).unwrap_or_default(),
        level: decision.level.as_str(),
        statuses: decision.statuses.iter().map(|status| status.as_str()).collect(),
        key_protection: decision.key_protection.iter().map(|kind| kind.as_str()).collect(),
        attestation: row.attestation.name(),
        verdict,
        failures: row
            .failures
            .iter()
            .map(|(rule, reason)| Failure {
                rule: rule.as_str(),
                reason: reason.to_string(),
                why: why(row, *rule, *reason, day),
            })
            .collect(),
    }
}

fn counted(rule: Rule, policy: &Policy, models: &[Model]) -> RuleCount {
    RuleCount {
        rule: rule.as_str(),
        active: policy.mode != Mode::Off
            && match rule {
                Rule::BlockedAaguids => !policy.blocked_aaguids.is_empty(),
                Rule::MdsStatus => policy.denied_statuses.iter().next().is_some(),
                Rule::AllowedAaguids => !policy.allowed_aaguids.is_empty(),
                Rule::BlockSoftwareAuth => policy.block_software_auth,
                Rule::RequireKnownAaguids => policy.require_known_aaguids,
                Rule::MinCertificationLevel => policy.min_certification_level.is_some(),
            },
        first: models.iter().filter(|model| model.failed_rule() == rule.as_str()).count(),
        any: models.iter().filter(|model| model.failures.iter().any(|failure| failure.rule == rule.as_str())).count(),
    }
}

fn why(row: &Row<'_>, rule: Rule, reason: Reason, day: Date) -> String {
    let attestation = row.attestation.name();
    let unproven = match row.entry {
        None => "no metadata vouch for its certificates".to_owned(),
        Some(entry) if entry.protocol == "u2f" => "U2F proves no AAGUID".to_owned(),
        Some(_) => format!("its attestation ({attestation}) does not prove the model"),
    };
    match reason {
        Reason::AaguidBlocked => "listed as blocked".to_owned(),
        Reason::Status(status) => {
            let since = row.entry.and_then(|entry| {
                entry.in_force(day).find(|report| report.status == status).and_then(|report| report.effective_date)
            });
            let since = since.map_or_else(String::new, |date| format!(" since {date}"));
            format!("{status}{since}", status = status.as_str())
        }
        Reason::NotListed => "not listed as allowed".to_owned(),
        Reason::AaguidUnverified if rule == Rule::AllowedAaguids => format!("listed, but {unproven}"),
        Reason::AaguidUnverified => unproven,
        Reason::NoVerifiedAttestation => format!("nothing proves hardware: {unproven}"),
        Reason::KeyProtectionSoftware => "keeps keys in software".to_owned(),
        Reason::KeyProtectionUnknown => "no hardware is stated".to_owned(),
        Reason::BackupEligible => "its keys may be copied".to_owned(),
        Reason::NotInMds => "not in the metadata".to_owned(),
        Reason::BelowMinimum { level, minimum } => format!("level {level}, {minimum} is asked"),
        Reason::MdsStale | Reason::MdsExpired | Reason::MdsMissing => reason.to_string(),
    }
}
