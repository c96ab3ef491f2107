//! Who touches a served key, as CTAP1 and a reset by long touch meet them.

use std::process::Command;
use std::time::{Duration, Instant};

use assay::keys::channel;
use assay_protocol::ctap2::{Command as Ctap, Status};
use assay_protocol::ctaphid::{Command as Hid, KeepAlive};
use assay_protocol::u2f::apdu::open;
use assay_protocol::u2f::{Request, StatusWord};
use assay_transport::udp::UdpReports;
use assay_transport::{Cancel, Channel};
use serde_json::json;

use super::doors::get;
use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;
use crate::support::witness::{scripts, witness};

const ONE: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];

const ROBOT: &[&str] = &["--touch", "http", "--control", "127.0.0.1:0"];

fn served(place: &Place, key: &str, more: &[&str]) -> (Lasting, Channel) {
    let served = Lasting::start(&mut assay(place, ["key", "serve", key].iter().chain(more).copied()));
    let reports = UdpReports::connect(served.text("address").parse().unwrap()).unwrap();
    let channel = channel(Box::new(reports)).unwrap();
    (served, channel)
}

/// The robot's finger.
fn touch(key: &Lasting, state: &str) {
    assert_eq!(get(key.text("control"), &format!("/usb1/touch/{state}")), (200, "ok\n".to_owned()));
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Sends a REGISTER; nothing while nobody has touched the key.
fn register(channel: &mut Channel, application: [u8; 32]) -> Option<Vec<u8>> {
    let request = Request::Register { challenge: [7; 32], application };
    let answer = channel.command(Hid::MSG, &request.to_bytes(), soon()).unwrap();
    match open(&answer) {
        Ok(body) => Some(body.to_vec()),
        Err(StatusWord::CONDITIONS_NOT_SATISFIED) => None,
        Err(other) => panic!("{other}"),
    }
}

/// Asks again until somebody has touched it: how often in vain?
fn registered(channel: &mut Channel) -> usize {
    let deadline = soon();
    let asked = std::iter::repeat_with(|| register(channel, ONE)).take_while(|answer| {
        assert!(Instant::now() < deadline, "nobody touches it");
        answer.is_none()
    });
    asked.count()
}

#[test]
fn ctap1_is_told_at_once_that_nobody_has_touched_it() {
    let place = Place::new();
    for (touch, in_vain) in [("auto", 0), ("delay=0", 0), ("delay=0.05", 1)] {
        let (_key, mut channel) = served(&place, "sim+persona:u2f", &["--touch", touch]);
        for _ in 0..2 {
            assert!(registered(&mut channel) >= in_vain, "{touch}");
        }
    }
    for touch in ["never", "deny", "delay=1000"] {
        let (_key, mut channel) = served(&place, "sim+persona:u2f", &["--touch", touch]);
        assert_eq!([(); 3].map(|()| register(&mut channel, ONE)), [None, None, None], "{touch}");
    }
}

/// A touch between two requests answers the second, and no other.
#[test]
fn a_robot_touches_it_between_two_requests() {
    let place = Place::new();
    let (key, mut channel) = served(&place, "sim+persona:ctap-2.3", ROBOT);
    let shortly = || ["on", "off"].iter().for_each(|state| touch(&key, state));
    shortly();
    assert_eq!(register(&mut channel, ONE), None, "it was touched before it asked");
    shortly();
    assert!(register(&mut channel, ONE).is_some());
    assert_eq!(register(&mut channel, ONE), None, "one touch is one registration");
    touch(&key, "on");
    for _ in 0..2 {
        assert!(register(&mut channel, ONE).is_some(), "as long as it is down");
    }
}

#[test]
fn whoever_sits_at_the_terminal_is_asked_once() {
    let place = Place::new();
    let (mut key, mut channel) = served(&place, "sim+persona:u2f", &["--touch", "ask"]);
    let question = "touch it to register?";
    assert_eq!([(); 3].map(|()| register(&mut channel, ONE)), [None, None, None]);
    key.await_said(question, 1);
    key.enter("");
    registered(&mut channel);
    key.await_said("sim+persona:u2f: touched", 1);

    assert_eq!(register(&mut channel, ONE), None);
    key.await_said(question, 2);
    key.enter("n");
    let deadline = soon();
    while !key.has_said("sim+persona:u2f: declined") {
        assert!(Instant::now() < deadline && register(&mut channel, ONE).is_none());
    }
    assert_eq!([(); 3].map(|()| register(&mut channel, ONE)), [None, None, None]);
    assert_eq!(register(&mut channel, OTHER), None);
    key.await_said(question, 3);
    key.kill();
    assert_eq!(key.stderr().matches(question).count(), 3);
}

/// python-fido2's client does what a browser does.
#[test]
fn a_client_asks_until_it_is_touched() {
    let Some(python) = witness(".venv/bin/python") else { return };
    let place = Place::new();
    let (key, _channel) = served(&place, "sim+persona:u2f", &["--touch", "delay=0.5"]);
    let (host, port) = key.text("address").rsplit_once(':').unwrap();
    let seen = run(Command::new(python).arg(scripts().join("poll_u2f.py")).args([host, port])).expect(0).json();
    assert_eq!(
        seen,
        json!({
            "backend": "_Ctap1ClientBackend", "fmt": "fido-u2f", "registered_asking_again": true,
            "signed_in_asking_again": true,
        })
    );
}

/// A key that is erased by a long touch alone.
fn long() -> Place {
    let place = Place::new();
    let mut persona = run(&mut assay(&place, ["key", "persona", "ctap-2.3"])).expect(0).json();
    persona["reset"]["long_touch"] = true.into();
    place.file("long.json", persona.to_string());
    run(&mut assay(&place, ["key", "new", "long", "--persona", "long.json"])).expect(0);
    place
}

/// Resets it; `waiting` is called while it waits for the touch.
fn reset(channel: &mut Channel, mut waiting: impl FnMut()) -> u8 {
    let reply = channel.cbor(&Ctap::Reset.to_bytes(), soon(), &Cancel::new(), &mut |status| {
        if status == KeepAlive::UPNEEDED {
            waiting();
        }
    });
    reply.unwrap()[0]
}

#[test]
fn a_touch_that_is_long_enough_erases_it() {
    let place = long();
    for touch in ["auto", "delay=0", "delay=0.05"] {
        let (_key, mut channel) = served(&place, "sim:long", &["--touch", touch]);
        assert_eq!(reset(&mut channel, || {}), Status::OK.0, "{touch}");
    }
    for (states, status) in [(&["on"][..], Status::OK), (&["on", "off"], Status::USER_ACTION_TIMEOUT)] {
        let (key, mut channel) = served(&place, "sim:long", ROBOT);
        let mut touched = false;
        let told = reset(&mut channel, || {
            if !std::mem::replace(&mut touched, true) {
                states.iter().for_each(|state| touch(&key, state));
            }
        });
        assert_eq!((told, touched), (status.0, true), "{states:?}");
    }
}
