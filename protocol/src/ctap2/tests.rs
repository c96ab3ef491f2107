//! Good messages, both ways; then one edit and one status each.

use std::collections::BTreeMap;

use ciborium::Value;

use super::*;
use crate::aaguid::Aaguid;
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

fn make_credential_request() -> make_credential::Request {
    make_credential::Request {
        client_data_hash: [0xcd; 32],
        rp: RpEntity {
            id: "example.org".to_owned(),
            name: Some("Example".to_owned()),
        },
        user: UserEntity {
            id: vec![1, 2, 3],
            name: Some("alice".to_owned()),
            display_name: Some("Alice".to_owned()),
        },
        pub_key_cred_params: [Parameter::public_key(-7), Parameter::public_key(-257)]
            .into_iter()
            .collect(),
        exclude_list: Some(vec![
            Descriptor::public_key(vec![9; 16]),
            Descriptor {
                transports: Some(vec!["usb".to_owned()]),
                ..Descriptor::public_key(vec![8; 16])
            },
        ]),
        extensions: Some(
            Extensions::default()
                .with("credProtect", 2)
                .with("hmac-secret", true),
        ),
        options: Options {
            rk: Some(true),
            up: None,
            uv: Some(false),
        },
        pin_uv_auth_param: Some(vec![7; 32]),
        pin_uv_auth_protocol: Some(2),
        enterprise_attestation: Some(1),
        attestation_formats_preference: Some(vec!["packed".to_owned(), "none".to_owned()]),
    }
}

fn get_assertion_request() -> get_assertion::Request {
    get_assertion::Request {
        rp_id: "example.org".to_owned(),
        client_data_hash: [0xcd; 32],
        allow_list: Some(vec![Descriptor::public_key(vec![9; 16])]),
        extensions: Some(Extensions::default().with("credBlob", true)),
        options: Options {
            rk: None,
            up: Some(false),
            uv: Some(true),
        },
        pin_uv_auth_param: Some(vec![7; 32]),
        pin_uv_auth_protocol: Some(2),
    }
}

fn client_pin_request() -> client_pin::Request {
    client_pin::Request {
        pin_uv_auth_protocol: Some(2),
        sub_command: client_pin::SubCommand::GetPinUvAuthTokenUsingPinWithPermissions,
        key_agreement: Some(PublicKey::new([1; 32], [2; 32])),
        pin_uv_auth_param: Some(vec![3; 32]),
        new_pin_enc: Some(vec![4; 80]),
        pin_hash_enc: Some(vec![5; 32]),
        permissions: Some(client_pin::permission::MC | client_pin::permission::GA),
        rp_id: Some("example.org".to_owned()),
    }
}

fn texts(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|item| (*item).to_owned()).collect())
}

fn full_info() -> get_info::Response {
    get_info::Response {
        versions: texts(&["FIDO_2_1", "FIDO_2_3"]).unwrap(),
        extensions: texts(&["credProtect", "hmac-secret"]),
        aaguid: Aaguid::from_bytes([7; 16]),
        options: Some(BTreeMap::from([
            ("rk".to_owned(), true),
            ("alwaysUv".to_owned(), false),
        ])),
        max_msg_size: Some(1200),
        pin_uv_auth_protocols: Some(vec![2, 1]),
        max_credential_count_in_list: Some(8),
        max_credential_id_length: Some(64),
        transports: texts(&["usb", "nfc"]),
        algorithms: Some(vec![Parameter::public_key(-7)]),
        max_serialized_large_blob_array: Some(1024),
        force_pin_change: Some(false),
        min_pin_length: Some(4),
        firmware_version: Some(5),
        max_cred_blob_length: Some(32),
        max_rp_ids_for_set_min_pin_length: Some(0),
        preferred_platform_uv_attempts: Some(1),
        uv_modality: Some(2),
        certifications: Some(BTreeMap::from([("FIDO".to_owned(), 1)])),
        remaining_discoverable_credentials: Some(25),
        vendor_prototype_config_commands: Some(vec![]),
        attestation_formats: texts(&["packed", "fido-u2f"]),
        uv_count_since_last_pin_entry: Some(3),
        long_touch_for_reset: Some(true),
        enc_identifier: Some(vec![1; 32]),
        transports_for_reset: texts(&["usb"]),
        pin_complexity_policy: Some(false),
        pin_complexity_policy_url: Some(b"https://example.org".to_vec()),
        max_pin_length: Some(63),
        enc_cred_store_state: Some(vec![2; 32]),
        authenticator_config_commands: Some(vec![1, 3]),
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
    assert_eq!(
        (
            info.option("rk"),
            info.option("alwaysUv"),
            info.option("uv")
        ),
        (Some(true), Some(false), None)
    );
    let least = get_info::Response {
        versions: vec!["FIDO_2_0".to_owned()],
        ..Default::default()
    };
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
        user: Some(UserEntity {
            id: vec![5],
            ..Default::default()
        }),
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
    assert_eq!(
        client_pin::Response::parse(&[]),
        Ok(client_pin::Response::default())
    );
}

/// An edit of a good map: a way of keys, and what to put there (or nothing).
type Edit = (&'static [&'static str], Option<Value>);

