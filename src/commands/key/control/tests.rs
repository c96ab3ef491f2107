use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Order, bind, is_local_program};

#[test]
fn paths_are_read() {
    let rows = [
        ("/", Some(Order::List)),
        ("/usb1/touch/on", Some(Order::Touch { number: 1, on: true })),
        ("/usb12/touch/off", Some(Order::Touch { number: 12, on: false })),
        ("/usb1/power/on", Some(Order::Power { number: 1, on: true })),
        ("/usb1/power/off", Some(Order::Power { number: 1, on: false })),
        ("", None),
        ("/usb1", None),
        ("/usb1/touch", None),
        ("/usb1/touch/ON", None),
        ("/usb1/touch/on/", None),
        ("/usb/touch/on", None),
        ("/usb+1/touch/on", None),
        ("/usb01/touch/on", None),
        ("/usb0/touch/on", None),
        ("/usb99999999999999999999999/touch/on", None),
        ("/nfc1/touch/on", None),
        ("/usb1/blink/on", None),
    ];
    for (path, expected) in rows {
        assert_eq!(Order::parse(path), expected, "{path:?}");
    }
}

#[test]
fn only_loopback_is_bound() {
    assert!(bind("127.0.0.1:0".parse().unwrap()).is_ok());
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let refused = bind(address.parse().unwrap()).unwrap_err().to_string();
        assert!(refused.contains("loopback only"), "{refused}");
    }
}

#[test]
fn browsers_are_recognised() {
    let from = |lines: &[(&'static str, &'static str)]| {
        let headers = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect::<HeaderMap>();
        is_local_program(&headers)
    };
    for host in ["127.0.0.1:8111", "127.0.0.1", "[::1]:8111", "[::1]", "localhost:8111", "localhost"] {
        assert!(from(&[("host", host)]), "{host}");
    }
    assert!(from(&[]));
    // Typed into the address bar, which only whoever sits there can.
    assert!(from(&[("host", "localhost:1"), ("sec-fetch-site", "none")]));
    for host in ["evil.example", "evil.example:8111", "localhost.evil.example", "192.0.2.1:1", "127.0.0.1.evil.example"]
    {
        assert!(!from(&[("host", host)]), "{host}");
    }
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert!(!from(&[("host", "127.0.0.1:1"), (name, value)]), "{name}: {value}");
    }
}
