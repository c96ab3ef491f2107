//! The matrix on a terminal.

use super::{Matrix, Model, Verdict};
use crate::output::Style;

/// The models as lines, then what each rule has done, then a sentence. `shown` of the models may be
/// fewer than the matrix has.
pub fn write(matrix: &Matrix, shown: &[&Model], style: Style) -> String {
    let width = shown.iter().map(|model| model.name.chars().count()).max().unwrap_or_default().clamp(5, LONGEST_NAME);
    let mut text = style
        .strong(format!("{:<9}  {:<36}  {:<width$}  {:<10}  {:<12}  why", "verdict", "id", "model", "level", "keys"));
    text.push('\n');
    for model in shown {
        let verdict = format!("{:<9}", model.verdict.as_str());
        let verdict = match model.verdict {
            Verdict::Admitted => style.good(verdict),
            Verdict::Refused => style.bad(verdict),
            Verdict::Flagged | Verdict::Undecided => style.strong(verdict),
        };
        let line = format!(
            "{:<36}  {:<width$}  {:<10}  {:<12}",
            shortened(&model.id, 36),
            shortened(&model.name, width),
            model.level,
            keys(model)
        );
        let line = if model.failures.is_empty() { line } else { format!("{line}  {}", style.quiet(model.why())) };
        text.push_str(&format!("{verdict}  {}\n", line.trim_end()));
    }
    text.push('\n');
    for rule in matrix.rules.iter().filter(|rule| rule.active) {
        let also = if rule.any > rule.first { format!(" ({} in all)", rule.any) } else { String::new() };
        text.push_str(&format!("{:<24} {:>5} fail it first{also}\n", rule.rule, rule.first));
    }
    if shown.len() < matrix.models.len() {
        text.push_str(&format!("{} of {} models are shown.\n", shown.len(), matrix.models.len()));
    }
    text.push_str(&format!("{}\n", style.strong(matrix.sentence())));
    text
}

/// What keeps the keys, in a few letters.
fn keys(model: &Model) -> String {
    let short = model.key_protection.iter().map(|kind| match *kind {
        "hardware" => "hw",
        "software" => "sw",
        "secure_element" => "se",
        "remote_handle" => "remote",
        other => other,
    });
    short.collect::<Vec<_>>().join("+")
}

/// Control characters of strangers stay out of the terminal.
fn shortened(text: &str, width: usize) -> String {
    let clean = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    if text.chars().count() <= width {
        return clean.collect();
    }
    clean.take(width.saturating_sub(1)).chain(['…']).collect()
}

const LONGEST_NAME: usize = 44;
