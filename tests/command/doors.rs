//! `assay key serve`: doors, who touches the key, and the API for robots. What needs a kernel with
//! virtual devices is asked in the guest.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use assay::keys::channel;
use assay_protocol::ctap2::{Command as Ctap, Status};
use assay_protocol::ctaphid::KeepAlive;
use assay_transport::udp::UdpReports;
use assay_transport::unix::UnixReports;
use assay_transport::{Cancel, Channel, Reports};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;

fn start(place: &Place, args: &[&str]) -> Lasting {
    Lasting::start(&mut assay(place, ["key", "serve"].iter().chain(args).copied()))
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

fn udp(place: &Value) -> Channel {
    over(UdpReports::connect(place["address"].as_str().unwrap().parse().unwrap()).unwrap())
}

fn over(reports: impl Reports + 'static) -> Channel {
    channel(Box::new(reports)).unwrap()
}

/// Asks for a touch; `waiting` is called while the key waits for it.
fn select(channel: &mut Channel, mut waiting: impl FnMut()) -> u8 {
    let reply = channel.cbor(&Ctap::Selection.to_bytes(), soon(), &Cancel::new(), &mut |status| {
        if status == KeepAlive::UPNEEDED {
            waiting();
        }
    });
    reply.unwrap()[0]
}

pub(super) fn get(url: &str, path: &str) -> (u16, String) {
    let response = Client::builder().no_proxy().build().unwrap().get(format!("{url}{path}")).send().unwrap();
    (response.status().as_u16(), response.text().unwrap())
}

#[test]
fn a_unix_socket() {
    let place = Place::new();
    let socket = place.join("key.sock");
    let mut key = start(&place, &["--unix", socket.to_str().unwrap(), "--touch", "delay=0.01"]);
    let target = format!("unix:{}", socket.display());
    assert_eq!(key.text("target"), target);
    for _ in 0..2 {
        let told = run(&mut assay(&place, ["--json", "key", "info", &target])).expect(0).json();
        assert_eq!(told["target"], target);
    }
    assert_eq!(select(&mut over(UnixReports::connect(&socket).unwrap()), || {}), Status::OK.0);
    // Left behind by a kill, and taken over by the next.
    key.kill();
    assert!(Path::new(&socket).exists());
    let _second = start(&place, &["--unix", socket.to_str().unwrap()]);
    let third = run(&mut assay(&place, ["key", "serve", "--unix", socket.to_str().unwrap()])).expect(2);
    assert!(third.err.contains("is in use"), "{third:?}");
}

#[test]
fn several_keys_at_once() {
    let place = Place::new();
    for name in ["one", "two"] {
        run(&mut assay(&place, ["key", "new", name])).expect(0);
    }
    let key = start(&place, &["sim:one", "sim:two", "sim"]);
    let keys = key.ready["keys"].as_array().unwrap();
    let told: Vec<_> = keys.iter().map(|key| (key["number"].clone(), key["key"].clone())).collect();
    assert_eq!(told, [(json!(1), json!("sim:one")), (json!(2), json!("sim:two")), (json!(3), json!("sim"))]);
    assert_eq!(keys[1]["serial_number"], "sim-two");
    for key in keys {
        assert_eq!(select(&mut udp(key), || {}), Status::OK.0);
    }
    assert!(key.ready.get("address").is_none(), "which one?");
}

#[test]
fn whoever_sits_at_the_terminal() {
    let place = Place::new();
    let mut key = start(&place, &["--touch", "ask"]);
    let mut channel = udp(&key.ready);
    // Typed before anything is asked: no touch.
    key.enter("");
    key.await_said("nothing is asked", 1);
    let question = "sim: touch it to say that it is the one you mean?";
    for (asked, (line, status)) in
        [("", Status::OK), ("n", Status::OPERATION_DENIED), ("1", Status::OK)].iter().enumerate()
    {
        let mut typed = false;
        let told = select(&mut channel, || {
            if !std::mem::replace(&mut typed, true) {
                key.await_said(question, asked + 1);
                key.enter(line);
            }
        });
        assert_eq!(told, status.0, "{line:?}");
        assert!(typed, "it has waited");
    }
    key.kill();
    let said = key.stderr();
    assert_eq!(said.matches("nothing is asked").count(), 1, "{said}");
    assert_eq!(said.matches(question).count(), 3, "{said}");
    assert_eq!(said.matches("sim: touched").count(), 2, "{said}");
    assert_eq!(said.matches("sim: declined").count(), 1, "{said}");
}

#[test]
fn a_robot_touches_it() {
    let place = Place::new();
    let key = start(&place, &["--touch", "http", "--control", "127.0.0.1:0", "sim", "sim"]);
    let url = key.text("control").to_owned();
    let (first, second) = (&key.ready["keys"][0], &key.ready["keys"][1]);
    let list = |touches: [&str; 2]| {
        let told: Value = serde_json::from_str(&get(&url, "/").1).unwrap();
        let expected = json!({
            "usb1": {"key": "sim", "power": "on", "touch": touches[0]},
            "usb2": {"key": "sim", "power": "on", "touch": touches[1]},
        });
        assert_eq!(told, expected);
    };
    list(["off", "off"]);
    let (mut one, mut two) = (udp(first), udp(second));
    assert_eq!(select(&mut one, || assert_eq!(get(&url, "/usb1/touch/on"), (200, "ok\n".to_owned()))), Status::OK.0);
    list(["on", "off"]);
    get(&url, "/usb1/touch/off");
    // The other key's finger is not this one's.
    let mut waits = 0;
    let told = select(&mut two, || {
        waits += 1;
        get(&url, if waits == 1 { "/usb1/touch/on" } else { "/usb2/touch/on" });
    });
    assert_eq!((told, waits >= 2), (Status::OK.0, true));
    for (path, status) in [("/usb3/touch/on", 404), ("/usb1/touch/maybe", 404), ("/elsewhere", 404)] {
        assert_eq!(get(&url, path).0, status, "{path}");
    }
}

/// A website that knows the port must not be able to touch a key, nor one that has pointed its own
/// name at this machine.
#[test]
fn a_website_does_not() {
    let place = Place::new();
    let key = start(&place, &["--touch", "http", "--control", "127.0.0.1:0"]);
    let url = key.text("control");
    let client = Client::builder().no_proxy().build().unwrap();
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("host", "evil.example:8000")]
    {
        let asked = client.get(format!("{url}/usb1/touch/on")).header(name, value).send().unwrap();
        assert_eq!(asked.status().as_u16(), 403, "{name}");
    }
    let told: Value = serde_json::from_str(&get(url, "/").1).unwrap();
    assert_eq!(told["usb1"]["touch"], "off");
}

