//! The matrix as one page that needs nothing else, sorted and filtered where it is read.

use assay_protocol::base64url;
use assay_protocol::digest::sha256;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Matrix, Model, Verdict};

/// The whole page; `name` is the policy's.
pub fn page(matrix: &Matrix, name: &str) -> String {
    let tone = if matrix.count(Verdict::Refused) > 0 {
        "refused"
    } else if matrix.count(Verdict::Flagged) + matrix.count(Verdict::Undecided) > 0 {
        "flagged"
    } else {
        "admitted"
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(security());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (name) " · policy matrix" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(format!("top {tone}")) {
                    div class="page" {
                        p class="brand" { strong { "Assay" } " policy matrix" }
                        h1 { (name) }
                        p class="verdict" { (matrix.sentence()) }
                        (facts(matrix))
                    }
                }
                main {
                    (tiles(matrix))
                    (rules(matrix))
                    (models(matrix))
                }
                footer {
                    p {
                        "Each model is judged by a good specimen: the best attestation that its metadata list, a path "
                        "that ends in its own anchor, firmware unknown, keys that are not backed up. "
                        "A registration that shows less may fail where the model passes."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn facts(matrix: &Matrix) -> Markup {
    let issue = matrix.mds_no.map_or_else(|| "none".to_owned(), |no| format!("no. {no}"));
    html! {
        dl class="facts" {
            div { dt { "mode" } dd { (matrix.mode) } }
            div { dt { "judged on" } dd { (matrix.day) } }
            div { dt { "metadata" } dd { (issue) ", " (matrix.mds_age) } }
            @if let Some(next) = &matrix.mds_next_update { div { dt { "next issue due" } dd { (next) } } }
            div { dt { "models" } dd { (matrix.models.len()) } }
        }
    }
}

fn tiles(matrix: &Matrix) -> Markup {
    let remark = |verdict| match verdict {
        Verdict::Admitted => "no rule is failed",
        Verdict::Flagged => "admitted, and recorded as a failure",
        Verdict::Refused => "403, nothing is stored",
        Verdict::Undecided => "503, the metadata are too old",
    };
    html! {
        div class="tiles" {
            @for verdict in [Verdict::Admitted, Verdict::Flagged, Verdict::Refused, Verdict::Undecided] {
                @let count = matrix.count(verdict);
                div class=(format!("tile {}{}", verdict.as_str(), if count == 0 { " zero" } else { "" })) {
                    span class="count" { (count) }
                    span class="label" { (verdict.as_str()) }
                    span class="remark" { (remark(verdict)) }
                }
            }
        }
    }
}

/// The rules in their order, and how many models each of them stops.
fn rules(matrix: &Matrix) -> Markup {
    let all = matrix.models.len().max(1);
    let percent = |count: usize| format!("width:{}%", count * 100 / all);
    html! {
        section {
            h2 { "The rules" span class="tally" { "in the order in which they are asked" } }
            table class="rules" {
                thead { tr { th { "rule" } th { "says" } th { "models that fail it" } th class="number" { "first" } th class="number" { "at all" } } }
                tbody {
                    @for rule in &matrix.rules {
                        tr class=(if rule.active { "" } else { "off" }) {
                            td { code { (rule.rule) } }
                            td { (says(matrix, rule.rule)) }
                            td { div class="bar" title=(format!("{} first, {} at all", rule.first, rule.any)) {
                                span class="any" style=(percent(rule.any)) {}
                                span class="first" style=(percent(rule.first)) {}
                            } }
                            td class="number" { @if rule.active { (rule.first) } @else { "–" } }
                            td class="number" { @if rule.active { (rule.any) } @else { "–" } }
                        }
                    }
                }
            }
        }
    }
}

/// What the policy says by a rule.
fn says(matrix: &Matrix, rule: &str) -> String {
    let listed = |name: &str| matrix.policy.get(name).and_then(|list| list.as_array()).map_or(0, Vec::len);
    let models = |count: usize| match count {
        0 => "not set".to_owned(),
        1 => "1 model".to_owned(),
        count => format!("{count} models"),
    };
    let flag = |name: &str| match matrix.policy.get(name).and_then(|flag| flag.as_bool()) {
        Some(true) => "yes".to_owned(),
        _ => "not set".to_owned(),
    };
    match rule {
        "blocked_aaguids" => models(listed("blocked_aaguids")),
        "allowed_aaguids" => models(listed("allowed_aaguids")),
        "min_certification_level" => match matrix.policy.get(rule).and_then(|level| level.as_str()) {
            Some(level) => level.to_owned(),
            None => "not set".to_owned(),
        },
        "mds_status" => match matrix.policy.get("denied_statuses") {
            None => "the usual six statuses".to_owned(),
            Some(_) => format!("{} statuses", listed("denied_statuses")),
        },
        _ => flag(rule),
    }
}

fn models(matrix: &Matrix) -> Markup {
    html! {
        section {
            h2 { "Every model" span class="tally" { (matrix.models.len()) } }
            form class="filter" hidden {
                input type="search" placeholder="Filter by name, id, level, status, rule" aria-label="Filter models";
                div class="toggles" {
                    @for verdict in Verdict::ALL {
                        @if matrix.count(verdict) > 0 {
                            label class=(format!("toggle {}", verdict.as_str())) {
                                input type="checkbox" value=(verdict.as_str()) checked;
                                span { (verdict.as_str()) }
                            }
                        }
                    }
                }
                span class="shown" role="status" {}
            }
            table class="models" {
                thead {
                    tr {
                        @for (key, label) in [("verdict", "verdict"), ("name", "model"), ("level", "level"), ("keys", "keys"), ("why", "why")] {
                            th scope="col" class=(key) aria-sort="none" { button type="button" { (label) } }
                        }
                    }
                }
                tbody { @for model in &matrix.models { (row(model)) } }
            }
        }
    }
}

fn row(model: &Model) -> Markup {
    let rank = Verdict::ALL.iter().position(|verdict| *verdict == model.verdict).unwrap_or_default();
    let level = LEVELS.iter().position(|level| *level == model.level).unwrap_or_default();
    let notable = model.statuses.iter().filter(|status| !status.contains("FIDO_CERTIFIED"));
    let words = [
        model.name.as_str(),
        &model.id,
        &model.protocol,
        model.level,
        model.attestation,
        &model.statuses.join(" "),
        &model.key_protection.join(" "),
        &model.failures.iter().map(|failure| failure.rule).collect::<Vec<_>>().join(" "),
    ]
    .join(" ")
    .to_lowercase();
    html! {
        tr class=(model.verdict.as_str()) data-verdict=(model.verdict.as_str()) data-words=(words) {
            td class="verdict" data-key=(rank) { span class="chip" { (model.verdict.as_str()) } }
            td class="name" data-key=(model.name.to_lowercase()) {
                span class="model" { (model.name) }
                span class="under" {
                    code { (model.id) }
                    @if model.protocol == "u2f" { span class="tag" { "U2F" } }
                    @for status in notable { span class="tag status" { (status) } }
                }
            }
            td class="level" data-key=(level) { (model.level) }
            td class="keys" data-key=(model.key_protection.join(" ")) {
                (model.key_protection.join(", ").replace('_', " "))
                span class="under" { (model.attestation) " attestation" }
            }
            td class="why" data-key=(model.failed_rule()) {
                @if let Some((first, others)) = model.failures.split_first() {
                    code { (first.rule) }
                    span { (first.why) }
                    @if !others.is_empty() {
                        ul { @for other in others { li { code { (other.rule) } span { (other.why) } } } }
                    }
                }
            }
        }
    }
}

/// Only this page's own script may run: the names of models are a stranger's.
fn security() -> String {
    let script = base64url::encode(&sha256(SCRIPT.as_bytes()));
    let script = script.replace('-', "+").replace('_', "/");
    format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}='")
}

const LEVELS: [&str; 8] = ["NONE", "FUNCTIONAL", "L1", "L1plus", "L2", "L2plus", "L3", "L3plus"];
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
