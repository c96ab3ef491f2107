//! The report as JSON; `docs/report.schema.json` describes it.

use serde_json::{Value, json};

use super::Report;

/// The report with its totals and verdict, which a reader need not count again.
pub fn to_json(report: &Report) -> Value {
    let mut value = json!({
        "schema": report.schema,
        "verdict": report.verdict(),
        "totals": report.totals(),
        "facts": report.facts,
        "suites": report.suites,
    });
    if let Some(suites) = value.get_mut("suites").and_then(Value::as_array_mut) {
        for (suite, own) in suites.iter_mut().zip(&report.suites) {
            if let Some(suite) = suite.as_object_mut() {
                suite.insert(String::from("totals"), json!(own.totals()));
            }
        }
    }
    value
}

/// The same as text, indented, with a newline at the end.
pub fn to_string(report: &Report) -> String {
    format!("{:#}\n", to_json(report))
}

/// Reads a report back.
pub fn from_str(text: &str) -> Result<Report, serde_json::Error> {
    let mut value: Value = serde_json::from_str(text)?;
    if let Some(report) = value.as_object_mut() {
        report.remove("verdict");
        report.remove("totals");
        if let Some(suites) = report.get_mut("suites").and_then(Value::as_array_mut) {
            for suite in suites.iter_mut().filter_map(Value::as_object_mut) {
                suite.remove("totals");
            }
        }
    }
    serde_json::from_value(value)
}

#[cfg(test)]
mod tests;
