//! The evaluation.

use assay_attestation::metadata::{Age, Entry, KeyProtection, Level, Metadata};
use time::Date;

use super::decision::METADATA_UNAVAILABLE;
use super::denial::denied_status;
use super::{Decision, Evidence, Mode, Outcome, Policy, Reason, Rule};

/// Judges an authenticator. In audit mode everything is admitted, and judged by what metadata
/// there are; in block mode metadata that are expired or missing end in a 503 wherever a rule
/// would have to rely on them: that is no verdict, the caller stores nothing and may retry.
pub fn evaluate(policy: &Policy, evidence: &Evidence, metadata: Option<&Metadata>, today: Date) -> Decision {
    let facts = Facts::gather(policy, evidence, metadata, today);
    let mut decision = facts.skipped(metadata, today);
    let mut failures = Failures::default();
    match policy.mode {
        Mode::Off => return decision,
        Mode::Block if facts.metadata_wanting() => {
            facts.judge_without_metadata(&mut failures);
            if failures.first.is_none() {
                return Decision {
                    outcome: Outcome::Error,
                    reason: Some(match facts.age {
                        Age::Missing => Reason::MdsMissing,
                        _ => Reason::MdsExpired,
                    }),
                    code: Some(METADATA_UNAVAILABLE),
                    http: 503,
                    ..decision
                };
            }
        }
        Mode::Audit | Mode::Block => facts.judge(today, &mut failures),
    }
    decision.failed_rules = failures.rules;
    match failures.first {
        None => {
            decision.outcome = Outcome::Pass;
            decision.reason = match facts.age {
                Age::Stale { .. } => Some(Reason::MdsStale),
                _ => None,
            };
        }
        Some((rule, reason)) => {
            decision.outcome = Outcome::Fail;
            decision.failed_rule = Some(rule);
            decision.reason = Some(reason);
            if policy.mode == Mode::Block {
                decision.code = Some(rule.code());
                decision.http = 403;
            }
        }
    }
    decision
}

#[derive(Default)]
struct Failures {
    first: Option<(Rule, Reason)>,
    rules: Vec<Rule>,
}

impl Failures {
    fn push(&mut self, rule: Rule, reason: Option<Reason>) {
        let Some(reason) = reason else { return };
        self.first.get_or_insert((rule, reason));
        self.rules.push(rule);
    }
}

struct Facts<'a> {
    policy: &'a Policy,
    evidence: &'a Evidence,
    entry: Option<&'a Entry>,
    age: Age,
    verified: bool,
    firmware: Option<u64>,
    level: Level,
}

impl<'a> Facts<'a> {
    fn gather(policy: &'a Policy, evidence: &'a Evidence, metadata: Option<&'a Metadata>, today: Date) -> Self {
        let entry = evidence.entry(metadata);
        let verified = evidence.is_verified(entry);
        // A firmware that nothing proves is none that could clear a compromise.
        let firmware = evidence.firmware.filter(|_| verified);
        let level = match entry {
            Some(entry) if verified => entry.level(today, firmware),
            _ => Level::None,
        };
        Self { policy, evidence, entry, age: Age::of(metadata, today, policy.grace_days), verified, firmware, level }
    }

    /// The decision where nothing is evaluated: the facts alone.
    fn skipped(&self, metadata: Option<&Metadata>, today: Date) -> Decision {
        let entry = self.entry;
        Decision {
            outcome: Outcome::Skipped,
            failed_rule: None,
            failed_rules: Vec::new(),
            reason: None,
            chain_verified: self.verified,
            level: self.level,
            statuses: entry.map_or_else(Default::default, |entry| entry.statuses(today)),
            key_protection: entry.map_or_else(Default::default, |entry| entry.key_protection),
            firmware_unknown: self.firmware.is_none()
                && entry
                    .is_some_and(|entry| entry.in_force(today).any(|report| report.authenticator_version.is_some())),
            mds_no: metadata.map(|metadata| metadata.no),
            mds_next_update: metadata.map(|metadata| metadata.next_update),
            mds_stale: self.age.is_overdue(),
            code: None,
            http: 201,
        }
    }

    /// Would a verdict rely on metadata that are expired or missing? Rules 4 to 6 always do; rule 3
    /// does where only the path's end is in doubt, since the anchors come from there.
    fn metadata_wanting(&self) -> bool {
        let proof_wanting = self.not_allowed() == Some(Reason::AaguidUnverified) && self.evidence.has_certificates();
        !self.age.is_usable() && (self.policy.needs_metadata() || proof_wanting)
    }

    /// The lists answer by the claim alone.
    fn judge_without_metadata(&self, failures: &mut Failures) {
        failures.push(Rule::BlockedAaguids, self.blocked());
        let not_listed = self.not_allowed().filter(|reason| *reason == Reason::NotListed);
        failures.push(Rule::AllowedAaguids, not_listed);
    }

    fn judge(&self, today: Date, failures: &mut Failures) {
        failures.push(Rule::BlockedAaguids, self.blocked());
        failures.push(Rule::MdsStatus, self.denied(today));
        failures.push(Rule::AllowedAaguids, self.not_allowed());
        failures.push(Rule::BlockSoftwareAuth, self.not_hardware());
        failures.push(Rule::RequireKnownAaguids, self.not_known());
        failures.push(Rule::MinCertificationLevel, self.below_minimum());
    }

    fn blocked(&self) -> Option<Reason> {
        self.policy.blocked_aaguids.contains(&self.evidence.aaguid).then_some(Reason::AaguidBlocked)
    }

    fn denied(&self, today: Date) -> Option<Reason> {
        denied_status(self.entry?, self.policy.denied_statuses, self.firmware, self.evidence, today).map(Reason::Status)
    }

    fn not_allowed(&self) -> Option<Reason> {
        let allowed = &self.policy.allowed_aaguids;
        if allowed.is_empty() {
            None
        } else if !allowed.contains(&self.evidence.aaguid) {
            Some(Reason::NotListed)
        } else if !self.verified || self.evidence.is_u2f() {
            // A U2F path proves a key identifier, and no AAGUID.
            Some(Reason::AaguidUnverified)
        } else {
            None
        }
    }

    fn not_hardware(&self) -> Option<Reason> {
        if !self.policy.block_software_auth {
            return None;
        }
        if !self.verified {
            return Some(Reason::NoVerifiedAttestation);
        }
        let protection = self.entry.map_or_else(Default::default, |entry| entry.key_protection);
        let hardware = [KeyProtection::Hardware, KeyProtection::SecureElement, KeyProtection::Tee];
        if protection.has(KeyProtection::Software) {
            Some(Reason::KeyProtectionSoftware)
        } else if !hardware.into_iter().any(|kind| protection.has(kind)) {
            Some(Reason::KeyProtectionUnknown)
        } else if self.evidence.backup_eligible {
            Some(Reason::BackupEligible)
        } else {
            None
        }
    }

    fn not_known(&self) -> Option<Reason> {
        if !self.policy.require_known_aaguids {
            None
        } else if self.entry.is_none() {
            Some(Reason::NotInMds)
        } else if !self.verified {
            Some(Reason::AaguidUnverified)
        } else {
            None
        }
    }

    fn below_minimum(&self) -> Option<Reason> {
        let minimum = self.policy.min_certification_level?;
        let counted = match self.level {
            Level::Functional if self.policy.functional_counts_as_l1 => Level::L1,
            level => level,
        };
        (counted < minimum).then_some(Reason::BelowMinimum { level: self.level, minimum })
    }
}
