//! Sections for the terminal.

use std::fmt::Write as _;

use super::{Fault, Section};
use crate::output::Style;

/// The sections as indented text with offsets; each fault with the bytes around it.
pub fn text(section: &Section, style: Style) -> String {
    let mut out = String::new();
    write_section(&mut out, section, 0, style);
    out
}

// Writing to a string cannot fail.
fn write_section(out: &mut String, section: &Section, depth: usize, style: Style) {
    let pad = "  ".repeat(depth);
    let at = if section.path.is_empty() { String::new() } else { format!("{} ", section.path) };
    let _ = writeln!(
        out,
        "{pad}{}{} {}",
        style.quiet(at),
        style.strong(&section.title),
        style.quiet(format!("{} bytes", section.length)),
    );
    for row in &section.rows {
        let offset = row.range.as_ref().map_or(String::from("    "), |range| format!("{:>4}", range.start));
        let name = if row.name.is_empty() { String::new() } else { format!("{}: ", row.name) };
        let _ = writeln!(out, "{pad}{} {}{name}{}", style.quiet(offset), "  ".repeat(row.depth), row.value);
    }
    for fault in &section.faults {
        write_fault(out, fault, &section.bytes, &pad, style);
    }
    for inner in &section.inside {
        write_section(out, inner, depth + 1, style);
    }
}

fn write_fault(out: &mut String, fault: &Fault, bytes: &[u8], pad: &str, style: Style) {
    let clause = fault.clause.as_ref().map_or(String::new(), |clause| format!(" ({clause})"));
    let _ = writeln!(out, "{pad}{} {}{clause} {}", style.bad("✗"), style.bad(&fault.code), fault.detail);
    let Some(range) = &fault.range else { return };
    let from = range.start.saturating_sub(8);
    let to = range.end.clamp(range.start.saturating_add(1), range.start.saturating_add(16)).saturating_add(8).min(bytes.len());
    let before = spaced(bytes.get(from..range.start.min(bytes.len())).unwrap_or_default());
    let end = range.end.min(to).max(range.start);
    let marked = spaced(bytes.get(range.start..end).unwrap_or_default());
    let after = spaced(bytes.get(end..to).unwrap_or_default());
    let _ = writeln!(out, "{pad}     byte {}: {} {} {}", range.start, style.quiet(before), style.bad(format!("[{marked}]")), style.quiet(after));
}

fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
