//! The head of the page: what was judged, the verdict in words, the numbers, one square a case.

use maud::{Markup, html};

use super::anchor;
use crate::report::{Report, Totals, Verdict};

pub(super) fn header(report: &Report) -> Markup {
    let facts = &report.facts;
    let verdict = report.verdict();
    html! {
        header class=(format!("top {}", tone(verdict))) {
            div.page {
                p.brand { strong { "Assay" } " conformance report" }
                h1 { (facts.target) }
                p.verdict { (capital(&verdict.to_string())) }
                p.sentence { (sentence(report)) }
                dl.facts {
                    @for (name, value) in named_facts(report) {
                        @if !value.is_empty() {
                            div { dt { (name) } dd { (value) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn numbers(report: &Report) -> Markup {
    let totals = report.totals();
    html! {
        section.numbers aria-label="Numbers" {
            div.tiles {
                @for (name, count, label, remark) in tiles(&totals) {
                    div class=(format!("tile {name}{}", if count == 0 { " zero" } else { "" })) {
                        span.count { (count) }
                        span.label { (label) }
                        span.remark { (remark) }
                    }
                }
            }
            div.field role="img" aria-label="One square for every case, in the order in which they ran" {
                @for suite in &report.suites {
                    @for (group, cases) in suite.groups() {
                        span.squares title=(group) {
                            @for case in cases {
                                a class=(format!("square {}", case.outcome.name()))
                                    href=(format!("#{}", anchor(&suite.id, case)))
                                    title=(format!("{} · {}", case.outcome.name(), case.header.id))
                                    tabindex="-1" {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conforms => "pass",
        Verdict::Warnings | Verdict::Undecided => "broken",
        Verdict::DoesNotConform => "fail",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The verdict's reasons, in sentences, nothing left out that would change a reader's mind.
fn sentence(report: &Report) -> String {
    let totals = report.totals();
    let asked = totals.cases - totals.skipped - totals.broken;
    let mut sentences = Vec::new();
    sentences.push(match (totals.failed - totals.known_failures, totals.failed_must) {
        (0, _) if asked == 0 => String::from("No demand was put to it."),
        (0, _) => {
            format!("It meets {} of {asked} demands that could be put to it.", totals.passed + totals.unattributed)
        }
        (all, 0) => format!("It misses {} of {asked}, none of them at the level of MUST.", demands(all)),
        (all, must) if all == must => format!("It breaks {} of {asked} at the level of MUST.", demands(must)),
        (all, must) => format!("It misses {} of {asked}, {must} of them at the level of MUST.", demands(all)),
    });
    let mut add = |count: usize, one: &str, many: &str| {
        if count > 0 {
            sentences.push(if count == 1 { String::from(one) } else { many.replace("{}", &count.to_string()) });
        }
    };
    add(
        totals.unattributed,
        "One refusal gave no reason that can be read, so it may have been for something else.",
        "{} refusals gave no reason that can be read, so they may have been for something else.",
    );
    add(totals.known_failures, "One failure is known.", "{} failures are known.");
    add(
        totals.unexpected_passes,
        "One case passes although it is listed as a known failure.",
        "{} cases pass although they are listed as known failures.",
    );
    add(totals.regressions, "One passed in the baseline.", "{} passed in the baseline.");
    add(totals.new_failures, "One was not asked in the baseline.", "{} were not asked in the baseline.");
    add(totals.old_failures, "One failed in the baseline as well.", "{} failed in the baseline as well.");
    add(totals.fixed, "One that failed in the baseline passes now.", "{} that failed in the baseline pass now.");
    add(totals.broken, "One demand could not be put to it.", "{} demands could not be put to it.");
    add(
        totals.not_run,
        "One case did not run, because the run was cancelled.",
        "{} cases did not run, because the run was cancelled.",
    );
    sentences.join(" ")
}

fn demands(count: usize) -> String {
    if count == 1 { String::from("one demand") } else { format!("{count} demands") }
}

fn named_facts(report: &Report) -> Vec<(&str, String)> {
    let facts = &report.facts;
    let mut named = vec![
        ("what", facts.kind.clone()),
        ("where", facts.address.clone()),
        ("profile", facts.profile.clone()),
        ("seed", facts.seed.trim_start_matches("00").to_owned()),
        ("began", without_fraction(&facts.started)),
        ("took", duration(facts.duration_ms)),
    ];
    named.extend(facts.further.iter().map(|(name, value)| (name.as_str(), value.clone())));
    named
}

/// RFC 3339 without the parts of a second.
fn without_fraction(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, rest)) => format!("{whole}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => time.to_owned(),
    }
}

/// A duration for people.
pub(super) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

fn tiles(totals: &Totals) -> [(&'static str, usize, &'static str, String); 5] {
    let of_must = match (totals.failed_must, totals.known_failures) {
        (0, 0) => String::from("broke a clause"),
        (must, 0) => format!("{must} of MUST"),
        (must, known) => format!("{must} of MUST, {known} known"),
    };
    [
        ("pass", totals.passed, "passed", String::from("for the right reason")),
        ("unattributed", totals.unattributed, "unattributed", String::from("refused, reason unknown")),
        ("fail", totals.failed, "failed", of_must),
        ("skip", totals.skipped, "skipped", String::from("feature absent")),
        ("broken", totals.broken + totals.not_run, "broken", String::from("could not be asked")),
    ]
}
