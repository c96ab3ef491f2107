//! The clause map: every clause with its cases, their proofs, the gaps, and how judged peers did,
//! as one page that needs nothing else.

mod list;
mod map;
mod sections;
mod view;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::view::{Kept, Map, State};
use super::{Clause, Coverage, Listed};
use crate::report::{Report, html as report_page};

/// Somebody whom the suites have judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// The name at the head of its column.
    pub name: String,
    /// What was found.
    pub report: Report,
}

/// The whole page.
pub fn page(coverage: &Coverage, clauses: &[Clause], suites: &[Listed], peers: &[Peer]) -> String {
    let map = Map::new(coverage, clauses, suites, peers);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(report_page::policy(SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Assay · clause map" }
                style { (PreEscaped(report_page::STYLE)) (PreEscaped(STYLE)) }
            }
            body.clauses {
                (header(&map))
                main {
                    (numbers(&map))
                    (map::section(&map))
                    (judged(&map))
                    (list::section(&map))
                }
                footer {
                    p {
                        "Made by " code { "assay coverage --html" } ". A proof is a deliberate defect that the case notices while its good twin passes; "
                        "the clauses are in our own words, and the cited texts alone bind."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn header(map: &Map<'_>) -> Markup {
    let proven = map.count(State::Proven);
    let (all, listed) = (map.clauses.len(), map.count(State::Listed));
    let holes = all - proven - listed;
    html! {
        header class=(format!("top {}", if holes == 0 { "pass" } else { "broken" })) {
            div.page {
                p.brand { strong { "Assay" } " clause map" }
                h1 { "What the specifications demand, and how we ask" }
                p.sentence {
                    (proven) " of " (all) " clauses are asked by cases that are proven to bite. "
                    (listed) " are not asked, each for a reason that is given. "
                    @match holes {
                        0 => "There is no other gap.",
                        1 => "One is open.",
                        _ => { (holes) " are open." }
                    }
                }
            }
        }
    }
}

fn numbers(map: &Map<'_>) -> Markup {
    let totals = &map.coverage.totals;
    let tiles = [
        ("pass", map.count(State::Proven), "clauses proven", "every case has a proof"),
        (
            "broken",
            map.count(State::Partly) + map.count(State::Missing),
            "clauses open",
            "a case or a proof is missing",
        ),
        ("skip", map.count(State::Listed), "not asked", "with a reason"),
        ("unattributed", totals.cases, "cases", "one edit each, beside a good twin"),
        ("unattributed", map.defects(), "proofs of bite", "defects that a case notices"),
    ];
    html! {
        section.numbers aria-label="Numbers" {
            div.tiles {
                @for (tone, count, label, remark) in tiles {
                    div class=(format!("tile {tone}{}", if count == 0 { " zero" } else { "" })) {
                        span.count { (count) }
                        span.label { (label) }
                        span.remark { (remark) }
                    }
                }
            }
        }
    }
}

/// How each judged peer did, clause by clause.
fn judged(map: &Map<'_>) -> Markup {
    html! {
        @if !map.peers.is_empty() {
            section.judged {
                h2 { "Who was judged" span.tally { (map.peers.len()) } }
                @for (at, peer) in map.peers.iter().enumerate() {
                    @let shares = Kept::ALL.map(|kept| (kept, map.clauses.iter().filter(|one| one.kept.get(at) == Some(&kept)).count()));
                    div.peer {
                        strong { (peer.name) }
                        span.bar aria-hidden="true" {
                            @for (kept, count) in shares {
                                @if count > 0 && kept != Kept::Absent { i class=(kept.tone()) style=(format!("flex-grow:{count}")) {} }
                            }
                        }
                        span.shares {
                            @for (kept, count) in shares {
                                @if count > 0 && kept != Kept::Absent { span class=(kept.tone()) { (count) " " (kept.word()) } }
                            }
                        }
                        span.took { (peer.report.facts.profile) }
                    }
                }
            }
        }
    }
}

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

#[cfg(test)]
mod tests;
