//! FIDO metadata (MDS 3): which authenticator models exist, how they are certified, and which
//! certificates vouch for them.
//!
//! The loader is strict where trust begins (signature, path, name, order of issues) and tolerant
//! behind it: the service grows new members and statuses every year, and one odd entry must not
//! cost the other five hundred. What is left out is listed in [`Metadata::skipped`]. Time comes in
//! as an argument; fetching and keeping the file is the caller's business, and so is refusing old
//! data: [`Age`] says how old they are.

mod age;
mod entry;
mod error;
mod fields;
mod key_protection;
mod level;
mod payload;
mod status;
mod trust;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use assay_protocol::aaguid::Aaguid;
use time::{Date, OffsetDateTime, UtcOffset};

pub use age::Age;
pub use entry::{Entry, KeyIdentifier, ModelId};
pub use error::{EntryReason, Reason, Rejection, Skipped};
pub use key_protection::{KeyProtection, KeyProtections};
pub use level::{Level, UnknownLevel};
pub use status::{Status, StatusReport, Statuses};
pub use trust::{LEAF_NAME, Trust, signers};

/// One issue of the metadata.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// The serial number of this issue.
    pub no: u64,
    /// The day by which the next issue is promised.
    pub next_update: Date,
    /// The terms that whoever retrieved the data accepted.
    pub legal_header: String,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// The signing certificates of which no revocation list told anything, by name, where that was
    /// asked softly.
    pub revocation_unknown: Vec<String>,
    entries: Vec<Entry>,
    by_aaguid: HashMap<Aaguid, usize>,
    by_key_identifier: HashMap<KeyIdentifier, usize>,
}

impl Metadata {
    /// Reads a signed BLOB: verifies path, name and signature at the time `now`, then reads the
    /// payload. An issue whose number is not above `previous_no` is refused, so that
    /// nobody can bring back yesterday's.
    pub fn load(blob: &str, trust: &Trust, previous_no: Option<u64>, now: OffsetDateTime) -> Result<Self, Rejection> {
        let verified = trust::verify(blob.trim(), trust, now)?;
        let metadata = payload::read(&verified.payload, previous_no)?;
        Ok(Self { revocation_unknown: verified.revocation_unknown, ..metadata })
    }

    /// Reads a signed BLOB of whichever of these: the first whose roots and name it bears.
    pub fn load_by_any(
        blob: &str,
        trusts: &[Trust],
        previous_no: Option<u64>,
        now: OffsetDateTime,
    ) -> Result<Self, Rejection> {
        let mut stranger = Rejection::new(Reason::Chain, "nobody is trusted to sign metadata");
        for trust in trusts {
            match Self::load(blob, trust, previous_no, now) {
                // Another of them may have roots of the same name with other keys.
                Err(rejection) if rejection.reason.is_about_trust() => {
                    // That nobody knows it is the poorest hint.
                    if stranger.reason == Reason::Chain {
                        stranger = rejection;
                    }
                }
                decided => return decided,
            }
        }
        Err(stranger)
    }

    /// Reads a payload that nobody signed. For files that the operator vouches for: tests, and
    /// copies that were verified elsewhere. Never for anything that came over a network.
    pub fn load_unsigned_json(payload: &[u8], previous_no: Option<u64>) -> Result<Self, Rejection> {
        payload::read(payload, previous_no)
    }

    /// The entries that could be read, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a FIDO2 model.
    pub fn by_aaguid(&self, aaguid: &Aaguid) -> Option<&Entry> {
        self.entries.get(*self.by_aaguid.get(aaguid)?)
    }

    /// The entry of a U2F model, by the identifier of its attestation certificate's key.
    pub fn by_key_identifier(&self, identifier: &KeyIdentifier) -> Option<&Entry> {
        self.entries.get(*self.by_key_identifier.get(identifier)?)
    }

    /// How many whole entries were left out; smaller losses are in [`Self::skipped`] too.
    pub fn entries_rejected(&self) -> usize {
        self.skipped.iter().filter(|skipped| skipped.reason.drops_entry()).count()
    }
}

/// The UTC day of a time.
pub fn day(now: OffsetDateTime) -> Date {
    now.to_offset(UtcOffset::UTC).date()
}
