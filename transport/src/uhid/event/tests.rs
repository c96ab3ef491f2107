use super::{DATA, Event, LENGTH, Malformed, create, destroy, input, refuse_get_report, refuse_set_report};
use crate::identity::{Identity, REPORT_DESCRIPTOR};

/// An event of this kind with this body, as long as the kernel makes all of them.
fn event(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_ne_bytes().to_vec();
    bytes.extend(body);
    bytes.resize(LENGTH, 0);
    bytes
}

fn output(data: &[u8], length: u16, kind: u8) -> Vec<u8> {
    let mut body = data.to_vec();
    body.resize(DATA, 0);
    body.extend(length.to_ne_bytes());
    body.push(kind);
    event(6, &body)
}

#[test]
fn an_event_has_the_kernel_s_length() {
    // sizeof(struct uhid_event) on every architecture: it is packed.
    assert_eq!(LENGTH, 4376);
}

#[test]
fn every_kind_is_read() {
    let report: [u8; 64] = std::array::from_fn(|at| u8::try_from(at).unwrap() + 1);
    let mut with_id = vec![0];
    with_id.extend(report);
    let rows = [
        (event(2, &[0; 8]), Event::Start),
        (event(3, &[]), Event::Stop),
        (event(4, &[]), Event::Open),
        (event(5, &[]), Event::Close),
        (output(&report, 64, 1), Event::Output(report)),
        (output(&with_id, 65, 1), Event::Output(report)),
        (event(9, &[&7_u32.to_ne_bytes()[..], &[0, 2]].concat()), Event::GetReport { id: 7 }),
        (event(13, &[&8_u32.to_ne_bytes()[..], &[0, 0, 1, 0]].concat()), Event::SetReport { id: 8 }),
        (event(7, &[]), Event::Other(7)),
        (event(u32::MAX, &[]), Event::Other(u32::MAX)),
    ];
    for (bytes, expected) in rows {
        assert_eq!(Event::parse(&bytes), Ok(expected));
    }
}

#[test]
fn what_is_no_report_is_named() {
    let no_report = |kind, length| Err(Malformed::NoReport { kind, length });
    assert_eq!(Event::parse(&output(&[1; 63], 63, 1)), no_report(1, 63));
    assert_eq!(Event::parse(&output(&[0; 66], 66, 1)), no_report(1, 66));
    assert_eq!(Event::parse(&output(&[], 0, 1)), no_report(1, 0));
    assert_eq!(Event::parse(&output(&[9; 65], 65, 1)), no_report(1, 65), "an id that is not zero");
    assert_eq!(Event::parse(&output(&[1; 64], 64, 0)), no_report(0, 64), "a feature report");
    assert_eq!(Event::parse(&output(&[1; 64], u16::MAX, 1)), no_report(1, u16::MAX));
}

#[test]
fn every_cut_is_noticed() {
    let whole = output(&[1; 64], 64, 1);
    let least = 4 + DATA + 3;
    assert!(Event::parse(&whole[..least]).is_ok());
    for length in 0..least {
        assert_eq!(Event::parse(&whole[..length]), Err(Malformed::Short { length }));
    }
    for kind in [9, 13] {
        assert!(Event::parse(&event(kind, &[1; 4])[..8]).is_ok());
        assert_eq!(Event::parse(&event(kind, &[1; 4])[..7]), Err(Malformed::Short { length: 7 }));
    }
}

#[test]
fn a_device_is_created_as_the_kernel_reads_it() {
    let identity = Identity::virtual_key("SN-1");
    let event = create(&identity, &REPORT_DESCRIPTOR);
    let field = |from: usize, length: usize| &event[from..from + length];
    let named = |from: usize, length: usize| {
        let field = field(from, length);
        String::from_utf8(field.split(|byte| *byte == 0).next().unwrap().to_vec()).unwrap()
    };
    assert_eq!(field(0, 4), 11_u32.to_ne_bytes());
    assert_eq!(named(4, 128), "Assay Virtual security key");
    assert_eq!(named(132, 64), "assay");
    assert_eq!(named(196, 64), "SN-1");
    assert_eq!(field(260, 2), 34_u16.to_ne_bytes());
    assert_eq!(field(262, 2), 3_u16.to_ne_bytes());
    assert_eq!(field(264, 4), 0x1209_u32.to_ne_bytes());
    assert_eq!(field(268, 4), 0xf1d0_u32.to_ne_bytes());
    assert_eq!(&event[280..], REPORT_DESCRIPTOR);
    // Too long a name takes nobody else's place.
    let long = create(&Identity { serial_number: "x".repeat(500), ..identity }, &REPORT_DESCRIPTOR);
    assert_eq!(long.len(), event.len());
    assert_eq!(long[196..259], [b'x'; 63]);
    assert_eq!(long[259], 0);
}

#[test]
fn answers_repeat_the_question_s_id() {
    assert_eq!(destroy(), 1_u32.to_ne_bytes());
    let sent = input(&[5; 64]);
    assert_eq!(sent[..6], [&12_u32.to_ne_bytes()[..], &64_u16.to_ne_bytes()].concat());
    assert_eq!(sent[6..], [5; 64]);
    let words = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_ne_bytes()).collect::<Vec<_>>();
    assert_eq!(refuse_get_report(7)[..8], words(&[10, 7]));
    assert_eq!(refuse_get_report(7)[8..], [&5_u16.to_ne_bytes()[..], &[0, 0]].concat());
    assert_eq!(refuse_set_report(8)[..8], words(&[14, 8]));
    assert_eq!(refuse_set_report(8)[8..], 5_u16.to_ne_bytes());
}
