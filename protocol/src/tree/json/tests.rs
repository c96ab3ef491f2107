use super::{AnomalyKind, Node, Value, read};

#[test]
fn good_texts_read_as_serde_reads_them() {
    for text in [
        "null",
        " true ",
        "[]",
        "{}",
        "[1,-2,3.5,1e3,-0,0.1E-2]",
        r#"{"a":{"b":[null,false,"c"]},"d":""}"#,
        "\t{\r\n \"a\" : [ 1 , 2 ] }\n",
        r#""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00x""#,
        "\"\u{7f}\u{2028}é😀\"",
    ] {
        let document = read(text.as_bytes());
        assert_eq!(document.anomalies, [], "{text}");
        assert!(document.rest.is_empty());
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(document.root.unwrap().to_serde(), expected, "{text}");
    }
}

#[test]
fn anomalies_are_named_and_placed() {
    use AnomalyKind as K;
    let cases: &[(&[u8], &[(K, &str)])] = &[
        (b"", &[(K::Truncated, "")]),
        (b"  ", &[(K::Truncated, "")]),
        (b"tru", &[(K::Truncated, "")]),
        (b"trux", &[(K::Unexpected, "")]),
        (b"True", &[(K::Unexpected, "")]),
        (b"'a'", &[(K::Unexpected, "")]),
        (b"\"a", &[(K::Truncated, "")]),
        (b"\"a\\", &[(K::Truncated, "")]),
        (b"\"\\x\"", &[(K::BadEscape, "")]),
        (b"\"\\u12g4\"", &[(K::BadEscape, "")]),
        (b"\"\\u12\"", &[(K::BadEscape, "")]),
        (b"\"\\ud800\"", &[(K::LoneSurrogate, "")]),
        (b"\"\\udc00\"", &[(K::LoneSurrogate, "")]),
        (b"\"\\ud800\\n\"", &[(K::LoneSurrogate, "")]),
        (
            b"\"\\ud800\\ud800\"",
            &[(K::LoneSurrogate, ""), (K::LoneSurrogate, "")],
        ),
        (b"\"a\nb\"", &[(K::ControlCharacter, "")]),
        (b"[1", &[(K::Truncated, "")]),
        (b"[1,]", &[(K::Unexpected, "/1")]),
        (b"[1 2]", &[(K::Unexpected, "")]),
        (b"{\"a\"}", &[(K::Unexpected, "")]),
        (b"{\"a\":1,}", &[(K::Unexpected, "")]),
        (b"{a:1}", &[(K::Unexpected, "")]),
        (b"{\"a\":}", &[(K::Unexpected, "/a")]),
        (b"{\"a\":[1,\"x", &[(K::Truncated, "/a/1")]),
        (b"{\"a\":1,\"b\":2,\"a\":3}", &[(K::DuplicateMember, "/a")]),
        (b"{\"a\":1,\"\\u0061\":3}", &[(K::DuplicateMember, "/a")]),
        (
            b"{\"x\":[{\"a\":1,\"a\":1}]}",
            &[(K::DuplicateMember, "/x/0/a")],
        ),
        (b"01", &[(K::BadNumber, "")]),
        (b"-", &[(K::BadNumber, "")]),
        (b"1.", &[(K::BadNumber, "")]),
        (b"1e", &[(K::BadNumber, "")]),
        (b"1e+", &[(K::BadNumber, "")]),
        (b"1-2", &[(K::BadNumber, "")]),
        (b"+1", &[(K::Unexpected, "")]),
        (b".5", &[(K::Unexpected, "")]),
        (b"NaN", &[(K::Unexpected, "")]),
        (b"1 2", &[(K::TrailingBytes, "")]),
        (b"{}\0", &[(K::TrailingBytes, "")]),
        (b"\xef\xbb\xbf{}", &[(K::ByteOrderMark, "")]),
        (b"\"\xff\"", &[(K::InvalidUtf8, "")]),
        (b"\"\xed\xa0\x80\"", &[(K::InvalidUtf8, "")]),
        (b"{}\xff", &[(K::InvalidUtf8, ""), (K::TrailingBytes, "")]),
    ];
    for (text, expected) in cases {
        let found: Vec<_> = read(text)
            .anomalies
            .into_iter()
            .map(|anomaly| (anomaly.kind, anomaly.path))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(kind, path)| (*kind, (*path).to_owned()))
            .collect();
        assert_eq!(found, expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn nothing_is_lost() {
    let text = br#" {"a": 1.50, "a":"\u00e9x"} "#;
    let root = read(text).root.unwrap();
    assert_eq!(root.range, 1..27);
    let members = root.as_object().unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(members[0].key_range, 2..5);
    assert_eq!(members[0].value.value, Value::Number("1.50".into()));
    assert_eq!(members[1].value.as_str(), Some("éx"));
    assert_eq!(root.get("a"), Some(&members[0].value));
    assert_eq!(root.duplicate_member(), Some(&members[1]));
    assert_eq!(
        root.to_serde(),
        serde_json::json!({ "a": "éx" }),
        "the last one wins"
    );
}

#[test]
fn views() {
    let root = read(br#"{"i":-3,"u":7,"f":1.0,"b":true,"n":null,"big":1e999}"#)
        .root
        .unwrap();
    let get = |name| root.get(name).unwrap();
    assert_eq!(get("i").as_i64(), Some(-3));
    assert_eq!(get("i").as_u64(), None);
    assert_eq!(get("u").as_u64(), Some(7));
    assert_eq!(get("f").as_i64(), None);
    assert_eq!(get("b").as_bool(), Some(true));
    assert!(get("n").is_null());
    assert_eq!(get("big").to_serde(), serde_json::Value::Null);
    assert_eq!(root.get("other"), None);
}

#[test]
fn what_could_be_read_stays() {
    let root = read(br#"{"a":1,"b":[2,"#).root.unwrap();
    assert_eq!(root.get("a").and_then(Node::as_i64), Some(1));
    assert_eq!(root.get("b").unwrap().as_array().unwrap().len(), 2);
}

#[test]
fn depth_is_bounded() {
    for (levels, fits) in [(16, true), (17, false), (100_000, false)] {
        let text = "[".repeat(levels) + &"]".repeat(levels);
        let document = read(text.as_bytes());
        assert_eq!(document.anomaly(AnomalyKind::TooDeep).is_none(), fits);
    }
}

#[test]
fn hostile_objects_take_no_quadratic_time_and_no_endless_lists() {
    let members: Vec<_> = (0..100_000)
        .map(|at| format!("\"{}\":0", at % 50_000))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    let document = read(text.as_bytes());
    assert_eq!(document.anomalies.len(), 100);
    let root = document.root.unwrap();
    assert!(root.duplicate_member().is_some());
}

#[test]
fn anomaly_codes_are_unique_and_all_have_a_place() {
    let mut codes: Vec<_> = AnomalyKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), AnomalyKind::ALL.len());
}
