//! Empty parameters, unknown subcommands and protocols.

use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Protocol;
use ciborium::Value;

use super::{MC, Platform, call, case, lists, with_token};
use crate::case::Case;
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, int, map, set};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_info, make_from};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            "client-pin/zero-length/no-pin",
            "An empty pinUvAuthParam asks for a touch and says that no PIN is set",
            "CTAP 2.3 6.1.2 step 1",
            ["ctap_empty_param_no_pin"],
            |key, context| {
                let request = set(set(request::make_credential(context), 8, Value::Bytes(Vec::new())), 9, int(2));
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[Status::PIN_NOT_SET])
            },
        )
        .twin("make-credential/good/minimal"),
        case(
            "client-pin/zero-length/pin-set",
            "An empty pinUvAuthParam asks for a touch and says that a PIN is set",
            "CTAP 2.3 6.1.2 step 1",
            ["ctap_empty_param_pin_set"],
            |key, context| {
                Platform::set_up(key, context, PIN)?;
                let request = set(set(request::make_credential(context), 8, Value::Bytes(Vec::new())), 9, int(2));
                let of_2_0 = !get_info::is_past_2_0(&get_info::info(key, context)?);
                let told = if of_2_0 { Status::PIN_AUTH_INVALID } else { Status::PIN_INVALID };
                expect(&key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?, &[told])
            },
        )
        .twin("client-pin/token/makes-uv"),
        case(
            "client-pin/subcommand/unassigned",
            "A subcommand that does not exist is refused",
            "CTAP 2.3 8.1",
            ["ctap_pin_subcommand"],
            |key, context| {
                expect(
                    &call(key, context, "subcommand 0x08", map([(1, int(2)), (2, int(8))]))?,
                    &[Status::INVALID_SUBCOMMAND],
                )
            },
        )
        .twin("client-pin/key-agreement/shape"),
        case(
            "client-pin/protocol/one",
            "Where protocol one is listed, PIN and token work by it",
            "CTAP 2.3 6.5.6",
            ["ctap_pin_protocol_one"],
            |key, context| {
                if !lists(&get_info::info(key, context)?, Protocol::One) {
                    return Err(Stop::skip("PIN/UV auth protocol 1"));
                }
                super::offered(key, context)?;
                let platform = Platform::connect_by(Protocol::One, key, context)?;
                platform.set_pin(key, context, PIN)?.ok()?;
                let token = platform.token(key, context, PIN, MC)?;
                let request = with_token(request::make_credential(context), &token, 1, 8);
                let made = make_from(key, context, &request)?;
                if !made.data.flags.uv() {
                    return Err(Stop::fail("UV set", "UV clear"));
                }
                Ok(Pass::plain("made, UV set"))
            },
        ),
        case(
            "client-pin/protocol/unsupported",
            "A protocol that the key does not list is refused",
            "CTAP 2.3 6.5.5.4",
            ["ctap_pin_protocol"],
            |key, context| {
                expect(
                    &call(key, context, "getKeyAgreement, protocol 99", map([(1, int(99)), (2, int(2))]))?,
                    &[Status::INVALID_PARAMETER],
                )
            },
        )
        .twin("client-pin/key-agreement/shape"),
    ]
}
