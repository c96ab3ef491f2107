//! The report for a terminal: a table of groups, then what needs attention.

use std::fmt::Write as _;

use super::model::Standing;
use super::{CaseReport, Report, Totals};
use crate::verdict::Outcome;

/// With colour or without; who calls knows whether a terminal reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Only text.
    Plain,
    /// With ANSI colours.
    Colour,
}

/// The whole report: facts, one row a group, every finding in full, the last line a verdict.
pub fn render(report: &Report, style: Style) -> String {
    let paint = Paint(style);
    let mut out = String::new();
    facts(&mut out, report, paint);
    for suite in &report.suites {
        let _ = writeln!(out, "\n{}", paint.bold(&suite.title));
        let width = suite.groups().iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(12);
        let _ = writeln!(out, "  {:width$}  {HEAD}", "");
        for (group, cases) in suite.groups() {
            let row = row(&Totals::of(cases.into_iter()), paint);
            let _ = writeln!(out, "  {group:width$}  {row}");
        }
        if suite.not_run > 0 {
            let _ = writeln!(out, "  {}", paint.yellow(&format!("{} not run: cancelled", suite.not_run)));
        }
    }
    for suite in &report.suites {
        for case in &suite.cases {
            finding(&mut out, report, &suite.id, case, paint);
        }
    }
    verdict(&mut out, report, paint);
    out
}

/// One line for one case, as it ends.
pub fn line(case: &CaseReport, style: Style) -> String {
    let paint = Paint(style);
    let name = paint.outcome(case.outcome.name(), &format!("{:12}", case.outcome.name()));
    format!("{name} {}", case.header.id)
}

const HEAD: &str = "   pass  unattr   fail   skip broken";

fn facts(out: &mut String, report: &Report, paint: Paint) {
    let facts = &report.facts;
    let _ = writeln!(out, "{}", paint.bold(&format!("{} judged by {}", facts.target, facts.lab)));
    for (name, value) in [
        ("kind", &facts.kind),
        ("address", &facts.address),
        ("profile", &facts.profile),
        ("seed", &facts.seed),
        ("started", &facts.started),
    ] {
        if !value.is_empty() {
            let _ = writeln!(out, "  {name:8} {value}");
        }
    }
    for (name, value) in &facts.further {
        let _ = writeln!(out, "  {name:8} {value}");
    }
}

fn row(totals: &Totals, paint: Paint) -> String {
    [
        ("pass", totals.passed, 7),
        ("unattributed", totals.unattributed, 8),
        ("fail", totals.failed, 7),
        ("skip", totals.skipped, 7),
        ("broken", totals.broken, 7),
    ]
    .map(|(name, count, width)| match count {
        0 => format!("{:>width$}", "."),
        _ => paint.outcome(name, &format!("{count:>width$}")),
    })
    .concat()
}

fn finding(out: &mut String, report: &Report, suite: &str, case: &CaseReport, paint: Paint) {
    let known = case.known_failure.as_ref();
    let listed = known.map_or("", |known| known.reason.as_str());
    let clause = known.and_then(|known| known.clause.as_deref()).unwrap_or_default();
    let adjudication = known.and_then(|known| known.adjudication.as_deref()).unwrap_or_default().trim();
    let (word, lines): (&str, Vec<(&str, &str)>) = match (&case.outcome, case.standing()) {
        (Outcome::Fail(failure), standing) => (
            match standing {
                Standing::KnownFailure => "KNOWN",
                Standing::Regression => "REGRESSION",
                Standing::NewFailure => "NEW FAILURE",
                Standing::OldFailure => "FAILS AS BEFORE",
                _ => "FAIL",
            },
            vec![
                ("expected", failure.expected.as_str()),
                ("got", &failure.got),
                ("because", &failure.because),
                ("listed", listed),
                ("clause", clause),
                ("argued", adjudication),
            ],
        ),
        (_, Standing::UnexpectedPass) => ("UNEXPECTED PASS", vec![("listed", listed)]),
        (_, Standing::Fixed) => ("FIXED", Vec::new()),
        (Outcome::Broken { why }, _) => ("BROKEN", vec![("because", why.as_str())]),
        _ => return,
    };
    let header = &case.header;
    let _ = writeln!(
        out,
        "\n{} {}  {} {}\n  {}",
        paint.outcome(case.outcome.name(), word),
        paint.bold(&header.id),
        header.level,
        header.clause,
        header.title
    );
    let replay = report.replay(suite, &header.id);
    for (name, text) in lines.into_iter().chain([("replay", replay.as_str())]) {
        if !text.is_empty() {
            let _ = writeln!(out, "  {} {text}", paint.dim(&format!("{name:9}")));
        }
    }
}

fn verdict(out: &mut String, report: &Report, paint: Paint) {
    let totals = report.totals();
    let _ = writeln!(
        out,
        "\n{}: {} cases, {} passed, {} unattributed, {} failed ({} of MUST), {} skipped, {} broken",
        paint.bold(&report.verdict().to_string()),
        totals.cases,
        totals.passed,
        totals.unattributed,
        totals.failed,
        totals.failed_must,
        totals.skipped,
        totals.broken,
    );
    for (count, what) in [
        (totals.known_failures, "known failures"),
        (totals.unexpected_passes, "unexpected passes"),
        (totals.regressions, "regressions"),
        (totals.new_failures, "new failures"),
        (totals.old_failures, "fail as before"),
        (totals.fixed, "fixed"),
        (totals.not_run, "not run"),
    ] {
        if count > 0 {
            let _ = writeln!(out, "  {count} {what}");
        }
    }
}

#[derive(Clone, Copy)]
struct Paint(Style);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        match self.0 {
            Style::Plain => text.to_owned(),
            Style::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    fn outcome(self, name: &str, text: &str) -> String {
        match name {
            "pass" => self.with("32", text),
            "unattributed" => self.with("36", text),
            "fail" => self.with("31", text),
            "skip" => self.dim(text),
            _ => self.yellow(text),
        }
    }
}

#[cfg(test)]
mod tests;
