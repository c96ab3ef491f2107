//! What needs attention: every failure dissected, every broken case explained.

use maud::{Markup, html};

use super::{anchor, chip, evidence};
use crate::report::{CaseReport, Report, Standing};
use crate::verdict::Outcome;

pub(super) fn section(report: &Report) -> Markup {
    let mut found: Vec<(&str, &CaseReport)> = report
        .suites
        .iter()
        .flat_map(|suite| suite.cases.iter().map(|case| (suite.id.as_str(), case)))
        .filter(|(_, case)| needs_attention(case))
        .collect();
    found.sort_by_key(|(_, case)| rank(case));
    html! {
        @if !found.is_empty() {
            section.findings {
                h2 { "What needs attention" span.tally { (found.len()) } }
                @for (at, (suite, case)) in found.into_iter().enumerate() {
                    (card(report, suite, case, at < OPEN))
                }
            }
        }
    }
}

/// Failures, broken cases, and passes of known failures.
pub(super) fn needs_attention(case: &CaseReport) -> bool {
    match &case.outcome {
        Outcome::Fail(_) | Outcome::Broken { .. } => true,
        Outcome::Pass(_) => case.known_failure.is_some(),
        Outcome::Skip { .. } => false,
    }
}

/// What binds comes first, what is known comes last.
fn rank(case: &CaseReport) -> u8 {
    match case.standing() {
        Standing::Failure | Standing::Regression if case.header.level.binds() => 0,
        Standing::Failure | Standing::Regression => 1,
        Standing::UnexpectedPass => 2,
        Standing::Broken => 3,
        Standing::NewFailure => 4,
        Standing::OldFailure => 5,
        Standing::KnownFailure | Standing::Fixed | Standing::Fine => 6,
    }
}

/// The colour of a card: an unexpected pass is no good news.
fn tone(case: &CaseReport) -> &'static str {
    match case.standing() {
        Standing::UnexpectedPass | Standing::NewFailure => "broken",
        Standing::KnownFailure | Standing::OldFailure => "skip",
        _ => case.outcome.name(),
    }
}

/// So many are open from the start; the rest can be looked over by their titles.
const OPEN: usize = 3;

fn card(report: &Report, suite: &str, case: &CaseReport, is_open: bool) -> Markup {
    let header = &case.header;
    html! {
        details class=(format!("card {}", tone(case))) id=(anchor(suite, case)) open[is_open] {
            summary {
                span.line { (chip(case)) span.level { (header.level) } span.clause { (header.clause) } }
                h3 { (header.title) }
                code.id { (header.id) }
            }
            (verdict(case))
            (story(case))
            (evidence::exchanges(&case.evidence, evidence::Depth::Full))
            p.replay {
                span { "Run it again" }
                code { (report.replay(suite, &header.id)) }
                button.copy type="button" hidden { "Copy" }
            }
        }
    }
}

/// The verdict's reasoning.
pub(super) fn verdict(case: &CaseReport) -> Markup {
    html! {
        @match &case.outcome {
            Outcome::Fail(failure) => {
                div.versus {
                    div.expected { h4 { "Demanded" } p { (failure.expected) } }
                    div.got { h4 { "Got" } p { (failure.got) } }
                }
                @if !failure.because.is_empty() { p.because { (failure.because) } }
            }
            Outcome::Broken { why } => p.because { "The lab could not ask: " (why) },
            Outcome::Skip { feature } => p.because { "The target lacks " code { (feature) } "." },
            Outcome::Pass(pass) => @if !pass.because.is_empty() { p.because { (pass.because) } },
        }
        @if let Some(known) = &case.known_failure {
            p.because { "Listed as a known failure: " (known.reason) }
            @if let Some(clause) = &known.clause { p.because { "Our verdict stands by " (clause) "." } }
            @if let Some(adjudication) = &known.adjudication { p.because { (adjudication) } }
            @if let Some(transcript) = &known.transcript { pre { (transcript.trim()) } }
        }
    }
}

/// Given, sent, expected, in our own words.
pub(super) fn story(case: &CaseReport) -> Markup {
    let header = &case.header;
    let claims = header.claims.join(", ");
    let twin = header.twin.clone().unwrap_or_default();
    html! {
        dl.story {
            @for (name, text, is_code) in [
                ("Given", &header.given, false),
                ("Sends", &header.sends, false),
                ("The text demands", &header.expects, false),
                ("Proves", &claims, true),
                ("Twin", &twin, true),
            ] {
                @if !text.is_empty() {
                    div { dt { (name) } dd { @if is_code { code { (text) } } @else { (text) } } }
                }
            }
        }
    }
}
