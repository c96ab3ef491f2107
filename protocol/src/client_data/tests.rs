use super::{ClientData, Collected, Payment, TokenBinding, TokenBindingStatus, serialize};
use crate::error::Reason;

const GOOD: &str = r#"{"type":"webauthn.get","challenge":"AAEC","origin":"https://a.example","crossOrigin":false}"#;

fn edited(from: &str, to: &str) -> Vec<u8> {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replace(from, to).into_bytes()
}

#[test]
fn good_client_data() {
    let data = ClientData::parse(GOOD.as_bytes()).unwrap();
    assert_eq!(
        data,
        ClientData {
            kind: ClientData::GET.into(),
            challenge: "AAEC".into(),
            origin: "https://a.example".into(),
            cross_origin: Some(false),
            top_origin: None,
            token_binding: TokenBinding::Absent,
            payment: Payment::Absent,
            unknown: Vec::new(),
        }
    );
}

#[test]
fn what_is_tolerated() {
    let with_mark = format!("\u{feff}{GOOD}");
    assert!(ClientData::parse(with_mark.as_bytes()).is_ok());
    let shuffled = br#" {"z":{"a":[]}, "origin":"o", "challenge":"c", "y":"\ud800", "type":"t"} "#;
    let data = ClientData::parse(shuffled).unwrap();
    assert_eq!(data.unknown, ["z", "y"]);
    assert_eq!(data.cross_origin, None);
    let escaped = edited("https://a.example", r"https:\/\/a.example");
    assert_eq!(ClientData::parse(&escaped).unwrap().origin, "https://a.example");
}

#[test]
fn every_edit_has_its_own_reason() {
    let cases = [
        (Vec::new(), Reason::ClientDataNotJson),
        (b"webauthn".to_vec(), Reason::ClientDataNotJson),
        (edited("}", ""), Reason::ClientDataNotJson),
        (edited("}", "},"), Reason::ClientDataTrailingBytes),
        (edited("}", "}\0"), Reason::ClientDataTrailingBytes),
        (edited("}", ",}"), Reason::ClientDataNotJson),
        (b"[]".to_vec(), Reason::ClientDataNotObject),
        (b"null".to_vec(), Reason::ClientDataNotObject),
        (b"{}".to_vec(), Reason::ClientDataTypeMissing),
        (edited("\"type\"", "\"kind\""), Reason::ClientDataTypeMissing),
        (edited("\"webauthn.get\"", "1"), Reason::ClientDataTypeNotString),
        (edited("\"webauthn.get\"", "null"), Reason::ClientDataTypeNotString),
        (edited("\"challenge\"", "\"c\""), Reason::ClientDataChallengeMissing),
        (edited("\"AAEC\"", "[0]"), Reason::ClientDataChallengeNotString),
        (edited("\"origin\"", "\"o\""), Reason::ClientDataOriginMissing),
        (edited("\"https://a.example\"", "{}"), Reason::ClientDataOriginNotString),
        (edited("false", "\"false\""), Reason::ClientDataCrossOriginNotBoolean),
        (edited("false", "null"), Reason::ClientDataCrossOriginNotBoolean),
        (edited("false", "0"), Reason::ClientDataCrossOriginNotBoolean),
        (edited("false", "true,\"topOrigin\":1"), Reason::ClientDataTopOriginNotString),
        (edited("false", "true,\"type\":\"x\""), Reason::ClientDataDuplicateMember),
        (edited("false", "true,\"a\":{\"b\":1,\"b\":1}"), Reason::ClientDataDuplicateMember),
        ([GOOD.as_bytes(), &[0xff]].concat(), Reason::ClientDataInvalidUtf8),
        ([b"\"\xff\"".as_slice(), GOOD.as_bytes()].concat(), Reason::ClientDataInvalidUtf8),
    ];
    for (bytes, reason) in cases {
        let error = ClientData::parse(&bytes).unwrap_err();
        assert_eq!(error.reason, reason, "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn token_binding_is_read_leniently() {
    let ill = |text: &str| TokenBinding::Ill(text.into());
    for (json, expected) in [
        ("{\"status\":\"supported\"}", TokenBinding::WellFormed(TokenBindingStatus::Supported)),
        ("{\"status\":\"present\",\"id\":\"AA\"}", TokenBinding::WellFormed(TokenBindingStatus::Present("AA".into()))),
        ("{\"status\":\"not-supported\"}", TokenBinding::WellFormed(TokenBindingStatus::NotSupported)),
        ("null", ill("null found")),
        ("\"present\"", ill("string found")),
        ("{}", ill("no status")),
        ("{\"status\":1}", ill("status is a number")),
        ("{\"status\":\"banana\"}", ill("unknown status")),
        ("{\"status\":\"present\"}", ill("present without id")),
        ("{\"status\":\"present\",\"id\":1}", ill("id is not a string")),
    ] {
        let bytes = edited("false", &format!("false,\"tokenBinding\":{json}"));
        let data = ClientData::parse(&bytes).unwrap();
        assert_eq!(data.token_binding, expected, "{json}");
    }
}

#[test]
fn serialization_is_exact_to_the_byte() {
    let plain = Collected {
        kind: ClientData::GET,
        challenge: &[0, 1, 2],
        origin: "https://a.example",
        cross_origin: false,
        top_origin: None,
    };
    assert_eq!(serialize(&plain), GOOD.as_bytes());
    let nested = Collected { cross_origin: true, top_origin: Some("https://b.example"), ..plain };
    let expected = GOOD.replace("false", "true,\"topOrigin\":\"https://b.example\"");
    assert_eq!(serialize(&nested), expected.as_bytes());
    let odd = Collected { origin: "a\"b\\c\n\u{1f}\u{7f}é😀/", ..plain };
    let bytes = serialize(&odd);
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.contains("\"a\\\"b\\\\c\\u000a\\u001f\u{7f}é😀/\""), "{text}");
    assert_eq!(ClientData::parse(&bytes).unwrap().origin, odd.origin);
}
