use assay_protocol::ctap2::client_pin::permission::{CM, LBW};
use assay_protocol::ctap2::large_blobs::{INITIAL, Request, sealed};
use assay_protocol::ctap2::{Command, Status};
use assay_protocol::pin_uv::{Protocol, Token};

use crate::config::{KeyConfig, Limits, Management};
use crate::testing::{Bench, status};

/// A key whose fragments are 960 bytes at most.
fn config() -> KeyConfig {
    KeyConfig { limits: Limits { message: 1024, ..Limits::default() }, ..KeyConfig::ctap_2_3() }
}

fn get(length: u64, offset: u64) -> Request {
    Request { get: Some(length), offset: Some(offset), ..Request::default() }
}

fn set(fragment: &[u8], offset: u64, length: Option<u64>) -> Request {
    Request { set: Some(fragment.to_vec()), offset: Some(offset), length, ..Request::default() }
}

fn by(token: &Token, request: Request) -> Request {
    let offset = u32::try_from(request.offset.unwrap()).unwrap();
    let message = Request::authenticated_message(offset, request.set.as_deref().unwrap());
    Request {
        pin_uv_auth_param: Some(token.authenticate(&message)),
        pin_uv_auth_protocol: Some(token.protocol().number()),
        ..request
    }
}

fn all(bench: &mut Bench) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        let part = bench.blobs(get(960, u64::try_from(read.len()).unwrap())).unwrap().unwrap();
        if part.is_empty() {
            return read;
        }
        read.extend(part);
    }
}

#[test]
fn what_is_written_is_read() {
    let mut bench = Bench::with(config());
    assert_eq!(all(&mut bench), INITIAL);
    let array = sealed(&[7; 2500]);
    let length = u64::try_from(array.len()).unwrap();
    for (at, fragment) in array.chunks(960).enumerate() {
        let offset = u64::try_from(at * 960).unwrap();
        assert_eq!(bench.blobs(set(fragment, offset, (at == 0).then_some(length))), Ok(None));
    }
    assert_eq!(all(&mut bench), array);
    assert_eq!(bench.blobs(get(10, 5)).unwrap().unwrap(), [7; 10]);
    let mut again = Bench::open(config(), bench.store.clone());
    assert_eq!(all(&mut again), array);
    bench.send(Command::Reset).unwrap();
    assert_eq!(all(&mut bench), INITIAL);
}

#[test]
fn one_edit_one_status() {
    let small = sealed(&[0x80]);
    let large = vec![1; 960];
    for (request, expected) in [
        (get(17, 0), Status::OK),
        (Request { offset: None, ..get(17, 0) }, Status::INVALID_PARAMETER),
        (Request { set: Some(small.clone()), ..get(17, 0) }, Status::INVALID_PARAMETER),
        (Request { offset: Some(0), ..Request::default() }, Status::INVALID_PARAMETER),
        (Request { length: Some(17), ..get(17, 0) }, Status::INVALID_PARAMETER),
        (Request { pin_uv_auth_param: Some(vec![0; 32]), ..get(17, 0) }, Status::INVALID_PARAMETER),
        (Request { pin_uv_auth_protocol: Some(2), ..get(17, 0) }, Status::INVALID_PARAMETER),
        (get(960, 0), Status::OK),
        (get(961, 0), Status::INVALID_LENGTH),
        (get(1, 17), Status::OK),
        (get(1, 18), Status::INVALID_PARAMETER),
        (get(1, u64::MAX), Status::INVALID_PARAMETER),
        (set(&small, 0, Some(17)), Status::OK),
        (set(&small, 0, None), Status::INVALID_PARAMETER),
        (set(&small, 0, Some(16)), Status::INVALID_PARAMETER),
        (set(&small, 0, Some(4096)), Status::OK),
        (set(&small, 0, Some(4097)), Status::LARGE_BLOB_STORAGE_FULL),
        (set(&[&large[..], &[1]].concat(), 0, Some(2000)), Status::INVALID_LENGTH),
        (set(&large, 0, Some(2000)), Status::OK),
        (set(&large, 0, Some(959)), Status::INVALID_PARAMETER),
        (set(&small, 17, None), Status::INVALID_SEQ),
        (set(&small, 17, Some(34)), Status::INVALID_PARAMETER),
    ] {
        let mut bench = Bench::with(config());
        assert_eq!(status(bench.blobs(request.clone())), expected, "{request:?}");
    }
}

