//! A progress bar on a terminal; silence elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Desk;
use assay_conformance::case::Header;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One bar for one suite after another, on standard error.
pub struct Bar(Line);

/// The bar, and the case whose id it shows. Clones are the same line.
#[derive(Clone)]
struct Line {
    bar: ProgressBar,
    case: Arc<Mutex<String>>,
}

impl Bar {
    /// A bar where somebody sees it.
    pub fn new() -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self(Line { bar: ProgressBar::with_draw_target(Some(0), target), case: Arc::default() })
    }

    /// Where whoever watches it is told things.
    pub fn desk(&self) -> Arc<dyn Desk> {
        Arc::new(self.0.clone())
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Bar {
    fn suite_started(&mut self, id: &str, _title: &str, cases: usize) {
        self.0.bar.reset();
        self.0.bar.set_length(u64::try_from(cases).unwrap_or(u64::MAX));
        self.0.bar.set_prefix(id.to_owned());
        // The template is a constant: a wrong one shows in the first run.
        if let Ok(style) = ProgressStyle::with_template("{prefix:>14} {bar:32} {pos:>3}/{len}  {wide_msg}") {
            self.0.bar.set_style(style);
        }
    }

    fn case_started(&mut self, header: &Header) {
        self.0.case().clone_from(&header.id);
        self.0.bar.set_message(header.id.clone());
    }

    fn case_finished(&mut self, report: &CaseReport) {
        if matches!(report.outcome.name(), "fail" | "broken") {
            self.0.bar.println(format!("  {}  {}", report.outcome.name(), report.header.id));
        }
        self.0.bar.inc(1);
    }
}

impl Line {
    fn case(&self) -> MutexGuard<'_, String> {
        self.case.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Line {
    fn say(&self, text: &str) {
        if self.bar.is_hidden() { eprintln!("{text}") } else { self.bar.println(text) }
    }

    fn touch(&self, wanted: bool) {
        let case = self.case().clone();
        self.bar.set_message(if wanted { format!("touch the key  {case}") } else { case });
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.bar.finish_and_clear();
    }
}
