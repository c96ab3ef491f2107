//! A progress bar on a terminal; silence elsewhere.

use std::io::IsTerminal as _;

use assay_conformance::case::Header;
use assay_conformance::report::CaseReport;
use assay_conformance::runner::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One bar for one suite after another, on standard error.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar where somebody sees it.
    pub fn new() -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self(ProgressBar::with_draw_target(Some(0), target))
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Bar {
    fn suite_started(&mut self, id: &str, _title: &str, cases: usize) {
        self.0.reset();
        self.0.set_length(u64::try_from(cases).unwrap_or(u64::MAX));
        self.0.set_prefix(id.to_owned());
        // The template is a constant: a wrong one shows in the first run.
        if let Ok(style) = ProgressStyle::with_template("{prefix:>14} {bar:32} {pos:>3}/{len}  {wide_msg}") {
            self.0.set_style(style);
        }
    }

    fn case_started(&mut self, header: &Header) {
        self.0.set_message(header.id.clone());
    }

    fn case_finished(&mut self, report: &CaseReport) {
        if matches!(report.outcome.name(), "fail" | "broken") {
            self.0.println(format!("  {}  {}", report.outcome.name(), report.header.id));
        }
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
