//! One source's place: what is in use, and how the last offers came out.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_attestation::metadata::{Metadata, Reason, Rejection, Trust};
use assay_attestation::revocation::{Demand, Revocation, RevocationList};
use serde_json::json;
use time::OffsetDateTime;

use super::{MetadataSource, Origin, copy};
use crate::audit::{Event, EventType};
use crate::state::AppState;

/// A source and what it gave.
pub(crate) struct Shelf {
    source: MetadataSource,
    held: Mutex<Held>,
}

/// What is in use, and since when.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub(super) metadata: Option<Arc<Metadata>>,
    pub(super) loaded_at: Option<OffsetDateTime>,
    pub(super) from_copy: bool,
    pub(super) checked_at: Option<OffsetDateTime>,
    pub(super) last: Option<Outcome>,
    pub(super) refused: u64,
    pub(super) validators: Validators,
}

/// What an HTTP server calls the version that it gave (RFC 9110 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// Something that may be the next issue.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(super) text: String,
    pub(super) validators: Validators,
}

impl Offer {
    pub(crate) fn bare(text: String) -> Self {
        Self { text, validators: Validators::default() }
    }
}

/// What came of asking a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A new issue is in use.
    Loaded { no: u64 },
    /// It is not above the one in use, which stays (row P28).
    NotNewer { no: u64 },
    /// The server says that it has nothing new.
    NotModified,
    /// It must not be used; the old one stays (row P29).
    Refused(Rejection),
    /// Nothing came.
    Unreachable { detail: String },
}

impl Outcome {
    /// One word.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Loaded { .. } => "loaded",
            Self::NotNewer { .. } => "not_newer",
            Self::NotModified => "not_modified",
            Self::Refused(_) => "refused",
            Self::Unreachable { .. } => "unreachable",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loaded { no } => write!(f, "issue {no} is in use"),
            Self::NotNewer { no } => write!(f, "not above issue {no}, which stays in use"),
            Self::NotModified => f.write_str("not modified"),
            Self::Refused(rejection) => rejection.fmt(f),
            Self::Unreachable { detail } => f.write_str(detail),
        }
    }
}

impl Shelf {
    pub(crate) fn new(source: MetadataSource) -> Self {
        Self { source, held: Mutex::new(Held::default()) }
    }

    pub(crate) fn source(&self) -> &MetadataSource {
        &self.source
    }

    pub(crate) fn metadata(&self) -> Option<Arc<Metadata>> {
        self.lock().metadata.clone()
    }

    pub(super) fn held(&self) -> Held {
        self.lock().clone()
    }

    pub(super) fn validators(&self) -> Validators {
        self.lock().validators.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().metadata.is_none()
    }

    /// Writes down how asking came out, where it gave nothing to judge.
    pub(super) fn note(&self, now: OffsetDateTime, outcome: Outcome) -> Outcome {
        let mut held = self.lock();
        held.checked_at = Some(now);
        held.last = Some(outcome.clone());
        outcome
    }

    /// Judges an offer. A good one is in use when this returns, and kept on disk.
    pub(super) fn consider(&self, state: &AppState, offer: Offer, lists: Vec<RevocationList>) -> Outcome {
        let now = state.now();
        let mut held = self.lock();
        held.checked_at = Some(now);
        let previous = held.metadata.as_ref().map(|metadata| metadata.no);
        let outcome = match self.load(&offer.text, previous, Some(lists), now) {
            Ok(metadata) => {
                let no = metadata.no;
                // What was given at the start is given again at the next.
                if let (Some(path), true) = (&self.source.copy, self.is_news(&offer)) {
                    copy::keep(path, &offer, now);
                }
                tell(state, loaded(state, &self.source.name, &metadata, previous));
                held.metadata = Some(Arc::new(metadata));
                held.loaded_at = Some(now);
                held.from_copy = false;
                held.validators = offer.validators;
                Outcome::Loaded { no }
            }
            Err(rejection) => match (rejection.reason, previous) {
                (Reason::NoNotIncreased, Some(no)) => {
                    held.validators = offer.validators;
                    Outcome::NotNewer { no }
                }
                _ => {
                    held.refused += 1;
                    // Where nothing is kept yet, the start fails with the same words.
                    if self.is_watched(previous) {
                        tracing::error!(source = self.source.name, %rejection, "ALARM: metadata were refused; the old ones stay in use");
                    }
                    let event = Event::new(EventType::MetadataRefused, state.default_tenant(), now)
                        .code(rejection.code())
                        .detail("source", self.source.name.as_str())
                        .detail("detail", rejection.to_string())
                        .detail("kept_no", json!(previous));
                    tell(state, event);
                    Outcome::Refused(rejection)
                }
            },
        };
        held.last = Some(outcome.clone());
        outcome
    }

    /// Puts the last good copy in use. It is judged as of the time when it was taken: that its
    /// signing certificate has expired since does not make it worse.
    pub(super) fn restore(&self, now: OffsetDateTime) {
        let Some(kept) = self.source.copy.as_deref().and_then(copy::read) else { return };
        match self.load(&kept.offer.text, None, None, kept.taken_at.min(now)) {
            Ok(metadata) => {
                let mut held = self.lock();
                held.metadata = Some(Arc::new(metadata));
                held.loaded_at = Some(kept.taken_at);
                held.from_copy = true;
                held.validators = kept.offer.validators;
            }
            Err(rejection) => {
                tracing::warn!(source = self.source.name, %rejection, "the kept copy of metadata is of no use");
            }
        }
    }

    /// By these lists beside the given ones; without, revocation is not asked about.
    fn load(
        &self,
        text: &str,
        previous: Option<u64>,
        lists: Option<Vec<RevocationList>>,
        now: OffsetDateTime,
    ) -> Result<Metadata, Rejection> {
        if matches!(self.source.origin, Origin::UnsignedFile(_)) {
            return Metadata::load_unsigned_json(text.as_bytes(), previous);
        }
        let trusts: Vec<Trust> = self
            .source
            .trusts
            .iter()
            .map(|trust| {
                let revocation = match &lists {
                    Some(lists) => Revocation {
                        demand: trust.revocation.demand,
                        lists: trust.revocation.lists.iter().chain(lists).cloned().collect(),
                    },
                    None => Revocation { demand: Demand::Off, lists: Vec::new() },
                };
                Trust { revocation, ..trust.clone() }
            })
            .collect();
        Metadata::load_by_any(text, &trusts, previous, now)
    }

    /// Does nobody but the log hear how it came out?
    pub(super) fn is_watched(&self, previous: Option<u64>) -> bool {
        previous.is_some() || matches!(self.source.origin, Origin::Url(_))
    }

    fn is_news(&self, offer: &Offer) -> bool {
        !matches!(&self.source.origin, Origin::Given(text) if *text == offer.text)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The audit line of a new issue.
fn loaded(state: &AppState, source: &str, metadata: &Metadata, previous: Option<u64>) -> Event {
    Event::new(EventType::MetadataLoaded, state.default_tenant(), state.now())
        .detail("source", source)
        .detail("no", metadata.no)
        .detail("previous_no", json!(previous))
        .detail("next_update", metadata.next_update.to_string())
        .detail("entries", metadata.entries().len())
        .detail("entries_rejected", metadata.entries_rejected())
        .detail("revocation_unknown", json!(metadata.revocation_unknown))
}

fn tell(state: &AppState, event: Event) {
    if let Err(error) = state.store().record(vec![event]) {
        tracing::error!(%error, "the audit log takes no lines");
    }
}
