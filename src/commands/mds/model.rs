//! A model in a few words.

use assay_attestation::Certificate;
use assay_attestation::metadata::{Entry, KeyProtection, Status};
use serde_json::{Value, json};
use time::Date;

/// What is said of a model on a day, short enough for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) protocol: String,
    pub(super) level: &'static str,
    pub(super) statuses: Vec<String>,
    pub(super) key_protection: Vec<&'static str>,
    pub(super) attestation: Vec<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) name: String,
}

impl Facts {
    pub(super) fn of(entry: &Entry, today: Date) -> Self {
        let mut statuses: Vec<String> = entry.statuses(today).iter().filter(known).map(word).collect();
        // Words that we do not know are shown as they stand.
        let strange = entry.in_force(today).filter(|report| report.status == Status::Unknown);
        for report in strange {
            if !statuses.contains(&report.word) {
                statuses.push(report.word.clone());
            }
        }
        // A root issued again, for the same name and key, is the same root.
        let identity = |root: &Certificate| [root.subject.as_slice(), &root.key.info].concat();
        let mut roots: Vec<_> = entry.attestation_root_certificates.iter().map(identity).collect();
        roots.sort_unstable();
        Self {
            id: entry.id.to_string(),
            protocol: entry.protocol.clone(),
            level: entry.level(today, None).as_str(),
            statuses,
            key_protection: entry.key_protection.iter().map(KeyProtection::as_str).collect(),
            attestation: entry.attestation_types.clone(),
            roots,
            name: entry.description.clone(),
        }
    }

    /// Does one of its words have this text in it, whatever its case?
    pub(super) fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let words = [&self.id, &self.protocol, &self.name].into_iter().map(String::as_str);
        let words = words.chain([self.level]).chain(self.key_protection.iter().copied());
        let mut words = words.chain(self.statuses.iter().chain(&self.attestation).map(String::as_str));
        words.any(|word| word.to_lowercase().contains(&text))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "protocol": self.protocol,
            "level": self.level,
            "statuses": self.statuses,
            "key_protection": self.key_protection,
            "attestation_types": self.attestation,
            "roots": self.roots.len(),
            "description": self.name,
        })
    }
}

fn known(status: &Status) -> bool {
    *status != Status::Unknown
}

fn word(status: Status) -> String {
    status.as_str().to_owned()
}

/// A vendor's text, without what a terminal would obey.
pub(in crate::commands) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
