//! What the runner gives a case beside its world: randomness, time, cancellation and a place
//! for evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use crate::evidence::{Evidence, Exchange};
use crate::seed::{Random, Seed};
use crate::verdict::Stop;

/// A flag that asks everything that waits to stop.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag that somebody else already holds.
    pub fn from_flag(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// The flag itself, for code that knows nothing of this crate.
    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.0
    }

    /// Raises the flag.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Is it raised?
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a case gets from the runner.
#[derive(Debug, Clone)]
pub struct Context {
    /// The profile that the target is held to.
    pub profile: String,
    /// The case's own randomness, the same for the same seed and id.
    pub random: Random,
    /// The time at which the run began: what certificates and dates are made for.
    pub now: SystemTime,
    /// When the case's time is over.
    pub deadline: Instant,
    /// Raised when the run is cancelled or the case's time is over.
    pub cancel: Cancel,
    evidence: Evidence,
}

impl Context {
    /// A context of its own, with an empty evidence.
    pub fn new(profile: impl Into<String>, seed: Seed, now: SystemTime, deadline: Instant) -> Self {
        Self {
            profile: profile.into(),
            random: Random::new(seed),
            now,
            deadline,
            cancel: Cancel::new(),
            evidence: Evidence::default(),
        }
    }

    /// Keeps an exchange, so that the verdict can be dissected later.
    pub fn record(&mut self, exchange: Exchange) {
        self.evidence.push(exchange);
    }

    /// Every exchange so far; shared, so that it outlives a case that hangs or panics.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Ends the case where the run was cancelled or its time is over.
    pub fn check_time(&self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() {
            return Err(Stop::broken("cancelled"));
        }
        if Instant::now() >= self.deadline {
            return Err(Stop::broken("the case's time was over before its end"));
        }
        Ok(())
    }
}
