//! What was sent and what came.

use maud::{Markup, html};
use serde_json::Value;

use crate::evidence::{Exchange, Field, Message, Part, Role};

/// How much of the evidence is written out; `report.json` always has all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Every message in full.
    Full,
    /// The question taken apart, first lines of the rest.
    Brief,
}

pub(super) fn exchanges(exchanges: &[Exchange], depth: Depth) -> Markup {
    html! {
        @if !exchanges.is_empty() {
            ol.exchanges {
                @for exchange in exchanges { (one(exchange, depth)) }
            }
        }
    }
}

fn one(exchange: &Exchange, depth: Depth) -> Markup {
    let probe = exchange.role == Role::Probe;
    let whole = depth == Depth::Full || probe;
    html! {
        li class=(role(exchange.role)) {
            p.step {
                span.role { (role(exchange.role)) }
                span.label { (exchange.label) }
                span.wire {
                    code { (exchange.sent.line) }
                    span.arrow { " → " }
                    @match &exchange.received {
                        Some(received) => code { (received.line) },
                        None => em { "no answer" },
                    }
                }
            }
            @if let Some(edit) = &exchange.sent.edit { p.edit { (edit) } }
            @if probe { (differences(&exchange.sent.parts)) }
            @if whole { (message("Sent", &exchange.sent, depth)) }
            @if let (true, Some(received)) = (whole, &exchange.received) {
                (message("Came back", received, depth))
            }
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Setup => "setup",
        Role::Probe => "question",
        Role::Twin => "twin",
    }
}

/// The fields in which the question differs from its good twin.
fn differences(parts: &[Part]) -> Markup {
    let changed: Vec<(&Part, &Field)> = parts
        .iter()
        .flat_map(|part| part.fields.iter().map(move |field| (part, field)))
        .filter(|(_, field)| field.twin.is_some())
        .collect();
    html! {
        @if !changed.is_empty() {
            table.differences {
                thead { tr { th { "Differs from the good twin in" } th { "twin" } th { "sent" } } }
                tbody {
                    @for (part, field) in changed {
                        tr {
                            th { span.part { (part.title) } " " (field.name) }
                            td.was { (field.twin.as_deref().unwrap_or_default()) }
                            td.now { (field.value) @if let Some(note) = &field.note { span.note { (note) } } }
                        }
                    }
                }
            }
        }
    }
}

fn message(title: &str, message: &Message, depth: Depth) -> Markup {
    let empty = message.parts.is_empty() && message.json.is_none() && message.raw.is_none();
    // A short answer is worth reading at once.
    let open = depth == Depth::Full && message.parts.is_empty();
    html! {
        @if !empty {
            details.message open[open] {
                summary { (title) " " span.hint { (hint(message)) } }
                div.parts { @for part in &message.parts { (one_part(part, depth)) } }
                @if depth == Depth::Full || message.parts.is_empty() {
                    @if let Some(json) = &message.json {
                        details.raw open[message.parts.is_empty()] { summary { "JSON" } pre { (pretty(json)) } }
                    }
                    @if let Some(raw) = &message.raw {
                        details.raw open[message.parts.is_empty()] { summary { "Raw" } pre { (raw) } }
                    }
                }
            }
        }
    }
}

fn hint(message: &Message) -> String {
    if message.parts.is_empty() {
        return String::new();
    }
    let titles: Vec<&str> = message.parts.iter().map(|part| part.title.as_str()).collect();
    titles.join(" · ")
}

fn one_part(part: &Part, depth: Depth) -> Markup {
    html! {
        section.part {
            h5 { (part.title) }
            table {
                tbody {
                    @for field in &part.fields {
                        tr.changed[field.twin.is_some()] {
                            th { (field.name) }
                            td { (field.value) @if let Some(note) = &field.note { span.note { (note) } } }
                        }
                    }
                }
            }
            @if let (Depth::Full, Some(notation)) = (depth, &part.notation) {
                details.raw { summary { "As written" } pre { (notation) } }
            }
        }
    }
}

fn pretty(json: &Value) -> String {
    format!("{json:#}")
}
