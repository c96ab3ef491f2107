//! Order, bounds, deadlines and closing.

use std::thread;

use super::*;
use crate::testing::{now, soon};

#[test]
fn both_ways_in_order() {
    let (mut host, mut device) = pair();
    for byte in 0..10 {
        host.send(&[byte; 64], soon()).unwrap();
        device.send(&[byte + 100; 64], soon()).unwrap();
    }
    for byte in 0..10 {
        assert_eq!(device.receive(soon()), Ok([byte; 64]));
        assert_eq!(host.receive(soon()), Ok([byte + 100; 64]));
    }
}

#[test]
fn deadlines_hold_both_ways() {
    let (mut host, _device) = pair();
    assert_eq!(host.receive(now()), Err(Error::Timeout));
    for _ in 0..CAPACITY {
        host.send(&[0; 64], now()).unwrap();
    }
    assert_eq!(host.send(&[0; 64], now()), Err(Error::Timeout));
}

#[test]
fn a_closed_line_still_gives_what_was_sent() {
    let (mut host, mut device) = pair();
    host.send(&[1; 64], soon()).unwrap();
    drop(host);
    assert_eq!(device.receive(soon()), Ok([1; 64]));
    assert_eq!(device.receive(soon()), Err(Error::Closed));
    assert_eq!(device.send(&[0; 64], soon()), Err(Error::Closed));
}

#[test]
fn a_waiting_end_wakes_up() {
    let (mut host, mut device) = pair();
    let waiting = thread::spawn(move || (device.receive(soon()), device.receive(soon())));
    host.send(&[5; 64], soon()).unwrap();
    drop(host);
    assert_eq!(waiting.join().unwrap(), (Ok([5; 64]), Err(Error::Closed)));
}
