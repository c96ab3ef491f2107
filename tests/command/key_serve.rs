//! `assay key serve` in a hostile neighbourhood: whatever comes, the next well-behaved host is served.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use assay::keys::{KeyTarget, channel};
use assay_protocol::ctap2::{Command as Ctap, Status};
use assay_protocol::ctaphid::{Command, split};
use assay_protocol::digest::sha256;
use assay_transport::udp::UdpReports;
use assay_transport::{Cancel, Channel};

use crate::support::command::{Lasting, assay, run};
use crate::support::place::Place;

fn start(place: &Place, args: &[&str]) -> (Lasting, SocketAddr) {
    let key = Lasting::start(&mut assay(place, ["key", "serve"].iter().chain(args).copied()));
    let Ok(KeyTarget::Udp(address)) = KeyTarget::parse(key.text("target")) else { panic!("{}", key.ready) };
    (key, address)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// A well-behaved host: opens a channel, pings, asks for getInfo.
#[track_caller]
fn is_served(address: SocketAddr) {
    let mut channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
    let ping: Vec<u8> = (0..=255).collect();
    channel.ping(&ping, soon()).unwrap();
    assert_eq!(get_info(&mut channel)[0], Status::OK.0);
}

fn get_info(channel: &mut Channel) -> Vec<u8> {
    channel.cbor(&Ctap::GetInfo.to_bytes(), soon(), &Cancel::new(), &mut |_| {}).unwrap()
}

/// Bytes that are the same in every run.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let blocks = (0_u32..).flat_map(|block| sha256(&[seed.to_be_bytes(), block.to_be_bytes()].concat()));
    blocks.take(length).collect()
}

/// A report that begins like this.
fn report(head: &[u8]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.resize(64, 0);
    bytes
}

#[test]
fn garbage_on_the_socket() {
    let place = Place::new();
    let (mut key, address) = start(&place, &[]);
    is_served(address);
    let rows: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("nothing", vec![vec![]]),
        ("too short", (1..64).step_by(9).map(|length| noise(1, length)).collect()),
        ("too long", [65, 128, 1500, 9000, 60_000].map(|length| noise(2, length)).to_vec()),
        ("noise", (10..200).map(|seed| noise(seed, 64)).collect()),
        ("zeros", vec![report(&[])]),
        ("a continuation of nothing", vec![report(&[0, 0, 0, 1, 0x00]), report(&[0xff, 0xff, 0xff, 0xff, 0x7f])]),
        ("an unknown channel", vec![report(&[9, 9, 9, 9, 0x81, 0, 1, 0xaa])]),
        ("the channel zero", vec![report(&[0, 0, 0, 0, 0x81, 0, 1, 0xaa])]),
        ("the longest message there is, and no end of it", vec![report(&[0xff, 0xff, 0xff, 0xff, 0x90, 0xff, 0xff])]),
        ("INIT with another length", vec![report(&[0xff, 0xff, 0xff, 0xff, 0x86, 0, 7, 1, 2, 3, 4, 5, 6, 7])]),
        ("INIT over and over", (0..50).map(|nonce| report(&[0xff, 0xff, 0xff, 0xff, 0x86, 0, 8, nonce])).collect()),
        ("CANCEL of nothing", vec![report(&[0, 0, 0, 1, 0x91, 0, 0])]),
    ];
    for (what, datagrams) in rows {
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        for datagram in &datagrams {
            stranger.send_to(datagram, address).unwrap();
        }
        is_served(address);
        assert!(key.lives(), "{what}");
    }
}

/// Messages that break off, on a channel that is really there.
#[test]
fn truncated_messages() {
    let place = Place::new();
    let (mut key, address) = start(&place, &[]);
    let mut channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
    let cid = channel.info().cid;
    let whole = split(cid, Command::CBOR, &noise(3, 400)).unwrap();
    for kept in 1..whole.len() {
        for frame in whole.iter().take(kept) {
            channel.raw().send(frame, soon()).unwrap();
        }
        // The channel synchronizes before its next message.
        channel.ping(b"still there?", soon()).unwrap();
    }
    // Frames out of order, and one of another message in between.
    for order in [[0, 2, 1], [0, 1, 1], [1, 0, 2], [0, 0, 1]] {
        for at in order {
            channel.raw().send(&whole[at], soon()).unwrap();
        }
        channel.ping(b"still there?", soon()).unwrap();
    }
    // Whole messages without sense have a status, and nothing more.
    for request in [&[][..], &[0x00], &[0xff], &[0x01], &[0x01, 0xa0], &[0x02, 0x9f], &[0x06, 0xff], &noise(4, 300)] {
        let reply = channel.cbor(request, soon(), &Cancel::new(), &mut |_| {});
        assert!(reply.map_or(true, |reply| reply.len() == 1 && reply[0] != 0), "{request:02x?}");
    }
    is_served(address);
    assert!(key.lives());
}

/// Who touches it, and whether it keeps what it made.
#[test]
fn touch_and_seed() {
    let place = Place::new();
    let told = |args: &[&str]| {
        let (_key, address) = start(&place, args);
        run(&mut assay(&place, ["--json", "key", "info", &format!("udp:{address}")])).expect(0).json()
    };
    assert_eq!(told(&[])["options"]["clientPin"], false);
    for touch in ["never", "deny"] {
        let (_key, address) = start(&place, &["--touch", touch]);
        let mut channel = channel(Box::new(UdpReports::connect(address).unwrap())).unwrap();
        let selection = channel.cbor(&Ctap::Selection.to_bytes(), soon(), &Cancel::new(), &mut |_| {}).unwrap();
        assert_ne!(selection, [Status::OK.0], "{touch}");
    }
}

#[test]
fn a_stop_by_signal() {
    let place = Place::new();
    for name in ["TERM", "INT"] {
        let (mut key, address) = start(&place, &[]);
        is_served(address);
        let _ = key.signal(name);
        assert_eq!(key.rest(), [""; 0]);
        assert_eq!(key.stderr(), "");
    }
}
