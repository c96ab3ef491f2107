//! Two ends in one process, with a bounded queue each way.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::reports::{Report, Reports};

/// More than the longest message, so that one side may speak before the other listens.
const CAPACITY: usize = 256;

/// Two connected ends.
pub fn pair() -> (MemoryReports, MemoryReports) {
    let (there, back) = (Arc::new(Queue::default()), Arc::new(Queue::default()));
    let host = MemoryReports { outgoing: Arc::clone(&there), incoming: Arc::clone(&back) };
    (host, MemoryReports { outgoing: back, incoming: there })
}

/// One end; dropping it closes the line, and the other end still reads what was sent.
#[derive(Debug)]
pub struct MemoryReports {
    outgoing: Arc<Queue>,
    incoming: Arc<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    reports: VecDeque<Report>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `step` has an answer.
    fn until<T>(
        &self,
        deadline: Instant,
        mut step: impl FnMut(&mut State) -> Option<Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut state = self.lock();
        loop {
            if let Some(answer) = step(&mut state) {
                self.changed.notify_all();
                return answer;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout);
            }
            (state, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

impl Reports for MemoryReports {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.outgoing.until(deadline, |state| {
            if state.closed {
                return Some(Err(Error::Closed));
            }
            (state.reports.len() < CAPACITY).then(|| {
                state.reports.push_back(*report);
                Ok(())
            })
        })
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        self.incoming.until(deadline, |state| match state.reports.pop_front() {
            Some(report) => Some(Ok(report)),
            None => state.closed.then_some(Err(Error::Closed)),
        })
    }
}

impl Drop for MemoryReports {
    fn drop(&mut self) {
        self.outgoing.close();
        self.incoming.close();
    }
}

#[cfg(test)]
mod tests;
