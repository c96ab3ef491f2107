//! Deadlines for tests: one that is far off and never reached, one that has passed.

use std::time::{Duration, Instant};

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn after(millis: u64) -> Instant {
    Instant::now() + Duration::from_millis(millis)
}
