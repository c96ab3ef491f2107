//! The record, as people read it.

use assay_protocol::ctaphid::split;

use super::*;
use crate::memory::pair;
use crate::testing::{now, soon};

#[test]
fn reads_as_frames_with_names() {
    let (host, mut device) = pair();
    let (mut host, transcript) = Recorded::new(host);
    for (cmd, payload) in [(Command::CBOR, &[0x04][..]), (Command::PING, &[7; 60]), (Command::INIT, &[])] {
        for report in split(3, cmd, payload).unwrap() {
            host.send(&report, soon()).unwrap();
        }
    }
    for (cmd, byte) in [(Command::KEEPALIVE, 2), (Command::CBOR, 0x2d), (Command::ERROR, 6)] {
        device.send(&split(3, cmd, &[byte]).unwrap()[0], soon()).unwrap();
        host.receive(soon()).unwrap();
    }
    assert_eq!(host.receive(now()), Err(Error::Timeout));

    let text = transcript.to_string();
    let lines: Vec<&str> = text.lines().map(|line| line.split_once(" ms ").unwrap().1).collect();
    assert_eq!(lines[0], "> 00000003 CBOR (0x10) len 1 04  GetInfo");
    assert_eq!(lines[1], format!("> 00000003 PING (0x01) len 60 {}", "07".repeat(57)));
    assert_eq!(lines[2], format!("> 00000003 seq 0 {}{}", "07".repeat(3), "00".repeat(56)));
    assert_eq!(lines[3], "> 00000003 INIT (0x06) len 0");
    assert_eq!(lines[4], "< 00000003 KEEPALIVE (0x3b) len 1 02  UPNEEDED (0x02)");
    assert_eq!(lines[5], "< 00000003 CBOR (0x10) len 1 2d  KEEPALIVE_CANCEL (0x2d)");
    assert_eq!(lines[6], "< 00000003 ERROR (0x3f) len 1 06  CHANNEL_BUSY (0x06)");
    assert_eq!(lines.len(), 7);

    assert_eq!(transcript.take().len(), 7);
    assert_eq!(transcript.entries(), Vec::new());
}

#[test]
fn stops_growing() {
    let (host, mut device) = pair();
    let (mut host, transcript) = Recorded::new(host);
    for _ in 0..MAX_ENTRIES + 2 {
        host.send(&[0; 64], soon()).unwrap();
        device.receive(soon()).unwrap();
    }
    assert_eq!(transcript.entries().len(), MAX_ENTRIES);
    assert!(transcript.to_string().ends_with("(and 2 more)\n"));
}
