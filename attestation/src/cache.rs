//! What was read and verified before: batches share their certificates, so most registrations
//! bring a path that is known already.

use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use quick_cache::sync::Cache as Bounded;
use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::path::{self, Anchors};
use crate::rejection::Rejection;

/// Certificates by their bytes, and good verdicts on paths by path, anchors and checks in force. A
/// verdict holds while every certificate of the path is valid; refusals are not remembered. Both are
/// bounded, and what is used least goes first.
#[derive(Debug)]
pub struct Cache {
    certificates: Bounded<[u8; 32], Certificate>,
    paths: Bounded<[u8; 32], Verified>,
}

/// A path was good, in these anchors.
#[derive(Debug, Clone)]
struct Verified {
    anchor: Certificate,
    from: OffsetDateTime,
    until: OffsetDateTime,
}

impl Cache {
    /// For this many certificates, and as many paths.
    pub fn new(capacity: usize) -> Self {
        Self { certificates: Bounded::new(capacity), paths: Bounded::new(capacity) }
    }

    /// How many paths are known.
    pub fn paths(&self) -> usize {
        self.paths.len()
    }

    /// Reads a certificate, or takes the one that was read from the same bytes.
    pub(crate) fn certificate(&self, der: &[u8]) -> Result<Certificate, Rejection> {
        let key = sha256(der);
        if let Some(known) = self.certificates.get(&key) {
            return Ok(known);
        }
        let read = Certificate::parse(der)?;
        self.certificates.insert(key, read.clone());
        Ok(read)
    }

    /// [`path::verify`], unless the answer is known.
    pub fn verify(
        &self,
        path: &[Certificate],
        anchors: &Anchors,
        now: OffsetDateTime,
        enforced: &Enforced,
    ) -> Result<Option<Certificate>, Rejection> {
        let key = key(path, anchors, enforced);
        if let Some(known) = self.paths.get(&key).filter(|known| known.from <= now && now <= known.until) {
            return Ok(Some(known.anchor));
        }
        let Some(anchor) = path::verify(path, anchors, now, enforced)? else { return Ok(None) };
        let from = path.iter().map(|certificate| certificate.not_before).max();
        let until = path.iter().map(|certificate| certificate.not_after).min();
        if let (Some(from), Some(until)) = (from, until) {
            self.paths.insert(key, Verified { anchor: anchor.clone(), from, until });
        }
        Ok(Some(anchor.clone()))
    }
}

/// Everything but the time that the verdict follows from.
fn key(path: &[Certificate], anchors: &Anchors, enforced: &Enforced) -> [u8; 32] {
    let mut text = anchors.fingerprint().to_vec();
    for certificate in path {
        text.extend(certificate.fingerprint());
    }
    // Ids have no zero byte, and digests a fixed length: no two questions have the same text.
    for id in enforced.off() {
        text.push(0);
        text.extend(id.as_bytes());
    }
    sha256(&text)
}

#[cfg(test)]
mod tests;
