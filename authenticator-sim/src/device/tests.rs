use std::time::Duration;

use assay_protocol::ctap2::Status;
use assay_protocol::ctaphid::{
    Assembler, BROADCAST, Command, ErrorCode, Event, Frame, InitResponse, KeepAlive, Message, split,
};

use super::{Action, Device, KEEP_ALIVE_INTERVAL, MESSAGE_TIMEOUT};

const T0: Duration = Duration::from_secs(1);

/// What the host sees of an action.
#[derive(Debug, PartialEq)]
enum Seen {
    Message(u32, Command, Vec<u8>),
    Start(Vec<u8>),
    StartU2f(Vec<u8>),
    Cancel,
    Wink,
}

fn seen(actions: Vec<Action>) -> Vec<Seen> {
    let mut host = Assembler::Idle;
    let mut all = Vec::new();
    for action in actions {
        match action {
            Action::Start(request) => all.push(Seen::Start(request)),
            Action::StartU2f(request) => all.push(Seen::StartU2f(request)),
            Action::Cancel => all.push(Seen::Cancel),
            Action::Wink => all.push(Seen::Wink),
            Action::Send(report) => {
                // Errors on reserved channels are no messages to the assembler.
                if let Frame::Init { cid, cmd: Command::ERROR, data, .. } = Frame::parse(&report) {
                    all.push(Seen::Message(cid, Command::ERROR, vec![data[0]]));
                    continue;
                }
                if let Frame::Init { cid: BROADCAST, cmd, len, data } = Frame::parse(&report) {
                    all.push(Seen::Message(BROADCAST, cmd, data[..usize::from(len)].to_vec()));
                    continue;
                }
                let step = std::mem::take(&mut host).accept(&Frame::parse(&report));
                host = step.next;
                match step.event {
                    Event::More => {}
                    Event::Message(Message { cid, cmd, payload }) => all.push(Seen::Message(cid, cmd, payload)),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    assert_eq!(host, Assembler::Idle);
    all
}

fn error(cid: u32, code: ErrorCode) -> Vec<Seen> {
    vec![Seen::Message(cid, Command::ERROR, vec![code.0])]
}

struct Host(Device);

impl Host {
    /// With two channels, 1 and 2.
    fn new() -> Self {
        let mut host = Self(Device::new());
        for expected in 1..=2 {
            let [Seen::Message(BROADCAST, Command::INIT, payload)] = &host.say(BROADCAST, Command::INIT, &[7; 8])[..]
            else {
                panic!("no channel");
            };
            let response = InitResponse::parse(payload).unwrap();
            assert_eq!((response.cid, response.nonce, response.protocol_version), (expected, [7; 8], 2));
            assert!(response.capabilities.cbor() && response.capabilities.wink() && !response.capabilities.msg());
        }
        host
    }

    fn frames(&mut self, frames: &[[u8; 64]], now: Duration) -> Vec<Seen> {
        frames.iter().flat_map(|frame| seen(self.0.accept(frame, now))).collect()
    }

    fn say(&mut self, cid: u32, cmd: Command, payload: &[u8]) -> Vec<Seen> {
        self.frames(&split(cid, cmd, payload).unwrap(), T0)
    }

    fn resync_reply(&mut self, cid: u32) -> Vec<Seen> {
        let mut seen = self.say(cid, Command::INIT, &[9; 8]);
        let Some(Seen::Message(on, Command::INIT, payload)) = seen.pop() else { panic!("no reply") };
        assert_eq!((on, InitResponse::parse(&payload).unwrap().cid), (cid, cid));
        seen
    }

    /// Working at a request of channel 1.
    fn working() -> Self {
        let mut host = Self::new();
        assert_eq!(host.say(1, Command::CBOR, &[4]), [Seen::Start(vec![4])]);
        host
    }

    /// In the middle of a message of channel 1; the rest of it.
    fn receiving() -> (Self, Vec<[u8; 64]>) {
        let mut host = Self::new();
        let frames = split(1, Command::PING, &[3; 200]).unwrap();
        assert_eq!(host.frames(&frames[..2], T0), []);
        (host, frames[2..].to_vec())
    }
}

#[test]
fn idle() {
    let mut host = Host::new();
    let long: Vec<u8> = (0..7609_u16).map(|at| at.to_be_bytes()[1]).collect();
    for payload in [&[][..], b"hello", &long] {
        assert_eq!(host.say(1, Command::PING, payload), [Seen::Message(1, Command::PING, payload.to_vec())]);
    }
    let wink = [Seen::Wink, Seen::Message(2, Command::WINK, Vec::new())];
    assert_eq!(host.say(2, Command::WINK, &[]), wink);
    assert_eq!(host.say(2, Command::WINK, &[1]), error(2, ErrorCode::INVALID_LEN));
    assert_eq!(host.say(1, Command::CBOR, &[]), error(1, ErrorCode::INVALID_LEN));
    assert_eq!(host.say(1, Command::INIT, &[1; 7]), error(1, ErrorCode::INVALID_LEN));
    assert_eq!(host.say(BROADCAST, Command::INIT, &[1; 9]), error(BROADCAST, ErrorCode::INVALID_LEN));
    for cmd in [Command::MSG, Command::LOCK, Command(0x66), Command::KEEPALIVE, Command::ERROR] {
        assert_eq!(host.say(1, cmd, &[1]), error(1, ErrorCode::INVALID_CMD), "{cmd}");
    }
    assert_eq!(host.say(1, Command::CANCEL, &[]), []);
    assert_eq!(host.resync_reply(1), []);
}

#[test]
fn strangers_are_told_so() {
    let (receiving, _) = Host::receiving();
    for mut host in [Host::new(), receiving, Host::working()] {
        for cid in [0, 3, 0xffff_fffe] {
            assert_eq!(host.say(cid, Command::PING, &[1]), error(cid, ErrorCode::INVALID_CHANNEL));
            assert_eq!(host.say(cid, Command::INIT, &[1; 8]), error(cid, ErrorCode::INVALID_CHANNEL));
        }
        assert_eq!(host.say(BROADCAST, Command::PING, &[1]), error(BROADCAST, ErrorCode::INVALID_CHANNEL));
    }
}

#[test]
fn receiving() {
    let (mut host, rest) = Host::receiving();
    // Another channel is busy at once, and disturbs nothing; a newcomer gets a channel.
    assert_eq!(host.say(2, Command::PING, &[1]), error(2, ErrorCode::CHANNEL_BUSY));
    assert!(matches!(host.say(BROADCAST, Command::INIT, &[1; 8])[..], [Seen::Message(BROADCAST, Command::INIT, _)]));
    assert_eq!(host.say(1, Command::CANCEL, &[]), []);
    let stray = Frame::Cont { cid: 2, seq: 1, data: [0; 59] }.to_report();
    assert_eq!(host.frames(&[stray], T0), []);
    assert_eq!(host.frames(&rest, T0), [Seen::Message(1, Command::PING, vec![3; 200])]);

    let (mut host, rest) = Host::receiving();
    assert_eq!(host.frames(&rest[1..], T0), error(1, ErrorCode::INVALID_SEQ));
    assert_eq!(host.frames(&rest, T0), []);

    let (mut host, rest) = Host::receiving();
    assert_eq!(host.say(1, Command::PING, &[1]), error(1, ErrorCode::INVALID_SEQ));
    assert_eq!(host.frames(&rest, T0), []);

    let (mut host, rest) = Host::receiving();
    assert_eq!(host.resync_reply(1), []);
    assert_eq!(host.frames(&rest, T0), []);
}

#[test]
fn a_message_too_long() {
    let mut frame = split(1, Command::PING, &[]).unwrap()[0];
    frame[5..7].copy_from_slice(&7610_u16.to_be_bytes());
    assert_eq!(Host::new().frames(&[frame], T0), error(1, ErrorCode::INVALID_LEN));
}

#[test]
fn a_message_that_stops_times_out() {
    let (mut host, rest) = Host::receiving();
    let almost = T0 + MESSAGE_TIMEOUT - Duration::from_millis(1);
    assert_eq!(host.0.next_tick(), Some(T0 + MESSAGE_TIMEOUT));
    assert_eq!(host.0.tick(almost, KeepAlive::PROCESSING), []);
    // Every report gives it as much time again.
    assert_eq!(host.frames(&rest[..1], almost), []);
    assert_eq!(host.0.tick(T0 + MESSAGE_TIMEOUT, KeepAlive::PROCESSING), []);
    let late = almost + MESSAGE_TIMEOUT;
    assert_eq!(seen(host.0.tick(late, KeepAlive::PROCESSING)), error(1, ErrorCode::MSG_TIMEOUT));
    assert_eq!(host.0.tick(late, KeepAlive::PROCESSING), []);
    assert_eq!(host.frames(&rest[1..], late), []);
}

#[test]
fn working() {
    let mut host = Host::working();
    for cid in [1, 2] {
        assert_eq!(host.say(cid, Command::PING, &[1]), error(cid, ErrorCode::CHANNEL_BUSY));
    }
    assert_eq!(host.say(2, Command::INIT, &[1; 8]), error(2, ErrorCode::CHANNEL_BUSY));
    assert_eq!(host.say(2, Command::CANCEL, &[]), []);
    assert!(matches!(host.say(BROADCAST, Command::INIT, &[1; 8])[..], [Seen::Message(BROADCAST, Command::INIT, _)]));
    assert_eq!(host.frames(&[Frame::Cont { cid: 1, seq: 0, data: [0; 59] }.to_report()], T0), []);
    assert!(host.0.is_working());
    assert_eq!(seen(host.0.finish(&[0, 1, 2], T0)), [Seen::Message(1, Command::CBOR, vec![0, 1, 2])]);
    assert!(!host.0.is_working());
}

#[test]
fn signs_of_life() {
    let mut host = Host::working();
    let keep_alive = |status: KeepAlive| vec![Seen::Message(1, Command::KEEPALIVE, vec![status.0])];
    let mut now = T0 + KEEP_ALIVE_INTERVAL - Duration::from_millis(1);
    assert_eq!(host.0.tick(now, KeepAlive::PROCESSING), []);
    now += Duration::from_millis(1);
    assert_eq!(host.0.next_tick(), Some(now));
    assert_eq!(seen(host.0.tick(now, KeepAlive::PROCESSING)), keep_alive(KeepAlive::PROCESSING));
    // A change is told at once.
    assert_eq!(seen(host.0.tick(now, KeepAlive::UPNEEDED)), keep_alive(KeepAlive::UPNEEDED));
    assert_eq!(host.0.tick(now, KeepAlive::UPNEEDED), []);
    assert_eq!(seen(host.0.tick(now + KEEP_ALIVE_INTERVAL, KeepAlive::UPNEEDED)), keep_alive(KeepAlive::UPNEEDED));
    let _reply = host.0.finish(&[0], now);
    assert_eq!(host.0.tick(now + 9 * KEEP_ALIVE_INTERVAL, KeepAlive::UPNEEDED), []);
}

#[test]
fn cancel_leaves_the_answer_to_the_work() {
    let mut host = Host::working();
    assert_eq!(host.say(1, Command::CANCEL, &[]), [Seen::Cancel]);
    let reply = [Status::KEEPALIVE_CANCEL.0];
    assert_eq!(seen(host.0.finish(&reply, T0)), [Seen::Message(1, Command::CBOR, reply.to_vec())]);
    assert_eq!(host.say(1, Command::CANCEL, &[]), []);
}

#[test]
fn init_abandons_the_work_of_its_channel() {
    let mut host = Host::working();
    assert_eq!(host.resync_reply(1), [Seen::Cancel]);
    // The channel is free, though the old work is not over.
    assert_eq!(host.say(1, Command::PING, &[1]), [Seen::Message(1, Command::PING, vec![1])]);
    assert_eq!(host.0.tick(T0 + KEEP_ALIVE_INTERVAL, KeepAlive::UPNEEDED), []);
    assert_eq!(host.say(2, Command::CBOR, &[5]), []);
    assert_eq!(host.say(1, Command::CBOR, &[6]), error(1, ErrorCode::CHANNEL_BUSY));
    assert_eq!(seen(host.0.finish(&[0x2d], T0)), [Seen::Start(vec![5])]);
    assert_eq!(seen(host.0.finish(&[0], T0)), [Seen::Message(2, Command::CBOR, vec![0])]);
}

#[test]
fn waiting_work_can_be_cancelled_and_abandoned_too() {
    let waiting = || {
        let mut host = Host::working();
        host.resync_reply(1);
        assert_eq!(host.say(1, Command::CBOR, &[5]), []);
        host
    };
    let mut host = waiting();
    let cancelled = Seen::Message(1, Command::CBOR, vec![Status::KEEPALIVE_CANCEL.0]);
    assert_eq!(host.say(1, Command::CANCEL, &[]), [cancelled]);
    assert_eq!(host.0.finish(&[0x2d], T0), []);
    let mut host = waiting();
    assert_eq!(host.resync_reply(1), []);
    assert_eq!(host.0.finish(&[0x2d], T0), []);
    assert!(!host.0.is_working());
}

#[test]
fn random_reports_never_panic() {
    let mut host = Host::new();
    let mut state: u32 = 7;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        u8::try_from(state & 0xff).unwrap()
    };
    for round in 0..20_000_u64 {
        let mut report: [u8; 64] = std::array::from_fn(|_| random());
        report[..4].copy_from_slice(&[0, 0, 0, random() % 4]);
        report[4] &= 0x93;
        let now = Duration::from_millis(round);
        let _actions = host.0.accept(&report, now);
        let _actions = host.0.tick(now, KeepAlive::PROCESSING);
        if round % 50 == 0 {
            let _actions = host.0.finish(&[0], now);
        }
    }
}

#[test]
fn ctap1_is_worked_at_without_signs_of_life() {
    let mut host = Host(Device::new().speaking(false, true));
    host.say(BROADCAST, Command::INIT, &[7; 8]);
    assert_eq!(host.say(1, Command::CBOR, &[4]), error(1, ErrorCode::INVALID_CMD));
    assert_eq!(host.say(1, Command::MSG, &[]), error(1, ErrorCode::INVALID_LEN));
    assert_eq!(host.say(1, Command::MSG, &[0, 3, 0, 0]), [Seen::StartU2f(vec![0, 3, 0, 0])]);
    assert_eq!(seen(host.0.tick(T0 + 10 * KEEP_ALIVE_INTERVAL, KeepAlive::UPNEEDED)), []);
    assert_eq!(host.say(1, Command::CANCEL, &[]), []);
    assert_eq!(seen(host.0.finish(&[0x90, 0x00], T0)), [Seen::Message(1, Command::MSG, vec![0x90, 0x00])]);
    // Power makes it forget its channels, and not what it speaks.
    let mut host = Host(host.0.renewed());
    assert_eq!(host.say(1, Command::MSG, &[0, 3, 0, 0]), error(1, ErrorCode::INVALID_CHANNEL));
    host.say(BROADCAST, Command::INIT, &[7; 8]);
    assert_eq!(host.say(1, Command::MSG, &[0, 3, 0, 0]), [Seen::StartU2f(vec![0, 3, 0, 0])]);
}
