//! The host against devices that follow a script, most of them badly.

use std::thread::JoinHandle;

use assay_protocol::ctaphid::{Capabilities, Fault, Message};

use super::*;
use crate::memory::{MemoryReports, pair};
use crate::reports::Report;
use crate::testing::{after, soon};

const CID: u32 = 0x0000_0042;
const NONCE: [u8; 8] = *b"abcdefgh";

fn answer(nonce: &[u8], cid: u32) -> Vec<u8> {
    let capabilities = Capabilities(Capabilities::CBOR | Capabilities::WINK);
    let nonce = nonce.try_into().unwrap();
    InitResponse { nonce, cid, protocol_version: 2, major: 1, minor: 2, build: 3, capabilities }.to_bytes()
}

/// A device on a thread: gives out [`CID`], then does as `script` says with every other message.
fn device(
    mut script: impl FnMut(&mut MemoryReports, &Message) + Send + 'static,
) -> (Box<MemoryReports>, JoinHandle<Vec<Message>>) {
    let (host, mut line) = pair();
    let worker = thread::spawn(move || {
        let (mut assembler, mut heard) = (Assembler::Idle, Vec::new());
        while let Ok(report) = line.receive(soon()) {
            let step = assembler.accept(&Frame::parse(&report));
            assembler = step.next;
            let Event::Message(message) = step.event else {
                continue;
            };
            if message.cmd == Command::INIT {
                say(&mut line, message.cid, Command::INIT, &answer(&message.payload, CID));
            } else {
                script(&mut line, &message);
            }
            heard.push(message);
        }
        heard
    });
    (Box::new(host), worker)
}

fn say(line: &mut MemoryReports, cid: u32, cmd: Command, payload: &[u8]) {
    for report in split(cid, cmd, payload).unwrap() {
        send(line, &report);
    }
}

/// A host that has hung up is no failure of the device.
fn send(line: &mut MemoryReports, report: &Report) {
    let _ = line.send(report, soon());
}

fn cbor(channel: &mut Channel, message: &[u8]) -> Result<Vec<u8>, ChannelError> {
    channel.cbor(message, after(300), &Cancel::new(), &mut |_| {})
}

#[test]
fn opens_pings_and_winks() {
    let (host, worker) = device(|line, message| say(line, message.cid, message.cmd, &message.payload));
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    assert_eq!((channel.info().cid, channel.info().nonce, channel.info().build), (CID, NONCE, 3));
    for len in [0, 57, 58, 116, 7609] {
        channel.ping(&vec![0x5a; len], soon()).unwrap();
    }
    channel.wink(soon()).unwrap();
    assert_eq!(channel.ping(&[0; 7610], soon()).unwrap_err().code(), "ctaphid_too_long");
    drop(channel);
    let heard: Vec<Command> = worker.join().unwrap().iter().map(|message| message.cmd).collect();
    assert_eq!(heard.len(), 7);
    assert_eq!((heard[0], heard[6]), (Command::INIT, Command::WINK));
}

#[test]
fn strangers_and_old_answers_are_not_ours() {
    let (host, mut line) = pair();
    let worker = thread::spawn(move || {
        let report = line.receive(soon()).unwrap();
        let Frame::Init { cid: BROADCAST, cmd: Command::INIT, data, .. } = Frame::parse(&report) else { panic!() };
        say(&mut line, 7, Command::PING, b"for another");
        say(&mut line, BROADCAST, Command::INIT, &answer(b"stranger", 9));
        send(&mut line, &Frame::Cont { cid: BROADCAST, seq: 0, data: [0; 59] }.to_report());
        say(&mut line, BROADCAST, Command::INIT, &answer(&data[..8], CID));
        line.receive(soon()).unwrap();
        send(&mut line, &Frame::Cont { cid: CID, seq: 3, data: [0; 59] }.to_report());
        say(&mut line, 9, Command::CBOR, &[0x27]);
        say(&mut line, CID, Command::CBOR, &[0x00, 0xa0]);
    });
    let mut channel = Channel::open(Box::new(host), NONCE, soon()).unwrap();
    assert_eq!(cbor(&mut channel, &[0x04]), Ok(vec![0x00, 0xa0]));
    worker.join().unwrap();
}

