//! `assay verify`: decides ceremonies from JSON Lines, one verdict a line, same order.

mod ceremony;
mod evidence;
mod line;

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};
use time::OffsetDateTime;

pub use self::ceremony::{decide, decide_under};
pub(crate) use self::line::DEFAULT_ALGORITHMS;
pub use self::line::{Ceremony, Line, LineError, SignedMetadata, Stored};

/// The longest line that is read; what is longer is an error, and the lines behind it are read all the same.
pub const LONGEST_LINE: usize = 4 << 20;

/// What a run of `verify` came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Lines accepted.
    pub accepted: usize,
    /// Lines rejected.
    pub rejected: usize,
    /// Lines that could not be decided.
    pub errors: usize,
}

/// Reads lines until the end and writes a verdict for each, flushed at once. `now` is asked for
/// each line that comes. A reader who has gone away ends it early, and is no error.
pub fn run(mut input: impl BufRead, mut output: impl Write, now: impl Fn() -> OffsetDateTime) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut number = 0;
    while let Some(text) = next_line(&mut input)? {
        number += 1;
        let verdict = match text {
            Text::Line(text) => decide_text(&text, number, now()),
            Text::TooLong => {
                error(number, &LineError::nameless("line_too_long", format!("more than {LONGEST_LINE} bytes")))
            }
        };
        match verdict.get("outcome").and_then(Value::as_str) {
            Some("accept") => tally.accepted += 1,
            Some("reject") => tally.rejected += 1,
            _ => tally.errors += 1,
        }
        let written = output.write_all(format!("{verdict}\n").as_bytes()).and_then(|()| output.flush());
        match written {
            // Nobody wants to know the rest.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            other => other?,
        }
    }
    Ok(tally)
}

/// The verdict on one line of text.
pub fn decide_text(text: &[u8], number: usize, now: OffsetDateTime) -> Value {
    let line = match Line::parse(text) {
        Ok(line) => line,
        Err(offence) => return error(number, &offence),
    };
    match decide(&line, now) {
        Err(offence) => error(number, &offence),
        Ok(Ok(evidence)) => json!({
            "id": line.id, "outcome": "accept", "code": null, "clause": null, "detail": "", "evidence": evidence,
        }),
        Ok(Err(rejection)) => json!({
            "id": line.id, "outcome": "reject", "code": rejection.code(), "clause": rejection.clause(),
            "detail": rejection.detail(), "evidence": null,
        }),
    }
}

fn error(number: usize, offence: &LineError) -> Value {
    json!({
        "id": offence.id, "line": number, "outcome": "error", "code": offence.code, "clause": null,
        "detail": offence.detail, "evidence": null,
    })
}

enum Text {
    Line(Vec<u8>),
    TooLong,
}

/// The next line without its end; memory stays bounded whatever comes.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Text>> {
    let mut line = Vec::new();
    let mut begun = false;
    let mut too_long = false;
    loop {
        let buffer = input.fill_buf()?;
        let ended = buffer.is_empty();
        begun |= !ended;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        if line.len() + part.len() > LONGEST_LINE {
            too_long = true;
            line = Vec::new();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() || ended {
            let text = if too_long { Text::TooLong } else { Text::Line(line) };
            return Ok(begun.then_some(text));
        }
    }
}
