//! A good message, one edit, one status.

use ciborium::Value;

use super::super::*;
use super::good::{client_pin_request, get_assertion_request, make_credential_request};
use crate::tree::cbor;

/// An edit of a good map: a way of keys, and what to put there (or nothing).
pub(super) type Edit = (&'static [&'static str], Option<Value>);

pub(super) fn edited(good: &[u8], (way, value): &Edit) -> Vec<u8> {
    let mut root = cbor::read(good).root.unwrap().to_value();
    edit(&mut root, way, value.as_ref());
    cbor::to_canonical(&root)
}

fn edit(node: &mut Value, way: &[&str], value: Option<&Value>) {
    let (step, rest) = way.split_first().unwrap();
    let key = step.parse::<i64>().map_or_else(|_| Value::from(*step), Value::from);
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

pub(super) fn status(command: u8, parameters: &[u8]) -> Status {
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
        ((&["1"], Some(Value::from(vec![0_u8; 31]))), Status::INVALID_LENGTH),
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
        ((&["99"], Some(Value::Tag(1, Box::new(Value::from(1))))), CBOR),
    ];
    for (edit, expected) in edits {
        assert_eq!(status(command::MAKE_CREDENTIAL, &edited(&good, edit)), *expected, "{:?} {:?}", edit.0, edit.1);
    }
}

#[test]
fn other_edits() {
    let assertion = get_assertion_request().to_cbor();
    let pin = client_pin_request().to_cbor();
    let edits: &[(u8, &[u8], Edit, Status)] = &[
        (command::GET_ASSERTION, &assertion, (&["1"], None), MISSING),
        (command::GET_ASSERTION, &assertion, (&["2"], None), MISSING),
        (command::GET_ASSERTION, &assertion, (&["1"], Some(Value::from(vec![1_u8]))), TYPE),
        (command::GET_ASSERTION, &assertion, (&["3", "0"], Some(Value::Null)), TYPE),
        (command::GET_ASSERTION, &assertion, (&["5", "up"], Some(Value::Null)), TYPE),
        (command::GET_ASSERTION, &assertion, (&["5", "rk"], Some(Value::Bool(true))), OK),
        (command::CLIENT_PIN, &pin, (&["2"], None), MISSING),
        (command::CLIENT_PIN, &pin, (&["2"], Some(Value::from(8))), Status::INVALID_SUBCOMMAND),
        (command::CLIENT_PIN, &pin, (&["2"], Some(Value::from("1"))), TYPE),
        (command::CLIENT_PIN, &pin, (&["3"], Some(Value::from(1))), TYPE),
        (command::CLIENT_PIN, &pin, (&["3", "-2"], None), TYPE),
        (command::CLIENT_PIN, &pin, (&["3", "-2"], Some(Value::from(vec![0_u8; 31]))), OK),
        (command::CLIENT_PIN, &pin, (&["3", "1"], Some(Value::from(1))), OK),
        (command::CLIENT_PIN, &pin, (&["9"], Some(Value::from("1"))), TYPE),
    ];
    for (command, good, edit, expected) in edits {
        assert_eq!(status(*command, &edited(good, edit)), *expected, "{command} {:?}", edit.0);
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
        assert_eq!(status(command::GET_ASSERTION, parameters), expected, "{parameters:02x?}");
    }
    assert_eq!(Command::parse(&[]).unwrap_err().status, Status::INVALID_LENGTH);
    for byte in [command::GET_INFO, command::RESET, command::GET_NEXT_ASSERTION, command::SELECTION] {
        assert_eq!(status(byte, &[0xa0]), Status::INVALID_LENGTH);
    }
    for byte in [0x00, 0x03, 0x05, 0x0e, 0x42, 0xff] {
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
        ((&["4"], Some(Value::Array(vec![]))), Err(Status::UNSUPPORTED_ALGORITHM)),
        ((&["4", "0", "type"], Some(Value::from("other"))), Err(Status::UNSUPPORTED_ALGORITHM)),
        ((&["4", "1", "type"], Some(Value::from("other"))), Ok(-7)),
        ((&["4", "1", "alg"], Some(Value::from(i64::MIN))), Ok(-7)),
        ((&["4", "1", "alg"], None), Err(CBOR)),
        ((&["4", "1", "alg"], Some(Value::from("-7"))), Err(TYPE)),
        ((&["4", "1"], Some(Value::from(1))), Err(TYPE)),
    ] {
        let request = make_credential::Request::parse(&edited(&good, &edit)).unwrap();
        let chosen = request.pub_key_cred_params.choose(supported).map_err(|error| error.status);
        assert_eq!(chosen, expected, "{edit:?}");
    }
}
