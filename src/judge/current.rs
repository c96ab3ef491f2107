//! Which case is running, for whoever opens the way to a key: a session itself does not say.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_conformance::case::Header;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::Progress;
use assay_conformance::verdict::Outcome;

/// The case that runs now. Clones see the same one.
#[derive(Debug, Clone, Default)]
pub struct Current(Arc<Mutex<Now>>);

#[derive(Debug, Default)]
struct Now {
    header: Option<Header>,
    last: Option<Ending>,
}

/// How a case has ended, for whoever wonders what it has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It has done what it does.
    Passed,
    /// It had nothing to ask.
    Skipped,
    /// Nobody knows how far it has come.
    Other,
}

impl Current {
    /// Its header; none before the first case.
    pub fn header(&self) -> Option<Header> {
        self.lock().header.clone()
    }

    /// How the case before it has ended, where there was one.
    pub fn last(&self) -> Option<Ending> {
        self.lock().last
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes everything on to `inner`, and takes notice.
    pub fn watching<'a>(&self, inner: &'a mut dyn Progress) -> impl Progress + 'a {
        Watching { current: self.clone(), inner }
    }
}

struct Watching<'a> {
    current: Current,
    inner: &'a mut dyn Progress,
}

impl Progress for Watching<'_> {
    fn suite_started(&mut self, id: &str, title: &str, cases: usize) {
        self.inner.suite_started(id, title, cases);
    }

    fn case_started(&mut self, header: &Header) {
        self.current.lock().header = Some(header.clone());
        self.inner.case_started(header);
    }

    fn case_finished(&mut self, report: &CaseReport) {
        self.current.lock().last = Some(match report.outcome {
            Outcome::Pass(_) => Ending::Passed,
            Outcome::Skip { .. } => Ending::Skipped,
            Outcome::Fail(_) | Outcome::Broken { .. } => Ending::Other,
        });
        self.inner.case_finished(report);
    }
}
