use std::borrow::Cow;
use std::collections::BTreeSet;

use assay_protocol::ctap2::{Command, Status};

use super::{Defect, Defects, request};
use crate::config::KeyConfig;
use crate::testing::{Bench, discoverable, good_get, good_make};

fn with(defect: Defect) -> KeyConfig {
    KeyConfig { defects: Defects::from([defect]), ..KeyConfig::security_key() }
}

#[test]
fn every_defect_has_a_slug_of_its_own_and_a_sentence() {
    let mut ids = BTreeSet::new();
    for defect in Defect::ALL {
        let info = defect.info();
        assert!(ids.insert(info.id), "{} repeats", info.id);
        assert!(info.id.starts_with("ctap"), "{}", info.id);
        let slug = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(info.id.bytes().all(slug), "{}", info.id);
        // WebAuthn L3 has `uvm` no longer.
        let texts = ["CTAP 2.3 ", "WebAuthn L3 ", "WebAuthn L2 10.3"];
        assert!(texts.iter().any(|text| info.clause.starts_with(text)), "{}", info.clause);
        assert!(info.summary.starts_with(|first: char| first.is_ascii_lowercase()), "{}", info.summary);
        assert!(!info.summary.ends_with('.'), "{}", info.summary);
        assert_eq!(info.id.parse(), Ok(*defect));
    }
    assert!("ctap_no_such_defect".parse::<Defect>().is_err());
}

#[test]
fn without_defects_a_request_is_read_as_it_is() {
    for bytes in [&b""[..], &[0x01], &[0x01, 0xa1, 0x18, 0x01, 0x00], &[0xff; 9]] {
        assert!(matches!(request::read(&Defects::new(), bytes), Ok(Cow::Borrowed(read)) if read == bytes));
    }
}

/// Whatever a key reads into bytes, it survives them.
#[test]
fn no_defect_panics_at_hostile_bytes() {
    let all: Defects = Defect::ALL.iter().copied().collect();
    let good = Command::MakeCredential(good_make()).to_bytes();
    for length in 0..good.len() {
        for flip in [0x00, 0x01, 0x20, 0x80, 0xff] {
            let mut bytes = good[..=length].to_vec();
            bytes[length] ^= flip;
            let _ = request::read(&all, &bytes);
            for command in [0x02, 0x04, 0x06] {
                bytes[0] = command;
                let _ = request::read(&all, &bytes);
            }
        }
    }
}

#[test]
fn a_defect_of_a_refusal_lets_one_thing_through() {
    let mut without_touch = good_make();
    without_touch.options.up = Some(false);
    let mut verified = good_make();
    verified.options.uv = Some(true);

    let mut key = Bench::with(with(Defect::McUp));
    assert!(key.make(without_touch.clone()).is_ok());
    assert_eq!(key.make(verified.clone()), Err(Status::INVALID_OPTION));

    let mut key = Bench::with(with(Defect::McUv));
    assert_eq!(key.make(without_touch), Err(Status::INVALID_OPTION));
    assert!(key.make(verified).is_ok());
}

#[test]
fn a_defect_of_a_duty_spoils_one_answer() {
    let mut key = Bench::with(with(Defect::Overwrite));
    for _ in 0..2 {
        key.make(discoverable(1)).unwrap();
    }
    assert_eq!(key.get(good_get(&[])).unwrap().number_of_credentials, Some(2));
}
