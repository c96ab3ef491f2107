//! One cell a clause, by text and section; the more cases ask it, the wider the cell.

use maud::{Markup, html};

use super::view::{Entry, Kept, Map, State};
use crate::case::Level;

pub(super) fn section(map: &Map<'_>) -> Markup {
    html! {
        section.map {
            h2 { "The map" span.tally { "one cell a clause, wider with every case" } }
            @if !map.peers.is_empty() { (views(map)) }
            (legend(map))
            div.texts {
                @for (text, sections) in map.texts() {
                    div.text {
                        h3 { (text) }
                        @for (section, entries) in sections {
                            div.row {
                                span.name {
                                    @if !section.number.is_empty() { b { (section.number) } " " }
                                    (section.title)
                                }
                                span.cells { @for entry in entries { (cell(entry)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What colours the cells: our own coverage, or what a peer did.
fn views(map: &Map<'_>) -> Markup {
    html! {
        form.views hidden aria-label="What colours the cells" {
            label { input type="radio" name="view" value="0" checked; span { "Coverage" } }
            @for (at, peer) in map.peers.iter().enumerate() {
                label { input type="radio" name="view" value=(at + 1); span { (peer.name) } }
            }
        }
    }
}

fn legend(map: &Map<'_>) -> Markup {
    html! {
        p.legend data-view="coverage" {
            @for state in State::ALL {
                @if map.count(state) > 0 { span { i class=(format!("cell {}", state.tone())) {} (state.word()) } }
            }
            span { i class="cell pass should" {} "what only SHOULD be is paler" }
        }
        @if !map.peers.is_empty() {
            p.legend data-view="peer" hidden {
                @for kept in Kept::ALL {
                    span { i class=(format!("cell {}", kept.tone())) {} (kept.word()) }
                }
                span { i class="cell fail" style="--share:50%" {} "red as far as cases fail" }
            }
        }
    }
}

fn cell(entry: &Entry<'_>) -> Markup {
    let clause = entry.clause;
    let paler = if matches!(clause.level, Level::Should | Level::May) { " should" } else { "" };
    // From a square to about eight: fifty cases are not fifty times as wide as one.
    let width = 14 + entry.rows.len().min(60) * 3 / 2;
    html! {
        a class=(format!("cell {}{paler}", entry.state.tone())) href=(format!("#{}", clause.id))
            style=(format!("width:{width}px")) data-tones=(tones(entry)) data-shares=(shares(entry))
            title=(format!("{} {} · {} · {} cases\n{}", clause.id, clause.level, clause.reference, entry.rows.len(), clause.words)) {}
    }
}

/// How much of a cell is red in each view: all of it where the gap is ours.
fn shares(entry: &Entry<'_>) -> String {
    let peers = entry.shares.iter().map(usize::to_string);
    [String::from("100")].into_iter().chain(peers).collect::<Vec<_>>().join(" ")
}

/// The classes of an entry in each view, the first our own coverage.
pub(super) fn tones(entry: &Entry<'_>) -> String {
    let peers = entry.kept.iter().map(|kept| kept.tone());
    [entry.state.tone()].into_iter().chain(peers).collect::<Vec<_>>().join(" ")
}
