//! Origins that share an RP ID which is not a suffix of their domains (WebAuthn L3 5.11).
//!
//! A relying party lists them at [`PATH`] below its RP ID; a client reads the list and counts the
//! labels before the public suffixes, so that nobody lists the whole web.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::{Host, Url};

use super::Map;

/// Where the document is, at `https://RPID`.
pub const PATH: &str = "/.well-known/webauthn";

/// How many labels every client reads (5.11); some read more.
pub const LABELS: usize = 5;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The origins, as they are listed.
    pub origins: Vec<String>,
}

/// What came when the document was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The final HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no document: to a client each is a SecurityError (5.11.1 step 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDocument {
    /// The status is not 200.
    Status,
    /// It is not served as `application/json`.
    ContentType,
    /// It is no JSON object.
    NotObject,
    /// It has no `origins`, or one that is no array of strings.
    Origins,
}

impl Document {
    /// Reads what was fetched (5.11.1 step 2).
    pub fn read(fetched: &Fetched) -> Result<Self, NoDocument> {
        if fetched.status != 200 {
            return Err(NoDocument::Status);
        }
        let essence = fetched.content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(NoDocument::ContentType);
        }
        let document: Map = serde_json::from_slice(&fetched.body).map_err(|_error| NoDocument::NotObject)?;
        let origins = document.get("origins").and_then(Value::as_array).ok_or(NoDocument::Origins)?;
        let origins = origins.iter().map(|origin| origin.as_str().map(str::to_owned)).collect::<Option<_>>();
        Ok(Self { origins: origins.ok_or(NoDocument::Origins)? })
    }

    /// The JSON form.
    pub fn to_json(&self) -> Value {
        json!({ "origins": self.origins })
    }

    /// Is `caller` listed, within the first so many labels (5.11.1 steps 3 to 5)?
    pub fn lists(&self, caller: &str, labels: usize) -> bool {
        let Ok(caller) = Url::parse(caller) else {
            return false;
        };
        let caller = caller.origin();
        let mut seen = BTreeSet::new();
        for item in &self.origins {
            // Steps 4.1 to 4.4: what is no URL, or has no registrable domain, is passed over.
            let Some((origin, label)) = Url::parse(item).ok().and_then(|url| Some((url.origin(), label(&url)?))) else {
                continue;
            };
            if seen.len() >= labels && !seen.contains(&label) {
                continue;
            }
            if origin == caller {
                return true;
            }
            seen.insert(label);
        }
        false
    }

    /// The labels that a client counts.
    pub fn labels(&self) -> BTreeSet<String> {
        self.origins.iter().filter_map(|item| label(&Url::parse(item).ok()?)).collect()
    }
}

/// Is this an https origin, written as clients write it?
pub fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.origin().ascii_serialization() == text)
}

/// The first label of the registrable domain (WebAuthn L3 4, registrable origin label).
fn label(url: &Url) -> Option<String> {
    let Some(Host::Domain(domain)) = url.host() else {
        return None;
    };
    psl::domain_str(domain)?.split('.').next().filter(|label| !label.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;
