//! The last good issue, on disk beside the records: for a start without network.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::shelf::{Offer, Validators};

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Unix seconds.
    taken_at: i64,
    etag: Option<String>,
    last_modified: Option<String>,
    text: String,
}

/// A copy as it was read.
pub(super) struct Copy {
    pub(super) taken_at: OffsetDateTime,
    pub(super) offer: Offer,
}

/// Keeps an issue, whole or not at all. That it cannot be kept is no reason not to use it.
pub(super) fn keep(path: &Path, offer: &Offer, now: OffsetDateTime) {
    let kept = Kept {
        taken_at: now.unix_timestamp(),
        etag: offer.validators.etag.clone(),
        last_modified: offer.validators.last_modified.clone(),
        text: offer.text.clone(),
    };
    let beside = path.with_extension("new");
    let written = serde_json::to_vec(&kept).map_err(std::io::Error::from).and_then(|bytes| {
        let mut file = File::create(&beside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if let Err(error) = written {
        tracing::error!(%error, path = %path.display(), "the copy of the metadata cannot be kept");
    }
}

/// The copy, where there is one that reads.
pub(super) fn read(path: &Path) -> Option<Copy> {
    let bytes = fs::read(path).ok()?;
    let kept: Kept = serde_json::from_slice(&bytes)
        .inspect_err(|error| tracing::warn!(%error, path = %path.display(), "the kept copy of metadata does not read"))
        .ok()?;
    let validators = Validators { etag: kept.etag, last_modified: kept.last_modified };
    let taken_at = OffsetDateTime::from_unix_timestamp(kept.taken_at).ok()?;
    Some(Copy { taken_at, offer: Offer { text: kept.text, validators } })
}
