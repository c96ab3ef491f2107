//! A recording in the place of a key.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use assay_conformance::case::Header;
use assay_conformance::context::Cancel;
use assay_conformance::report::SuiteReport;
use assay_conformance::suites::authenticator::Connect;
use assay_protocol::ctaphid::Frame;
use assay_transport::transcript::Direction;
use assay_transport::{Error, Report, Reports};

use super::Recording;

/// Answers each case as the key did.
pub struct Player {
    sessions: BTreeMap<String, Vec<(Direction, Report)>>,
    running: Mutex<String>,
    /// Where the conversations of now have left the recorded ones.
    departures: Arc<Mutex<BTreeMap<String, String>>>,
}

/// A case that does not end as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its id.
    pub case: String,
    /// In a sentence.
    pub what: String,
}

impl Player {
    /// Plays `recording`.
    pub fn new(recording: &Recording) -> anyhow::Result<Self> {
        let sessions = recording.sessions.iter().map(|session| Ok((session.case.clone(), session.entries()?)));
        Ok(Self {
            sessions: sessions.collect::<anyhow::Result<_>>()?,
            running: Mutex::default(),
            departures: Arc::default(),
        })
    }

    /// Every case whose conversation or outcome is another one than in `recording`.
    pub fn differences(&self, recording: &Recording, now: &SuiteReport) -> Vec<Difference> {
        let departures = self.departures.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |case: &str| now.cases.iter().find(|done| done.header.id == case);
        let sessions = recording.sessions.iter().filter_map(|session| {
            let what = match (departures.get(&session.case), of(&session.case)) {
                (Some(departure), _) => departure.clone(),
                (None, None) => "the suite has no such case any more".to_owned(),
                (None, Some(done)) if done.outcome.name() != session.outcome => {
                    format!("{} then, {} now", session.outcome, done.outcome.name())
                }
                (None, Some(_)) => return None,
            };
            Some(Difference { case: session.case.clone(), what })
        });
        sessions.collect()
    }
}

impl Connect for Player {
    fn prepare(&self, header: &Header, _cancel: &Cancel) -> Result<(), String> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&header.id);
        Ok(())
    }

    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let case = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let entries = self.sessions.get(&case).ok_or("this case is not in the recording")?;
        Ok(Box::new(Played {
            case,
            entries: entries.iter().copied().collect(),
            passed: 0,
            departures: Arc::clone(&self.departures),
        }))
    }
}

struct Played {
    case: String,
    entries: VecDeque<(Direction, Report)>,
    passed: usize,
    departures: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Played {
    fn depart(&self, what: String) {
        self.departures.lock().unwrap_or_else(PoisonError::into_inner).entry(self.case.clone()).or_insert(what);
    }
}

impl Reports for Played {
    fn send(&mut self, report: &Report, _deadline: Instant) -> Result<(), Error> {
        let next = self.entries.front().copied();
        if next == Some((Direction::Sent, *report)) {
            self.entries.pop_front();
            self.passed += 1;
            return Ok(());
        }
        let then = match next {
            Some((Direction::Sent, then)) => format!("{} was sent", Frame::parse(&then)),
            Some((Direction::Received, _)) => "the key was listened to".to_owned(),
            None => "nothing more was said".to_owned(),
        };
        let what = format!("report {}: {} is sent, where {then}", self.passed, Frame::parse(report));
        self.depart(what.clone());
        Err(Error::Io { detail: what })
    }

    fn receive(&mut self, _deadline: Instant) -> Result<Report, Error> {
        match self.entries.front().copied() {
            Some((Direction::Received, report)) => {
                self.entries.pop_front();
                self.passed += 1;
                Ok(report)
            }
            // Somebody waited here, and the key said nothing.
            Some((Direction::Sent, _)) | None => Err(Error::Timeout),
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let unsaid = self.entries.iter().filter(|(direction, _)| *direction == Direction::Sent).count();
        if unsaid > 0 {
            self.depart(format!("{unsaid} reports that were sent are sent no more"));
        }
    }
}
