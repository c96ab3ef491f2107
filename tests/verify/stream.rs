//! Lines in, verdicts out: one for each, in order, at once.

use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, Read, Write};
use std::rc::Rc;

use assay::verify::{LONGEST_LINE, Tally, run};
use assay_mint::registration::RegistrationForge;
use serde_json::{Value, json};

use super::lines::{CHALLENGE, Line, RP_ID, lab, now};

fn line(id: impl Into<Value>) -> Line {
    Line::registration(&RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)).with("id", id)
}

/// The verdicts on a text, and the tally.
fn verdicts(input: &str) -> (Vec<Value>, Tally) {
    let mut output = Vec::new();
    let tally = run(input.as_bytes(), &mut output, now).unwrap();
    let output = String::from_utf8(output).unwrap();
    assert!(output.is_empty() || output.ends_with('\n'));
    (output.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), tally)
}

#[test]
fn one_verdict_a_line_in_order() {
    let lines: Vec<Line> =
        (0..20).map(|at| line(at).with("rp_id", if at % 3 == 0 { "example.com" } else { RP_ID })).collect();
    let input: String = lines.iter().map(|line| line.text() + "\n").collect();
    let (verdicts, tally) = verdicts(&input);
    let ids: Vec<Value> = verdicts.iter().map(|verdict| verdict["id"].clone()).collect();
    assert_eq!(ids, (0..20).map(|at| json!(at)).collect::<Vec<_>>());
    assert_eq!(tally, Tally { accepted: 13, rejected: 7, errors: 0 });
}

#[test]
fn what_is_no_json_is_told_by_its_number() {
    let input = format!("{}\nhello\n\n{}\r\n[\n{}", line("a").text(), line("b").text(), line("c").text());
    let (verdicts, tally) = verdicts(&input);
    let told: Vec<Value> =
        verdicts.iter().map(|verdict| json!([verdict["id"], verdict["line"], verdict["outcome"]])).collect();
    assert_eq!(
        told,
        [
            json!(["a", null, "accept"]),
            json!([null, 2, "error"]),
            json!([null, 3, "error"]),
            json!(["b", null, "accept"]),
            json!([null, 5, "error"]),
            json!(["c", null, "accept"]),
        ]
    );
    assert_eq!(tally, Tally { accepted: 3, rejected: 0, errors: 3 });
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(verdicts(""), (Vec::new(), Tally::default()));
}

#[test]
fn a_line_too_long_is_an_error_and_the_next_one_is_read() {
    let padding = |length: usize| {
        let text = line("long").text();
        format!("{text}{}", " ".repeat(length - text.len()))
    };
    let input = format!("{}\n{}\n{}\n", padding(LONGEST_LINE), padding(LONGEST_LINE + 1), line("next").text());
    let (verdicts, _) = verdicts(&input);
    assert_eq!((&verdicts[0]["id"], &verdicts[0]["outcome"]), (&json!("long"), &json!("accept")));
    assert_eq!(
        (&verdicts[1]["id"], &verdicts[1]["line"], &verdicts[1]["code"]),
        (&Value::Null, &json!(2), &json!("line_too_long"))
    );
    assert_eq!((&verdicts[2]["id"], &verdicts[2]["outcome"]), (&json!("next"), &json!("accept")));
}

#[test]
fn each_verdict_is_flushed_before_the_next_line_is_awaited() {
    let flushed = Rc::new(Cell::new(0));
    let asker = Asker { lines: (0..3).map(|at| line(at).text() + "\n").collect(), asked: 0, flushed: flushed.clone() };
    let answerer = Answerer { written: RefCell::default(), flushed };
    run(BufReader::new(asker), answerer, now).unwrap();
}

/// Gives the next line only to somebody who has answered all before.
struct Asker {
    lines: Vec<String>,
    asked: usize,
    flushed: Rc<Cell<usize>>,
}

impl Read for Asker {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert_eq!(self.flushed.get(), self.asked, "a line was awaited before the verdict was out");
        let Some(line) = self.lines.get(self.asked) else { return Ok(0) };
        self.asked += 1;
        buffer[..line.len()].copy_from_slice(line.as_bytes());
        Ok(line.len())
    }
}

/// Counts the lines that have been flushed.
struct Answerer {
    written: RefCell<Vec<u8>>,
    flushed: Rc<Cell<usize>>,
}

impl Write for Answerer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed.set(self.written.borrow().iter().filter(|byte| **byte == b'\n').count());
        Ok(())
    }
}
