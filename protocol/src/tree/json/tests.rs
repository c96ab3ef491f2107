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
    let cases: &[(&[u8], &str)] = &[
        (b"", "truncated"),
        (b"  ", "truncated"),
        (b"tru", "truncated"),
        (b"trux", "unexpected"),
        (b"True", "unexpected"),
        (b"'a'", "unexpected"),
        (b"\"a", "truncated"),
        (b"\"a\\", "truncated"),
        (b"\"\\x\"", "bad_escape"),
        (b"\"\\u12g4\"", "bad_escape"),
        (b"\"\\u12\"", "bad_escape"),
        (b"\"\\ud800\"", "lone_surrogate"),
        (b"\"\\udc00\"", "lone_surrogate"),
        (b"\"\\ud800\\n\"", "lone_surrogate"),
        (b"\"\\ud800\\ud800\"", "lone_surrogate, lone_surrogate"),
        (b"\"a\nb\"", "control_character"),
        (b"[1", "truncated"),
        (b"[1,]", "unexpected /1"),
        (b"[1 2]", "unexpected"),
        (b"{\"a\"}", "unexpected"),
        (b"{\"a\":1,}", "unexpected"),
        (b"{a:1}", "unexpected"),
        (b"{\"a\":}", "unexpected /a"),
        (b"{\"a\":[1,\"x", "truncated /a/1"),
        (b"{\"a\":1,\"b\":2,\"a\":3}", "duplicate_member /a"),
        (b"{\"a\":1,\"\\u0061\":3}", "duplicate_member /a"),
        (b"{\"x\":[{\"a\":1,\"a\":1}]}", "duplicate_member /x/0/a"),
        (b"01", "bad_number"),
        (b"-", "bad_number"),
        (b"1.", "bad_number"),
        (b"1e", "bad_number"),
        (b"1e+", "bad_number"),
        (b"1-2", "bad_number"),
        (b"+1", "unexpected"),
        (b".5", "unexpected"),
        (b"NaN", "unexpected"),
        (b"1 2", "trailing_bytes"),
        (b"{}\0", "trailing_bytes"),
        (b"\xef\xbb\xbf{}", "byte_order_mark"),
        (b"\"\xff\"", "invalid_utf8"),
        (b"\"\xed\xa0\x80\"", "invalid_utf8"),
        (b"{}\xff", "invalid_utf8, trailing_bytes"),
    ];
    for (text, expected) in cases {
        let document = read(text);
        let found = document.anomalies.iter().map(|anomaly| {
            let code = anomaly.kind.code().trim_start_matches("json_");
            format!("{code} {}", anomaly.path).trim_end().to_owned()
        });
        let shown = String::from_utf8_lossy(text);
        assert_eq!(found.collect::<Vec<_>>().join(", "), *expected, "{shown}");
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
    assert_eq!(root.to_serde(), serde_json::json!({ "a": "éx" }), "the last one wins");
}

#[test]
fn views() {
    let root = read(br#"{"i":-3,"u":7,"f":1.0,"b":true,"n":null,"big":1e999}"#).root.unwrap();
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
    let members: Vec<_> = (0..100_000).map(|at| format!("\"{}\":0", at % 50_000)).collect();
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
