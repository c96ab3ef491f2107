//! The payload of a BLOB: strict about the issue, tolerant about its entries.

use std::collections::{HashMap, hash_map};

use assay_protocol::{aaguid::Aaguid, digest::sha256};
use serde_json::{Map, Value};

use super::{
    Entry, EntryReason, KeyIdentifier, KeyProtections, Metadata, ModelId, Reason, Rejection, Skipped, Status,
    StatusReport, fields,
};
use crate::certificate::Certificate;
use crate::path::Anchors;

pub(super) fn read(payload: &[u8], previous_no: Option<u64>) -> Result<Metadata, Rejection> {
    let payload: Value =
        serde_json::from_slice(payload).map_err(|error| Rejection::new(Reason::Payload, error.to_string()))?;
    let Value::Object(mut payload) = payload else {
        return Err(Rejection::new(Reason::Payload, "not an object"));
    };
    let legal_header = fields::text(&payload, "legalHeader");
    if legal_header.trim().is_empty() {
        return Err(Rejection::new(Reason::LegalHeader, "no legalHeader: the terms of use are unknown"));
    }
    let Some(no) = payload.get("no").and_then(Value::as_u64) else {
        return Err(Rejection::new(Reason::No, "no is not a whole number"));
    };
    if let Some(previous) = previous_no
        && no <= previous
    {
        return Err(Rejection::new(Reason::NoNotIncreased, format!("issue {no} is not above {previous}")));
    }
    let next_update = fields::text(&payload, "nextUpdate");
    let Some(next_update) = fields::date(&next_update) else {
        return Err(Rejection::new(Reason::NextUpdate, format!("nextUpdate is {next_update:?}, which is no day")));
    };
    let Some(Value::Array(entries)) = payload.remove("entries") else {
        return Err(Rejection::new(Reason::Entries, "entries is not an array"));
    };

    let mut metadata = Metadata {
        no,
        next_update,
        legal_header,
        skipped: Vec::new(),
        revocation_unknown: Vec::new(),
        entries: Vec::new(),
        by_aaguid: HashMap::new(),
        by_key_identifier: HashMap::new(),
    };
    for (at, entry) in entries.into_iter().enumerate() {
        let mut reader = EntryReader { at: format!("entries[{at}]"), skipped: &mut metadata.skipped };
        if let Ok(entry) = reader.entry(entry) {
            metadata.insert(entry, &format!("entries[{at}]"));
        }
    }
    Ok(metadata)
}

impl Metadata {
    fn insert(&mut self, entry: Entry, at: &str) {
        let index = self.entries.len();
        let mut fresh = matches!(entry.id, ModelId::Aaid(_));
        if let ModelId::Aaguid(aaguid) = &entry.id
            && let hash_map::Entry::Vacant(vacant) = self.by_aaguid.entry(*aaguid)
        {
            vacant.insert(index);
            fresh = true;
        }
        for identifier in &entry.key_identifiers {
            if let hash_map::Entry::Vacant(vacant) = self.by_key_identifier.entry(*identifier) {
                vacant.insert(index);
                fresh = true;
            }
        }
        if fresh {
            self.entries.push(entry);
        } else {
            self.skipped.push(Skipped {
                at: at.to_owned(),
                reason: EntryReason::Duplicate,
                detail: format!("{} stands above already", entry.id),
            });
        }
    }
}

/// The entry is left out, and it stands in the list why.
struct Dropped;

struct EntryReader<'a> {
    at: String,
    skipped: &'a mut Vec<Skipped>,
}

