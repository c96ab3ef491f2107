use super::*;
use crate::tree::der;

#[test]
fn numbers() {
    for (value, content) in [
        (0, &[0x00][..]),
        (127, &[0x7f]),
        (128, &[0x00, 0x80]),
        (256, &[0x01, 0x00]),
        (-1, &[0xff]),
        (-128, &[0x80]),
        (-129, &[0xff, 0x7f]),
        (i64::MAX, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        (i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]),
    ] {
        assert_eq!(small_integer(value), tagged(0x02, content), "{value}");
        assert_eq!(enumerated(value), tagged(0x0a, content), "{value}");
    }
    assert_eq!(integer(&[]), [2, 1, 0]);
    assert_eq!(integer(&[0, 0]), [2, 1, 0]);
    assert_eq!(integer(&[0, 0x7f]), [2, 1, 0x7f]);
    assert_eq!(integer(&[0x80, 1]), [2, 3, 0, 0x80, 1]);
}

#[test]
fn lengths() {
    for (length, header) in [
        (0x7f, &[0x04, 0x7f][..]),
        (0x80, &[0x04, 0x81, 0x80]),
        (0xff, &[0x04, 0x81, 0xff]),
        (0x100, &[0x04, 0x82, 0x01, 0x00]),
        (0x1_0000, &[0x04, 0x83, 0x01, 0x00, 0x00]),
    ] {
        let written = octet_string(&vec![0; length]);
        assert!(written.starts_with(header), "{length}");
        assert_eq!(written.len(), length + header.len());
        assert_eq!(der::read(&written).anomalies, []);
    }
}

#[test]
fn times() {
    for (seconds, expected) in [
        (0, "UTC 700101000000Z"),
        (-1, "UTC 691231235959Z"),
        (951_782_400, "UTC 000229000000Z"),
        (951_868_800, "UTC 000301000000Z"),
        (1_767_225_599, "UTC 251231235959Z"),
        (2_524_607_999, "UTC 491231235959Z"),
        (2_524_608_000, "Generalized 20500101000000Z"),
        (-631_152_001, "Generalized 19491231235959Z"),
        (4_107_542_400, "Generalized 21000301000000Z"),
        (i64::MAX, "Generalized 99991231235959Z"),
        (i64::MIN, "Generalized 00000101000000Z"),
    ] {
        let written = utc_or_generalized_time(seconds);
        let kind = if written[0] == 0x17 { "UTC" } else { "Generalized" };
        let text = std::str::from_utf8(&written[2..]).unwrap();
        assert_eq!(format!("{kind} {text}"), expected, "{seconds}");
    }
}

#[test]
fn the_rest() {
    assert_eq!(named_bits(&[0x06]), [0x03, 0x02, 0x01, 0x06]);
    assert_eq!(named_bits(&[0x80, 0x00]), [0x03, 0x02, 0x07, 0x80]);
    assert_eq!(named_bits(&[0]), [0x03, 0x01, 0x00]);
    assert_eq!(bit_string(&[1]), [0x03, 0x02, 0x00, 0x01]);
    assert_eq!(explicit(3, &null()), [0xa3, 0x02, 0x05, 0x00]);
    assert_eq!(implicit(0, &[1]), [0x80, 0x01, 0x01]);
    assert_eq!(implicit_constructed(1, &[]), [0xa1, 0x00]);
    assert_eq!(set(&[utf8_string("b"), boolean(true)]), tagged(0x31, &[1, 1, 0xff, 0x0c, 1, b'b']));
    assert_eq!(oid(&[]), [0x06, 0x00]);
    let all = sequence(&[printable_string("AT"), ia5_string("a@b"), oid(&[1, 2, 840, 113549]), octet_string(&[1])]);
    assert_eq!(der::read(&all).anomalies, []);
}
