//! Models of metadata as keys.

use anyhow::{Result, bail};
use assay_attestation::metadata::{Entry, Metadata};
use assay_authenticator_sim::persona::{AttestationKind, NotAKey, Persona, Taken};
use serde_json::Value;

use crate::near;

/// A model that was asked for.
#[derive(Debug)]
pub struct Chosen<'m> {
    /// The model.
    pub entry: &'m Entry,
    /// Others of exactly the same name, with older firmware.
    pub others: Vec<&'m Entry>,
}

/// The most names in a message.
const MOST: usize = 8;

/// The model of this name, whatever its case, or the only one with all of these words in its name or
/// identifiers. Of several that have one name it is the one with the newest firmware.
pub fn choose<'m>(metadata: &'m Metadata, wanted: &str) -> Result<Chosen<'m>> {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let named = |entry: &&Entry| entry.description.trim().eq_ignore_ascii_case(wanted.trim());
    let mut found: Vec<&Entry> = metadata.entries().iter().filter(named).collect();
    if found.is_empty() {
        found = metadata.entries().iter().filter(|entry| !words.is_empty() && has(entry, &words)).collect();
    }
    found.sort_by_key(|entry| std::cmp::Reverse(firmware(entry)));
    let Some((first, others)) = found.split_first() else {
        let names = metadata.entries().iter().map(|entry| entry.description.as_str());
        bail!("there is no model {wanted:?}{}; `assay key models` lists them", near::to(wanted, names));
    };
    if others.iter().any(|other| other.description != first.description) {
        let mut names: Vec<&str> = found.iter().map(|entry| entry.description.as_str()).collect();
        names.sort();
        names.dedup();
        let more = names.len().saturating_sub(MOST);
        names.truncate(MOST);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        bail!("{wanted:?} could be {}{rest}", names.join(", "));
    }
    Ok(Chosen { entry: first, others: others.to_vec() })
}

/// Has it each of these words, in lower case, in its name or in an identifier?
pub fn has(entry: &Entry, words: &[String]) -> bool {
    let identifiers: Vec<String> = entry.key_identifiers.iter().map(ToString::to_string).collect();
    let versions = member(entry, "versions").map(Value::to_string).unwrap_or_default();
    let text = format!("{} {} {} {} {versions}", entry.description, entry.id, entry.protocol, identifiers.join(" "));
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// The key that it describes.
pub fn taken(entry: &Entry) -> Result<Taken, NotAKey> {
    Persona::of_entry(&entry.raw)
}

/// A model of the lab's own, of which nothing is known but its name and how it attests: otherwise a CTAP 2.1 key.
pub fn plain(entry: &Entry) -> Option<Persona> {
    let aaguid = entry.id.to_string().parse().ok()?;
    let certified = entry.attestation_types.iter().any(|kind| kind == "basic_full");
    let attestation = match entry.attestation_types.first().map(String::as_str) {
        _ if certified => AttestationKind::PackedX5c,
        Some("attca") => AttestationKind::Tpm,
        Some("basic_surrogate") => AttestationKind::PackedSelf,
        _ => AttestationKind::None,
    };
    Some(Persona { name: entry.description.clone(), aaguid, attestation: vec![attestation], ..Persona::default() })
}

/// A member of its getInfo.
fn member<'e>(entry: &'e Entry, name: &str) -> Option<&'e Value> {
    entry.raw.get("metadataStatement")?.get("authenticatorGetInfo")?.get(name)
}

/// What its firmware calls itself.
fn firmware(entry: &Entry) -> u64 {
    let statement = || entry.raw.get("metadataStatement")?.get("authenticatorVersion");
    member(entry, "firmwareVersion").or_else(statement).and_then(Value::as_u64).unwrap_or_default()
}
