//! What a kernel says to a virtual key: events of `/dev/uhid`, and packets of USB/IP into the USB
//! device behind them.

use assay_transport::Identity;
use assay_transport::uhid::event;
use assay_transport::usb::gadget::Gadget;
use assay_transport::usb::packet::{HEADER, LONGEST, Moved, Packet, Packets, Reply, Transfer};

/// The input is one event.
pub(super) fn uhid(input: &[u8]) {
    if let Ok(event::Event::Output(report)) = event::Event::parse(input) {
        assert!(input.windows(report.len()).any(|bytes| bytes == report), "a report from nowhere");
    }
}

pub(super) fn uhid_seeds() -> Vec<Vec<u8>> {
    let event = |kind: u32, body: &[u8]| {
        let mut bytes = kind.to_ne_bytes().to_vec();
        bytes.extend(body);
        bytes.resize(event::LENGTH, 0);
        bytes
    };
    let output = |length: u16| {
        let mut body = vec![0; 4096];
        body.extend(length.to_ne_bytes());
        body.push(1);
        event(6, &body)
    };
    let requests = [9, 13].map(|kind| event(kind, &7_u32.to_ne_bytes()));
    [2, 3, 4, 5].map(|kind| event(kind, &[])).into_iter().chain(requests).chain([output(64), output(65)]).collect()
}

/// The input is a stream, in pieces as long as its first byte says.
pub(super) fn usbip(input: &[u8]) {
    let Some((piece, stream)) = input.split_first() else { return };
    let mut packets = Packets::default();
    let mut gadget = Gadget::new(Identity::virtual_key("SN-1"));
    for bytes in stream.chunks(usize::from(*piece) + 1) {
        packets.push(bytes);
        loop {
            let packet = match packets.pop() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                // Nothing after it can be read.
                Err(_malformed) => return,
            };
            let room = match &packet {
                Packet::Submit(submit) => match &submit.transfer {
                    Transfer::In(room) => *room,
                    Transfer::Out(data) => data.len(),
                },
                Packet::Unlink { .. } => 0,
            };
            assert!(room <= LONGEST);
            if let Some(reply) = gadget.accept(packet) {
                fits(&reply, room);
            }
            while let Some(report) = gadget.take() {
                // An echo, so that requests and reports meet in every order.
                if let Some(reply) = gadget.send(&report) {
                    fits(&reply, report.len());
                }
            }
        }
    }
}

/// A host gives as much room as it says, and no more.
fn fits(reply: &Reply, room: usize) {
    let moved = match reply {
        Reply::Submit { moved: Moved::In(data), .. } => {
            assert_eq!(reply.to_bytes().len(), HEADER + data.len());
            data.len()
        }
        Reply::Submit { moved: Moved::Out(length), .. } => *length,
        Reply::Unlink { .. } => 0,
    };
    assert!(moved <= room, "{moved} bytes into {room}");
}

pub(super) fn usbip_seeds() -> Vec<Vec<u8>> {
    let header = |words: [u32; 12]| words.into_iter().flat_map(u32::to_be_bytes).collect::<Vec<u8>>();
    let control = |request: u32, length: u32| {
        header([1, 1, 0x0001_0002, 1, 0, 0x200, length, 0, 0, 0, request, length.swap_bytes() >> 16])
    };
    let descriptors: Vec<u8> = [(0x8006_0001, 18), (0x8006_0002, 255), (0x8006_0303, 255), (0x8106_0022, 34)]
        .into_iter()
        .flat_map(|(request, length)| control(request, length))
        .collect();
    let asks = header([1, 2, 0x0001_0002, 1, 1, 0, 64, 0, 0, 5, 0, 0]);
    let mut sends = header([1, 3, 0x0001_0002, 0, 1, 0, 64, 0, 0, 5, 0, 0]);
    sends.extend([0x5a; 64]);
    let unlink = header([2, 4, 0x0001_0002, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
    let with = |piece: u8, parts: &[&Vec<u8>]| {
        let mut stream = vec![piece];
        parts.iter().for_each(|part| stream.extend(part.iter()));
        stream
    };
    vec![
        with(255, &[&descriptors]),
        with(6, &[&descriptors, &asks, &sends]),
        with(40, &[&sends, &asks]),
        with(255, &[&asks, &unlink, &unlink, &sends]),
    ]
}