fn edited(good: &[u8], (way, value): &Edit) -> Vec<u8> {
    let mut root = cbor::read(good).root.unwrap().to_value();
    edit(&mut root, way, value.as_ref());
    cbor::to_canonical(&root)
}

fn edit(node: &mut Value, way: &[&str], value: Option<&Value>) {
    let (step, rest) = way.split_first().unwrap();
    let key = step
        .parse::<i64>()
        .map_or_else(|_| Value::from(*step), Value::from);
    match node {
        Value::Map(entries) => match entries.iter().position(|(candidate, _)| *candidate == key) {
            Some(at) if rest.is_empty() => {
                let (key, _) = entries.remove(at);
                entries.extend(value.map(|value| (key, value.clone())));
            }
            Some(at) => edit(&mut entries[at].1, rest, value),
            None => entries.extend(value.map(|value| (key, value.clone()))),
        },
        Value::Array(items) => {
            let at: usize = step.parse().unwrap();
            match value {
                Some(value) if rest.is_empty() => items[at] = value.clone(),
                _ if rest.is_empty() => drop(items.remove(at)),
                _ => edit(&mut items[at], rest, value),
            }
        }
        _ => panic!("no way to {step}"),
    }
}

fn status(command: u8, parameters: &[u8]) -> Status {
    let message = [&[command], parameters].concat();
    Command::parse(&message).map_or_else(|error| error.status, |_| Status::OK)
}

const OK: Status = Status::OK;
const TYPE: Status = Status::CBOR_UNEXPECTED_TYPE;
const CBOR: Status = Status::INVALID_CBOR;
const MISSING: Status = Status::MISSING_PARAMETER;

