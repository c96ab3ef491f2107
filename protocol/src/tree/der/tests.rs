use super::{AnomalyKind, Class, oid, oid_text, read, tag};

#[test]
fn a_good_structure() {
    // SEQUENCE { INTEGER 128, [0] { OID 2.5.4.3 }, BIT STRING, NULL, BOOLEAN }
    let bytes = [
        0x30, 0x16, 0x02, 0x02, 0x00, 0x80, 0xa0, 0x05, 0x06, 0x03, 0x55, 0x04, 0x03, 0x03, 0x02, 0x05, 0xa0, 0x05,
        0x00, 0x01, 0x01, 0xff, 0x30, 0x00,
    ];
    let document = read(&bytes);
    assert_eq!(document.anomalies, []);
    let root = document.root.unwrap();
    assert!(root.is(tag::SEQUENCE));
    assert_eq!((root.header.clone(), root.content.clone()), (0..2, 2..24));
    assert_eq!(root.children.len(), 6);
    let [integer, context, ..] = root.children.as_slice() else { unreachable!() };
    assert_eq!(integer.unsigned_of(&bytes), Some(&[0x80][..]));
    assert_eq!(integer.bytes_of(&bytes), &bytes[2..6]);
    assert!(context.is_context(0) && context.class == Class::ContextSpecific);
    assert_eq!(context.type_name(), "[0]");
    let name = context.children[0].oid_of(&bytes).unwrap();
    assert_eq!(name, "2.5.4.3");
    assert_eq!(oid::name(&name), Some("commonName"));
    assert_eq!(integer.oid_of(&bytes), None);
}

#[test]
fn anomalies_are_named_and_placed() {
    let cases: &[(&[u8], &str)] = &[
        (&[], "truncated"),
        (&[0x30], "truncated"),
        (&[0x02, 0x02, 0x01], "truncated"),
        (&[0x02, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "truncated"),
        (&[0x02, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0], "truncated"),
        (&[0x30, 0x03, 0x02, 0x02, 0x01], "truncated /0"),
        (&[0x30, 0x80, 0x00, 0x00], "indefinite_length"),
        (&[0x04, 0x81, 0x01, 0x00], "non_minimal_length"),
        (&[0x04, 0x82, 0x00, 0x01, 0x00], "non_minimal_length"),
        (&[0x9f, 0x01, 0x00], "non_minimal_tag"),
        (&[0x9f, 0x80, 0x21, 0x00], "non_minimal_tag"),
        (&[0x9f, 0x21, 0x00], ""),
        (&[0x02, 0x02, 0x00, 0x7f], "non_minimal_integer"),
        (&[0x02, 0x02, 0xff, 0x80], "non_minimal_integer"),
        (&[0x02, 0x00], "empty_integer"),
        (&[0x01, 0x01, 0x01], "bad_boolean"),
        (&[0x01, 0x00], "bad_boolean"),
        (&[0x05, 0x01, 0x00], "bad_null"),
        (&[0x03, 0x00], "bad_bit_string"),
        (&[0x03, 0x01, 0x01], "bad_bit_string"),
        (&[0x03, 0x02, 0x01, 0x01], "bad_bit_string"),
        (&[0x03, 0x02, 0x08, 0x00], "bad_bit_string"),
        (&[0x06, 0x00], "bad_oid"),
        (&[0x06, 0x02, 0x55, 0x84], "bad_oid"),
        (&[0x06, 0x03, 0x55, 0x80, 0x01], "bad_oid"),
        (&[0x10, 0x00], "wrong_form"),
        (&[0x24, 0x02, 0x04, 0x00], "wrong_form"),
        (&[0x05, 0x00, 0x00], "trailing_bytes"),
        (&[0x30, 0x04, 0x31, 0x02, 0x05, 0x00], ""),
    ];
    for (bytes, expected) in cases {
        let document = read(bytes);
        let found = document.anomalies.iter().map(|anomaly| {
            let code = anomaly.kind.code().trim_start_matches("der_");
            format!("{code} {}", anomaly.path).trim_end().to_owned()
        });
        assert_eq!(found.collect::<Vec<_>>().join(", "), *expected, "{bytes:02x?}");
    }
}

#[test]
fn depth_and_lists_are_bounded() {
    let mut nested = Vec::new();
    for _ in 0..1000 {
        nested = super::write::sequence(&[nested]);
    }
    assert!(read(&nested).anomaly(AnomalyKind::TooDeep).is_some());
    let many = super::write::tagged(0x30, &[0x02, 0x00].repeat(10_000));
    assert_eq!(read(&many).anomalies.len(), 100);
}

#[test]
fn object_identifiers() {
    for (content, text) in [
        (&[0x55, 0x1d, 0x13][..], Some("2.5.29.19")),
        (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Some("1.2.840.10045.3.1.7")),
        (&[0x88, 0x37], Some("2.999")),
        (&[0x00], Some("0.0")),
        (&[0x27], Some("0.39")),
        (&[0x28], Some("1.0")),
        (&[], None),
        (&[0x81], None),
        (&[0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], None),
    ] {
        assert_eq!(oid_text(content).as_deref(), text, "{content:02x?}");
        if let Some(text) = text {
            let written = super::write::oid(&oid::arcs(text).unwrap());
            assert_eq!(&written[2..], content);
        }
    }
    assert_eq!(oid::arcs("1.x"), None);
    assert_eq!(oid::name("1.2.3"), None);
}
