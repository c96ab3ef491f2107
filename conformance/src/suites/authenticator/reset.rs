//! authenticatorReset and authenticatorSelection (CTAP 2.3 6.6, 6.9).

mod settings;

use assay_protocol::ctap2::Status;

use super::client_pin::{self, Platform};
use super::manage::PIN;
use super::request::{self, GET_ASSERTION, RESET, SELECTION};
use super::world::Key;
use super::{FRESH, expect, get_assertion, get_info, make};
use crate::case::{Case, Level};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            "reset/credentials-gone",
            "After a reset no credential answers",
            "CTAP 2.3 6.6",
            Level::Must,
            |key: &mut Key, context| {
                let plain = make(key, context)?;
                get_assertion::discoverable(key, context)?;
                key.ctap(context, "reset", &[RESET])?.ok()?;
                let known = request::get_assertion(context, &[plain.attested.credential_id]);
                expect(&key.call(context, "the plain credential", GET_ASSERTION, &known)?, &[Status::NO_CREDENTIALS])?;
                let any = request::get_assertion(context, &[]);
                expect(
                    &key.call(context, "any discoverable credential", GET_ASSERTION, &any)?,
                    &[Status::NO_CREDENTIALS],
                )
            },
        )
        .needs([FRESH])
        .claims(["ctap_reset_plain", "ctap_reset_discoverable"])
        .twin("get-assertion/good/allow-list")
        .sends("reset, then both kinds of credential")
        .expects("NO_CREDENTIALS twice"),
        Case::new(
            "reset/pin-gone",
            "After a reset no PIN is set and all tries are back",
            "CTAP 2.3 6.6",
            Level::Must,
            |key: &mut Key, context| {
                client_pin::permissions_offered(key, context)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let all = client_pin::tries(key, context)?;
                let wrong = platform.token_reply(key, context, "0000", 1)?;
                expect(&wrong, &[Status::PIN_INVALID])?;
                key.ctap(context, "reset", &[RESET])?.ok()?;
                if get_info::option(&get_info::info(key, context)?, "clientPin") != Some(false) {
                    return Err(Stop::fail("clientPin false", "another value"));
                }
                match client_pin::tries(key, context)? {
                    left if left == all => Ok(Pass::plain("no PIN, and all tries")),
                    left => Err(Stop::fail(format!("{all} tries"), left.to_string())),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_reset_pin", "ctap_reset_retries"])
        .sends("setPIN, a wrong PIN, reset")
        .expects("clientPin false, and as many tries as before the wrong PIN"),
        Case::new(
            "selection/touch",
            "authenticatorSelection asks for a touch and answers OK",
            "CTAP 2.3 6.9",
            Level::Must,
            |key: &mut Key, context| {
                let reply = key.ctap(context, "selection", &[SELECTION])?;
                let known = get_info::is_past_2_0(&get_info::info(key, context)?);
                if reply.status == Status::INVALID_COMMAND && !known {
                    return Err(Stop::skip("authenticatorSelection (CTAP 2.1)"));
                }
                expect(&reply, &[Status::OK])
            },
        )
        .claims(["ctap_selection"])
        .expects("OK after a touch"),
    ];
    cases.extend(settings::cases());
    cases
}