impl EntryReader<'_> {
    fn entry(&mut self, entry: Value) -> Result<Entry, Dropped> {
        let Value::Object(raw) = entry else {
            return Err(self.drop_entry(EntryReason::NotAnObject, "not an object"));
        };
        let key_identifiers = self.key_identifiers(&raw)?;
        let id = self.id(&raw, &key_identifiers)?;
        let status_reports = self.status_reports(&raw)?;
        let none = Map::new();
        let statement = match raw.get("metadataStatement") {
            Some(Value::Object(statement)) => statement,
            None => &none,
            Some(_) => {
                return Err(self.drop_entry(EntryReason::Statement, "not an object"));
            }
        };
        let mut key_protection = KeyProtections::default();
        for word in fields::texts(statement, "keyProtection") {
            key_protection.insert_word(word);
        }
        let owned = |name| fields::texts(statement, name).map(str::to_owned).collect();
        Ok(Entry {
            id,
            key_identifiers,
            description: fields::text(statement, "description"),
            protocol: fields::text(statement, "protocolFamily"),
            key_protection,
            attestation_types: owned("attestationTypes"),
            authentication_algorithms: owned("authenticationAlgorithms"),
            attestation_root_certificates: self.root_certificates(statement),
            status_reports,
            time_of_last_status_change: fields::optional_text(&raw, "timeOfLastStatusChange")
                .and_then(|text| fields::date(&text)),
            raw,
        })
    }

    fn id(&mut self, raw: &Map<String, Value>, key_identifiers: &[KeyIdentifier]) -> Result<ModelId, Dropped> {
        if let Some(aaguid) = raw.get("aaguid") {
            let Some(aaguid) = aaguid.as_str().and_then(|text| text.parse().ok()) else {
                return Err(self.drop_entry(EntryReason::Aaguid, aaguid.to_string()));
            };
            // It would vouch for everything that does not say what it is.
            if aaguid == Aaguid::ZERO {
                return Err(self.drop_entry(EntryReason::AaguidZero, "all zero"));
            }
            return Ok(ModelId::Aaguid(aaguid));
        }
        if let Some(first) = key_identifiers.first() {
            return Ok(ModelId::KeyIdentifier(*first));
        }
        match fields::optional_text(raw, "aaid") {
            Some(aaid) => Ok(ModelId::Aaid(aaid)),
            None => Err(self.drop_entry(EntryReason::Identifier, "no identifier of any kind")),
        }
    }

    fn key_identifiers(&mut self, raw: &Map<String, Value>) -> Result<Vec<KeyIdentifier>, Dropped> {
        match raw.get("attestationCertificateKeyIdentifiers") {
            None => Ok(Vec::new()),
            Some(Value::Array(identifiers)) => identifiers
                .iter()
                .map(|identifier| {
                    identifier
                        .as_str()
                        .and_then(KeyIdentifier::from_hex)
                        .ok_or_else(|| self.drop_entry(EntryReason::KeyIdentifier, identifier.to_string()))
                })
                .collect(),
            Some(other) => Err(self.drop_entry(EntryReason::KeyIdentifier, other.to_string())),
        }
    }

    fn status_reports(&mut self, raw: &Map<String, Value>) -> Result<Vec<StatusReport>, Dropped> {
        match raw.get("statusReports") {
            Some(Value::Array(reports)) => {
                reports.iter().enumerate().map(|(at, report)| self.status_report(report, at)).collect()
            }
            _ => Err(self.drop_entry(EntryReason::StatusReports, "not an array")),
        }
    }

    fn status_report(&mut self, report: &Value, at: usize) -> Result<StatusReport, Dropped> {
        let Some((report, word)) =
            report.as_object().and_then(|object| Some((object, fields::optional_text(object, "status")?)))
        else {
            return Err(self.drop_entry(EntryReason::StatusReports, format!("report {at} has no status")));
        };
        let place = format!("statusReports[{at}]");
        let effective_date = self.part(
            report.get("effectiveDate"),
            EntryReason::StatusDate,
            || format!("{place}.effectiveDate"),
            fields::date,
        );
        let certificate_sha256 = self.part(
            report.get("batchCertificate").or(report.get("certificate")),
            EntryReason::StatusCertificate,
            || format!("{place}.certificate"),
            |text| Some(sha256(&fields::base64(text).filter(|der| !der.is_empty())?)),
        );
        Ok(StatusReport {
            status: Status::from_word(&word),
            word,
            effective_date,
            authenticator_version: report.get("authenticatorVersion").and_then(Value::as_u64),
            certificate_sha256,
            certificate_number: fields::optional_text(report, "certificateNumber"),
            certification_policy_version: fields::optional_text(report, "certificationPolicyVersion"),
            certification_requirements_version: fields::optional_text(report, "certificationRequirementsVersion"),
            url: fields::optional_text(report, "url"),
        })
    }

    fn root_certificates(&mut self, statement: &Map<String, Value>) -> Anchors {
        let roots = statement.get("attestationRootCertificates").and_then(Value::as_array);
        let mut certificates = Vec::new();
        for (at, root) in roots.into_iter().flatten().enumerate() {
            certificates.extend(self.part(
                Some(root),
                EntryReason::RootCertificate,
                || format!("metadataStatement.attestationRootCertificates[{at}]"),
                |text| Certificate::parse(&fields::base64(text)?).ok(),
            ));
        }
        Anchors::new(certificates)
    }

    /// An optional part of the entry: where it is bad, it alone is left out.
    fn part<T>(
        &mut self,
        value: Option<&Value>,
        reason: EntryReason,
        place: impl FnOnce() -> String,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = value.filter(|value| !value.is_null())?;
        let parsed = value.as_str().and_then(parse);
        if parsed.is_none() {
            self.skipped.push(Skipped {
                at: format!("{}.{}", self.at, place()),
                reason,
                detail: value.to_string().chars().take(80).collect(),
            });
        }
        parsed
    }

    fn drop_entry(&mut self, reason: EntryReason, detail: impl Into<String>) -> Dropped {
        self.skipped.push(Skipped { at: self.at.clone(), reason, detail: detail.into() });
        Dropped
    }
}