#[test]
fn keep_alives_are_told() {
    let (host, _worker) = device(|line, message| {
        for status in [1, 1, 2] {
            say(line, message.cid, Command::KEEPALIVE, &[status]);
        }
        say(line, message.cid, Command::CBOR, &[0x00; 100]);
    });
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    let mut told = Vec::new();
    let reply = channel.cbor(&[0x01], soon(), &Cancel::new(), &mut |status| told.push(status));
    assert_eq!(reply, Ok(vec![0x00; 100]));
    assert_eq!(told, [KeepAlive::PROCESSING, KeepAlive::PROCESSING, KeepAlive::UPNEEDED]);
}

#[test]
fn what_a_device_can_do_wrong() {
    type Script = (&'static str, fn(&mut MemoryReports));
    let scripts: [Script; 9] = [
        ("ctaphid_device_error", |line| say(line, CID, Command::ERROR, &[ErrorCode::INVALID_CMD.0])),
        ("ctaphid_unexpected_command", |line| say(line, CID, Command::PING, &[0x00])),
        ("ctaphid_length", |line| say(line, CID, Command::KEEPALIVE, &[])),
        ("ctaphid_length", |line| say(line, CID, Command::ERROR, &[1, 2])),
        ("ctaphid_sequence", |line| {
            for report in split(CID, Command::CBOR, &[0; 300]).unwrap().iter().enumerate().filter(|(at, _)| *at != 2) {
                send(line, report.1);
            }
        }),
        ("ctaphid_not_continued", |line| {
            send(line, &split(CID, Command::CBOR, &[0; 300]).unwrap()[0]);
            say(line, CID, Command::CBOR, &[0x00]);
        }),
        ("ctaphid_announced_length", |line| {
            send(line, &Frame::Init { cid: CID, cmd: Command::CBOR, len: 0xffff, data: [0; 57] }.to_report());
        }),
        ("transport_timeout", |_| {}),
        ("transport_timeout", |line| send(line, &split(CID, Command::CBOR, &[0; 300]).unwrap()[0])),
    ];
    for (code, script) in scripts {
        let mut calls = 0;
        let (host, worker) = device(move |line, message| match message.cmd {
            Command::CBOR => {
                calls += 1;
                if calls == 1 { script(line) } else { say(line, CID, Command::CBOR, &[0x00]) }
            }
            // A device that is slow, but not dead: the old command ends with a cancellation.
            Command::CANCEL if calls == 1 => say(line, CID, Command::CBOR, &[0x2d]),
            _ => {}
        });
        let mut channel = Channel::open(host, NONCE, soon()).unwrap();
        assert_eq!(cbor(&mut channel, &[0x04]).unwrap_err().code(), code);
        // And the channel is of use again.
        assert_eq!(cbor(&mut channel, &[0x04]), Ok(vec![0x00]), "after {code}");
        drop(channel);
        worker.join().unwrap();
    }
}

#[test]
fn a_busy_device_is_asked_again() {
    let mut calls = 0;
    let (host, worker) = device(move |line, message| {
        calls += 1;
        let busy = [ErrorCode::CHANNEL_BUSY.0];
        if calls < 3 { say(line, CID, Command::ERROR, &busy) } else { say(line, CID, message.cmd, &[0x00]) }
    });
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    assert_eq!(channel.cbor(&[0x04], soon(), &Cancel::new(), &mut |_| {}), Ok(vec![0x00]));
    drop(channel);
    assert_eq!(worker.join().unwrap().len(), 4);

    let (host, _worker) = device(move |line, _| say(line, CID, Command::ERROR, &[ErrorCode::CHANNEL_BUSY.0]));
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    assert_eq!(channel.ping(&[], after(100)), Err(ChannelError::Transport(Error::Timeout)));
}

#[test]
fn cancellation_reaches_the_device() {
    let (host, worker) = device(|line, message| match message.cmd {
        Command::CBOR => say(line, CID, Command::KEEPALIVE, &[2]),
        Command::CANCEL => say(line, CID, Command::CBOR, &[0x2d]),
        _ => {}
    });
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    let cancel = Cancel::new();
    let other = cancel.clone();
    let reply = channel.cbor(&[0x0b], soon(), &cancel, &mut |_| other.cancel());
    assert_eq!(reply, Ok(vec![0x2d]));
    // Already cancelled: nothing is sent at all.
    let late = channel.cbor(&[0x0b], soon(), &cancel, &mut |_| {});
    assert_eq!(late, Err(ChannelError::Transport(Error::Cancelled)));
    drop(channel);
    assert_eq!(worker.join().unwrap().len(), 3);
}

#[test]
fn channels_that_are_none() {
    for cid in [BROADCAST, RESERVED] {
        let (host, mut line) = pair();
        let worker = thread::spawn(move || {
            line.receive(soon()).unwrap();
            say(&mut line, BROADCAST, Command::INIT, &answer(&NONCE, cid));
        });
        assert_eq!(Channel::open(Box::new(host), NONCE, soon()).err(), Some(ChannelError::Allocation { cid }));
        worker.join().unwrap();
    }
    let (host, line) = pair();
    assert_eq!(Channel::open(Box::new(host), NONCE, after(50)).err(), Some(ChannelError::Transport(Error::Timeout)));
    drop(line);
    let (host, _) = pair();
    assert_eq!(Channel::open(Box::new(host), NONCE, soon()).err(), Some(ChannelError::Transport(Error::Closed)));
}

#[test]
fn an_answer_to_init_that_is_too_short() {
    let (host, mut line) = pair();
    let worker = thread::spawn(move || {
        line.receive(soon()).unwrap();
        say(&mut line, BROADCAST, Command::INIT, &answer(&NONCE, CID)[..16]);
    });
    let error = ChannelError::Length { cmd: Command::INIT, len: 16 };
    assert_eq!(Channel::open(Box::new(host), NONCE, soon()).err(), Some(error));
    worker.join().unwrap();
}

#[test]
fn what_is_not_offered_is_not_sent() {
    let (host, mut line) = pair();
    let worker = thread::spawn(move || {
        line.receive(soon()).unwrap();
        let mut response = answer(&NONCE, CID);
        response[16] = Capabilities::NMSG;
        say(&mut line, BROADCAST, Command::INIT, &response);
        line.receive(soon())
    });
    let mut channel = Channel::open(Box::new(host), NONCE, soon()).unwrap();
    assert_eq!(cbor(&mut channel, &[0x04]), Err(ChannelError::NotOffered(Command::CBOR)));
    assert_eq!(channel.wink(soon()), Err(ChannelError::NotOffered(Command::WINK)));
    drop(channel);
    assert_eq!(worker.join().unwrap(), Err(Error::Closed));
}

#[test]
fn raw_access_and_back() {
    let (host, worker) = device(|line, message| say(line, CID, message.cmd, &message.payload));
    let mut channel = Channel::open(host, NONCE, soon()).unwrap();
    let ping = split(CID, Command::PING, &[1; 60]).unwrap();
    channel.raw().send(&ping[0], soon()).unwrap();
    channel.ping(b"again", soon()).unwrap();
    drop(channel);
    let heard: Vec<Command> = worker.join().unwrap().iter().map(|message| message.cmd).collect();
    assert_eq!(heard, [Command::INIT, Command::INIT, Command::PING]);
}

#[test]
fn noise_never_hangs_nor_panics() {
    let (host, mut line) = pair();
    let worker = thread::spawn(move || {
        let mut state = 0x1234_5678_9abc_def1_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[2]
        };
        line.receive(soon()).unwrap();
        say(&mut line, BROADCAST, Command::INIT, &answer(&NONCE, CID));
        loop {
            let mut report: Report = std::array::from_fn(|_| random());
            report[..4].copy_from_slice(&CID.to_be_bytes());
            if line.send(&report, soon()).is_err() {
                return;
            }
        }
    });
    let mut channel = Channel::open(Box::new(host), NONCE, soon()).unwrap();
    for _ in 0..20 {
        let _ = channel.cbor(&[0x04], after(5), &Cancel::new(), &mut |_| {});
    }
    assert!(matches!(channel.resynchronize(after(20)), Err(ChannelError::Transport(Error::Timeout))));
    drop(channel);
    worker.join().unwrap();
    assert_eq!(ChannelError::Fault(Fault::Busy).code(), "ctaphid_busy");
}
