use std::time::{Duration, Instant};

use assay_protocol::ctap2::{Command, Status, make_credential, reply};
use assay_protocol::ctaphid::{self, ErrorCode, Frame, KeepAlive, split};
use assay_transport::{Cancel, Channel};

use super::Simulator;
use crate::authenticator::Authenticator;
use crate::config::KeyConfig;
use crate::env::{Env, Purpose, Touch, TouchHandle, Visitor};
use crate::testing::{discoverable, good_make};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn seeded() -> Authenticator {
    Authenticator::new(KeyConfig::security_key(), Env::seeded([1; 32])).unwrap()
}

/// With a person who answers when told.
fn visited() -> (Channel, Simulator, TouchHandle) {
    let (visitor, handle) = Visitor::new(Duration::from_secs(20));
    let env = Env { person: Box::new(visitor), ..Env::seeded([1; 32]) };
    let key = Authenticator::new(KeyConfig::security_key(), env).unwrap();
    let (host, simulator) = Simulator::spawn(key).unwrap();
    (Channel::open(Box::new(host), [1; 8], soon()).unwrap(), simulator, handle)
}

fn cbor(channel: &mut Channel, command: &Command) -> Vec<u8> {
    channel.cbor(&command.to_bytes(), soon(), &Cancel::new(), &mut |_| {}).unwrap()
}

#[test]
fn a_host_talks_to_it() {
    let (host, simulator) = Simulator::spawn(seeded()).unwrap();
    let mut channel = Channel::open(Box::new(host), [1; 8], soon()).unwrap();
    channel.ping(&[7; 3000], soon()).unwrap();
    channel.wink(soon()).unwrap();
    let made = cbor(&mut channel, &Command::MakeCredential(good_make()));
    assert_eq!(make_credential::Response::parse(reply::open(&made).unwrap()).unwrap().fmt, "packed");
    let key = simulator.stop().unwrap();
    assert!(key.state().credentials.is_empty());
}

#[test]
fn a_touch_is_waited_for_with_signs_of_life() {
    let (mut channel, simulator, handle) = visited();
    let mut seen = Vec::new();
    let request = Command::MakeCredential(discoverable(1)).to_bytes();
    let made = channel.cbor(&request, soon(), &Cancel::new(), &mut |status| {
        seen.push(status);
        if status == KeepAlive::UPNEEDED {
            assert_eq!(handle.prompt().unwrap().purpose, Purpose::Register);
            handle.answer(Touch::Given);
        }
    });
    assert_eq!(made.unwrap()[0], Status::OK.0);
    assert!(seen.contains(&KeepAlive::UPNEEDED));
    assert!(!handle.answer(Touch::Given));
    drop(channel);
    assert_eq!(simulator.wait().unwrap().state().credentials.len(), 1);
}

#[test]
fn a_wait_can_be_cancelled() {
    let (mut channel, _simulator, handle) = visited();
    let cancel = Cancel::new();
    let request = Command::Selection.to_bytes();
    let outcome = channel.cbor(&request, soon(), &cancel, &mut |_| cancel.cancel());
    assert_eq!(outcome.unwrap(), [Status::KEEPALIVE_CANCEL.0]);
    assert_eq!(handle.prompt(), None);
    // It is there for the next one.
    assert_eq!(cbor(&mut channel, &Command::GetInfo)[0], Status::OK.0);
}

#[test]
fn power_cycles_forget_channels_and_waits() {
    let (mut channel, simulator, handle) = visited();
    let report = split(channel.info().cid, ctaphid::Command::CBOR, &[0x0b]).unwrap()[0];
    channel.raw().send(&report, soon()).unwrap();
    assert_eq!(handle.wait_for_prompt(Duration::from_secs(20)).unwrap().purpose, Purpose::Select);
    simulator.power_cycle();
    assert_eq!(handle.prompt(), None);
    assert!(simulator.is_running());
    // Signs of life may still be on the line; then the old channel is a stranger's.
    channel.raw().send(&report, soon()).unwrap();
    let told =
        std::iter::repeat_with(|| Frame::parse(&channel.raw().receive(soon()).unwrap())).find_map(
            |frame| match frame {
                Frame::Init { cmd: ctaphid::Command::ERROR, data, .. } => Some(ErrorCode(data[0])),
                _ => None,
            },
        );
    assert_eq!(told, Some(ErrorCode::INVALID_CHANNEL));
}

#[test]
fn it_ends_with_its_line() {
    let (host, simulator) = Simulator::spawn(seeded()).unwrap();
    drop(host);
    assert!(simulator.wait().is_some());
    let (host, simulator) = Simulator::spawn(seeded()).unwrap();
    drop(simulator);
    assert!(Channel::open(Box::new(host), [1; 8], soon()).is_err());
}
