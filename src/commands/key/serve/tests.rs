use clap::Parser as _;

use super::{KeyServeArgs, orders, serial_number};
use crate::keys::SimKind;

#[derive(Debug, clap::Parser)]
struct Line {
    #[command(flatten)]
    args: KeyServeArgs,
}

/// Keys and doors, or why there are none.
fn doors(words: &str) -> Result<Vec<String>, String> {
    let line = Line::try_parse_from(std::iter::once("serve").chain(words.split_whitespace()));
    let args = line.map_err(|error| error.to_string())?.args;
    let orders = orders(&args).map_err(|error| format!("{error:#}"))?;
    Ok(orders.iter().map(|order| format!("{} {}", order.key, order.door)).collect())
}

#[test]
fn every_key_has_its_door() {
    let rows: [(&str, &[&str]); 10] = [
        ("", &["sim udp:127.0.0.1:0"]),
        ("--listen 127.0.0.1:8111 sim:a", &["sim:a udp:127.0.0.1:8111"]),
        ("--uhid", &["sim uhid"]),
        ("--usb sim:a sim:b", &["sim:a usb", "sim:b usb"]),
        ("--unix /run/k sim", &["sim unix:/run/k"]),
        ("--uhid sim:a@usb sim:b", &["sim:a usb", "sim:b uhid"]),
        ("sim sim", &["sim udp:127.0.0.1:0", "sim udp:127.0.0.1:0"]),
        ("sim@udp:127.0.0.1:1 sim@udp:127.0.0.1:2", &["sim udp:127.0.0.1:1", "sim udp:127.0.0.1:2"]),
        ("sim+persona:u2f+fault:ctap_mc_up@usb", &["sim+persona:u2f+fault:ctap_mc_up usb"]),
        ("--seed 5eed sim", &["sim udp:127.0.0.1:0"]),
    ];
    for (words, expected) in rows {
        assert_eq!(doors(words).unwrap(), expected, "{words}");
    }
}

#[test]
fn what_cannot_be_served_says_why() {
    let rows = [
        ("--uhid --usb", "cannot be used"),
        ("--touch maybe", "invalid value 'maybe'"),
        ("hid:/dev/hidraw0", "is served already"),
        ("udp:127.0.0.1:1", "is served already"),
        ("sim@nfc", "is no door"),
        ("--listen 127.0.0.1:8111 sim:a sim:b", "two keys cannot share udp:127.0.0.1:8111"),
        ("--unix /run/k sim sim", "two keys cannot share unix:/run/k"),
        ("sim:a@uhid sim:a@usb", "plugged in once"),
        ("sim:a@uhid sim:a+fault:ctap_mc_up@usb", "plugged in once"),
        ("sim+fault:ctap_mc_upp", "did you mean ctap_mc_up"),
        ("--seed 5eed sim sim", "share their secrets"),
    ];
    for (words, expected) in rows {
        let refused = doors(words).unwrap_err();
        assert!(refused.contains(expected), "{words}: {refused}");
    }
}

#[test]
fn serial_numbers_tell_keys_apart() {
    let saved = |name: &str| serial_number(&SimKind::Saved(name.to_owned()), None).unwrap();
    assert_eq!(saved("desk"), "sim-desk");
    assert_eq!(saved(&"x".repeat(64)).len(), 63);
    assert_eq!(serial_number(&SimKind::Fresh(None), Some("5eed")).unwrap(), "sim-seed-5eed");
    let fresh = || serial_number(&SimKind::Fresh(None), None).unwrap();
    assert_eq!(fresh().len(), 12);
    assert_ne!(fresh(), fresh());
}
