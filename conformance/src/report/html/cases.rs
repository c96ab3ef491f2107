//! Every case, by suite and group, with a box to filter them.

use maud::{Markup, html};

use super::{anchor, chip, evidence, findings, summary};
use crate::report::{CaseReport, Report, SuiteReport, Totals};

pub(super) fn section(report: &Report) -> Markup {
    html! {
        section.cases {
            h2 { "Every case" span.tally { (report.totals().cases) } }
            form.filter hidden role="search" {
                input type="search" placeholder="Filter by id, title, clause or code" aria-label="Filter the cases";
                div.toggles {
                    @for name in ["pass", "unattributed", "fail", "skip", "broken"] {
                        label class=(format!("toggle {name}")) {
                            input type="checkbox" checked value=(name);
                            span { (name) }
                        }
                    }
                }
                p.shown aria-live="polite" {}
            }
            @for suite in &report.suites {
                (suite_tree(report, suite))
            }
        }
    }
}

fn suite_tree(report: &Report, suite: &SuiteReport) -> Markup {
    html! {
        div.suite {
            h3 { (suite.title) }
            @for (group, cases) in suite.groups() {
                details.group {
                    summary {
                        span.name { (if group.is_empty() { "cases" } else { group }) }
                        (bar(&Totals::of(cases.iter().copied())))
                        span.tally { (cases.len()) }
                    }
                    div.rows {
                        @for case in cases { (row(report, &suite.id, case)) }
                    }
                }
            }
        }
    }
}

/// Shares of the outcomes as one thin bar.
fn bar(totals: &Totals) -> Markup {
    html! {
        span.bar aria-hidden="true" {
            @for (name, count) in [
                ("pass", totals.passed),
                ("unattributed", totals.unattributed),
                ("fail", totals.failed),
                ("skip", totals.skipped),
                ("broken", totals.broken),
            ] {
                @if count > 0 { i class=(name) style=(format!("flex-grow:{count}")) {} }
            }
        }
    }
}

fn row(report: &Report, suite: &str, case: &CaseReport) -> Markup {
    let header = &case.header;
    // A case that needs attention has its anchor, and its dissection, in its card above.
    let attention = findings::needs_attention(case);
    html! {
        details.case id=[(!attention).then(|| anchor(suite, case))] data-outcome=(case.outcome.name())
            data-words=(format!("{} {} {} {}", header.id, header.title, header.clause, header.claims.join(" ")).to_lowercase()) {
            summary {
                (chip(case))
                span.what { span.title { (header.title) } code { (header.id) } }
                span.clause { (header.clause) }
                span.level { (header.level) }
                span.took { (summary::duration(case.duration_ms)) }
            }
            div.inside {
                @if attention {
                    p.because { a href=(format!("#{}", anchor(suite, case))) { "Dissected above" } }
                } @else {
                    (findings::verdict(case))
                    (findings::story(case))
                    (evidence::exchanges(&case.evidence, evidence::Depth::Brief))
                    p.replay { span { "Run it again" } code { (report.replay(suite, &header.id)) } button.copy type="button" hidden { "Copy" } }
                }
            }
        }
    }
}
