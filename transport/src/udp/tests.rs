//! Over the loopback interface.

use super::*;
use crate::testing::{now, soon};

fn loopback() -> (UdpReports, SocketAddr) {
    let device = UdpReports::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = device.local_address().unwrap();
    (device, address)
}

#[test]
fn the_device_answers_whoever_spoke_last() {
    let (mut device, address) = loopback();
    let detail = "nobody has spoken yet".to_owned();
    assert_eq!(device.send(&[0; 64], soon()), Err(Error::Io { detail }));
    let mut first = UdpReports::connect(address).unwrap();
    let mut second = UdpReports::connect(address).unwrap();
    for (host, byte) in [(&mut first, 1), (&mut second, 2)] {
        host.send(&[byte; 64], soon()).unwrap();
        assert_eq!(device.receive(soon()), Ok([byte; 64]));
        device.send(&[byte + 10; 64], soon()).unwrap();
        assert_eq!(host.receive(soon()), Ok([byte + 10; 64]));
    }
    assert_eq!(first.receive(now()), Err(Error::Timeout));
}

#[test]
fn datagrams_of_other_lengths_are_no_reports() {
    let (mut device, address) = loopback();
    let odd = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    for len in [0, 63, 65, 200] {
        odd.send_to(&vec![9; len], address).unwrap();
    }
    odd.send_to(&[7; 64], address).unwrap();
    assert_eq!(device.receive(soon()), Ok([7; 64]));
}

#[test]
fn a_device_that_is_not_there() {
    let (device, address) = loopback();
    drop(device);
    let mut host = UdpReports::connect(address).unwrap();
    host.send(&[1; 64], soon()).unwrap();
    assert_eq!(host.receive(soon()), Err(Error::Closed));
}
