//! CTAP2 requests, to the parser and to a virtual authenticator; and what a key replies.

use std::cell::RefCell;

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::Env;
use assay_authenticator_sim::operation::Operation;
use assay_protocol::ctap2::{Command, client_pin, get_assertion, get_info, make_credential, reply};
use assay_protocol::tree::cbor;
use ciborium::Value;

use super::{join, parts};

/// The input's parts are requests, answered one after the other.
pub(super) fn run(input: &[u8]) {
    let mut key = Authenticator::new(KeyConfig::security_key(), Env::seeded([0x5e; 32])).expect("nothing is stored");
    for request in parts(input).into_iter().take(8) {
        if let Ok(command) = Command::parse(request) {
            let written = command.to_bytes();
            assert_eq!(Command::parse(&written).expect("what is written can be read").to_bytes(), written);
        }
        let answer = key.handle(request, &Operation::new());
        assert!(!answer.is_empty() && answer.len() <= 7609, "{} bytes", answer.len());
        if let Ok(body) = reply::open(&answer)
            && !body.is_empty()
        {
            let document = cbor::read(body);
            assert!(document.is_canonical() && document.rest.is_empty(), "a reply that is not canonical");
        }
    }
    if let Ok(info) = get_info::Response::parse(input) {
        assert_eq!(get_info::Response::parse(&info.to_cbor()).as_ref(), Ok(&info));
    }
    let _ = (make_credential::Response::parse(input), get_assertion::Response::parse(input));
    let _ = client_pin::Response::parse(input);
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let text = |name: &str| Value::Text(name.to_owned());
    let rp = Value::Map(vec![(text("id"), text("example.org"))]);
    let user = Value::Map(vec![(text("id"), Value::Bytes(vec![1])), (text("name"), text("ada"))]);
    let es256 = Value::Map(vec![(text("alg"), (-7).into()), (text("type"), text("public-key"))]);
    let hash = Value::Bytes(vec![7; 32]);
    let make = Value::Map(vec![
        (1.into(), hash.clone()),
        (2.into(), rp),
        (3.into(), user),
        (4.into(), Value::Array(vec![es256])),
        (7.into(), Value::Map(vec![(text("rk"), true.into())])),
    ]);
    let get = Value::Map(vec![(1.into(), text("example.org")), (2.into(), hash)]);
    let pin = Value::Map(vec![(1.into(), 2.into()), (2.into(), 2.into())]);
    let request = |command: u8, body: &Value| [&[command], cbor::to_canonical(body).as_slice()].concat();
    let (make, get, pin) = (request(0x01, &make), request(0x02, &get), request(0x06, &pin));
    let info = INFO.with_borrow_mut(|key| key.handle(&[0x04], &Operation::new()));
    vec![
        join(&[&make, &get, &[0x08]]),
        join(&[&[0x04], &pin, &[0x07], &[0x0b]]),
        info.get(1..).unwrap_or_default().to_vec(),
        join(&[&make, &make, &get]),
    ]
}

thread_local! {
    static INFO: RefCell<Authenticator> = RefCell::new(
        Authenticator::new(KeyConfig::security_key(), Env::seeded([0x5e; 32])).expect("nothing is stored"),
    );
}
