use ciborium::Value as Out;

use super::{AnomalyKind, Node, Value, diagnostic, read, read_prefix, read_prefix_at, to_bytes, to_canonical};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| character.to_digit(16).unwrap().try_into().unwrap())
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// RFC 8949 appendix A, and a few more, all in the canonical form of CTAP2.
#[test]
fn canonical_items_read_as_written_and_write_as_read() {
    for (hex, notation) in [
        ("00", "0"),
        ("17", "23"),
        ("1818", "24"),
        ("1903e8", "1000"),
        ("1a000f4240", "1000000"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("20", "-1"),
        ("3903e7", "-1000"),
        ("3bffffffffffffffff", "-18446744073709551616"),
        ("f4", "false"),
        ("f5", "true"),
        ("f6", "null"),
        ("f93c00", "1.0"),
        ("fa47c35000", "100000.0"),
        ("fb3ff199999999999a", "1.1"),
        ("f97c00", "Infinity"),
        ("f9fc00", "-Infinity"),
        ("f97e00", "NaN"),
        ("40", "h''"),
        ("4401020304", "h'01020304'"),
        ("60", "\"\""),
        ("62225c", "\"\\\"\\\\\""),
        ("62c3bc", "\"ü\""),
        ("80", "[]"),
        ("83010203", "[1, 2, 3]"),
        ("8301820203820405", "[1, [2, 3], [4, 5]]"),
        ("a0", "{}"),
        ("a201020304", "{1: 2, 3: 4}"),
        ("a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"),
        ("a3010220046161f6", "{1: 2, -1: 4, \"a\": null}"),
        ("a2617a0062616101", "{\"z\": 0, \"aa\": 1}"),
    ] {
        let bytes = bytes(hex);
        let document = read(&bytes);
        assert_eq!(document.anomalies, [], "{hex}");
        assert!(document.is_canonical());
        let root = document.root.unwrap();
        assert_eq!(root.range, 0..bytes.len(), "{hex}");
        assert_eq!(diagnostic(&root), notation);
        assert_eq!(to_canonical(&root.to_value()), bytes, "{hex}");
        assert_eq!(to_bytes(&root.to_value()), bytes, "{hex}");
    }
}

#[test]
fn anomalies_are_named_and_placed() {
    let cases: &[(&str, &str)] = &[
        ("1817", "non_minimal_integer"),
        ("3800", "non_minimal_integer"),
        ("1900ff", "non_minimal_integer"),
        ("1a0000ffff", "non_minimal_integer"),
        ("1b00000000ffffffff", "non_minimal_integer"),
        ("5800", "non_minimal_length"),
        ("780161", "non_minimal_length"),
        ("980100", "non_minimal_length"),
        ("b8010102", "non_minimal_length"),
        ("5f42010243030405ff", "indefinite_length"),
        ("7f616100ff", "indefinite_length, reserved"),
        ("7f61616162ff", "indefinite_length"),
        ("9f0102ff", "indefinite_length"),
        ("bf0102ff", "indefinite_length"),
        ("bf01ff", "indefinite_length, reserved /1"),
        ("5f6161ff", "indefinite_length, reserved"),
        ("5f5f4101ffff", "indefinite_length, reserved"),
        ("a201000100", "duplicate_key /1"),
        ("a20100180100", "non_minimal_integer, duplicate_key /1"),
        ("a3010002000100", "wrong_order /1, duplicate_key /1"),
        ("a202000100", "wrong_order /1"),
        ("a220000100", "wrong_order /1"),
        ("a26261610061 6200", "wrong_order /b"),
        ("a2616100410000", "wrong_order /(byte string)"),
        ("a2f500f500", "duplicate_key /(boolean)"),
        ("c000", "tag"),
        ("d80000", "non_minimal_integer, tag"),
        ("0000", "trailing_bytes"),
        ("", "truncated"),
        ("18", "truncated"),
        ("4201", "truncated"),
        ("5bffffffffffffffff", "truncated"),
        ("9bffffffffffffffff", "truncated /0"),
        ("bbffffffffffffffff", "truncated"),
        ("a10181", "truncated /1/0"),
        ("61ff", "invalid_utf8"),
        ("62c328", "invalid_utf8"),
        ("1c", "reserved"),
        ("1f", "reserved"),
        ("df", "reserved"),
        ("ff", "reserved"),
        ("82ff00", "reserved /0"),
        ("f818", "reserved"),
    ];
    for (hex, expected) in cases {
        let document = read(&bytes(hex));
        let found = document.anomalies.iter().map(|anomaly| {
            let code = anomaly.kind.code().trim_start_matches("cbor_");
            format!("{code} {}", anomaly.path).trim_end().to_owned()
        });
        assert_eq!(found.collect::<Vec<_>>().join(", "), *expected, "{hex}");
    }
}

#[test]
fn what_could_be_read_stays() {
    let document = read(&bytes("a2 6161 01 6162"));
    let root = document.root.unwrap();
    assert_eq!(root.get_text("a").and_then(Node::as_int), Some(1));
    assert_eq!(root.get_text("b").map(|node| &node.value), Some(&Value::Invalid));
    assert_eq!(read(&bytes("1c")).root, None);
    assert_eq!(read(&bytes("7f616100ff")).root, None);
    assert_eq!(read(&bytes("61ff")).root.unwrap().as_text(), Some("\u{fffd}"));
}

#[test]
fn depth_is_bounded() {
    for (levels, fits) in [(16, true), (17, false), (100_000, false)] {
        let mut nested = vec![0x81; levels];
        nested.push(0);
        let document = read(&nested);
        assert_eq!(document.anomalies.is_empty(), fits, "{levels}");
        assert_eq!(document.anomaly(AnomalyKind::TooDeep).is_none(), fits);
    }
    let tags = vec![0xc1; 100_000];
    assert!(read(&tags).anomaly(AnomalyKind::TooDeep).is_some());
}

#[test]
fn hostile_maps_take_no_quadratic_time_and_no_endless_lists() {
    let mut same_keys = bytes("ba00030d40");
    same_keys.extend([0x01, 0x00].repeat(200_000));
    let document = read(&same_keys);
    assert_eq!(document.anomalies.len(), 100);
    assert!(document.anomaly(AnomalyKind::DuplicateKey).is_some());
    assert!(document.rest.is_empty());

    let long_key = "k".repeat(100_000);
    let noisy = Out::Map(vec![(long_key.into(), Out::Array(Vec::new()))]);
    let mut noisy = to_canonical(&noisy);
    noisy.pop();
    noisy.extend(bytes("9a00030d40"));
    noisy.extend([0x18, 0x00].repeat(200_000));
    let paths = read(&noisy).anomalies.into_iter().map(|anomaly| anomaly.path.len());
    assert!(paths.sum::<usize>() < 100 * 200);
}

#[test]
fn a_prefix_leaves_the_rest() {
    let bytes = bytes("00 a10102 a0ff");
    let (document, end) = read_prefix_at(&bytes, 1);
    assert_eq!((end, document.rest.clone()), (4, 4..6));
    assert!(document.is_canonical());
    assert_eq!(document.root.unwrap().range, 1..4);
    let (document, end) = read_prefix(&bytes);
    assert_eq!((document.root.unwrap().as_int(), end), (Some(0), 1));
    assert!(read_prefix_at(&bytes, 99).0.root.is_none());
}

/// A key without a value must not stand before one string and behind another that is less: sorting
/// panics where there is no order.
#[test]
fn a_broken_key_has_one_place_among_the_others() {
    for count in 2..80 {
        let key = |at: u8| match at % 2 {
            0 => [bytes("5b 0000000000000001"), vec![at]].concat(), // short, written long
            _ => [bytes("43 0000"), vec![at]].concat(),
        };
        for broken in ["5f 4100 4100 00", "46 0000"] {
            let mut map = vec![0xb8, count + 1];
            (0..count).for_each(|at| map.extend([key(at), vec![0x00]].concat()));
            map.extend(bytes(broken));
            let document = read(&map);
            assert!(document.syntax_error().is_some(), "{broken} behind {count} keys");
            assert_eq!(document.root.unwrap().as_map().unwrap().len(), usize::from(count) + 1);
        }
    }
}

#[test]
fn writing_sorts_or_keeps() {
    let unsorted = Out::Map(vec![
        ("aa".into(), 1.into()),
        ("b".into(), Out::Map(vec![((-1).into(), 0.into()), (24.into(), 0.into())])),
        ((-7).into(), 2.into()),
        (3.into(), Out::Bytes(vec![1])),
    ]);
    assert_eq!(to_canonical(&unsorted), bytes("a4 03 4101 26 02 6162 a2 1818 00 20 00 626161 01"));
    assert_eq!(to_bytes(&unsorted), bytes("a4 626161 01 6162 a2 20 00 1818 00 26 02 03 4101"));
    let node = Node::from_value(&unsorted);
    assert_eq!(node.get(-7).and_then(Node::as_int), Some(2));
    assert_eq!(node.get(3).and_then(Node::as_bytes), Some(&[1][..]));
}

#[test]
fn integers_at_the_edges() {
    for (hex, expected) in [
        ("1b7fffffffffffffff", Some(i64::MAX)),
        ("1b8000000000000000", None),
        ("3b7fffffffffffffff", Some(i64::MIN)),
        ("3b8000000000000000", None),
        ("60", None),
    ] {
        assert_eq!(read(&bytes(hex)).root.unwrap().as_int(), expected, "{hex}");
    }
}

#[test]
fn anomaly_codes_are_unique_and_all_have_a_place() {
    let mut codes: Vec<_> = AnomalyKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), AnomalyKind::ALL.len());
}

#[test]
fn short_headers_are_read_as_ciborium_reads_them() {
    for first in 0..=u8::MAX {
        for second in [0, 23, 24, 0x7f, 0xff] {
            let bytes = [first, second];
            let Some((header, length)) = read::short(&bytes) else { continue };
            let mut decoder = ciborium_ll::Decoder::from(&bytes[..]);
            assert_eq!(decoder.pull().unwrap(), header, "{bytes:02x?}");
            assert_eq!(decoder.offset(), length, "{bytes:02x?}");
        }
        // The argument is cut off, or there is none.
        let alone = read::short(&[first]);
        assert_eq!(alone.is_some(), first < 0xe0 && first & 0x1f < 24, "{first:02x}");
    }
}