#[test]
fn unplugged_it_keeps_its_state() {
    let place = Place::new();
    let key = start(&place, &["--control", "127.0.0.1:0", "--seed", "5eed"]);
    let url = key.text("control");
    let mut channel = udp(&key.ready);
    assert_eq!(select(&mut channel, || {}), Status::OK.0);
    let info = |channel: &mut Channel| channel.cbor(&Ctap::GetInfo.to_bytes(), soon(), &Cancel::new(), &mut |_| {});
    let before = info(&mut channel).unwrap();
    for _ in 0..2 {
        assert_eq!(get(url, "/usb1/power/off").0, 200);
    }
    assert!(get(url, "/").1.contains("\"power\":\"off\""));
    assert!(info(&mut channel).is_err(), "nobody is there");
    for _ in 0..2 {
        assert_eq!(get(url, "/usb1/power/on").0, 200);
    }
    assert_eq!(info(&mut udp(&key.ready)).unwrap(), before);
    // It is not touched from there unless it was told to be.
    assert_eq!(get(url, "/usb1/touch/on").0, 409);
}

#[test]
fn what_cannot_be_served_says_so() {
    let place = Place::new();
    let rows = [
        (&["--touch", "http"][..], "--control"),
        (&["--control", "0.0.0.0:0"], "loopback only"),
        (&["sim@nfc"], "is no door"),
        (&["--seed", "5eed", "sim:desk"], "own secrets"),
        (&["--listen", "127.0.0.1:1", "sim", "sim"], "cannot share"),
    ];
    for (args, expected) in rows {
        let refused = run(&mut assay(&place, ["key", "serve"].iter().chain(args).copied())).expect(2);
        assert!(refused.err.contains(expected), "{refused:?}");
    }
}

