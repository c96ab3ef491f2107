//! The metadata's state, as JSON and as metrics.

use std::fmt::Write as _;
use std::sync::Arc;

use assay_attestation::metadata::{Age, Metadata, day};
use assay_relying_party::policy::Policy;
use serde_json::{Value, json};

use super::Outcome;
use super::shelf::Held;
use crate::state::AppState;
use crate::timestamp::rfc3339;

/// Every source's state, in order of precedence.
pub(crate) fn describe(state: &AppState) -> Value {
    let today = day(state.now());
    let sources: Vec<Value> = states(state)
        .map(|(name, kind, held)| {
            let metadata = held.metadata.as_deref();
            let refused = match &held.last {
                Some(Outcome::Refused(rejection)) => {
                    Some(json!({ "code": rejection.code(), "clause": rejection.clause() }))
                }
                Some(outcome @ Outcome::Unreachable { .. }) => Some(json!({ "code": outcome.as_str() })),
                _ => None,
            };
            json!({
                "source": name,
                "kind": kind,
                "no": metadata.map(|metadata| metadata.no),
                "next_update": metadata.map(|metadata| metadata.next_update.to_string()),
                "age": Age::of(metadata, today, Policy::GRACE_DAYS).as_str(),
                "age_days": metadata.map(|metadata| age_days(metadata, state)),
                "entries": metadata.map(|metadata| metadata.entries().len()),
                "rejected": metadata.map(Metadata::entries_rejected),
                "parts_skipped": metadata.map(|metadata| metadata.skipped.len() - metadata.entries_rejected()),
                "revocation_unknown": metadata.map(|metadata| &metadata.revocation_unknown),
                "legal_header": metadata.map(|metadata| &metadata.legal_header),
                "loaded_at": held.loaded_at.map(rfc3339),
                "from_copy": held.from_copy,
                "checked_at": held.checked_at.map(rfc3339),
                "last_outcome": held.last.as_ref().map(Outcome::as_str),
                "last_error": refused,
                "refused": held.refused,
            })
        })
        .collect();
    json!({ "sources": sources })
}

/// The same for Prometheus, in its text format 0.0.4.
pub(crate) fn prometheus(state: &AppState) -> String {
    type Read = fn(&AppState, &Held) -> Option<i64>;
    let metrics: [(&str, &str, &str, Read); 6] = [
        ("mds_no", "gauge", "Serial number of the metadata in use.", |_, held| {
            i64::try_from(held.metadata.as_ref()?.no).ok()
        }),
        ("mds_age_days", "gauge", "Days past the promised day of the next issue; 0 until then.", |state, held| {
            Some(age_days(held.metadata.as_deref()?, state))
        }),
        ("mds_entries", "gauge", "Models that could be read.", |_, held| {
            i64::try_from(held.metadata.as_ref()?.entries().len()).ok()
        }),
        ("mds_entries_rejected", "gauge", "Entries that were left out as a whole.", |_, held| {
            i64::try_from(held.metadata.as_ref()?.entries_rejected()).ok()
        }),
        ("mds_refused_total", "counter", "Issues that were refused.", |_, held| i64::try_from(held.refused).ok()),
        ("mds_checked_timestamp_seconds", "gauge", "When the source was last asked.", |_, held| {
            Some(held.checked_at?.unix_timestamp())
        }),
    ];
    let states: Vec<_> = states(state).collect();
    let mut text = String::new();
    for (name, kind, help, read) in metrics {
        // To a string nothing can fail to be written.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (source, _, held) in &states {
            if let Some(value) = read(state, held) {
                let _ = writeln!(text, "{name}{{source=\"{}\"}} {value}", escaped(source));
            }
        }
    }
    text
}

/// The issues that were given ready-made, and the shelves.
fn states(state: &AppState) -> impl Iterator<Item = (String, &'static str, Held)> {
    let ready = state.config().metadata.iter().enumerate().map(|(at, metadata)| {
        let held = Held { metadata: Some(Arc::new(metadata.clone())), ..Held::default() };
        (format!("config-{}", at + 1), "config", held)
    });
    let shelves = state.shelves().iter().map(|shelf| {
        let source = shelf.source();
        (source.name.clone(), source.origin.kind(), shelf.held())
    });
    ready.chain(shelves)
}

fn age_days(metadata: &Metadata, state: &AppState) -> i64 {
    (day(state.now()) - metadata.next_update).whole_days().max(0)
}

/// A label's value: backslash, quote and line end are escaped.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
