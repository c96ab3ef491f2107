//! What the server does once a day, by its own clock.

use std::time::Duration;

use assay_attestation::metadata::day;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use crate::policy::reevaluate::reevaluate;
use crate::state::AppState;

/// Looks at the enrolled credentials again when the server starts, since the metadata may be newer
/// than those it stopped with, and on each new day.
pub(crate) async fn daily(state: AppState) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done = None;
    loop {
        ticks.tick().await;
        let now = state.now();
        if done == Some(day(now)) {
            continue;
        }
        let looking = state.clone();
        match spawn_blocking(move || reevaluate(&looking, now)).await {
            Ok(Ok(_)) => done = Some(day(now)),
            // Once more at the next tick.
            Ok(Err(error)) => tracing::error!(%error, "the credentials were not looked at again"),
            Err(error) => tracing::error!(%error, "the second look did not finish"),
        }
    }
}

/// How often the server looks at its clock.
const TICK: Duration = Duration::from_secs(60);
