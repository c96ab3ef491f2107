//! The answer for people.

use std::fmt::{self, Write as _};

use super::{Answer, Explained};
use crate::output::Style;

/// The answer as text.
pub fn text(answer: &Answer, style: Style) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, answer, style);
    out
}

fn write(out: &mut String, answer: &Answer, style: Style) -> fmt::Result {
    for note in &answer.notes {
        writeln!(out, "{}", style.quiet(visible(note)))?;
    }
    if answer.ceremonies.is_empty() {
        let options = match answer.options {
            0 => "no response and no options".to_owned(),
            count => format!("{count} options of a server, but no response to them"),
        };
        return writeln!(out, "no ceremony found: the input is {}, with {options}", answer.form);
    }
    answer.ceremonies.iter().try_for_each(|explained| ceremony(out, explained, style))
}

fn ceremony(out: &mut String, explained: &Explained, style: Style) -> fmt::Result {
    writeln!(out, "{} in {}", style.strong(explained.ceremony), visible(&explained.source))?;
    match (explained.code, explained.clause) {
        (Some(code), Some(clause)) => {
            writeln!(out, "  {} {} ({clause})", style.bad("✗"), style.bad(code))?;
            if !explained.detail.is_empty() {
                writeln!(out, "    found    {}", visible(&explained.detail))?;
            }
        }
        _ => writeln!(out, "  {} nothing wrong found", style.good("✓"))?,
    }
    if let Some(place) = &explained.place {
        let range = &place.range;
        writeln!(out, "    where    {} bytes {}..{}", visible(&place.member), range.start, range.end)?;
        writeln!(out, "             {}", visible(&place.excerpt))?;
    }
    if let Some(advice) = explained.advice {
        writeln!(out, "    do       {advice}")?;
    }
    for assumption in &explained.assumed {
        let told = format!("{} {} (from {})", assumption.what, assumption.value, assumption.from);
        writeln!(out, "    {}  {}", style.quiet("assumed"), visible(&told))?;
    }
    for note in &explained.notes {
        writeln!(out, "    {}     {}", style.quiet("note"), visible(note))?;
    }
    Ok(())
}

/// Text from elsewhere, unable to steer the terminal.
fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|character| match character.is_control() {
            true => character.escape_default().collect::<Vec<_>>(),
            false => vec![character],
        })
        .collect()
}
