//! A key with everything that CTAP 2.3 has: the commands that manage it, and APDUs of CTAP1.

use assay_authenticator_sim::attestation::U2fAttestation;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::{Env, MemoryStore};
use assay_authenticator_sim::operation::Operation;
use assay_mint::lab::Lab;
use assay_protocol::ctap2::reply;
use assay_protocol::tree::cbor;
use assay_protocol::u2f::apdu::Apdu;
use ciborium::Value;

use super::{join, parts};

pub(super) fn key(store: MemoryStore) -> Option<Authenticator> {
    let u2f = U2fAttestation::new(&Lab::new([6; 32], 1_795_305_600).u2f("fuzz")).ok();
    let config = KeyConfig { u2f, ..KeyConfig::biometric_key() };
    Authenticator::new(config, Env { store: Box::new(store), ..Env::seeded([0x5e; 32]) }).ok()
}

/// The input's parts are requests, answered one after the other.
pub(super) fn run(input: &[u8]) {
    let mut key = key(MemoryStore::default()).expect("nothing is stored");
    for request in parts(input).into_iter().take(12) {
        let answer = key.handle(request, &Operation::new());
        assert!(!answer.is_empty() && answer.len() <= 7609, "{} bytes", answer.len());
        if let Ok(body) = reply::open(&answer)
            && !body.is_empty()
        {
            let document = cbor::read(body);
            assert!(document.is_canonical() && document.rest.is_empty(), "a reply that is not canonical");
        }
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let request = |command: u8, members: &[(i64, Value)]| {
        let map = members.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        [&[command], cbor::to_canonical(&Value::Map(map)).as_slice()].concat()
    };
    let params = |members: &[(i64, Value)]| {
        Value::Map(members.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
    };
    let (token, two) = (Value::Bytes(vec![7; 32]), Value::from(2));
    let metadata = request(0x0a, &[(1, 1.into()), (3, two.clone()), (4, token.clone())]);
    let listed = request(
        0x0a,
        &[(1, 4.into()), (2, params(&[(1, Value::Bytes(vec![9; 32]))])), (3, two.clone()), (4, token.clone())],
    );
    let read = request(0x0c, &[(1, 17.into()), (3, 0.into())]);
    let write = request(
        0x0c,
        &[(2, Value::Bytes(vec![0x80; 17])), (3, 0.into()), (4, 17.into()), (5, token.clone()), (6, two.clone())],
    );
    let config = request(0x0d, &[(1, 3.into()), (2, params(&[(1, 6.into())])), (3, two.clone()), (4, token.clone())]);
    let sensor = request(0x09, &[(1, 1.into()), (2, 7.into())]);
    let enroll = request(0x09, &[(1, 1.into()), (2, 1.into()), (3, params(&[])), (4, two), (5, token)]);
    vec![
        join(&[&metadata, &listed, &[0x0a, 0xa1, 0x01, 0x03]]),
        join(&[&read, &write, &read]),
        join(&[&config, &[0x04], &[0x07]]),
        join(&[&sensor, &enroll, &[0x09, 0xa1, 0x06, 0xf5]]),
        join(&[&[0x41, 0xa1, 0x01, 0x01], &[0x40, 0xa1, 0x06, 0xf5], &[0x0b]]),
    ]
}

/// The input's parts are APDUs, answered one after the other.
pub(super) fn apdu(input: &[u8]) {
    let mut key = key(MemoryStore::default()).expect("nothing is stored");
    for request in parts(input).into_iter().take(8) {
        let answer = key.handle_u2f(request);
        assert!((2..=7609).contains(&answer.len()), "{} bytes", answer.len());
        let read = Apdu::parse(request).is_ok();
        assert!(read || answer.len() == 2, "an answer to what is no APDU");
    }
}

pub(super) fn apdu_seeds() -> Vec<Vec<u8>> {
    let version: &[u8] = &[0, 3, 0, 0, 0];
    let register = [&[0, 1, 3, 0, 0, 0, 64][..], &[7; 64], &[0, 0]].concat();
    let short = [&[0, 1, 3, 0, 64][..], &[7; 64]].concat();
    let check = [&[0, 2, 7, 0, 0, 0, 66][..], &[7; 64], &[1, 9], &[0, 0]].concat();
    vec![join(&[version, &register]), join(&[&short, &check]), join(&[&register, &[0, 0xc0, 0, 0, 0]])]
}
