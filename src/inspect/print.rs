//! Sections for the terminal.

use std::fmt::{self, Display, Write as _};

use super::{Fault, Section};
use crate::output::Style;

/// The sections as indented text with offsets; each fault with the bytes around it.
pub fn text(section: &Section, style: Style) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_section(&mut out, section, 0, style);
    out
}

fn write_section(out: &mut String, section: &Section, depth: usize, style: Style) -> fmt::Result {
    let pad = "  ".repeat(depth);
    let place = if section.path.is_empty() { String::new() } else { format!("{} ", visible(&section.path)) };
    let length = style.quiet(format!("{} bytes", section.length));
    writeln!(out, "{pad}{}{} {length}", style.quiet(place), style.strong(visible(&section.title)))?;
    for row in &section.rows {
        let offset = row.range.as_ref().map_or_else(|| " ".repeat(4), |range| format!("{:>4}", range.start));
        let name = if row.name.is_empty() { String::new() } else { format!("{}: ", visible(&row.name)) };
        let inset = "  ".repeat(row.depth);
        writeln!(out, "{pad}{} {inset}{name}{}", style.quiet(offset), visible(&row.value))?;
    }
    for fault in &section.faults {
        write_fault(out, fault, &section.bytes, &pad, style)?;
    }
    section.inside.iter().try_for_each(|inner| write_section(out, inner, depth + 1, style))
}

fn write_fault(out: &mut String, fault: &Fault, bytes: &[u8], pad: &str, style: Style) -> fmt::Result {
    let clause = fault.clause.as_ref().map_or_else(String::new, |clause| format!(" ({clause})"));
    writeln!(out, "{pad}{} {}{clause} {}", style.bad("✗"), style.bad(&fault.code), visible(&fault.detail))?;
    let Some(range) = &fault.range else { return Ok(()) };
    let start = range.start.min(bytes.len());
    let end = range.end.clamp(start, bytes.len()).min(start + MOST_MARKED);
    let before = hex(bytes.get(start.saturating_sub(AROUND)..start).unwrap_or_default());
    let marked = hex(bytes.get(start..end).unwrap_or_default());
    let after = hex(bytes.get(end..bytes.len().min(end + AROUND)).unwrap_or_default());
    let marked = style.bad(format!("[{marked}]"));
    writeln!(out, "{pad}     byte {}: {} {marked} {}", range.start, style.quiet(before), style.quiet(after))
}

/// How many of the offending bytes are shown.
const MOST_MARKED: usize = 16;

/// How many bytes are shown on either side of them.
const AROUND: usize = 8;

/// Text from elsewhere, unable to steer the terminal.
fn visible(text: &str) -> impl Display + '_ {
    fmt::from_fn(move |f| {
        text.chars().try_for_each(|character| match character {
            '\n' => f.write_char('\n'),
            control if control.is_control() => write!(f, "{}", control.escape_default()),
            other => f.write_char(other),
        })
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
