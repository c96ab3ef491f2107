//! A wish to stop, told from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handle that many may hold; once cancelled it stays so.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A handle of its own, not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells every holder to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Was it told?
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