#[test]
fn make_credential_edits() {
    let good = make_credential_request().to_cbor();
    let edits: &[(Edit, Status)] = &[
        ((&["1"], None), MISSING),
        ((&["2"], None), MISSING),
        ((&["3"], None), MISSING),
        ((&["4"], None), MISSING),
        ((&["5"], None), OK),
        ((&["8"], None), OK),
        ((&["1"], Some(Value::from("text"))), TYPE),
        (
            (&["1"], Some(Value::from(vec![0_u8; 31]))),
            Status::INVALID_LENGTH,
        ),
        ((&["2"], Some(Value::from(1))), TYPE),
        ((&["2", "id"], None), TYPE),
        ((&["2", "id"], Some(Value::from(1))), TYPE),
        ((&["2", "name"], Some(Value::from(1))), TYPE),
        ((&["2", "icon"], Some(Value::from(1))), OK),
        ((&["3", "id"], None), TYPE),
        ((&["3", "id"], Some(Value::from("text"))), TYPE),
        ((&["3", "displayName"], Some(Value::Bool(true))), TYPE),
        ((&["4"], Some(Value::Map(vec![]))), TYPE),
        ((&["4", "0"], Some(Value::from(1))), OK),
        ((&["5"], Some(Value::Map(vec![]))), TYPE),
        ((&["5", "0", "id"], None), TYPE),
        ((&["5", "0", "type"], Some(Value::from(1))), TYPE),
        ((&["5", "1", "transports"], Some(Value::from("usb"))), TYPE),
        ((&["5", "1", "transports", "0"], Some(Value::from(1))), TYPE),
        ((&["6"], Some(Value::Array(vec![]))), TYPE),
        ((&["7"], Some(Value::Array(vec![]))), TYPE),
        ((&["7", "rk"], Some(Value::from(1))), TYPE),
        ((&["7", "unknown"], Some(Value::from(1))), OK),
        ((&["8"], Some(Value::from("text"))), TYPE),
        ((&["9"], Some(Value::from(-2))), TYPE),
        ((&["10"], Some(Value::Bool(true))), TYPE),
        ((&["11"], Some(Value::from("packed"))), TYPE),
        ((&["11", "0"], Some(Value::from(1))), TYPE),
        ((&["99"], Some(Value::from("unknown"))), OK),
        ((&["-1"], Some(Value::from("unknown"))), OK),
        (
            (&["99"], Some(Value::Tag(1, Box::new(Value::from(1))))),
            CBOR,
        ),
    ];
    for (edit, expected) in edits {
        assert_eq!(
            status(command::MAKE_CREDENTIAL, &edited(&good, edit)),
            *expected,
            "{:?} {:?}",
            edit.0,
            edit.1
        );
    }
}

#[test]
fn other_edits() {
    let assertion = get_assertion_request().to_cbor();
    let pin = client_pin_request().to_cbor();
    let edits: &[(u8, &[u8], Edit, Status)] = &[
        (command::GET_ASSERTION, &assertion, (&["1"], None), MISSING),
        (command::GET_ASSERTION, &assertion, (&["2"], None), MISSING),
        (
            command::GET_ASSERTION,
            &assertion,
            (&["1"], Some(Value::from(vec![1_u8]))),
            TYPE,
        ),
        (
            command::GET_ASSERTION,
            &assertion,
            (&["3", "0"], Some(Value::Null)),
            TYPE,
        ),
        (
            command::GET_ASSERTION,
            &assertion,
            (&["5", "up"], Some(Value::Null)),
            TYPE,
        ),
        (
            command::GET_ASSERTION,
            &assertion,
            (&["5", "rk"], Some(Value::Bool(true))),
            OK,
        ),
        (command::CLIENT_PIN, &pin, (&["2"], None), MISSING),
        (
            command::CLIENT_PIN,
            &pin,
            (&["2"], Some(Value::from(8))),
            Status::INVALID_SUBCOMMAND,
        ),
        (
            command::CLIENT_PIN,
            &pin,
            (&["2"], Some(Value::from("1"))),
            TYPE,
        ),
        (
            command::CLIENT_PIN,
            &pin,
            (&["3"], Some(Value::from(1))),
            TYPE,
        ),
        (command::CLIENT_PIN, &pin, (&["3", "-2"], None), TYPE),
        (
            command::CLIENT_PIN,
            &pin,
            (&["3", "-2"], Some(Value::from(vec![0_u8; 31]))),
            OK,
        ),
        (
            command::CLIENT_PIN,
            &pin,
            (&["3", "1"], Some(Value::from(1))),
            OK,
        ),
        (
            command::CLIENT_PIN,
            &pin,
            (&["9"], Some(Value::from("1"))),
            TYPE,
        ),
    ];
    for (command, good, edit, expected) in edits {
        assert_eq!(
            status(*command, &edited(good, edit)),
            *expected,
            "{command} {:?}",
            edit.0
        );
    }
}

