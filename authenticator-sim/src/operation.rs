//! One command under way, as others see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_transport::Cancel;

/// A handle on the command that an authenticator is working at.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    cancel: Cancel,
    waiting: Arc<AtomicBool>,
}

impl Operation {
    /// A command that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the authenticator to give it up.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Was it asked to give up?
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Does it wait for a person?
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    /// Runs `wait` as a wait for a person.
    pub(crate) fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.waiting.store(true, Ordering::Release);
        let answer = wait();
        self.waiting.store(false, Ordering::Release);
        answer
    }
}
