//! Whoever sits in front of a key that is judged: what is asked of them, and when it wants a touch.

use std::sync::Arc;
use std::time::Instant;

use assay_protocol::ctaphid::{Command, Frame, KeepAlive};
use assay_transport::{Error, Report, Reports};

/// Where people read what is asked of them.
pub trait Desk: Send + Sync {
    /// Says something.
    fn say(&self, text: &str);

    /// The key waits for a touch, or does so no longer.
    fn touch(&self, wanted: bool);
}

/// Nobody is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDesk;

impl Desk for NoDesk {
    fn say(&self, _text: &str) {}

    fn touch(&self, _wanted: bool) {}
}

/// A way to a key that says at the desk when the key waits for a touch.
pub(super) struct Watched {
    reports: Box<dyn Reports>,
    desk: Arc<dyn Desk>,
    waits: bool,
}

impl Watched {
    pub(super) fn new(reports: Box<dyn Reports>, desk: Arc<dyn Desk>) -> Self {
        Self { reports, desk, waits: false }
    }

    fn tell(&mut self, waits: bool) {
        if std::mem::replace(&mut self.waits, waits) != waits {
            self.desk.touch(waits);
        }
    }
}

impl Reports for Watched {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.reports.send(report, deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        let received = self.reports.receive(deadline);
        if let Ok(report) = &received {
            self.tell(wants_touch(report));
        }
        received
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.tell(false);
    }
}

fn wants_touch(report: &Report) -> bool {
    match Frame::parse(report) {
        Frame::Init { cmd: Command::KEEPALIVE, data, .. } => data.first() == Some(&KeepAlive::UPNEEDED.0),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
