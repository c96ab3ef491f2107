use std::fs;
use std::path::PathBuf;

use rustix::net::{SendFlags, send};

use super::{UnixListener, UnixReports};
use crate::error::Error;
use crate::reports::Reports as _;
use crate::testing::{now, soon};

/// A path of this test's own.
fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("assay-{name}-{}", std::process::id()))
}

#[test]
fn reports_both_ways_and_one_host_after_the_other() {
    let path = path("hosts");
    let mut device = UnixListener::bind(&path).unwrap();
    // Nobody is there: nothing to hear, and nobody to miss what is said.
    assert_eq!(device.receive(now()), Err(Error::Timeout));
    device.send(&[9; 64], now()).unwrap();
    for turn in 1..=2 {
        let mut host = UnixReports::connect(&path).unwrap();
        host.send(&[turn; 64], soon()).unwrap();
        assert_eq!(device.receive(soon()), Ok([turn; 64]));
        device.send(&[turn + 10; 64], soon()).unwrap();
        assert_eq!(host.receive(soon()), Ok([turn + 10; 64]));
        drop(host);
        assert_eq!(device.receive(now()), Err(Error::Timeout));
    }
    drop(device);
    assert!(!path.exists());
    assert_eq!(UnixReports::connect(&path).map(drop).map_err(|error| error.code()), Err("transport_io"));
}

#[test]
fn records_of_another_length_are_passed_over() {
    let path = path("records");
    let mut device = UnixListener::bind(&path).unwrap();
    let mut host = UnixReports::connect(&path).unwrap();
    for length in [1, 63, 65, 4096] {
        send(&host.socket, &vec![7; length], SendFlags::empty()).unwrap();
    }
    host.send(&[8; 64], soon()).unwrap();
    assert_eq!(device.receive(soon()), Ok([8; 64]));
}

#[test]
fn a_socket_left_behind_is_replaced_and_nothing_else_is() {
    let path = path("left");
    let device = UnixListener::bind(&path).unwrap();
    assert_eq!(UnixListener::bind(&path).map(drop).map_err(|error| error.code()), Err("plug_address_in_use"));
    drop(device);
    let other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_eq!(UnixListener::bind(&path).map(drop).map_err(|error| error.code()), Err("plug_address_in_use"));
    drop(other);
    assert!(path.exists());
    drop(UnixListener::bind(&path).unwrap());
    fs::write(&path, "precious").unwrap();
    assert_eq!(UnixListener::bind(&path).map(drop).map_err(|error| error.code()), Err("plug_address_in_use"));
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    fs::remove_file(&path).unwrap();
}
