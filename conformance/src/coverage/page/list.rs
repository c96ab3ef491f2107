//! Every clause with its cases, proofs and outcomes, and a box to filter them.

use maud::{Markup, html};

use super::map::tones;
use super::view::{Entry, Kept, Map, State, words};
use crate::coverage::{Place, Row, Status};
use crate::report::CaseReport;

pub(super) fn section(map: &Map<'_>) -> Markup {
    html! {
        section.list {
            h2 { "Every clause" span.tally { (map.clauses.len()) } }
            form.filter hidden role="search" {
                input type="search" placeholder="Filter by clause, words, case or defect" aria-label="Filter the clauses";
                div.toggles data-view="coverage" {
                    @for state in State::ALL {
                        @if map.count(state) > 0 { (toggle(state.tone(), state.word())) }
                    }
                }
                @if !map.peers.is_empty() {
                    div.toggles data-view="peer" hidden {
                        @for kept in Kept::ALL { (toggle(kept.tone(), kept.word())) }
                    }
                }
                label.only { input type="checkbox" name="must"; " only what MUST be" }
                p.shown aria-live="polite" {}
            }
            @for (text, sections) in map.texts() {
                div.suite {
                    h3 { (text) }
                    @for (section, entries) in sections {
                        div.part {
                            h4 { @if !section.number.is_empty() { (section.number) " " } (section.title) }
                            @for entry in entries { (one(map, entry)) }
                        }
                    }
                }
            }
            @if !map.beyond.is_empty() {
                div.suite {
                    h3 { "Beyond the listed clauses" }
                    div.part { details.clause data-words="beyond" data-tones="pass" data-binds="false" {
                        summary { span.words { "Cases that ask none of them" span.tally { (map.beyond.len()) } } }
                        (cases(map, &map.beyond))
                    } }
                }
            }
        }
    }
}

fn toggle(tone: &str, word: &str) -> Markup {
    html! {
        label class=(format!("toggle {tone}")) { input type="checkbox" checked value=(tone); span { (word) } }
    }
}

fn one(map: &Map<'_>, entry: &Entry<'_>) -> Markup {
    let clause = entry.clause;
    let reason = match &clause.place {
        Place::OutOfSlice { reason } => Some(reason),
        Place::Suite { .. } => None,
    };
    html! {
        details.clause id=(clause.id) data-tones=(tones(entry)) data-binds=(clause.level.binds()) data-words=(haystack(entry)) {
            summary {
                span class=(format!("mark cell {}", entry.state.tone())) title=(entry.state.word()) {}
                span.words {
                    (clause.words)
                    @if let Some(reason) = reason { span.reason { (reason) } }
                }
                span.where {
                    span.level { (clause.level) } " "
                    span.reference { (clause.reference) }
                }
                span.count {
                    @match entry.rows.len() {
                        0 => "",
                        1 => "1 case",
                        many => { (many) " cases" }
                    }
                }
                span.peers {
                    @for ((kept, share), peer) in entry.kept.iter().zip(&entry.shares).zip(map.peers) {
                        i class=(format!("cell {}", kept.tone())) style=(format!("--share:{share}%")) title=(format!("{}: {}", peer.name, kept.word())) {}
                    }
                }
            }
            @if entry.rows.is_empty() {
                p.because { code { (clause.id) } ": " (reason.map_or("no case asks it, and nobody says why", String::as_str)) "." }
            } @else {
                (cases(map, &entry.rows))
            }
        }
    }
}

fn haystack(entry: &Entry<'_>) -> String {
    let clause = entry.clause;
    let mut words = format!("{} {} {} {}", clause.id, clause.level, clause.reference, clause.words);
    if let Place::OutOfSlice { reason } = &clause.place {
        words.push_str(reason);
    }
    for row in &entry.rows {
        for part in [&row.case].into_iter().chain(&row.proofs) {
            words.push(' ');
            words.push_str(part);
        }
    }
    words.to_lowercase()
}

fn cases(map: &Map<'_>, rows: &[&Row]) -> Markup {
    html! {
        table.asked {
            thead { tr { th { "Case" } th { "Bites" } @for peer in map.peers { th.peer { (peer.name) } } } }
            tbody {
                @for row in rows {
                    tr {
                        th {
                            @if let Some(header) = map.header(row) { span.title { (header.title) } }
                            code { (row.case) }
                        }
                        td {
                            @if row.status == Status::Unproven { em.open { "nothing yet" } }
                            @for proof in &row.proofs { span.proof { (proof) } }
                            @if !row.shadowed_by.is_empty() { span.shadow { "beside " (row.shadowed_by.join(", ")) } }
                        }
                        @for case in map.outcomes(row) { td.peer { (outcome(case)) } }
                    }
                }
            }
        }
    }
}

fn outcome(case: Option<&CaseReport>) -> Markup {
    html! {
        @match case {
            None => span.absent title="not in the report" { "–" },
            Some(case) => {
                @let name = case.outcome.name();
                span class=(format!("chip {name}")) title=(words(case)) { (name) }
                @if name == "fail" || name == "broken" { span.note { (words(case)) } }
                @if let Some(known) = &case.known_failure { span.note { "Known: " (known.reason) } }
            }
        }
    }
}