#[test]
fn bytes_that_are_no_canonical_map() {
    let good = get_assertion_request().to_cbor();
    let trailing = [good.as_slice(), &[0x00]].concat();
    let depth = |levels: usize| [&[0xa1, 0x01][..], &[0x81].repeat(levels - 2), &[0x80]].concat();
    for (parameters, expected) in [
        (&good[..], OK),
        (&good[..good.len() - 1], CBOR),
        (&[][..], CBOR),
        (&trailing, CBOR),
        (&[0x80], TYPE),
        (&[0x01], TYPE),
        (&[0xa0], MISSING),
        (&[0xbf, 0xff], CBOR),
        (&[0xa1, 0x18, 0x01, 0x01], CBOR),
        (&[0xa2, 0x02, 0x00, 0x01, 0x00], CBOR),
        (&[0xa2, 0x01, 0x61, 0x61, 0x01, 0x61, 0x61], CBOR),
        (&[0xa1, 0x01, 0x61, 0xff], CBOR),
        (&depth(4), TYPE),
        (&depth(5), CBOR),
    ] {
        assert_eq!(
            status(command::GET_ASSERTION, parameters),
            expected,
            "{parameters:02x?}"
        );
    }
    assert_eq!(
        Command::parse(&[]).unwrap_err().status,
        Status::INVALID_LENGTH
    );
    for byte in [
        command::GET_INFO,
        command::RESET,
        command::GET_NEXT_ASSERTION,
        command::SELECTION,
    ] {
        assert_eq!(status(byte, &[0xa0]), Status::INVALID_LENGTH);
    }
    for byte in [0x00, 0x03, 0x05, 0x0e, 0x40, 0xff] {
        assert_eq!(status(byte, &[]), Status::INVALID_COMMAND);
    }
}

#[test]
fn parameters_are_judged_late() {
    let supported = |alg: i64| (alg == -7).then_some(alg);
    let good = make_credential_request().to_cbor();
    for (edit, expected) in [
        ((&["99"][..], None), Ok(-7)),
        ((&["4", "0"], None), Err(Status::UNSUPPORTED_ALGORITHM)),
        (
            (&["4"], Some(Value::Array(vec![]))),
            Err(Status::UNSUPPORTED_ALGORITHM),
        ),
        (
            (&["4", "0", "type"], Some(Value::from("other"))),
            Err(Status::UNSUPPORTED_ALGORITHM),
        ),
        ((&["4", "1", "type"], Some(Value::from("other"))), Ok(-7)),
        ((&["4", "1", "alg"], Some(Value::from(i64::MIN))), Ok(-7)),
        ((&["4", "1", "alg"], None), Err(CBOR)),
        ((&["4", "1", "alg"], Some(Value::from("-7"))), Err(TYPE)),
        ((&["4", "1"], Some(Value::from(1))), Err(TYPE)),
    ] {
        let request = make_credential::Request::parse(&edited(&good, &edit)).unwrap();
        let chosen = request
            .pub_key_cred_params
            .choose(supported)
            .map_err(|error| error.status);
        assert_eq!(chosen, expected, "{edit:?}");
    }
}

#[test]
fn statuses_are_total() {
    for byte in 0..=u8::MAX {
        let status = Status(byte);
        assert_eq!(
            status.is_assigned(),
            Status::NAMED.contains(&status) || byte >= 0xe0
        );
    }
    assert_eq!(Status::NAMED.len(), 52);
    assert_eq!(
        Status::PIN_AUTH_INVALID.to_string(),
        "PIN_AUTH_INVALID (0x33)"
    );
    assert_eq!(
        [
            Status(0xe1).name(),
            Status(0xff).name(),
            Status(0x50).name()
        ],
        ["EXTENSION", "VENDOR", "UNASSIGNED"]
    );
}

#[test]
fn replies() {
    assert_eq!(reply::open(&[]), Err(ReplyError::Empty));
    assert_eq!(reply::open(&[0x00, 0xa0]), Ok(&[0xa0][..]));
    assert_eq!(
        reply::open(&[0x2e, 0xa0]),
        Err(ReplyError::Refused {
            status: Status::NO_CREDENTIALS,
            extra: 1
        })
    );
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
