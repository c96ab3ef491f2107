//! Rule 2: a denied status in force.

use assay_attestation::metadata::{Entry, Status, StatusReport, Statuses};
use time::Date;

use super::Evidence;

/// The first denied status that holds for this firmware and these certificates. An unknown
/// firmware is held to be affected.
pub(super) fn denied_status(
    entry: &Entry,
    denied: Statuses,
    firmware: Option<u64>,
    evidence: &Evidence,
    today: Date,
) -> Option<Status> {
    entry
        .in_force(today)
        .filter(|report| denied.has(report.status))
        .filter(|report| match report.status {
            // Nothing clears these two.
            Status::Revoked | Status::Retired => true,
            // A batch's stolen key says nothing of the other batches.
            Status::AttestationKeyCompromise => {
                report.certificate_sha256.is_none_or(|certificate| evidence.has_certificate(&certificate))
            }
            _ => true,
        })
        .find(|report| {
            matches!(report.status, Status::Revoked | Status::Retired) || affects(report, entry, firmware, today)
        })
        .map(|report| report.status)
}

/// Is this firmware affected by the compromise? The version reported is the last one known to be
/// affected, unless a later fix is of a higher one: then all below the fix are.
fn affects(compromise: &StatusReport, entry: &Entry, firmware: Option<u64>, today: Date) -> bool {
    let Some(firmware) = firmware else {
        return true;
    };
    let mut below_a_fix = false;
    for report in entry.in_force(today) {
        match report.authenticator_version {
            Some(fixed) if fixes(report, compromise) => {
                if firmware >= fixed {
                    return false;
                }
                below_a_fix = true;
            }
            _ => {}
        }
    }
    below_a_fix || compromise.authenticator_version.is_none_or(|affected| firmware <= affected)
}

/// Does the report come after the compromise, and tell of better firmware? Where either has no
/// date nothing tells which came first, and nothing is cleared.
fn fixes(report: &StatusReport, compromise: &StatusReport) -> bool {
    let (Some(date), Some(since)) = (report.effective_date, compromise.effective_date) else {
        return false;
    };
    match report.status {
        // Vendors tell of the fault and of its remedy on the same day.
        Status::UpdateAvailable => date >= since,
        status => status.level().is_some() && date > since,
    }
}
