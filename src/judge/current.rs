//! Which case is running, for whoever opens the way to a key: a session itself does not say.

use std::sync::{Arc, Mutex, PoisonError};

use assay_conformance::case::Header;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::Progress;

/// The case that runs now. Clones see the same one.
#[derive(Debug, Clone, Default)]
pub struct Current(Arc<Mutex<Option<Header>>>);

impl Current {
    /// Its header; none before the first case.
    pub fn header(&self) -> Option<Header> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        *self.current.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(header.clone());
        self.inner.case_started(header);
    }

    fn case_finished(&mut self, report: &CaseReport) {
        self.inner.case_finished(report);
    }
}
