//! The matrix for a spreadsheet (RFC 4180).

use super::{Matrix, Model};

const HEADER: &str = "id,name,protocol,level,statuses,key_protection,attestation,verdict,failed_rule,failed_rules,why";

/// A header, and a line a model.
pub fn write(matrix: &Matrix) -> String {
    let mut text = format!("{HEADER}\r\n");
    for model in &matrix.models {
        text.push_str(&line(model));
        text.push_str("\r\n");
    }
    text
}

fn line(model: &Model) -> String {
    let rules: Vec<&str> = model.failures.iter().map(|failure| failure.rule).collect();
    let cells = [
        model.id.clone(),
        model.name.clone(),
        model.protocol.clone(),
        model.level.to_owned(),
        model.statuses.join(" "),
        model.key_protection.join(" "),
        model.attestation.to_owned(),
        model.verdict.as_str().to_owned(),
        model.failed_rule().to_owned(),
        rules.join(" "),
        model.why(),
    ];
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")
}

/// Metadata are written by strangers: what a spreadsheet would take for a formula is made text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let table = [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@x", "\"'@x\""),
            ("a\nb", "\"a\nb\""),
        ];
        for (cell, expected) in table {
            assert_eq!(quoted(cell), expected);
        }
    }
}
