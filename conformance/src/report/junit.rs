//! The report as JUnit XML, for build servers.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::model::Standing;
use super::{CaseReport, Report};
use crate::verdict::Outcome;

/// The report as JUnit XML. A broken case is an error, an unexpected pass a failure; a known
/// failure is skipped, and so is one that a baseline does not call a regression.
pub fn render(report: &Report) -> String {
    let mut xml = quick_junit::Report::new("assay");
    for suite in &report.suites {
        for (group, cases) in suite.groups() {
            let mut out = TestSuite::new(format!("{}.{}", suite.id, group.replace('/', ".")));
            for case in cases {
                out.add_test_case(test_case(report, &suite.id, case));
            }
            xml.add_test_suite(out);
        }
    }
    // Without a time stamp nothing in it can fail to be written.
    xml.to_string().unwrap_or_default()
}

fn test_case(report: &Report, suite: &str, case: &CaseReport) -> TestCase {
    let mut out = TestCase::new(case.header.id.clone(), status(report, suite, case));
    out.set_time(Duration::from_millis(case.duration_ms));
    out.set_classname(format!("{} {}", case.header.level, case.header.clause));
    out
}

fn listed(case: &CaseReport) -> &str {
    case.known_failure.as_ref().map_or("", |known| known.reason.as_str())
}

fn status(report: &Report, suite: &str, case: &CaseReport) -> TestCaseStatus {
    match (&case.outcome, case.standing()) {
        (Outcome::Fail(failure), Standing::KnownFailure) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("known failure: {}; got {}", listed(case), failure.got));
            status
        }
        (Outcome::Fail(failure), standing @ (Standing::OldFailure | Standing::NewFailure)) => {
            let mut status = TestCaseStatus::skipped();
            let word = if standing == Standing::OldFailure { "fails as before" } else { "new failure" };
            status.set_message(format!("{word}: expected {}, got {}", failure.expected, failure.got));
            status
        }
        (Outcome::Fail(failure), _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let regression = case.standing() == Standing::Regression;
            status
                .set_type(if regression { "regression" } else { case.header.level.as_str() })
                .set_message(format!("expected {}, got {}", failure.expected, failure.got))
                .set_description(format!(
                    "{}\n{}\n{}\n{}",
                    case.header.title,
                    case.header.expects,
                    failure.because,
                    report.replay(suite, &case.header.id)
                ));
            status
        }
        (Outcome::Pass(_), Standing::UnexpectedPass) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("unexpected pass").set_message(format!("listed as a known failure: {}", listed(case)));
            status
        }
        (Outcome::Pass(_), _) => TestCaseStatus::success(),
        (Outcome::Skip { feature }, _) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("the target lacks {feature}"));
            status
        }
        (Outcome::Broken { why }, _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("broken").set_message(why.clone());
            status
        }
    }
}
