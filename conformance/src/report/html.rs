//! The report as one page that needs nothing else: no script, style, font or picture from outside.

mod cases;
mod evidence;
mod findings;
mod summary;

use assay_protocol::base64url;
use assay_protocol::digest::sha256;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{CaseReport, Report, Standing};

/// The whole page.
pub fn page(report: &Report) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.facts.target) " · " (report.verdict()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (summary::header(report))
                main {
                    (summary::numbers(report))
                    (findings::section(report))
                    (cases::section(report))
                }
                footer {
                    p {
                        "Made by " (report.facts.lab) ". Everything on this page is in " code { "report.json" }
                        " beside it, with the whole of every message that was kept."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// Only this page's own style and script may run: it shows what strangers sent.
pub(crate) fn policy(script: &str) -> String {
    let script = base64url::encode(&sha256(script.as_bytes()));
    let script = script.replace('-', "+").replace('_', "/");
    format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}='")
}

/// The anchor of a case's row.
fn anchor(suite: &str, case: &CaseReport) -> String {
    format!("{suite}:{}", case.header.id)
}

/// An outcome as a small label.
fn chip(case: &CaseReport) -> Markup {
    let (tone, text) = match case.standing() {
        Standing::KnownFailure => ("skip", "known failure"),
        Standing::OldFailure => ("skip", "fails as before"),
        Standing::NewFailure => ("broken", "new failure"),
        Standing::Regression => ("fail", "regression"),
        Standing::Fixed => ("pass", "fixed"),
        Standing::UnexpectedPass => ("broken", "unexpected pass"),
        _ => (case.outcome.name(), case.outcome.name()),
    };
    html! { span class=(format!("chip {tone}")) { (text) } }
}

pub(crate) const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

#[cfg(test)]
mod tests;
