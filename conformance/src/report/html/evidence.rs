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
            @if whole {
                (message("Sent", &exchange.sent, depth, false))
                @if let Some(received) = &exchange.received {
                    (message("Came back", received, depth, probe && depth == Depth::Full))
                }
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
                            td.was { (shown(field.twin.as_deref().unwrap_or_default())) }
                            td.now { (shown(&field.value)) @if let Some(note) = &field.note { span.note { (note) } } }
                        }
                    }
                }
            }
        }
    }
}

fn message(title: &str, message: &Message, depth: Depth, open: bool) -> Markup {
    let apart = !message.parts.is_empty();
    // Where the message is taken apart, its JSON and bytes are one step further down.
    let raw = html! {
        @if let Some(json) = &message.json { pre { (pretty(json)) } }
        @if let Some(raw) = &message.raw { pre { (raw) } }
    };
    html! {
        @if apart || message.json.is_some() || message.raw.is_some() {
            details.message open[open] {
                summary { (title) " " span.hint { (hint(message)) } }
                @if apart {
                    div.parts { @for part in &message.parts { (one_part(part, depth)) } }
                    @if depth == Depth::Full { details.raw { summary { "As it went over the wire" } (raw) } }
                } @else {
                    (raw)
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
                            td { (shown(&field.value)) @if let Some(note) = &field.note { span.note { (note) } } }
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

/// A value; an empty one is said to be empty.
fn shown(value: &str) -> Markup {
    html! { @if value.is_empty() { em { "empty" } } @else { (value) } }
}

fn pretty(json: &Value) -> String {
    format!("{json:#}")
}