#[test]
fn fragments_follow_one_another() {
    let array = sealed(&[7; 1000]);
    let (first, second) = array.split_at(900);
    for (offset, length, expected) in [
        (900, None, Status::OK),
        (899, None, Status::INVALID_SEQ),
        (901, None, Status::INVALID_SEQ),
        (900, Some(1016), Status::INVALID_PARAMETER),
    ] {
        let mut bench = Bench::with(config());
        bench.blobs(set(first, 0, Some(1016))).unwrap();
        assert_eq!(status(bench.blobs(set(second, offset, length))), expected, "{offset} {length:?}");
        let whole = expected == Status::OK;
        assert_eq!(all(&mut bench) == array, whole);
    }
    // A wrong offset leaves the write as it was; more than was announced does not.
    let mut bench = Bench::with(config());
    bench.blobs(set(first, 0, Some(1016))).unwrap();
    assert_eq!(status(bench.blobs(set(second, 1, None))), Status::INVALID_SEQ);
    assert_eq!(status(bench.blobs(set(second, 900, None))), Status::OK);
    bench.blobs(set(first, 0, Some(1016))).unwrap();
    assert_eq!(status(bench.blobs(set(&[second, &[1]].concat(), 900, None))), Status::INVALID_PARAMETER);
    // A new first fragment begins anew, and another command ends it.
    bench.blobs(set(first, 0, Some(1016))).unwrap();
    bench.blobs(set(first, 0, Some(1016))).unwrap();
    bench.info();
    assert_eq!(status(bench.blobs(set(second, 900, None))), Status::INVALID_SEQ);
}

#[test]
fn an_array_with_a_wrong_hash_is_not_taken() {
    let mut bench = Bench::with(config());
    let good = sealed(&[0x81, 0x01]);
    bench.blobs(set(&good, 0, Some(18))).unwrap();
    let mut bad = sealed(&[0x81, 0x02]);
    bad[17] ^= 1;
    assert_eq!(status(bench.blobs(set(&bad, 0, Some(18)))), Status::INTEGRITY_FAILURE);
    assert_eq!(all(&mut bench), good);
    bad[17] ^= 1;
    assert_eq!(status(bench.blobs(set(&bad, 0, Some(18)))), Status::OK);
    assert_eq!(all(&mut bench), bad);
}

#[test]
fn a_protected_key_wants_a_token_for_each_fragment() {
    for protocol in [Protocol::One, Protocol::Two] {
        let mut bench = Bench::with_pin(config());
        let array = sealed(&[7; 1000]);
        let (first, second) = array.split_at(900);
        let token = bench.token(LBW, None, protocol);
        let good = by(&token, set(first, 0, Some(1016)));
        for (request, expected) in [
            (Request { pin_uv_auth_param: None, ..good.clone() }, Status::PUAT_REQUIRED),
            (Request { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
            (Request { pin_uv_auth_protocol: Some(9), ..good.clone() }, Status::INVALID_PARAMETER),
            (Request { set: Some(vec![8; 900]), ..good.clone() }, Status::PIN_AUTH_INVALID),
            (good, Status::OK),
            (by(&token, set(second, 900, None)), Status::OK),
        ] {
            assert_eq!(status(bench.blobs(request)), expected);
        }
        assert_eq!(all(&mut bench), array);
        let token = bench.token(CM, None, protocol);
        assert_eq!(status(bench.blobs(by(&token, set(first, 0, Some(1016))))), Status::PIN_AUTH_INVALID);
    }
    let mut bench = Bench::with(KeyConfig { always_uv: true, ..config() });
    assert_eq!(status(bench.blobs(set(&sealed(&[0x80]), 0, Some(17)))), Status::PUAT_REQUIRED);
    assert_eq!(status(bench.blobs(get(17, 0))), Status::OK);
}

#[test]
fn keys_without_large_blobs() {
    let mut bench = Bench::with(KeyConfig { management: Management::default(), ..config() });
    assert_eq!(status(bench.blobs(get(17, 0))), Status::INVALID_COMMAND);
}
