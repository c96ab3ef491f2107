//! Good messages both ways, and hostile ones.

mod edits;
mod good;
mod management;

use ciborium::Value;
use good::{client_pin_request, full_info, get_assertion_request, make_credential_request};

use super::*;
use crate::pin_uv::PublicKey;
use crate::tree::cbor;

/// A generator of bytes that repeats itself, for loops over hostile input.
pub(crate) struct XorShift(u64);

impl XorShift {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }
}

#[test]
fn requests_survive_a_round_trip() {
    for command in [
        Command::MakeCredential(make_credential_request()),
        Command::GetAssertion(get_assertion_request()),
        Command::ClientPin(client_pin_request()),
        Command::GetInfo,
        Command::GetNextAssertion,
        Command::Reset,
        Command::Selection,
    ] {
        let bytes = command.to_bytes();
        assert_eq!(Command::parse(&bytes), Ok(command.clone()));
        assert!(!command.to_string().is_empty());
        if bytes.len() > 1 {
            assert!(cbor::read(&bytes[1..]).is_canonical());
        }
    }
}

#[test]
fn responses_survive_a_round_trip() {
    let info = full_info();
    assert_eq!(get_info::Response::parse(&info.to_cbor()), Ok(info.clone()));
    assert_eq!((info.option("rk"), info.option("alwaysUv"), info.option("uv")), (Some(true), Some(false), None));
    let least = get_info::Response { versions: vec!["FIDO_2_0".to_owned()], ..Default::default() };
    assert_eq!(get_info::Response::parse(&least.to_cbor()), Ok(least));

    let made = make_credential::Response {
        fmt: "packed".to_owned(),
        auth_data: vec![1; 37],
        att_stmt: Some(Value::Map(vec![(Value::from("alg"), Value::from(-7))])),
        ep_att: Some(true),
        large_blob_key: Some(vec![2; 32]),
        unsigned_extension_outputs: Some(Extensions::default().with("x", true)),
    };
    assert_eq!(make_credential::Response::parse(&made.to_cbor()), Ok(made));

    let got = get_assertion::Response {
        credential: Some(Descriptor::public_key(vec![1])),
        auth_data: vec![1; 37],
        signature: vec![2; 70],
        user: Some(UserEntity { id: vec![5], ..Default::default() }),
        number_of_credentials: Some(2),
        user_selected: Some(false),
        large_blob_key: Some(vec![2; 32]),
        unsigned_extension_outputs: Some(Extensions::default()),
    };
    assert_eq!(get_assertion::Response::parse(&got.to_cbor()), Ok(got));

    let pin = client_pin::Response {
        key_agreement: Some(PublicKey::new([1; 32], [2; 32])),
        pin_uv_auth_token: Some(vec![1; 48]),
        pin_retries: Some(8),
        power_cycle_state: Some(false),
        uv_retries: Some(3),
    };
    assert_eq!(client_pin::Response::parse(&pin.to_cbor()), Ok(pin));
    assert_eq!(client_pin::Response::default().to_cbor(), Vec::<u8>::new());
    assert_eq!(client_pin::Response::parse(&[]), Ok(client_pin::Response::default()));
}

#[test]
fn statuses_are_total() {
    for byte in 0..=u8::MAX {
        let status = Status(byte);
        assert_eq!(status.is_assigned(), Status::NAMED.contains(&status) || byte >= 0xe0);
    }
    assert_eq!(Status::NAMED.len(), 52);
    assert_eq!(Status::PIN_AUTH_INVALID.to_string(), "PIN_AUTH_INVALID (0x33)");
    assert_eq!([Status(0xe1).name(), Status(0xff).name(), Status(0x50).name()], ["EXTENSION", "VENDOR", "UNASSIGNED"]);
}

#[test]
fn replies() {
    assert_eq!(reply::open(&[]), Err(ReplyError::Empty));
    assert_eq!(reply::open(&[0x00, 0xa0]), Ok(&[0xa0][..]));
    assert_eq!(reply::open(&[0x2e, 0xa0]), Err(ReplyError::Refused { status: Status::NO_CREDENTIALS, extra: 1 }));
    assert_eq!(reply::seal(Ok(vec![0xa0])), [0x00, 0xa0]);
    assert_eq!(reply::seal(Err(Status::NOT_ALLOWED.into())), [0x30]);
}

#[test]
fn damaged_messages_never_panic() {
    let mut random = XorShift::new(3);
    let good = [
        Command::MakeCredential(make_credential_request()).to_bytes(),
        Command::GetAssertion(get_assertion_request()).to_bytes(),
        Command::ClientPin(client_pin_request()).to_bytes(),
    ];
    for round in 0..3_000 {
        let mut message = good[round % good.len()].clone();
        for _ in 0..=random.next() % 4 {
            let at = usize::try_from(random.next()).unwrap() % message.len();
            message[at] = random.byte();
        }
        message.truncate(message.len() - usize::from(random.byte()) % 8);
        let _ = Command::parse(&message);
        let _ = get_info::Response::parse(&message);
        let _ = make_credential::Response::parse(&message[1..]);
        let _ = get_assertion::Response::parse(&message[1..]);
        let _ = client_pin::Response::parse(&message[1..]);
    }
}
