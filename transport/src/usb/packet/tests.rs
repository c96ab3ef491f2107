use super::{HEADER, Malformed, Moved, Packet, Packets, Reply, Status, Submit, Transfer};

/// A header of these twelve numbers.
fn header(words: [u32; 12]) -> Vec<u8> {
    words.into_iter().flat_map(u32::to_be_bytes).collect()
}

fn one(bytes: &[u8]) -> Result<Option<Packet>, Malformed> {
    let mut packets = Packets::default();
    packets.push(bytes);
    packets.pop()
}

/// The first packet that a kernel sends: the device descriptor is asked for.
const GET_DEVICE_DESCRIPTOR: [u32; 12] = [1, 1, 0x0001_0002, 1, 0, 0x200, 0x40, 0, 0, 0, 0x8006_0001, 0x0000_4000];

#[test]
fn transfers_are_read() {
    let asked = Submit { number: 1, endpoint: 0, transfer: Transfer::In(64), setup: [0x80, 6, 0, 1, 0, 0, 0x40, 0] };
    assert_eq!(one(&header(GET_DEVICE_DESCRIPTOR)), Ok(Some(Packet::Submit(asked))));
    let mut out = header([1, 7, 0x0001_0002, 0, 1, 0, 3, 0, u32::MAX, 5, 0, 0]);
    out.extend([9, 8, 7]);
    let given = Submit { number: 7, endpoint: 1, transfer: Transfer::Out(vec![9, 8, 7]), setup: [0; 8] };
    assert_eq!(one(&out), Ok(Some(Packet::Submit(given))));
    let unlink = header([2, 9, 0x0001_0002, 1, 1, 7, 0, 0, 0, 0, 0, 0]);
    assert_eq!(one(&unlink), Ok(Some(Packet::Unlink { number: 9, transfer: 7 })));
}

#[test]
fn a_stream_may_break_anywhere() {
    let mut out = header([1, 7, 0, 0, 1, 0, 3, 0, 0, 5, 0, 0]);
    out.extend([9, 8, 7]);
    let unlink = header([2, 9, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0]);
    let stream = [out.as_slice(), &unlink].concat();
    let mut packets = Packets::default();
    let mut ends = Vec::new();
    for (at, byte) in stream.iter().enumerate() {
        packets.push(&[*byte]);
        while let Some(packet) = packets.pop().unwrap() {
            ends.push((at + 1, matches!(packet, Packet::Unlink { .. })));
        }
    }
    assert_eq!(ends, [(HEADER + 3, false), (2 * HEADER + 3, true)]);
    // And all at once.
    packets.push(&stream);
    assert!(matches!(packets.pop(), Ok(Some(Packet::Submit(_)))));
    assert!(matches!(packets.pop(), Ok(Some(Packet::Unlink { .. }))));
    assert_eq!(packets.pop(), Ok(None));
}

#[test]
fn one_wrong_number_is_named() {
    let edit = |at: usize, value: u32| {
        let mut words = GET_DEVICE_DESCRIPTOR;
        words[at] = value;
        one(&header(words))
    };
    assert!(edit(6, 0xffff).unwrap().is_some());
    let rows = [
        (0, 0, Malformed::Command(0)),
        (0, 3, Malformed::Command(3)),
        (0, 0x0111_0001, Malformed::Command(0x0111_0001)),
        (3, 2, Malformed::Direction(2)),
        (6, 0x1_0000, Malformed::Length(0x1_0000)),
        (6, u32::MAX, Malformed::Length(u32::MAX)),
        (8, 1, Malformed::Isochronous(1)),
    ];
    for (at, value, expected) in rows {
        assert_eq!(edit(at, value), Err(expected));
    }
}

#[test]
fn answers_are_written() {
    let given = Reply::Submit { number: 5, status: Status::OK, moved: Moved::In(vec![1, 2]) };
    assert_eq!(given.to_bytes(), [header([3, 5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]), vec![1, 2]].concat());
    let taken = Reply::Submit { number: 6, status: Status::OK, moved: Moved::Out(64) };
    assert_eq!(taken.to_bytes(), header([3, 6, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0]));
    let stalled = Reply::Submit { number: 7, status: Status::STALL, moved: Moved::In(vec![]) };
    assert_eq!(stalled.to_bytes(), header([3, 7, 0, 0, 0, 0xffff_ffe0, 0, 0, 0, 0, 0, 0]));
    let aborted = Reply::Unlink { number: 8, status: Status::ABORTED };
    assert_eq!(aborted.to_bytes(), header([4, 8, 0, 0, 0, 0xffff_ff98, 0, 0, 0, 0, 0, 0]));
}
