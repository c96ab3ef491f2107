//! What was said on a line, frame by frame.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_protocol::ctap2::{Status, command};
use assay_protocol::ctaphid::{Command, ErrorCode, Frame, KeepAlive};

use crate::error::Error;
use crate::reports::{Report, Reports};

/// No transcript grows past this; the rest is counted.
const MAX_ENTRIES: usize = 1 << 16;

/// The host's end of a line, and a record of all that passes.
#[derive(Debug)]
pub struct Recorded<R> {
    inner: R,
    transcript: Transcript,
}

/// A record that many may read while it grows.
#[derive(Debug, Clone)]
pub struct Transcript {
    start: Instant,
    record: Arc<Mutex<Record>>,
}

#[derive(Debug, Default)]
struct Record {
    entries: Vec<Entry>,
    omitted: usize,
}

/// One report that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Since the record began.
    pub at: Duration,
    /// Which way.
    pub direction: Direction,
    /// The report.
    pub report: Report,
}

/// Which way a report went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the device.
    Sent,
    /// From the device.
    Received,
}

impl<R: Reports> Recorded<R> {
    /// Records all that passes through `inner` from now on.
    pub fn new(inner: R) -> (Self, Transcript) {
        let transcript = Transcript { start: Instant::now(), record: Arc::default() };
        (Self { inner, transcript: transcript.clone() }, transcript)
    }
}

impl<R: Reports> Reports for Recorded<R> {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.inner.send(report, deadline)?;
        self.transcript.add(Direction::Sent, report);
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        let report = self.inner.receive(deadline)?;
        self.transcript.add(Direction::Received, &report);
        Ok(report)
    }
}

impl Transcript {
    /// All entries so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.clone()
    }

    /// Takes the entries so far out of the record, so that it starts anew.
    pub fn take(&self) -> Vec<Entry> {
        let mut record = self.lock();
        record.omitted = 0;
        std::mem::take(&mut record.entries)
    }

    fn add(&self, direction: Direction, report: &Report) {
        let entry = Entry { at: self.start.elapsed(), direction, report: *report };
        let mut record = self.lock();
        if record.entries.len() < MAX_ENTRIES {
            record.entries.push(entry);
        } else {
            record.omitted = record.omitted.saturating_add(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.lock();
        record.entries.iter().try_for_each(|entry| writeln!(f, "{entry}"))?;
        match record.omitted {
            0 => Ok(()),
            omitted => writeln!(f, "(and {omitted} more)"),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.direction {
            Direction::Sent => '>',
            Direction::Received => '<',
        };
        let frame = Frame::parse(&self.report);
        write!(f, "{:>10.3} ms {arrow} {frame}", self.at.as_secs_f64() * 1000.0)?;
        let Frame::Init { cmd, data: [first, ..], len: 1.., .. } = frame else {
            return Ok(());
        };
        match (cmd, self.direction) {
            (Command::CBOR, Direction::Sent) => match command::name(first) {
                Some(name) => write!(f, "  {name}"),
                None => Ok(()),
            },
            (Command::CBOR, Direction::Received) => write!(f, "  {}", Status(first)),
            (Command::KEEPALIVE, _) => write!(f, "  {}", KeepAlive(first)),
            (Command::ERROR, _) => write!(f, "  {}", ErrorCode(first)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
