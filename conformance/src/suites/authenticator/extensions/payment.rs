//! `thirdPartyPayment` (CTAP 2.3 12.9).

use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration, shown, told};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{self, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{Made, get_assertion, make, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "thirdPartyPayment";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = vec![
        Case::new(
            "extensions/third-party-payment/made-for",
            "A credential that was made for payments says so",
            "CTAP 2.3 12.9",
            Level::Must,
            |key: &mut Key, context| {
                let request = registration(context, ID, Value::Bool(true));
                let made = make_from(key, context, &request)?;
                says(key, context, &made, true)
            },
        )
        .claims(["ctap_payment_kept"])
        .sends("thirdPartyPayment true at registration and at sign-in")
        .expects("true at sign-in"),
        Case::new(
            "extensions/third-party-payment/not-made-for",
            "A credential that was made without says false",
            "CTAP 2.3 12.9",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                says(key, context, &made, false)
            },
        )
        .claims(["ctap_payment_all"])
        .twin("extensions/third-party-payment/made-for")
        .sends("thirdPartyPayment true at sign-in alone")
        .expects("false at sign-in"),
        Case::new(
            "extensions/third-party-payment/made-against",
            "A credential that was made with false says false",
            "CTAP 2.3 12.9",
            Level::Must,
            |key: &mut Key, context| {
                let request = registration(context, ID, Value::Bool(false));
                let made = make_from(key, context, &request)?;
                says(key, context, &made, false)
            },
        )
        .claims(["ctap_payment_all"])
        .twin("extensions/third-party-payment/made-for")
        .sends("thirdPartyPayment false at registration, true at sign-in")
        .expects("false at sign-in"),
    ];
    cases.into_iter().map(|case| case.gate(|key, context| offered(key, context, ID))).collect()
}

fn says(key: &mut Key, context: &mut Context, made: &Made, expected: bool) -> Result<Pass, Stop> {
    let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
    let request = set(request, 4, text_map([(ID, Value::Bool(true))]));
    let assertion = get_assertion::assert_from(key, context, &request, made)?;
    match told(&assertion.data, ID).and_then(Node::as_bool) {
        Some(said) if said == expected => Ok(Pass::plain(said.to_string())),
        _ => Err(Stop::fail(expected.to_string(), shown(&assertion.data, ID))),
    }
}
