//! Frames both ways, at the boundary sizes and out of order.

use super::frame::{CONT_DATA, INIT_DATA};
use super::*;

const CID: u32 = 0x0102_0304;

fn payload(len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn frames(cid: u32, cmd: Command, payload: &[u8]) -> Vec<Frame> {
    split(cid, cmd, payload).unwrap().iter().map(Frame::parse).collect()
}

/// Feeds the frames and collects what they meant.
fn feed(mut machine: Assembler, frames: &[Frame]) -> (Assembler, Vec<Event>) {
    let mut events = Vec::new();
    for frame in frames {
        let step = machine.accept(frame);
        machine = step.next;
        events.push(step.event);
    }
    (machine, events)
}

fn fault(cid: u32, fault: Fault) -> Event {
    Event::Fault { cid, fault }
}

#[test]
fn splits_and_assembles_every_boundary_size() {
    for (len, packets) in [
        (0, 1),
        (1, 1),
        (INIT_DATA - 1, 1),
        (57, 1),
        (58, 2),
        (57 + CONT_DATA, 2),
        (58 + CONT_DATA, 3),
        (MAX_MESSAGE - 1, 129),
        (7609, 129),
    ] {
        let sent = payload(len);
        let frames = frames(CID, Command::PING, &sent);
        assert_eq!(frames.len(), packets, "{len}");
        let (machine, events) = feed(Assembler::Idle, &frames);
        assert_eq!(machine, Assembler::Idle);
        let (last, before) = events.split_last().unwrap();
        assert!(before.iter().all(|event| *event == Event::More));
        assert_eq!(*last, Event::Message(Message { cid: CID, cmd: Command::PING, payload: sent }));
    }
}

#[test]
fn refuses_to_split_what_no_message_holds() {
    for len in [7610, 65_535, 65_536, 100_000] {
        assert_eq!(split(CID, Command::CBOR, &payload(len)), Err(TooLong { len }));
    }
}

#[test]
fn every_report_survives_taking_apart() {
    let mut random = crate::ctap2::tests::XorShift::new(7);
    for _ in 0..2_000 {
        let report: [u8; 64] = std::array::from_fn(|_| random.byte());
        let frame = Frame::parse(&report);
        assert_eq!(frame.to_report(), report);
        assert!(frame.to_string().starts_with(&format!("{:08x}", frame.cid())));
    }
}

#[test]
fn faults_are_named() {
    let long = frames(CID, Command::CBOR, &payload(200));
    let other = frames(CID + 1, Command::PING, b"hello");
    let begun = feed(Assembler::Idle, &long[..1]).0;
    let zero = frames(RESERVED, Command::INIT, &[0; 8]);
    let broadcast_ping = frames(BROADCAST, Command::PING, b"");
    let too_long = Frame::Init { cid: CID, cmd: Command::PING, len: 7610, data: [0; INIT_DATA] };

    let check = |machine: &Assembler, frame: &Frame, event: Event, next: &Assembler| {
        let step = machine.clone().accept(frame);
        assert_eq!((&step.event, &step.next), (&event, next), "{frame}");
        if let Event::Fault { fault, .. } = event {
            assert!(fault.code().name().is_some());
        }
    };
    let idle = Assembler::Idle;
    check(&idle, &long[1], Event::Ignored, &idle);
    check(&idle, &zero[0], fault(RESERVED, Fault::Channel), &idle);
    check(&idle, &broadcast_ping[0], fault(BROADCAST, Fault::Channel), &idle);
    check(&idle, &too_long, fault(CID, Fault::Length { len: 7610 }), &idle);
    // A fragment is lost: the next one is out of order, and the message is given up.
    check(&begun, &long[2], fault(CID, Fault::Sequence { expected: 0, got: 1 }), &idle);
    check(&begun, &long[0], fault(CID, Fault::NotContinued { cmd: Command::CBOR }), &idle);
    check(&begun, &other[0], fault(CID + 1, Fault::Busy), &begun);
    check(&begun, &too_long, fault(CID, Fault::NotContinued { cmd: Command::PING }), &idle);
    check(&begun, &zero[0], fault(RESERVED, Fault::Channel), &begun);
    check(&begun, &frames(CID, Command::CANCEL, b"")[0], Event::Ignored, &begun);
    check(&begun, &Frame::Cont { cid: CID + 1, seq: 0, data: [0; CONT_DATA] }, Event::Ignored, &begun);
}

#[test]
fn init_aborts_its_own_channel_and_spares_another() {
    let begun = feed(Assembler::Idle, &frames(CID, Command::CBOR, &payload(200))[..2]).0;
    let message = |cid| Event::Message(Message { cid, cmd: Command::INIT, payload: vec![9; 8] });

    let step = begun.clone().accept(&frames(CID, Command::INIT, &[9; 8])[0]);
    assert_eq!((step.next, step.event), (Assembler::Idle, message(CID)));
    let step = begun.clone().accept(&frames(BROADCAST, Command::INIT, &[9; 8])[0]);
    assert_eq!((step.next, step.event), (begun.clone(), message(BROADCAST)));
    assert_eq!(begun.time_out(), Some(CID));
    assert_eq!(Assembler::Idle.time_out(), None);
}

#[test]
fn random_reports_never_panic_nor_exceed_a_message() {
    let mut random = crate::ctap2::tests::XorShift::new(11);
    let mut machine = Assembler::Idle;
    for _ in 0..20_000 {
        let mut report: [u8; 64] = std::array::from_fn(|_| random.byte());
        // Two channels and few sequence numbers, so that messages sometimes get somewhere.
        report[..4].copy_from_slice(&[0, 0, 0, random.byte() % 3]);
        report[4] &= 0x83;
        let step = machine.accept(&Frame::parse(&report));
        if let Event::Message(message) = &step.event {
            assert!(message.payload.len() <= MAX_MESSAGE);
        }
        machine = step.next;
    }
}

#[test]
fn init_response_both_ways() {
    let response = InitResponse {
        nonce: [1, 2, 3, 4, 5, 6, 7, 8],
        cid: CID,
        protocol_version: 2,
        major: 1,
        minor: 2,
        build: 3,
        capabilities: Capabilities(Capabilities::CBOR | Capabilities::NMSG),
    };
    let mut bytes = response.to_bytes();
    assert_eq!(bytes.len(), InitResponse::LEN);
    for len in 0..InitResponse::LEN {
        assert_eq!(InitResponse::parse(&bytes[..len]), None);
    }
    bytes.extend([0xff; 3]);
    assert_eq!(InitResponse::parse(&bytes), Some(response));
    assert_eq!(response.capabilities.to_string(), "CBOR");
    assert_eq!((Command::CBOR.to_string(), Command(0x55).to_string()), ("CBOR (0x10)".to_owned(), "0x55".to_owned()));
}
