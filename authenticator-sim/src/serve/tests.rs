use std::time::{Duration, Instant};

use assay_mint::lab::Lab;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::{Command, Parameter, Status, make_credential, reply};
use assay_protocol::ctaphid::{self, ErrorCode, Frame, KeepAlive, split};
use assay_protocol::u2f;
use assay_transport::{Cancel, Channel, Reports};

use super::Simulator;
use crate::attestation::U2fAttestation;
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

/// Replies near the end of what CTAPHID can carry: a key and a signature of ML-DSA-87.
#[test]
fn the_longest_replies_come_through() {
    let key = Authenticator::new(KeyConfig::ctap_2_3(), Env::seeded([1; 32])).unwrap();
    let (host, _simulator) = Simulator::spawn(key).unwrap();
    let mut channel = Channel::open(Box::new(host), [1; 8], soon()).unwrap();
    for (algorithm, least) in [(alg::ML_DSA_44, 3_700), (alg::ML_DSA_65, 5_200), (alg::ML_DSA_87, 7_200)] {
        let request = make_credential::Request {
            pub_key_cred_params: [Parameter::public_key(algorithm)].into_iter().collect(),
            ..good_make()
        };
        let made = cbor(&mut channel, &Command::MakeCredential(request));
        let response = make_credential::Response::parse(reply::open(&made).unwrap()).unwrap();
        assert_eq!((response.fmt.as_str(), made.len() > least), ("packed", true), "{}", made.len());
    }
}

#[test]
fn a_key_speaks_ctap1_where_it_has_it() {
    let chain = Lab::new([1; 32], 1_795_000_000).u2f("sim");
    let u2f = U2fAttestation::new(&chain).unwrap();
    let key = Authenticator::new(KeyConfig::u2f_only(u2f), Env::seeded([1; 32])).unwrap();
    let (host, simulator) = Simulator::spawn(key).unwrap();
    let mut host: Box<dyn Reports> = Box::new(host);
    let mut say = |cid: u32, command: ctaphid::Command, payload: &[u8]| {
        for report in split(cid, command, payload).unwrap() {
            host.send(&report, soon()).unwrap();
        }
        let mut assembler = ctaphid::Assembler::Idle;
        loop {
            let step = assembler.accept(&Frame::parse(&host.receive(soon()).unwrap()));
            assembler = step.next;
            if let ctaphid::Event::Message(message) = step.event {
                return message;
            }
        }
    };
    let greeting = say(ctaphid::BROADCAST, ctaphid::Command::INIT, &[7; 8]);
    let greeting = ctaphid::InitResponse::parse(&greeting.payload).unwrap();
    assert!(greeting.capabilities.msg() && !greeting.capabilities.cbor());
    let version = say(greeting.cid, ctaphid::Command::MSG, &u2f::Request::Version.to_bytes());
    assert_eq!((version.cmd, version.payload.as_slice()), (ctaphid::Command::MSG, &b"U2F_V2\x90\x00"[..]));
    simulator.power_cycle();
    let greeting = say(ctaphid::BROADCAST, ctaphid::Command::INIT, &[7; 8]);
    let greeting = ctaphid::InitResponse::parse(&greeting.payload).unwrap();
    assert!(greeting.capabilities.msg());
}
