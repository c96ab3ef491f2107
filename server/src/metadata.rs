//! Where the metadata come from, and how they are kept up while the server runs.
//!
//! A source is asked at the start, from time to time, on SIGHUP, and when an administrator says so.
//! What it gives is judged by `assay_attestation::metadata`; what is refused changes nothing: the
//! last good issue stays in use, and stays on disk for a start without network. A signed source
//! only ever moves forward.

mod copy;
mod fetch;
mod report;
mod shelf;
mod source;

use std::time::Duration;

use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

pub(crate) use report::{describe, prometheus};
pub(crate) use shelf::{Outcome, Shelf};
pub use source::{MetadataSource, Origin};

use crate::config::Signals;
use crate::error::StartError;
use crate::policy::reevaluate::reevaluate;
use crate::state::AppState;

use self::fetch::Fetched;
use self::shelf::Offer;

/// What somebody has handed in.
pub(crate) fn offered(blob: &str) -> Offer {
    Offer::bare(blob.to_owned())
}

/// Asks a source once.
pub(crate) async fn refresh(state: &AppState, at: usize) -> Option<Outcome> {
    let shelf = state.shelves().get(at)?;
    let source = shelf.source();
    let offer = match &source.origin {
        Origin::Given(text) => Ok(Fetched::Body(Offer::bare(text.clone()))),
        Origin::File(path) | Origin::UnsignedFile(path) => read(path.clone()).await,
        Origin::Url(url) => fetch::get(url, &shelf.validators(), fetch::BLOB_LIMIT).await,
    };
    Some(match offer {
        Ok(Fetched::Body(offer)) => consider(state, at, offer).await?,
        Ok(Fetched::NotModified) => shelf.note(state.now(), Outcome::NotModified),
        Err(detail) => {
            if shelf.is_watched(shelf.metadata().map(|metadata| metadata.no)) {
                tracing::warn!(source = source.name, detail, "a source of metadata gives nothing");
            }
            shelf.note(state.now(), Outcome::Unreachable { detail })
        }
    })
}

/// Judges what was offered, with the revocation lists that it takes.
pub(crate) async fn consider(state: &AppState, at: usize, offer: Offer) -> Option<Outcome> {
    let shelf = state.shelves().get(at)?;
    let lists = fetch::lists(shelf.source(), &offer.text, state.now()).await;
    let state = state.clone();
    spawn_blocking(move || {
        let shelf = state.shelves().get(at)?;
        let outcome = shelf.consider(&state, offer, lists);
        if matches!(outcome, Outcome::Loaded { .. }) {
            state.publish_metadata();
            // What the news mean for those who are enrolled (row P30).
            if let Err(error) = reevaluate(&state, state.now()) {
                tracing::error!(%error, "the credentials were not looked at again");
            }
        }
        Some(outcome)
    })
    .await
    .ok()?
}

/// Fills the shelves before the first request: with the last good copies, and from all sources
/// that are near. Of those, none may stay empty: who starts a server with a file that it cannot
/// use wants to hear of it.
pub(crate) async fn begin(state: &AppState) -> Result<(), StartError> {
    for (at, shelf) in state.shelves().iter().enumerate() {
        let source = shelf.source();
        source.acceptable().map_err(StartError)?;
        if matches!(source.origin, Origin::UnsignedFile(_)) {
            tracing::warn!(
                source = source.name,
                "DELIBERATELY INSECURE: these metadata are signed by nobody; whoever can write the file decides whom this server trusts"
            );
        }
        shelf.restore(state.now());
        if matches!(source.origin, Origin::Url(_)) {
            continue;
        }
        let outcome = refresh(state, at).await;
        if shelf.is_empty() {
            return Err(StartError(match outcome {
                Some(Outcome::Refused(rejection)) => format!("{} is not trusted: {rejection}", source.name),
                Some(outcome) => outcome.to_string(),
                None => format!("the metadata of {} could not be loaded", source.name),
            }));
        }
    }
    state.publish_metadata();
    Ok(())
}

/// Asks the sources from time to time, the far ones at once; never ends.
pub(crate) async fn keep_up(state: AppState, signals: Signals) {
    let mut tasks = JoinSet::new();
    for (at, shelf) in state.shelves().iter().enumerate() {
        let source = shelf.source();
        let (state, interval) = (state.clone(), source.interval.unwrap_or(NEVER));
        let far = matches!(source.origin, Origin::Url(_));
        if far || source.interval.is_some() {
            tasks.spawn(async move {
                if far {
                    refresh(&state, at).await;
                }
                loop {
                    sleep(interval).await;
                    refresh(&state, at).await;
                }
            });
        }
    }
    hangups(&state, signals).await;
}

/// Asks all sources on each SIGHUP, if the process's signals are the server's concern.
async fn hangups(state: &AppState, signals: Signals) {
    use tokio::signal::unix::{SignalKind, signal};
    if signals == Signals::Ignored {
        return std::future::pending().await;
    }
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            while hangup.recv().await.is_some() {
                for at in 0..state.shelves().len() {
                    refresh(state, at).await;
                }
            }
        }
        Err(error) => tracing::error!(%error, "SIGHUP cannot be heard"),
    }
    std::future::pending().await
}

async fn read(path: std::path::PathBuf) -> Result<Fetched, String> {
    let reading = spawn_blocking(move || {
        std::fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    });
    Ok(Fetched::Body(Offer::bare(reading.await.map_err(|error| error.to_string())??)))
}

/// A source that is asked once is asked again in a hundred years.
const NEVER: Duration = Duration::from_secs(100 * 365 * 86_400);
