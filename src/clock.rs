//! A clock that can be moved forward: for servers of this process, and for the browsers in front of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use assay_conformance::suites::dbsc::TargetClock;
use time::OffsetDateTime;

/// The system's clock, ahead by some seconds. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct MovableClock(Arc<AtomicI64>);

impl MovableClock {
    /// What it says.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.0.load(Ordering::Relaxed))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_secs()).unwrap_or_default(), Ordering::Relaxed);
    }
}

impl assay_server::config::Clock for MovableClock {
    fn now(&self) -> OffsetDateTime {
        self.now()
    }
}

impl assay_client::dbsc::Clock for MovableClock {
    fn now(&self) -> u64 {
        u64::try_from(self.now().unix_timestamp()).unwrap_or_default()
    }
}

impl TargetClock for MovableClock {
    fn advance(&self, by: Duration) {
        self.advance(by);
    }
}
