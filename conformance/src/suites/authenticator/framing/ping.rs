//! PING at the lengths where reports fill.

use assay_protocol::ctaphid::{Command, Frame, frame};

use super::{echo, expect_echo};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::world::Key;

/// Lengths, each with what a key can get wrong at no other: nothing at all, one report, one that is
/// just full, one byte more, a continuation that is just full, a length of two bytes, and a
/// sequence number of more than four bits.
const LENGTHS: [(usize, &str); 7] = [
    (0, "ctaphid_ping_empty"),
    (1, "ctaphid_ping"),
    (57, "ctaphid_full_report"),
    (58, "ctaphid_ping_continued"),
    (116, "ctaphid_full_continuation"),
    (300, "ctaphid_length_high"),
    (1024, "ctaphid_sequence_wrap"),
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases: Vec<Case<Key>> = LENGTHS.into_iter().map(ping).collect();
    cases.push(padded());
    cases
}

fn ping((length, claim): (usize, &'static str)) -> Case<Key> {
    let plural = if length == 1 { "byte" } else { "bytes" };
    Case::new(
        format!("framing/ping/{length}-{plural}"),
        format!("PING echoes {length} {plural}"),
        "CTAP 2.3 11.2.9.1.4",
        Level::Must,
        move |key: &mut Key, context: &mut Context| {
            let payload = context.random.bytes(length);
            echo(key, context, &payload)
        },
    )
    .claims([claim])
    .sends(format!("PING with {length} {plural}"))
    .expects("the same bytes")
}

fn padded() -> Case<Key> {
    Case::new(
        "framing/ping/padded",
        "What pads a report is no payload",
        "CTAP 2.3 11.2.4",
        Level::Must,
        |key: &mut Key, context: &mut Context| {
            let report = Frame::Init { cid: key.cid, cmd: Command::PING, len: 1, data: [0xaa; frame::INIT_DATA] };
            let answer = key.raw(context, "PING with padding that is not zero", &[report.to_report()], key.cid)?;
            expect_echo(&answer, &[0xaa])
        },
    )
    .claims(["ctaphid_padding"])
    .sends("PING with 1 byte, in a report without a zero in its data")
    .expects("the one byte")
}
