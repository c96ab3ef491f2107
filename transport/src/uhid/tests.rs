//! The node's place is taken by a pair of sockets that keep records, as the node does.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::net::UnixDatagram;

use super::UhidReports;
use super::event::{LENGTH, destroy, input, refuse_get_report};
use crate::error::Error;
use crate::identity::Identity;
use crate::reports::Reports as _;
use crate::testing::{now, soon};

fn plugged() -> (UhidReports, UnixDatagram, Vec<u8>) {
    let (node, kernel) = UnixDatagram::pair().unwrap();
    let key = UhidReports::over(File::from(std::os::fd::OwnedFd::from(node)), &Identity::virtual_key("SN-1")).unwrap();
    let created = received(&kernel);
    (key, kernel, created)
}

fn received(kernel: &UnixDatagram) -> Vec<u8> {
    let mut event = vec![0; LENGTH];
    let length = File::from(std::os::fd::OwnedFd::from(kernel.try_clone().unwrap())).read(&mut event).unwrap();
    event.truncate(length);
    event
}

fn event(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_ne_bytes().to_vec();
    bytes.extend(body);
    bytes.resize(LENGTH, 0);
    bytes
}

fn output(first: u8, length: u16) -> Vec<u8> {
    let mut body = vec![first];
    body.resize(4096, 0x11);
    body.extend(length.to_ne_bytes());
    body.push(1);
    event(6, &body)
}

#[test]
fn a_life() {
    let (mut key, kernel, created) = plugged();
    assert_eq!(created[..4], 11_u32.to_ne_bytes());
    for told in [event(2, &[]), event(4, &[]), output(0, 65)] {
        kernel.send(&told).unwrap();
    }
    assert_eq!(key.receive(soon()), Ok([0x11; 64]));
    key.send(&[0x22; 64], soon()).unwrap();
    assert_eq!(received(&kernel), input(&[0x22; 64]));
    drop(key);
    assert_eq!(received(&kernel), destroy());
}

#[test]
fn nothing_to_read_is_a_deadline_that_passes() {
    let (mut key, _kernel, _) = plugged();
    assert_eq!(key.receive(now()), Err(Error::Timeout));
}

#[test]
fn what_is_no_report_is_passed_over_and_what_is_asked_is_answered() {
    let (mut key, kernel, _) = plugged();
    let hostile =
        [output(0, 64 + 9), output(7, 65), vec![], vec![6], event(6, &[]), event(99, &[]), event(9, &[3, 0, 0, 0])];
    for told in hostile.iter().filter(|told| !told.is_empty()) {
        kernel.send(told).unwrap();
    }
    kernel.send(&output(0, 65)).unwrap();
    assert_eq!(key.receive(soon()), Ok([0x11; 64]));
    assert_eq!(received(&kernel), refuse_get_report(u32::from_ne_bytes([3, 0, 0, 0])));
}
