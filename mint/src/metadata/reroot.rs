//! Personas of real models: their metadata entries as they stand, but with the lab's own roots in
//! place of the vendors', so that the simulator can take any of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::ModelId;
use crate::chain::Chain;
use crate::error::Error;
use crate::lab::Lab;

/// A payload whose models are the lab's to imitate.
#[derive(Debug, Clone, PartialEq)]
pub struct Rerooted {
    /// The payload, to be signed.
    pub payload: Map<String, Value>,
    /// How many entries have the lab's root now.
    pub entries: usize,
    /// How many never had a root: they attest by their own keys, or not at all.
    pub rootless: usize,
}

impl Lab {
    /// The payload with each entry's roots replaced by the one that the lab's certificates of this
    /// model lead to; U2F models get the identifier of the lab's key beside their own. Everything
    /// else is kept, but for the legal header, which must not pass this off as its source's.
    pub fn reroot(&self, payload: &Map<String, Value>) -> Result<Rerooted, Error> {
        let mut rerooted = Rerooted { payload: payload.clone(), entries: 0, rootless: 0 };
        let source = payload.get("legalHeader").and_then(Value::as_str).unwrap_or_default();
        let header = format!(
            "Not its source's: re-rooted and signed by an Assay test lab, for tests where it was made. \
             Its source said: {source}"
        );
        rerooted.payload.insert("legalHeader".to_owned(), json!(header));
        let Some(Value::Array(entries)) = rerooted.payload.get_mut("entries") else {
            return Ok(rerooted);
        };
        for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
            if self.adopt(entry)? {
                rerooted.entries += 1;
            } else {
                rerooted.rootless += 1;
            }
        }
        Ok(rerooted)
    }

    /// Puts the lab's root into an entry that has one.
    fn adopt(&self, entry: &mut Map<String, Value>) -> Result<bool, Error> {
        let rooted = |entry: &Map<String, Value>| {
            let roots = entry.get("metadataStatement")?.get("attestationRootCertificates")?.as_array()?;
            Some(!roots.is_empty())
        };
        let Some(chain) = self.persona(entry).filter(|_| rooted(entry).unwrap_or(false)) else {
            return Ok(false);
        };
        let root = STANDARD.encode(chain.root.spec.issue(&chain.root.key)?);
        let own = ModelId::KeyIdentifier(chain.leaf.key.key_identifier()).to_string();
        let identify = |object: &mut Map<String, Value>| {
            if let Some(Value::Array(list)) = object.get_mut("attestationCertificateKeyIdentifiers") {
                list.push(json!(own));
            }
        };
        identify(entry);
        if let Some(Value::Object(statement)) = entry.get_mut("metadataStatement") {
            identify(statement);
            statement.insert("attestationRootCertificates".to_owned(), json!([root]));
        }
        Ok(true)
    }

    /// The lab's certificates of the model that an entry is about.
    fn persona(&self, entry: &Map<String, Value>) -> Option<Chain> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        if let Some(aaguid) = text("aaguid") {
            return Some(self.model(aaguid.parse().ok()?));
        }
        let identifiers = entry.get("attestationCertificateKeyIdentifiers").and_then(Value::as_array);
        if let Some(first) = identifiers.and_then(|list| list.first()) {
            return Some(self.u2f(&first.as_str()?.to_ascii_lowercase()));
        }
        Some(self.u2f(&format!("uaf {}", text("aaid")?)))
    }
}
