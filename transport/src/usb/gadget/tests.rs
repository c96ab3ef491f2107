use super::{CAPACITY, Gadget, PATIENCE};
use crate::identity::{Identity, REPORT_DESCRIPTOR};
use crate::usb::descriptor;
use crate::usb::packet::{Moved, Packet, Reply, Status, Submit, Transfer};

fn gadget() -> Gadget {
    Gadget::new(Identity::virtual_key("SN-1"))
}

fn submit(endpoint: u32, transfer: Transfer, setup: [u8; 8]) -> Packet {
    Packet::Submit(Submit { number: 5, endpoint, transfer, setup })
}

fn outcome(reply: Option<Reply>) -> (Status, Moved) {
    match reply {
        Some(Reply::Submit { number: 5, status, moved }) => (status, moved),
        other => panic!("{other:?}"),
    }
}

fn ask(gadget: &mut Gadget, setup: [u8; 8]) -> (Status, Moved) {
    let length = usize::from(u16::from_le_bytes([setup[6], setup[7]]));
    outcome(gadget.accept(submit(0, Transfer::In(length), setup)))
}

fn tell(gadget: &mut Gadget, setup: [u8; 8], data: &[u8]) -> (Status, Moved) {
    outcome(gadget.accept(submit(0, Transfer::Out(data.to_vec()), setup)))
}

fn given(data: &[u8]) -> (Status, Moved) {
    (Status::OK, Moved::In(data.to_vec()))
}

const STALLED: (Status, Moved) = (Status::STALL, Moved::In(Vec::new()));

#[test]
fn an_enumeration() {
    let mut gadget = gadget();
    let device = descriptor::device(&Identity::virtual_key("SN-1"));
    let configuration = descriptor::configuration();
    // A kernel asks for eight bytes first, then for as many as there are, then for more.
    assert_eq!(ask(&mut gadget, [0x80, 6, 0, 1, 0, 0, 8, 0]), given(&device[..8]));
    assert_eq!(tell(&mut gadget, [0, 5, 2, 0, 0, 0, 0, 0], &[]), (Status::OK, Moved::Out(0)));
    assert_eq!(ask(&mut gadget, [0x80, 6, 0, 1, 0, 0, 18, 0]), given(&device));
    assert_eq!(ask(&mut gadget, [0x80, 6, 0, 2, 0, 0, 9, 0]), given(&configuration[..9]));
    assert_eq!(ask(&mut gadget, [0x80, 6, 0, 2, 0, 0, 255, 0]), given(&configuration));
    assert_eq!(ask(&mut gadget, [0x80, 6, 3, 3, 9, 4, 255, 0]).0, Status::OK);
    assert_eq!(ask(&mut gadget, [0x80, 8, 0, 0, 0, 0, 1, 0]), given(&[0]));
    assert_eq!(tell(&mut gadget, [0, 9, 1, 0, 0, 0, 0, 0], &[]), (Status::OK, Moved::Out(0)));
    assert_eq!(ask(&mut gadget, [0x80, 8, 0, 0, 0, 0, 1, 0]), given(&[1]));
    assert_eq!(tell(&mut gadget, [0x21, 0x0a, 0, 0, 0, 0, 0, 0], &[]).0, Status::OK);
    assert_eq!(ask(&mut gadget, [0x81, 6, 0, 0x22, 0, 0, 34, 0]), given(&REPORT_DESCRIPTOR));
    assert_eq!(ask(&mut gadget, [0x82, 0, 0, 0, 0x81, 0, 2, 0]), given(&[0, 0]));
}

