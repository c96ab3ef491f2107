//! The kernel's end of the cable is held by the test.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::linux::{UsbReports, free_ports};
use crate::error::Error;
use crate::identity::Identity;
use crate::reports::Reports as _;
use crate::testing::{now, soon};

fn plugged() -> (UsbReports, UnixStream) {
    let (cable, kernel) = UnixStream::pair().unwrap();
    (UsbReports::over(cable, Identity::virtual_key("SN-1")), kernel)
}

fn header(words: [u32; 12]) -> Vec<u8> {
    words.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// A transfer on the endpoints of reports.
fn transfer(number: u32, direction: u32) -> Vec<u8> {
    header([1, number, 0x0001_0002, direction, 1, 0, 64, 0, 0, 5, 0, 0])
}

fn reply(kernel: &mut UnixStream, data: usize) -> Vec<u8> {
    let mut bytes = vec![0; 48 + data];
    kernel.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn reports_go_through_the_cable() {
    let (mut key, mut kernel) = plugged();
    kernel.write_all(&transfer(1, 1)).unwrap();
    kernel.write_all(&transfer(2, 0)).unwrap();
    kernel.write_all(&[0x11; 64]).unwrap();
    assert_eq!(key.receive(soon()), Ok([0x11; 64]));
    assert_eq!(reply(&mut kernel, 0), header([3, 2, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0]));
    key.send(&[0x22; 64], soon()).unwrap();
    let given = reply(&mut kernel, 64);
    assert_eq!(given[..48], header([3, 1, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0]));
    assert_eq!(given[48..], [0x22; 64]);
    assert_eq!(key.receive(now()), Err(Error::Timeout));
}

#[test]
fn control_transfers_are_answered_while_it_waits() {
    let (mut key, mut kernel) = plugged();
    kernel.write_all(&header([1, 1, 0, 1, 0, 0, 18, 0, 0, 0, 0x8006_0001, 0x0000_1200])).unwrap();
    kernel.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(key.receive(soon()), Err(Error::Closed));
    assert_eq!(reply(&mut kernel, 18)[48..50], [18, 1]);
}

#[test]
fn a_stream_that_makes_no_sense_ends_it() {
    let (mut key, mut kernel) = plugged();
    kernel.write_all(&[0xff; 48]).unwrap();
    let expected = "USB/IP has no command 0xffffffff here".to_owned();
    assert_eq!(key.receive(soon()), Err(Error::Io { detail: expected }));
}

#[test]
fn free_ports_are_those_of_the_right_hub() {
    let status = "hub port sta spd dev      sockfd local_busid\n\
        hs  0000 006 002 00010002 000003 1-1\n\
        hs  0001 004 000 00000000 000000 0-0\n\
        hs  0002 004 000 00000000 000000 0-0\n\
        ss  0008 004 000 00000000 000000 0-0\n\
        hs\n\nhs x 004\n";
    assert_eq!(free_ports(status).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(free_ports("").count(), 0);
}