#[test]
fn the_rule_is_printed() {
    let place = Place::new();
    let rule = run(&mut assay(&place, ["key", "udev"])).expect(0).out;
    assert!(rule.lines().last().unwrap().starts_with("KERNEL==\"uhid\""), "{rule}");
    assert!(run(&mut assay(&place, ["key", "udev", "--group", "lab"])).expect(0).out.contains("GROUP=\"lab\""));
    run(&mut assay(&place, ["key", "udev", "--group", "a\nRUN"])).expect(2);
}

/// An operation under way is given up with the key's power, and the next one is served.
#[test]
fn unplugged_while_it_waits() {
    let place = Place::new();
    let key = start(&place, &["--touch", "http", "--control", "127.0.0.1:0"]);
    let url = key.text("control").to_owned();
    let (tell, told) = std::sync::mpsc::channel();
    let mut waiting = udp(&key.ready);
    let asked = thread::spawn(move || {
        let deadline = Instant::now() + Duration::from_secs(3);
        waiting.cbor(&Ctap::Selection.to_bytes(), deadline, &Cancel::new(), &mut |_| tell.send(()).unwrap())
    });
    told.recv().unwrap();
    assert_eq!(get(&url, "/usb1/power/off").0, 200);
    assert_ne!(asked.join().unwrap().ok(), Some(vec![Status::OK.0]));
    assert_eq!(get(&url, "/usb1/power/on").0, 200);
    assert_eq!(select(&mut udp(&key.ready), || drop(get(&url, "/usb1/touch/on"))), Status::OK.0);
}

/// A key seen through another one, which tells what passes and what it does itself.
#[test]
fn a_proxy() {
    let place = Place::new();
    let key = start(&place, &[]);
    let behind = key.text("target");
    let proxy = |more: &[&str]| {
        let args = ["proxy", behind, "--listen", "127.0.0.1:0"];
        Lasting::start(&mut assay(&place, args.into_iter().chain(more.iter().copied())))
    };
    let judged = |target: &str| {
        run(&mut assay(&place, ["test", "authenticator", target, "--filter", "get-assertion/good/allow-list"]))
    };
    let mut plain = proxy(&[]);
    judged(plain.text("target")).expect(0);
    plain.kill();
    let told = plain.rest().join("\n");
    for word in ["> ffffffff INIT", "MakeCredential", "GetAssertion", "OK (0x00)"] {
        assert!(told.contains(word), "{word} in {told}");
    }

    let mut refusing = proxy(&["--refuse", "GetAssertion=OPERATION_DENIED", "--delay", "MakeCredential=10"]);
    let said = judged(refusing.text("target")).expect(1);
    assert!(said.out.contains("OPERATION_DENIED"), "{}", said.out);
    refusing.kill();
    let told = refusing.rest().join("\n");
    assert!(told.contains("in the key's place") && !told.contains("> GetAssertion"), "{told}");

    let said = run(&mut assay(&place, ["proxy", behind, "--refuse", "Banana=OK"])).expect(2);
    assert!(said.err.contains("MakeCredential"), "{}", said.err);
    run(&mut assay(&place, ["proxy", "udp:nowhere", "--uhid"])).expect(2);
}
