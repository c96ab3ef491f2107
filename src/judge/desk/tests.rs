use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use assay_protocol::ctaphid::{Command, KeepAlive, split};
use assay_transport::{Error, Report, Reports};

use super::{Desk, Watched};

/// Says what it was told to.
struct Script(VecDeque<Report>);

impl Reports for Script {
    fn send(&mut self, _report: &Report, _deadline: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn receive(&mut self, _deadline: Instant) -> Result<Report, Error> {
        self.0.pop_front().ok_or(Error::Timeout)
    }
}

#[derive(Default)]
struct Told(Mutex<Vec<bool>>);

impl Desk for Told {
    fn say(&self, text: &str) {
        panic!("nothing is to be said: {text}");
    }

    fn touch(&self, wanted: bool) {
        self.0.lock().unwrap().push(wanted);
    }
}

/// What is told of these reports, and at the session's end.
fn told(reports: &[(Command, u8)]) -> Vec<bool> {
    let script = reports.iter().map(|(command, byte)| split(7, *command, &[*byte]).unwrap()[0]);
    let desk = Arc::new(Told::default());
    let mut watched = Watched::new(Box::new(Script(script.collect())), desk.clone());
    for _ in reports {
        watched.receive(Instant::now() + Duration::from_secs(1)).unwrap();
    }
    watched.receive(Instant::now()).unwrap_err();
    drop(watched);
    let told = desk.0.lock().unwrap();
    told.clone()
}

#[test]
fn a_key_that_waits_is_told_once() {
    let (keep_alive, needed, busy) = (Command::KEEPALIVE, KeepAlive::UPNEEDED.0, KeepAlive::PROCESSING.0);
    let (ready, unneeded) = ((Command::CBOR, 0), (Command::CBOR, needed));
    let (busy, waits) = ((keep_alive, busy), (keep_alive, needed));
    assert!(told(&[busy, ready]).is_empty());
    assert!(told(&[unneeded]).is_empty(), "it is no keepalive");
    assert_eq!(told(&[busy, waits, waits, ready]), [true, false]);
    assert_eq!(told(&[waits, busy, waits, ready]), [true, false, true, false]);
    assert_eq!(told(&[waits]), [true, false], "the case is over while the key still waits");
}
