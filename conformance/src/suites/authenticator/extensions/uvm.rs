//! `uvm`, which FIDO's registry of extensions has from WebAuthn L2 10.3.

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration, shown, told};
use crate::case::{Case, Level};
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, get_assertion, make_from};
use crate::verdict::{Pass, Stop};

pub(in super::super) const ID: &str = "uvm";

const CLAUSE: &str = "WebAuthn L2 10.3";

/// permission ga (CTAP 2.3 6.5.5.7).
const GA: u64 = 0x02;

/// `USER_VERIFY_PRESENCE_INTERNAL` and `USER_VERIFY_NONE` of the FIDO registry.
const UNVERIFIED: [u64; 2] = [0x01, 0x200];

/// `USER_VERIFY_PASSCODE_INTERNAL` and `USER_VERIFY_PASSCODE_EXTERNAL`.
const PASSCODES: [u64; 2] = [0x04, 0x0800];

/// The most methods that are told.
const MOST: usize = 3;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = vec![
        Case::new(
            "extensions/uvm/touch",
            "Who was not verified is not said to be",
            CLAUSE,
            Level::Must,
            |key: &mut Key, context| {
                let request = registration(context, ID, Value::Bool(true));
                let made = make_from(key, context, &request)?;
                if made.data.flags.uv() {
                    return Err(Stop::skip("registration without user verification"));
                }
                only(&made.data, &UNVERIFIED)
            },
        )
        .claims(["ctap_uvm_form"])
        .sends("uvm true at registration, without user verification")
        .expects("presence or none, with two protections"),
        Case::new(
            "extensions/uvm/pin",
            "Who was verified by a PIN is said to be",
            CLAUSE,
            Level::Must,
            |key: &mut Key, context| {
                let made = crate::suites::authenticator::make(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
                let request = set(request, 4, text_map([(ID, Value::Bool(true))]));
                let request = with_token(request, &token, 2, 6);
                only(&get_assertion::assert_from(key, context, &request, &made)?.data, &PASSCODES)
            },
        )
        .needs([FRESH])
        .claims(["ctap_uvm_method"])
        .twin("extensions/uvm/touch")
        .sends("uvm true at sign-in, with a token by PIN")
        .expects("a passcode, with two protections"),
    ];
    cases.into_iter().map(|case| case.gate(|key, context| offered(key, context, ID))).collect()
}

/// One to three methods of three numbers each, the first of each in `allowed`.
pub(in super::super) fn only(data: &AuthenticatorData, allowed: &[u64]) -> Result<Pass, Stop> {
    let methods = told(data, ID).and_then(Node::as_array).unwrap_or_default();
    let allows = |method: &Node| match method.as_array() {
        Some([method, protection, matcher]) => {
            let whole = protection.as_unsigned().is_some() && matcher.as_unsigned().is_some();
            whole && method.as_unsigned().is_some_and(|method| allowed.contains(&method))
        }
        _ => false,
    };
    if (1..=MOST).contains(&methods.len()) && methods.iter().all(allows) {
        return Ok(Pass::plain(shown(data, ID)));
    }
    Err(Stop::fail(format!("methods of {allowed:?}, with two protections each"), shown(data, ID)))
}