#[test]
fn what_it_does_not_know_stalls() {
    let mut gadget = gadget();
    let rows: [[u8; 8]; 7] = [
        [0x80, 6, 0, 6, 0, 0, 10, 0],   // a high-speed device's qualifier
        [0x80, 6, 1, 2, 0, 0, 9, 0],    // a second configuration
        [0x80, 6, 4, 3, 0, 0, 9, 0],    // a fourth string
        [0x81, 6, 0, 0x23, 0, 0, 9, 0], // a physical descriptor
        [0xa1, 1, 0, 1, 0, 0, 64, 0],   // an input report on demand
        [0xc0, 1, 0, 0, 0, 0, 1, 0],    // a vendor's request
        [0xff; 8],
    ];
    for setup in rows {
        assert_eq!(ask(&mut gadget, setup), STALLED, "{setup:02x?}");
    }
    for setup in [[0, 9, 2, 0, 0, 0, 0, 0], [1, 0x0b, 1, 0, 0, 0, 0, 0], [0x21, 0x0b, 0, 0, 0, 0, 0, 0], [0xff; 8]] {
        assert_eq!(tell(&mut gadget, setup, &[]), (Status::STALL, Moved::Out(0)), "{setup:02x?}");
    }
    for endpoint in [2, 15, u32::MAX] {
        assert_eq!(outcome(gadget.accept(submit(endpoint, Transfer::In(64), [0; 8]))), STALLED);
    }
    // A host that leaves no room for what it asks for.
    let cramped = submit(0, Transfer::In(4), [0x80, 6, 0, 1, 0, 0, 18, 0]);
    assert_eq!(outcome(gadget.accept(cramped)), (Status::OVERFLOW, Moved::In(vec![])));
}

#[test]
fn reports_meet_requests_in_either_order() {
    let mut gadget = gadget();
    let asks = || submit(1, Transfer::In(64), [0; 8]);
    assert_eq!(gadget.send(&[1; 64]), None);
    assert_eq!(outcome(gadget.accept(asks())), given(&[1; 64]));
    assert_eq!(gadget.accept(asks()), None);
    assert_eq!(outcome(gadget.send(&[2; 64])), given(&[2; 64]));
    assert_eq!(gadget.send(&[3; 64]), None);
    let cramped = submit(1, Transfer::In(63), [0; 8]);
    assert_eq!(outcome(gadget.accept(cramped)), (Status::OVERFLOW, Moved::In(vec![])));
}

#[test]
fn reports_arrive_by_either_way_and_nothing_else_does() {
    let mut gadget = gadget();
    let out = |length| submit(1, Transfer::Out(vec![7; length]), [0; 8]);
    assert_eq!(outcome(gadget.accept(out(64))), (Status::OK, Moved::Out(64)));
    assert_eq!(gadget.take(), Some([7; 64]));
    for length in [0, 1, 63, 65, 0xffff] {
        assert_eq!(outcome(gadget.accept(out(length))), (Status::OK, Moved::Out(length)));
        assert_eq!(gadget.take(), None);
    }
    let set_report = [0x21, 9, 0, 2, 0, 0, 64, 0];
    assert_eq!(tell(&mut gadget, set_report, &[8; 64]), (Status::OK, Moved::Out(64)));
    assert_eq!(gadget.take(), Some([8; 64]));
    assert_eq!(tell(&mut gadget, set_report, &[8; 63]), (Status::STALL, Moved::Out(0)));
    assert_eq!(gadget.take(), None);
}

#[test]
fn a_request_can_be_taken_back() {
    let mut gadget = gadget();
    assert_eq!(gadget.accept(submit(1, Transfer::In(64), [0; 8])), None);
    let unlink = || Packet::Unlink { number: 6, transfer: 5 };
    assert_eq!(gadget.accept(unlink()), Some(Reply::Unlink { number: 6, status: Status::ABORTED }));
    // Nobody waits for the report now.
    assert_eq!(gadget.send(&[1; 64]), None);
    assert_eq!(gadget.accept(unlink()), Some(Reply::Unlink { number: 6, status: Status::OK }));
}

#[test]
fn nothing_grows_without_bound() {
    let mut gadget = gadget();
    let last = |number: usize| u8::try_from(number % 256).unwrap();
    for number in 0..CAPACITY + 3 {
        assert_eq!(gadget.send(&[last(number); 64]), None);
    }
    assert_eq!(outcome(gadget.accept(submit(1, Transfer::In(64), [0; 8]))), given(&[3; 64]), "the oldest are lost");
    let mut gadget = self::gadget();
    for _ in 0..PATIENCE {
        assert_eq!(gadget.accept(submit(1, Transfer::In(64), [0; 8])), None);
    }
    assert_eq!(outcome(gadget.accept(submit(1, Transfer::In(64), [0; 8]))), STALLED);
}
